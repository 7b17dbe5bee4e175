"""Errors about what is on record: people and their encounters, searches, cases and line-ups."""

from __future__ import annotations

from biometrics.kernel.errors.base import Conflict, Forbidden, InvalidInput, NotFound, TooManyRequests


class UnknownRecord(NotFound):
    """No such record."""

    code = "unknown_record"

    @classmethod
    def of(cls, record_id: str) -> UnknownRecord:
        """Return the error for an id that no record has."""
        return cls(f"There is no record {record_id}; check the number.")


class UnknownEncounter(NotFound):
    """No such encounter."""

    code = "unknown_encounter"


class UnknownOutcome(NotFound):
    """No such outcome of a court in the encounter."""

    code = "unknown_outcome"


class UnknownMerge(NotFound):
    """No such merge of records, or move of an encounter."""

    code = "unknown_merge"


class UnknownExpungement(NotFound):
    """No such expungement, or one that is not finished."""

    code = "unknown_expungement"


class UnknownGallery(NotFound):
    """The gallery does not exist, or is empty."""

    code = "unknown_gallery"


class DuplicateNationalNumber(Conflict):
    """Another record has this national number. `elsewhere`: the caller may not see that record."""

    code = "duplicate_national_number"
    elsewhere = False


class EncounterExists(Conflict):
    """The person has an encounter of this id already. `elsewhere`: the caller may not see that person."""

    code = "encounter_exists"
    elsewhere = False


class MergeRefused(Conflict):
    """Records that cannot be merged, or a merge or a move that cannot be undone as things are now."""

    code = "merge_refused"


class VersionMismatch(Conflict):
    """The record has changed since the caller read it."""

    code = "version_mismatch"


class ClockImplausible(Conflict):
    """The clock may be wrong, and the request depends on the date; nothing was destroyed."""

    code = "clock_implausible"


class ExpungementRefused(Conflict):
    """Samples may not, or cannot, be destroyed now; nothing was destroyed."""

    code = "expungement_refused"


class MoveRefused(Conflict):
    """A station cannot be moved from there, or to there; nothing was written."""

    code = "move_refused"


class PurposeMissing(InvalidInput):
    """A search that does not say what it is for, or in which case; `field` is the one that is missing."""

    code = "purpose_missing"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


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


class UnknownCase(NotFound):
    """No such case."""

    code = "unknown_case"


class HiddenUntilDecided(Forbidden):
    """A search result, hidden from the examiner of a case about it until they have given an opinion."""

    code = "hidden_until_decided"


class SearchUnauthorised(Forbidden):
    """A search whose order was refused or did not come in time; what it found is withheld."""

    code = "search_unauthorised"


class WrongStep(Conflict):
    """A case, or a standing search, is not where this can be done to it."""

    code = "wrong_step"


class CaseTaken(Conflict):
    """The case is taken by another person, or not taken yet."""

    code = "case_taken"


class NotIndependent(Conflict):
    """The caller has a part in the case already, and cannot have another."""

    code = "not_independent"


class PairNotComparable(Conflict):
    """An opinion rests on a pair of images that cannot show one and the same finger or face."""

    code = "pair_not_comparable"


class GroundsMissing(Conflict):
    """A supervisor decides against the automatic comparison without a written reason."""

    code = "grounds_missing"


class CorrespondencesMissing(Conflict):
    """An identification of two prints without a marked correspondence, or a written reason for that."""

    code = "correspondences_missing"


class BasisMissing(Conflict):
    """An identification or exclusion of two prints without its grounds in the fields for them."""

    code = "basis_missing"


class BasisContradicts(Conflict):
    """An opinion that its own grounds contradict."""

    code = "basis_contradicts"


class MarksChanged(Conflict):
    """The marks at work in a case are not those of the version that the caller read."""

    code = "marks_changed"


class PairNotOpened(Conflict):
    """An opinion rests on a pair of images that its author, or the other examiner, has not opened."""

    code = "pair_not_opened"


class UnknownLineup(NotFound):
    """No such line-up."""

    code = "unknown_lineup"


class NotBlind(Conflict):
    """An officer who may know the suspect of a line-up, or is not the one who shows it to the witness."""

    code = "not_blind"


class LineupRefused(Conflict):
    """A person who must not be in a line-up, too few fillers, or a photo that is not there as it was."""

    code = "lineup_refused"
