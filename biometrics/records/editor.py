"""The changes that a records clerk makes to existing records: corrections, court outcomes, merges and moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from biometrics.access import jurisdiction
from biometrics.access.rights import HIDE, needs
from biometrics.corrections import merging, outcomes
from biometrics.corrections.merge_history import Merge, Move
from biometrics.corrections.merging import CorrectionContext
from biometrics.kernel.access import Scope, Unit
from biometrics.kernel.people.court import Outcome
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EncounterLink, LinkKind, Record, StoredOutcome
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.technique.ids import canonical_id
from biometrics.people import encounter_update
from biometrics.people import rows as people
from biometrics.people.encounters import load_encounters
from biometrics.records.unit_of_work import UnitOfWork
from biometrics.storage.audit.log import Action
from biometrics.storage.transaction import Transaction
from biometrics.templates.change_log import append_changes
from biometrics.templates.templates import templates_at
from biometrics.watchlist.check_rows import enqueue_check

if TYPE_CHECKING:
    from biometrics.records.store import RecordStore


class RecordEditor:
    """Changes of stored records, each one transaction; `RecordStore.editor` gives one.

    A method that takes a `version` raises VersionMismatch, and changes nothing, if the record has another one by
    now: it has changed since the caller read it. Any raises OutOfJurisdiction for what another unit
    keeps. What a request with an idempotency key has done is not done again, and its first answer returned; where the
    key was used for another request, KeyReused is raised.
    """

    def __init__(self, store: RecordStore) -> None:
        self._store = store

    @needs(Scope.ENCOUNTER_WRITE)
    def correct_person(self, record_id: str, person: Person, version: int) -> Record:
        """Put another person's data in place of a record's; what it was before is kept in the history.

        The national number is for ever, and stays whatever `person` says of it. Indexes learn of a sex or a year of
        birth that a search may ask for.

        Raises:
            UnknownRecord, VersionMismatch.
        """
        with self._store.begin("correct") as work:
            if work.is_first:
                of = work.transaction
                row_id = people.correct_person(of.connection, record_id, person, version, of.actor_id, of.act)
                work.audit(Action.RECORD_CORRECTED, row_id, version=version + 1)
                work.remember(row_id)
            return work.people.get(work.answer)

    @needs(Scope.ENCOUNTER_WRITE, HIDE)
    def correct_encounter(self, encounter_id: str, change: Callable[[Encounter], Encounter], version: int) -> Record:
        """Put another content in place of an encounter's, whose samples stay; what it was is kept in its history.

        It needs the rights of `EncounterRepository.replace`, and has the same entry and history. `change` returns
        the new content; `version` is that of the record. Indexes learn what a search may ask for, and the samples are
        searched for again, since the encounter may have become one of another kind.

        Raises:
            UnknownEncounter, VersionMismatch.
            OutOfJurisdiction: another unit made it, or the new content is of another unit.
            InvalidField: a value breaks its rule, or a sample is a print of a finger that is not there.
        """
        with self._store.begin("correct encounter") as work:
            if work.is_first:
                row_id, number = _replace_content(work.transaction, encounter_id, change, version)
                about = {"encounter": canonical_id(encounter_id), "version": number, "samples": [], "replaced": []}
                work.audit(Action.ENCOUNTER_REPLACED, row_id, **about)
                work.remember(row_id)
            return work.people.get(work.answer)

    @needs(Scope.OUTCOME_WRITE)
    def add_outcome(self, encounter_id: str, outcome: Outcome, version: int | None = None) -> StoredOutcome:
        """Add what a court did about an encounter.

        Raises:
            UnknownEncounter, VersionMismatch.
            InvalidField: it does not follow from what is known of the case.
        """
        with self._store.begin("outcome") as work:
            of = work.transaction
            if work.is_first:
                jurisdiction.require_own_encounter(of.connection, of.act, canonical_id(encounter_id))
                added = outcomes.insert_outcome(of.connection, encounter_id, outcome, of.actor_id, version)
                work.audit(Action.OUTCOME_ADDED, added.encounter_id, outcome=added.id, event=outcome.event)
                work.remember(added.id)
            return _outcome(of, work.answer)

    @needs(Scope.OUTCOME_WRITE)
    def withdraw_outcome(
        self,
        encounter_id: str,
        outcome_id: str,
        because: str,
        version: int | None = None,
        instead: Outcome | None = None,
    ) -> StoredOutcome:
        """Withdraw an outcome of an encounter that was entered by mistake, or put another one in its place.

        It counts no more, also for how long samples are kept, and stays with who withdrew it, when and why. What was
        destroyed by it is not brought back.

        Raises:
            UnknownEncounter, UnknownOutcome, VersionMismatch.
            InvalidField: there is no reason, or what is left does not make sense.
            Conflict: it was withdrawn before.
        """
        with self._store.begin("withdraw") as work:
            of, ids = work.transaction, (encounter_id, outcome_id)
            if work.is_first:
                jurisdiction.require_own_encounter(of.connection, of.act, canonical_id(encounter_id))
                withdrawn = outcomes.withdraw_outcome(of.connection, ids, because, of.actor_id, version, instead)
                about = {"outcome": withdrawn.id, "instead": withdrawn.withdrawal and withdrawn.withdrawal.replaced_by}
                work.audit(Action.OUTCOME_WITHDRAWN, withdrawn.encounter_id, **about)
                work.remember(withdrawn.id)
            return _outcome(of, work.answer)

    @needs(Scope.ENCOUNTER_WRITE)
    def link(self, from_id: str, to_id: str, kind: LinkKind) -> EncounterLink:
        """Say that two encounters belong together; linking them again changes nothing.

        Raises:
            UnknownEncounter: there is none of an id.
            InvalidField: both are one and the same.
        """
        with self._store.begin("link") as work:
            of = work.transaction
            if work.is_first:
                for encounter_id in (from_id, to_id):
                    jurisdiction.require_encounter(of.connection, of.act, canonical_id(encounter_id))
                link = outcomes.insert_link(of.connection, from_id, to_id, kind, of.actor_id)
                work.audit(Action.ENCOUNTERS_LINKED, link.from_id, to=link.to_id, kind=kind)
                work.remember(link.id)
            return _link(of, work.answer)

    @needs(Scope.RECORD_MERGE)
    def merge(
        self,
        record_id: str,
        version: int,
        other_id: str,
        reason: str,
        other_version: int | None = None,
        decided_by: Sequence[Unit] = (),
    ) -> Merge:
        """Merge another record of the same person into one, whose id and number stay; `reason` says why they are one.

        The other's encounters come along, its names become aliases, and its id and number lead to the survivor for
        ever. Indexes learn whose the templates are now. `version` and `other_version` are what was read of each.
        `decided_by` are the units of the examiners by whose opinions they are merged: each must see both records, too.
        Without them, subscribers of the person are notified now; with them, they were notified when the case closed.

        Raises:
            UnknownRecord, VersionMismatch.
            MergeRefused: both are one record already.
            InvalidField: there is no reason.
        """

        def write(work: UnitOfWork) -> Merge:
            if work.is_first:
                for either in (record_id, other_id):
                    _require_record(work.transaction, either)
                context, survivor = _correcting(work.transaction, decided_by), (record_id, version)
                merge = merging.merge(context, survivor, (other_id, other_version), reason)
                if not decided_by:
                    work.subscriptions.notify_identified(merge.survivor_id, merge.id)
                work.audit(Action.RECORDS_MERGED, merge.survivor_id, **_parts(merge))
                work.remember(merge.id)
            return _merged(work.transaction, work.answer)

        return self._store.carry_out(write, "merge")

    @needs(Scope.RECORD_MERGE)
    def undo_merge(self, merge_id: str, version: int, reason: str) -> Merge:
        """Make two records of one again, as they were; `version` is that of the survivor.

        The other record gets back its number, and the encounters that came from it and were not moved since.
        What was added after the merge stays in the survivor.

        Raises:
            UnknownMerge, VersionMismatch.
            MergeRefused: it was undone already, or the survivor was itself merged since.
        """

        def write(work: UnitOfWork) -> Merge:
            if work.is_first:
                _merged(work.transaction, merge_id)
                merge = merging.undo_merge(_correcting(work.transaction), merge_id, reason, version)
                work.audit(Action.MERGE_UNDONE, merge.survivor_id, **_parts(merge))
                work.remember(merge.id)
            return _merged(work.transaction, work.answer)

        return self._store.carry_out(write, "unmerge")

    @needs(Scope.RECORD_MERGE)
    def move_encounter(self, encounter_id: str, version: int, to_id: str, reason: str) -> Move:
        """Move an encounter to the record that it belongs in; `version` is that of the record that it is in.

        Raises:
            UnknownEncounter, UnknownRecord, VersionMismatch.
            MergeRefused: it is there already.
            InvalidField: there is no reason.
        """

        def write(work: UnitOfWork) -> Move:
            of = work.transaction
            if work.is_first:
                _require_record(of, to_id)
                jurisdiction.require_encounter(of.connection, of.act, canonical_id(encounter_id))
                move = merging.move_encounter(_correcting(of), encounter_id, to_id, reason, version)
                work.audit(Action.ENCOUNTER_MOVED, move.encounter_id, **_places(move))
                work.remember(move.id)
            return _moved(of, work.answer)

        return self._store.carry_out(write, "move")

    @needs(Scope.RECORD_MERGE)
    def undo_move(self, move_id: str, version: int, reason: str) -> Move:
        """Move an encounter back; `version` is that of the record that it is in.

        Raises:
            UnknownMerge: there is no such move.
            VersionMismatch.
            MergeRefused: the encounter was moved again since, or came with a merge.
        """

        def write(work: UnitOfWork) -> Move:
            of = work.transaction
            if work.is_first:
                _require_record(of, _moved(of, move_id).from_id)
                move = merging.undo_move(_correcting(of), move_id, reason, version)
                work.audit(Action.MOVE_UNDONE, move.encounter_id, **_places(move))
                work.remember(move.id)
            return _moved(of, work.answer)

        return self._store.carry_out(write, "move back")


def _replace_content(
    of: Transaction, encounter_id: str, change: Callable[[Encounter], Encounter], version: int
) -> tuple[str, int]:
    """Put another content in place of an encounter's; return the record's id and the number of the old version."""
    connection, canonical = of.connection, canonical_id(encounter_id)
    row = people.lock_record_of(connection, encounter_id, version, of.act)
    stored_encounters = load_encounters(connection, [row.id])[row.id]
    encounter = change(next(stored.encounter for stored in stored_encounters if stored.id == canonical))
    before, number = encounter_update.put_instead(connection, of.act, row.id, canonical, encounter)
    encounter.refuse_prints_of_missing(before.samples)
    append_changes(connection, Operation.RELABEL, templates_at(connection, [canonical]))
    enqueue_check(connection, canonical, encounter, of.act)
    return row.id, number


def _outcome(of: Transaction, outcome_id: str) -> StoredOutcome:
    """Return an outcome that this request has added or withdrawn."""
    stored = outcomes.load_outcome(of.connection, outcome_id)
    jurisdiction.require_encounter(of.connection, of.act, stored.encounter_id)
    return stored


def _link(of: Transaction, link_id: str) -> EncounterLink:
    """Return a link that this request has made."""
    link = outcomes.load_link(of.connection, link_id)
    for encounter_id in (link.from_id, link.to_id):
        jurisdiction.require_encounter(of.connection, of.act, encounter_id)
    return link


def _merged(of: Transaction, merge_id: str) -> Merge:
    """Return a merge whose surviving record the actor sees."""
    merge = merging.load_merge(of.connection, merge_id)
    _require_record(of, merge.survivor_id)
    return merge


def _moved(of: Transaction, move_id: str) -> Move:
    """Return a move of an encounter whose record the actor sees."""
    move = merging.load_move(of.connection, move_id)
    jurisdiction.require_encounter(of.connection, of.act, move.encounter_id)
    return move


def _require_record(of: Transaction, record_id: str) -> None:
    """Refuse a record that the actor does not see; what does not exist is refused by the caller."""
    jurisdiction.require_record(of.connection, of.act, people.resolve_merged_id_if_known(of.connection, record_id))


def _correcting(of: Transaction, decided_by: Sequence[Unit] = ()) -> CorrectionContext:
    assert of.uploads is not None, "begin the unit of work with uploads"
    return CorrectionContext(of.connection, of.uploads, of.actor_id, (jurisdiction.unit_of(of.act), *decided_by))


def _parts(merge: Merge) -> dict[str, str]:
    return {"merged": merge.merged_id, "merge": merge.id}


def _places(move: Move) -> dict[str, str | None]:
    return {"move": move.id, "from": move.from_id, "to": move.to_id, "undoes": move.undoes_id}
