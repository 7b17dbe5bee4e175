"""People and their encounters within a unit of work."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from biometrics.access import guess_limit, jurisdiction
from biometrics.access.rights import HIDE, needs, needs_one_of
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import UnknownRecord
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample, Enrolment, Record
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.technique.text import clean_state_code
from biometrics.people import encounter_update, encounters
from biometrics.people import rows as people
from biometrics.people.holds import refuse_held
from biometrics.storage.blobs.encrypted import SealedImage
from biometrics.storage.transaction import Transaction
from biometrics.templates import change_log
from biometrics.watchlist.check_rows import enqueue_check


@dataclass(frozen=True)
class HeldRecord:
    """A record that the transaction has locked."""

    id: str
    national_number: str


@dataclass(frozen=True)
class Replaced:
    """An encounter whose content was replaced: the number of the version that it was, and the ids of its samples."""

    version: int
    sample_ids: list[int]


class PersonRepository:
    """The records of people."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.ENCOUNTER_WRITE)
    def add(
        self, person: Person, state_code: str | None, record_id: str | None = None, reserved: str | None = None
    ) -> HeldRecord:
        """Add a record; a person without a national number is allotted the next one of the state.

        `record_id` is the new record's id, where files were uploaded for it already. `reserved` is a number from
        `RecordStore.reserve_number`, which is taken if it is still free.

        Raises:
            DuplicateNationalNumber: another record has the number.
            InvalidField: there is neither a number nor a proper state code.
            OutOfJurisdiction: the number or the state is not of the actor's state.
            TooManyRequests: too many of the numbers that the account gave were taken elsewhere.
        """
        work, new_id = self._work, record_id or str(uuid.uuid4())
        for code in filter(None, (state_code, (person.national_number or "")[:2])):
            jurisdiction.require_state(work.act, clean_state_code(code))
        guess_limit.require_allowance(work.connection, work.act)
        if work.uploads:  # its key comes before the counter of national numbers in the order of locks
            work.keys.obtain(work.connection, new_id, new=work.uploads.new_secret(new_id))
        return HeldRecord(*people.insert_person(work.connection, person, state_code, new_id, work.act, reserved))

    @needs(Scope.ENCOUNTER_WRITE)
    def hold(self, record_id: str) -> HeldRecord:
        """Lock a record to change it, which gives it a new version; of a merged one, the record that it leads to.

        Raises:
            UnknownRecord: there is none of this id.
            OutOfJurisdiction: another unit keeps it.
        """
        row = people.lock_record(self._work.connection, record_id, visible_to=self._work.act)
        return HeldRecord(row.id, row.national_number)

    @needs(Scope.ENCOUNTER_WRITE)
    def correct(self, record: HeldRecord, person: Person) -> None:
        """Replace a person's data; what it was is kept in the history.

        Raises:
            InvalidField: a value breaks its rule.
        """
        people.correct_person(self._work.connection, record.id, person, None, self._work.actor_id)

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE)
    def get(self, record_id: str) -> Record:
        """Return a record as it is now; of a merged one, the record that it leads to.

        Raises:
            UnknownRecord: there is none of this id.
            OutOfJurisdiction: another unit keeps it.
        """
        connection = self._work.connection
        lead_id = people.resolve_merged_id(connection, record_id)
        jurisdiction.require_record(connection, self._work.act, lead_id)
        for record in people.load_records(connection, [lead_id]):
            return record
        raise UnknownRecord.of(record_id)  # it was removed since


class EncounterRepository:
    """Encounters with their samples. The files of samples must be uploaded: see `Uploads.prepare`."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.ENCOUNTER_WRITE)
    def add(self, record: HeldRecord, encounter: Encounter, samples: Sequence[EnrolledSample]) -> Enrolment:
        """Add an encounter with its samples to a record, and request that its samples are searched for.

        Raises:
            InvalidField: a print is of a finger that the encounter says is missing.
            OutOfJurisdiction: the encounter is of another unit.
        """
        jurisdiction.require_unit(self._work.act, jurisdiction.unit_at(encounter))
        encounter.refuse_prints_of_missing(sample.sample for sample in samples)
        connection, key = self._work.connection, self._key(record, samples)
        encounter_id = encounters.insert_encounter(connection, record.id, encounter, self._work.actor_id)
        return self._add_samples(record, encounter_id, encounter, samples, key, with_record=True)

    @needs(Scope.ENCOUNTER_WRITE, HIDE)
    def replace(
        self, record: HeldRecord, encounter_id: str, encounter: Encounter, samples: Sequence[EnrolledSample]
    ) -> tuple[Enrolment, Replaced]:
        """Replace an encounter and its samples; what was there is kept in its history, without templates.

        Raises:
            UnknownEncounter: it is not in this record.
            InvalidField: a print is of a finger that the encounter says is missing.
            OutOfJurisdiction: another unit made it, or the new content is of another unit.
            ExpungementRefused: a court or magistrate holds it.
        """
        work, key = self._work, self._key(record, samples)
        encounter.refuse_prints_of_missing(sample.sample for sample in samples)
        _, version = encounter_update.put_instead(work.connection, work.act, record.id, encounter_id, encounter)
        refuse_held(work.connection, work.clock_gap, record.id, encounter_id)
        retired = encounter_update.retire_samples(work.connection, encounter_id, version)
        enrolment = self._add_samples(record, encounter_id, encounter, samples, key, with_record=False)
        return enrolment, Replaced(version, retired)

    def _key(self, record: HeldRecord, samples: Sequence[EnrolledSample]) -> tuple[bytes, list[SealedImage]]:
        """Return the record's data key, locked before what follows in the order of locks, and the samples' files."""
        assert self._work.uploads is not None, "begin the unit of work with the uploads of the samples"
        return self._work.uploads.of_samples(self._work.connection, record.id, samples)

    def _add_samples(
        self,
        record: HeldRecord,
        encounter_id: str,
        encounter: Encounter,
        samples: Sequence[EnrolledSample],
        key: tuple[bytes, list[SealedImage]],
        *,
        with_record: bool,
    ) -> Enrolment:
        """Write samples and their changes, and the request that they are searched for; the whole record if asked for.

        Nothing else writes templates of new samples, so none is stored without a check for duplicates and without
        standing searches looking for it.
        """
        connection, (secret, files) = self._work.connection, key
        sample_ids, stored = encounters.insert_samples(
            connection, (record.id, secret), encounter_id, samples, files, self._work.actor_id
        )
        # Read before the changes are numbered, since other writers of templates wait from then on.
        whole = people.load_records(connection, [record.id])[0] if with_record else None
        added = [(template_id, template.modality, template.model) for template_id, template in stored]
        template_ids = tuple(template_id for template_id, _ in stored[: len(samples)])
        sequence = change_log.append_changes(connection, Operation.ADD, added)
        enqueue_check(connection, encounter_id, encounter, self._work.act)
        number = record.national_number
        return Enrolment(record.id, number, encounter_id, sample_ids, template_ids, sequence, record=whole)
