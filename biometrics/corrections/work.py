"""Corrections, court outcomes, merges and moves within a unit of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from biometrics.access import jurisdiction
from biometrics.access.rights import HIDE, needs
from biometrics.corrections import merging, outcomes
from biometrics.corrections.merge_history import Merge, Move
from biometrics.corrections.merging import CorrectionContext
from biometrics.kernel.access import Scope, Unit
from biometrics.kernel.court import Outcome
from biometrics.kernel.encounter import Encounter
from biometrics.kernel.ids import canonical_id
from biometrics.kernel.person import Person
from biometrics.kernel.record import EncounterLink, LinkKind, StoredOutcome
from biometrics.kernel.templates import Operation
from biometrics.people import encounter_update
from biometrics.people import repository as people
from biometrics.people.encounters import load_encounters
from biometrics.storage.transaction import Transaction
from biometrics.templates.change_log import append_changes
from biometrics.templates.templates import templates_at
from biometrics.watchlist.check_rows import follow_enrolment


class CorrectionRepository:
    """Corrections of people and encounters, outcomes and links; each says what it raises in `RecordEditor`."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.ENCOUNTER_WRITE)
    def person(self, record_id: str, person: Person, version: int) -> str:
        """Put another person's data in place of a record's; return the id of the record."""
        work = self._work
        return people.correct_person(work.connection, record_id, person, version, work.actor_id, work.act)

    @needs(Scope.ENCOUNTER_WRITE, HIDE)
    def encounter(self, encounter_id: str, change: Callable[[Encounter], Encounter], version: int) -> tuple[str, int]:
        """Put another content in place of an encounter's; return the record's id and the number of the old version."""
        connection, act = self._work.connection, self._work.act
        canonical = canonical_id(encounter_id)
        row = people.touch_record_of(connection, encounter_id, version, act)
        stored_encounters = load_encounters(connection, [row.id])[row.id]
        encounter = change(next(stored.encounter for stored in stored_encounters if stored.id == canonical))
        before, number = encounter_update.put_instead(connection, act, row.id, canonical, encounter)
        encounter.refuse_prints_of_missing(before.samples)
        append_changes(connection, Operation.RELABEL, templates_at(connection, [canonical]))
        follow_enrolment(connection, canonical, encounter, act)
        return row.id, number

    @needs(Scope.OUTCOME_WRITE)
    def add_outcome(self, encounter_id: str, outcome: Outcome, version: int | None) -> StoredOutcome:
        """Add what a court did about an encounter, which decides how long its samples are kept."""
        self._require_own(encounter_id)
        return outcomes.insert_outcome(self._work.connection, encounter_id, outcome, self._work.actor_id, version)

    @needs(Scope.OUTCOME_WRITE)
    def withdraw_outcome(
        self, encounter_id: str, outcome_id: str, because: str, version: int | None, instead: Outcome | None
    ) -> StoredOutcome:
        """Withdraw an outcome of an encounter, or put another one in its place."""
        self._require_own(encounter_id)
        connection, place = self._work.connection, (encounter_id, outcome_id)
        return outcomes.withdraw_outcome(connection, place, because, self._work.actor_id, version, instead)

    @needs(Scope.OUTCOME_WRITE)
    def outcome(self, outcome_id: str) -> StoredOutcome:
        """Return an outcome that this request has added or withdrawn."""
        stored = outcomes.load_outcome(self._work.connection, outcome_id)
        self._require_encounter(stored.encounter_id)
        return stored

    @needs(Scope.ENCOUNTER_WRITE)
    def link(self, from_id: str, to_id: str, kind: LinkKind) -> EncounterLink:
        """Say that two encounters belong together."""
        for encounter_id in (from_id, to_id):
            self._require_encounter(encounter_id)
        return outcomes.insert_link(self._work.connection, from_id, to_id, kind, self._work.actor_id)

    @needs(Scope.ENCOUNTER_WRITE)
    def load_link(self, link_id: str) -> EncounterLink:
        """Return a link that this request has made."""
        link = outcomes.load_link(self._work.connection, link_id)
        for encounter_id in (link.from_id, link.to_id):
            self._require_encounter(encounter_id)
        return link

    def _require_encounter(self, encounter_id: str) -> None:
        canonical = canonical_id(encounter_id)
        jurisdiction.require_encounter(self._work.connection, self._work.act, canonical)

    def _require_own(self, encounter_id: str) -> None:
        known = canonical_id(encounter_id)
        jurisdiction.require_own_encounter(self._work.connection, self._work.act, known)


class MergeRepository:
    """Merges of records and moves of encounters, and how they are undone; each says what it raises in `RecordEditor`.

    Begin the unit of work with uploads: the files of samples that change their record are encrypted for the new one.
    """

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.RECORD_MERGE)
    def merge(
        self, survivor: tuple[str, int], other: tuple[str, int | None], reason: str, decided_by: Sequence[Unit]
    ) -> Merge:
        """Merge a record into the survivor; both are (id, version that was read)."""
        for record_id, _ in (survivor, other):
            require_record(self._work, record_id)
        return merging.merge(self._context(decided_by), survivor, other, reason)

    @needs(Scope.RECORD_MERGE)
    def undo_merge(self, merge_id: str, version: int, reason: str) -> Merge:
        """Make two records of one again, as they were."""
        self.merged(merge_id)
        return merging.undo_merge(self._context(), merge_id, reason, version)

    @needs(Scope.RECORD_MERGE)
    def merged(self, merge_id: str) -> Merge:
        """Return a merge.

        Raises:
            UnknownMerge: there is none of this id.
            OutOfJurisdiction: the actor does not see the surviving record.
        """
        merge = merging.load_merge(self._work.connection, merge_id)
        require_record(self._work, merge.survivor_id)
        return merge

    @needs(Scope.RECORD_MERGE)
    def move(self, encounter_id: str, version: int, to_id: str, reason: str) -> Move:
        """Move an encounter to the record that it belongs in."""
        require_record(self._work, to_id)
        jurisdiction.require_encounter(self._work.connection, self._work.act, canonical_id(encounter_id))
        return merging.move_encounter(self._context(), encounter_id, to_id, reason, version)

    @needs(Scope.RECORD_MERGE)
    def undo_move(self, move_id: str, version: int, reason: str) -> Move:
        """Move an encounter back."""
        require_record(self._work, self.moved(move_id).from_id)
        return merging.undo_move(self._context(), move_id, reason, version)

    @needs(Scope.RECORD_MERGE)
    def moved(self, move_id: str) -> Move:
        """Return a move.

        Raises:
            UnknownMerge: there is none of this id.
            OutOfJurisdiction: the actor does not see the record that the encounter is in.
        """
        move = merging.load_move(self._work.connection, move_id)
        jurisdiction.require_encounter(self._work.connection, self._work.act, move.encounter_id)
        return move

    def _context(self, decided_by: Sequence[Unit] = ()) -> CorrectionContext:
        work = self._work
        assert work.uploads is not None, "begin the unit of work with uploads"
        return CorrectionContext(
            work.connection, work.uploads, work.actor_id, (jurisdiction.unit_of(work.act), *decided_by)
        )


def require_record(work: Transaction, record_id: str) -> None:
    """Refuse a record that the actor does not see; what does not exist is refused by the caller."""
    jurisdiction.require_record(work.connection, work.act, people.lead_or_self(work.connection, record_id))
