"""The changes that a records clerk makes to existing records: corrections, court outcomes, merges and moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from biometrics.access.rights import HIDE, needs
from biometrics.corrections.merge_history import Merge, Move
from biometrics.kernel.access import Scope, Unit
from biometrics.kernel.court import Outcome
from biometrics.kernel.encounter import Encounter
from biometrics.kernel.ids import canonical_id
from biometrics.kernel.person import Person
from biometrics.kernel.record import (
    EncounterLink,
    LinkKind,
    Record,
    StoredOutcome,
)
from biometrics.kernel.request_context import RequestContext
from biometrics.records.unit_of_work import UnitOfWork, begin
from biometrics.storage.audit.log import Action
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database


class RecordEditor:
    """Changes of stored records, each one transaction; `RecordStore.editor` gives one.

    A method that takes a `version` raises VersionMismatch, and changes nothing, if the record has another one by
    now: it has changed since the caller read it. Any raises OutOfJurisdiction for what another unit
    keeps. What a request with an idempotency key has done is not done again, and its first answer returned; where the
    key was used for another request, KeyReused is raised.
    """

    def __init__(self, database: Database, images: ImageStore, keys: DataKeys, context: RequestContext) -> None:
        self._database = database
        self._images = images
        self._keys = keys
        self._context = context

    @needs(Scope.ENCOUNTER_WRITE)
    def correct_person(self, record_id: str, person: Person, version: int) -> Record:
        """Put another person's data in place of a record's; what it was before is kept in the history.

        The national number is for ever, and stays whatever `person` says of it. Indexes learn of a sex or a year of
        birth that a search may ask for.

        Raises:
            UnknownRecord, VersionMismatch.
        """
        with self._begin() as work:
            if (answer := work.answer("correct")) is not None:
                return work.people.get(answer["id"])
            row_id = work.corrections.person(record_id, person, version)
            work.audit(Action.RECORD_CORRECTED, row_id, version=version + 1)
            work.remember("correct", {"id": row_id})
            return work.people.get(row_id)

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
        with self._begin() as work:
            if (answer := work.answer("correct encounter")) is not None:
                return work.people.get(answer["id"])
            row_id, number = work.corrections.encounter(encounter_id, change, version)
            about = {"encounter": canonical_id(encounter_id), "version": number, "samples": [], "replaced": []}
            work.audit(Action.ENCOUNTER_REPLACED, row_id, **about)
            work.remember("correct encounter", {"id": row_id})
            return work.people.get(row_id)

    @needs(Scope.OUTCOME_WRITE)
    def add_outcome(self, encounter_id: str, outcome: Outcome, version: int | None = None) -> StoredOutcome:
        """Add what a court did about an encounter.

        Raises:
            UnknownEncounter, VersionMismatch.
            InvalidField: it does not follow from what is known of the case.
        """
        with self._begin() as work:
            if (answer := work.answer("outcome")) is not None:
                return work.corrections.outcome(answer["id"])
            added = work.corrections.add_outcome(encounter_id, outcome, version)
            work.audit(Action.OUTCOME_ADDED, added.encounter_id, outcome=added.id, event=outcome.event)
            work.remember("outcome", {"id": added.id})
            return work.corrections.outcome(added.id)

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
        with self._begin() as work:
            if (answer := work.answer("withdraw")) is not None:
                return work.corrections.outcome(answer["id"])
            done = work.corrections.withdraw_outcome(encounter_id, outcome_id, because, version, instead)
            about = {"outcome": done.id, "instead": done.withdrawal and done.withdrawal.replaced_by}
            work.audit(Action.OUTCOME_WITHDRAWN, done.encounter_id, **about)
            work.remember("withdraw", {"id": done.id})
            return work.corrections.outcome(done.id)

    @needs(Scope.ENCOUNTER_WRITE)
    def link(self, from_id: str, to_id: str, kind: LinkKind) -> EncounterLink:
        """Say that two encounters belong together; linking them again changes nothing.

        Raises:
            UnknownEncounter: there is none of an id.
            InvalidField: both are one and the same.
        """
        with self._begin() as work:
            if (answer := work.answer("link")) is not None:
                return work.corrections.load_link(answer["id"])
            link = work.corrections.link(from_id, to_id, kind)
            work.audit(Action.ENCOUNTERS_LINKED, link.from_id, to=link.to_id, kind=kind)
            work.remember("link", {"id": link.id})
            return work.corrections.load_link(link.id)

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

        Raises:
            UnknownRecord, VersionMismatch.
            MergeRefused: both are one record already.
            InvalidField: there is no reason.
        """
        with Uploads(self._images, self._keys) as uploads:
            while True:  # again after files that it lacked were uploaded
                with self._begin(uploads) as work:
                    if (answer := work.answer("merge")) is not None:
                        return work.merges.merged(answer["id"])
                    done = work.merges.merge((record_id, version), (other_id, other_version), reason, decided_by)
                    work.audit(Action.RECORDS_MERGED, done.survivor_id, **_parts(done))
                    work.remember("merge", {"id": done.id})
                    return done

    @needs(Scope.RECORD_MERGE)
    def undo_merge(self, merge_id: str, version: int, reason: str) -> Merge:
        """Make two records of one again, as they were; `version` is that of the survivor.

        The other record gets back its number, and the encounters that came from it and were not moved since.
        What was added after the merge stays in the survivor.

        Raises:
            UnknownMerge, VersionMismatch.
            MergeRefused: it was undone already, or the survivor was itself merged since.
        """
        with Uploads(self._images, self._keys) as uploads:
            while True:  # again after files that it lacked were uploaded
                with self._begin(uploads) as work:
                    if (answer := work.answer("unmerge")) is not None:
                        return work.merges.merged(answer["id"])
                    done = work.merges.undo_merge(merge_id, version, reason)
                    work.audit(Action.MERGE_UNDONE, done.survivor_id, **_parts(done))
                    work.remember("unmerge", {"id": done.id})
                    return done

    @needs(Scope.RECORD_MERGE)
    def move_encounter(self, encounter_id: str, version: int, to_id: str, reason: str) -> Move:
        """Move an encounter to the record that it belongs in; `version` is that of the record that it is in.

        Raises:
            UnknownEncounter, UnknownRecord, VersionMismatch.
            MergeRefused: it is there already.
            InvalidField: there is no reason.
        """
        with Uploads(self._images, self._keys) as uploads:
            while True:  # again after files that it lacked were uploaded
                with self._begin(uploads) as work:
                    if (answer := work.answer("move")) is not None:
                        return work.merges.moved(answer["id"])
                    done = work.merges.move(encounter_id, version, to_id, reason)
                    work.audit(Action.ENCOUNTER_MOVED, done.encounter_id, **_places(done))
                    work.remember("move", {"id": done.id})
                    return done

    @needs(Scope.RECORD_MERGE)
    def undo_move(self, move_id: str, version: int, reason: str) -> Move:
        """Move an encounter back; `version` is that of the record that it is in.

        Raises:
            UnknownMerge: there is no such move.
            VersionMismatch.
            MergeRefused: the encounter was moved again since, or came with a merge.
        """
        with Uploads(self._images, self._keys) as uploads:
            while True:  # again after files that it lacked were uploaded
                with self._begin(uploads) as work:
                    if (answer := work.answer("move back")) is not None:
                        return work.merges.moved(answer["id"])
                    done = work.merges.undo_move(move_id, version, reason)
                    work.audit(Action.MOVE_UNDONE, done.encounter_id, **_places(done))
                    work.remember("move back", {"id": done.id})
                    return done

    def _begin(self, uploads: Uploads | None = None) -> AbstractContextManager[UnitOfWork]:
        return begin(self._database, self._keys, self._context, uploads)


def _parts(merge: Merge) -> dict[str, str]:
    return {"merged": merge.merged_id, "merge": merge.id}


def _places(move: Move) -> dict[str, str | None]:
    return {"move": move.id, "from": move.from_id, "to": move.to_id, "undoes": move.undoes_id}
