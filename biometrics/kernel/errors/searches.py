"""Errors about searches, standing searches and their notifications."""

from __future__ import annotations

from biometrics.kernel.errors.base import Conflict, InvalidInput, NotFound, TooManyRequests


class PurposeMissing(InvalidInput):
    """A search that does not say what it is for, or in which case."""

    code = "purpose_missing"


class TooManySearches(TooManyRequests):
    """Too many searches by one account that may reveal people of other units."""

    code = "too_many_searches"


class TooManyTargets(TooManyRequests):
    """Comparisons or searches of one account for one record at many targets, which would find a withheld score."""

    code = "too_many_targets"


class TooManyFieldChecks(TooManyRequests):
    """Too many field checks by one account within an hour."""

    code = "too_many_field_checks"


class ContactlessPrint(InvalidInput):
    """A photo of a finger, or a latent, in a field check, which takes prints of a scanner."""

    code = "contactless_print"


class UnknownSearch(NotFound):
    """No such search."""

    code = "unknown_search"


class UnknownStandingSearch(NotFound):
    """No such standing search."""

    code = "unknown_standing_search"


class UnknownSubscription(NotFound):
    """No such subscription."""

    code = "unknown_subscription"


class UnknownLink(NotFound):
    """No such link of two unsolved latents."""

    code = "unknown_link"


class UnknownClearance(NotFound):
    """No such request for a clearance certificate."""

    code = "unknown_clearance"


class UnknownNotification(NotFound):
    """No such notification."""

    code = "unknown_notification"


class ReplayImpossible(Conflict):
    """A search was answered by another model or calibration than the one in use today."""

    code = "replay_impossible"
