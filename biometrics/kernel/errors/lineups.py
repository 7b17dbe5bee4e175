"""Errors about photo line-ups."""

from __future__ import annotations

from biometrics.kernel.errors.base import Conflict, NotFound


class UnknownLineup(NotFound):
    """No such line-up."""

    code = "unknown_lineup"


class NotBlind(Conflict):
    """An officer who may know the suspect of a line-up, or is not the one who shows it to the witness."""

    code = "not_blind"


class LineupRefused(Conflict):
    """A person who must not be in a line-up, too few fillers, or a photo that is not there as it was."""

    code = "lineup_refused"
