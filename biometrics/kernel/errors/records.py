"""Errors about records of people: their encounters, merges, galleries, and the destruction of samples."""

from __future__ import annotations

from biometrics.kernel.errors.base import Conflict, NotFound


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
