"""Reading people's records and samples as one actor sees them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from biometrics.access import jurisdiction, persons
from biometrics.access.blinding import held_people, require_person_shown
from biometrics.access.jurisdiction import unit_of
from biometrics.access.rights import MATCHING, needs, needs_one_of, unrestricted
from biometrics.kernel.access import Act, Scope, Unit
from biometrics.kernel.errors import InvalidField, StoreUnavailable, UnknownRecord
from biometrics.kernel.people.encounter import Section
from biometrics.kernel.people.record import ME, Elsewhere, Record, RecordQuery, RecordQueryPage, StoredSample
from biometrics.kernel.recognition.body_marks import NCIC_CODE_LENGTH
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.page import Page
from biometrics.kernel.technique.text import clean_text
from biometrics.people import encounters, offence_sections
from biometrics.people import rows as people
from biometrics.people.mark_search import is_of_marks, photographed, records_with
from biometrics.people.record_query import find_records
from biometrics.storage.audit.log import Action, note
from biometrics.storage.blobs import encrypted
from biometrics.storage.blobs.encrypted import Owner
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.crypto.aead import image_place
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import paginate, require_limit
from biometrics.storage.tables import people as tables
from biometrics.storage.tables.people import records

MAX_MARKS = 200  # photos of a page


class RecordReader:
    """The people on record, as far as the actor may see them."""

    def __init__(self, database: Database, act: Act | None) -> None:
        self._database = database
        self._act = act

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.VERIFY, Scope.RECORD_MERGE, Scope.RECORD_EXPUNGE)
    def get(self, record_id: str) -> Record:
        """Return a record with its encounters and samples.

        Raises:
            UnknownRecord: there is none of this id.
            HiddenUntilDecided: the actor examines a case about the person, and has given no opinion.
        """
        with self._database.reading() as connection:
            require_person_shown(connection, self._act, people.resolve_merged_id_if_known(connection, record_id))
        record = self.get_or_none(record_id)
        if record is None:
            raise UnknownRecord.of(record_id)
        return record

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.VERIFY, Scope.RECORD_MERGE, Scope.RECORD_EXPUNGE)
    def get_or_none(self, record_id: str) -> Record | None:
        """Return a record with its encounters and samples, None where it was removed.

        The id of a record that was merged into another gives that other one.
        """
        with self._database.reading() as connection:
            lead_id = people.resolve_merged_id_if_known(connection, record_id)
            jurisdiction.require_record(connection, self._act, lead_id)
            records = people.load_records(connection, [lead_id])
        for record in records:
            note(
                self._database,
                self._act,
                Action.RECORD_READ,
                record.id,
                version=record.version,
                encounters=len(record.encounters),
            )
            return record
        return None

    @needs_one_of(Scope.IDENTIFY, Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.SEARCH_READ, Scope.WATCH_MANAGE)
    def named(self, record_ids: Sequence[str]) -> dict[str, Record | Elsewhere]:
        """Return the records that a search or another answer names, by those ids, without those removed since.

        The id of a record that was merged into another gives that other one.

        For those that the actor may not see only the unit to call is returned. It is part of showing that answer,
        whose own audit entry names them.
        """
        with self._database.reading() as connection:
            return people_named(connection, self._act, record_ids)

    @unrestricted(MATCHING)
    def visible_to(self, unit: Unit, record_ids: Sequence[str]) -> set[str]:
        """Return the records (at most CHUNK) that a unit sees, independent of the actor."""
        with self._database.reading() as connection:
            return jurisdiction.visible_ids(connection, unit, record_ids)

    @unrestricted(MATCHING)
    def units_of(self, record_ids: Sequence[str]) -> dict[str, Unit]:
        """Return the units to call about records (at most CHUNK), by record id."""
        if not record_ids:
            return {}
        with self._database.reading() as connection:
            places = jurisdiction.elsewhere(connection, record_ids)
        return {record_id: contact.unit for record_id, contact in places.items()}

    @unrestricted(MATCHING)
    def resolve_merged_ids(self, record_ids: Sequence[str]) -> dict[str, str]:
        """Return the ids of the records that ids lead to: their own, or those that they were merged into."""
        with self._database.reading() as connection:
            merged: dict[str, str] = {}
            for chunk in in_chunks(record_ids, CHUNK):
                merged |= persons.resolve_merged_ids(connection, chunk)
            return merged

    @unrestricted(MATCHING)
    def with_leads(self, numbers: Collection[int]) -> frozenset[int]:
        """Return national numbers together with those of the records that they were merged into."""
        expanded = set(numbers)
        with self._database.reading() as connection:
            for number in numbers:
                expanded.add(int(people.resolve_merged_number(connection, f"{number:010}")))
        return frozenset(expanded)

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.RECORD_EXPUNGE)
    def with_marks(self, words: str, limit: int) -> frozenset[int]:
        """Return the national numbers of the records that words of their marks find, among those that the actor sees.

        Raises:
            InvalidField: there are more than `limit`, or the words have neither letters nor digits.
        """
        query = RecordQuery(mark=words)
        if not is_of_marks(query):
            raise InvalidField("The words of a mark have neither letters nor digits; write what its description says.")
        matches = select(records.c.national_number).where(
            records.c.id.in_(records_with(query)), jurisdiction.visible(unit_of(self._act))
        )
        with self._database.reading() as connection:
            numbers = connection.execute(matches.limit(limit + 1)).scalars().all()
        if len(numbers) > limit:
            raise InvalidField(f"More than {limit:,} records have marks of these words; add another word.")
        return frozenset(map(int, numbers))

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.RECORD_EXPUNGE)
    def by_national_number(self, number: str) -> Record:
        """Return the record of a national number.

        Raises:
            UnknownRecord: there is none.
            InvalidField: not a text that could be a number.
        """
        records = self.find(RecordQuery(national_number=number), limit=1).items if number.strip() else ()
        if not records:
            raise UnknownRecord(f"There is no record with the national number {number}; check the number.")
        return records[0]

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE, Scope.RECORD_EXPUNGE)
    def find(self, query: RecordQuery, limit: int = 50, after: str | None = None) -> RecordQueryPage:
        """Return the records that meet a query, newest first, at most `limit`; `after` is the `after` of a page.

        The people of a case that the actor examines and has given no opinion on are left out.

        Raises:
            InvalidField: the limit or the cursor is not valid.
        """
        if query.enrolled_by == ME and self._act:
            query = replace(query, enrolled_by=self._act.actor.id)
        with self._database.reading() as connection:
            page = find_records(connection, query, limit, after, unit_of(self._act))
            held = held_people(connection, self._act)
        page = replace(page, items=tuple(record for record in page.items if record.id not in held))
        note(
            self._database,
            self._act,
            Action.RECORDS_FOUND,
            asked=query.fields_used,
            records=[record.id for record in page.items],
        )
        return page

    @needs(Scope.ENCOUNTER_READ)
    def marks(
        self, query: RecordQuery, code: str = "", limit: int = 50, after: int | None = None
    ) -> Page[StoredSample, int]:
        """Return photos of marks that meet the conditions of a query on a mark, newest first.

        `code` is the beginning of their NCIC code.

        Raises:
            InvalidField: the limit is not valid.
        """
        require_limit(limit, MAX_MARKS, "photos of marks")
        visit = tables.encounters.alias()  # `visible` has encounters of its own
        ids = photographed(query, clean_text("NCIC code", code, NCIC_CODE_LENGTH, required=False), after)
        ids = ids.join(visit, visit.c.id == tables.samples.c.encounter_id)
        ids = ids.join(records, records.c.id == visit.c.record_id).where(jurisdiction.visible(unit_of(self._act)))
        with self._database.reading() as connection:
            sample_ids = connection.execute(ids.limit(limit + 1)).scalars().all()
            page_ids, next_cursor = paginate(sample_ids, limit, lambda sample_id: sample_id)
            page = Page(tuple(encounters.load_samples(connection, page_ids)), next_cursor)
        people_shown = list(dict.fromkeys(sample.record_id for sample in page.items))
        note(self._database, self._act, Action.RECORDS_FOUND, asked=query.fields_used, records=people_shown)
        return page

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.ENCOUNTER_WRITE)
    def sections(self, text: str, limit: int) -> list[Section]:
        """Return acts and sections that encounters have, of anybody; see `offence_sections.sections_begun`."""
        with self._database.reading() as connection:
            return offence_sections.sections_begun(connection, text, limit)


class SampleReader:
    """The samples of people on record, as far as the actor may see them."""

    def __init__(self, database: Database, images: ImageStore, keys: DataKeys, act: Act | None) -> None:
        self._database = database
        self._images = images
        self._keys = keys
        self._act = act

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.IMAGE_READ)
    def get(self, sample_id: int) -> StoredSample:
        """Return a sample.

        Raises:
            UnknownSample: there is none of this number.
        """
        sample = self._load(sample_id)
        note(self._database, self._act, Action.SAMPLE_READ, sample.record_id, sample=sample.id)
        return sample

    @needs(Scope.IMAGE_READ)
    def image(self, sample_id: int) -> bytes:
        """Return a sample's image file, byte for byte as it came in.

        Raises:
            UnknownSample: there is none of this number.
            StoreUnavailable: the file is missing or damaged.
            DecryptionFailed: the file, or its row, was tampered with.
        """
        record_id, digest, content = self._load_image(sample_id)
        note(self._database, self._act, Action.IMAGE_VIEWED, record_id, sample=sample_id, digest=digest)
        return content

    def _load(self, sample_id: int) -> StoredSample:
        """Load a sample; one that another unit keeps is as if not there: its number could be guessed."""
        with self._database.reading() as connection:
            sample = encounters.load_sample(connection, sample_id)
            if not jurisdiction.visible_ids(connection, unit_of(self._act), [sample.record_id]):
                raise encounters.unknown_sample(sample_id)
            return sample

    def _load_image(self, sample_id: int) -> tuple[str, str, bytes]:
        """Return whose a sample is, and the digest and the bytes of its file."""
        while True:
            with self._database.reading() as connection:
                record_id, image = encounters.image_of(connection, sample_id)
                if not jurisdiction.visible_ids(connection, unit_of(self._act), [record_id]):
                    raise encounters.unknown_sample(sample_id)
                secret = self._keys.get(connection, record_id, image_place(record_id, image.digest))
            try:
                return record_id, image.digest, encrypted.get(self._images, Owner(record_id, secret), image)
            except StoreUnavailable:
                with self._database.reading() as connection:
                    if encounters.image_of(connection, sample_id) == (record_id, image):
                        raise
                # else it was resealed meanwhile, under another name


def people_named(connection: Connection, act: Act | None, record_ids: Sequence[str]) -> dict[str, Record | Elsewhere]:
    """Return the records of some ids, without those removed; for those that the actor may not see the unit to call.

    The id of a record that was merged into another gives that other one.
    """
    answer: dict[str, Record | Elsewhere] = {}
    for chunk in in_chunks(record_ids, CHUNK):
        lead_of = persons.resolve_merged_ids(connection, chunk)
        lead_ids = list(dict.fromkeys(lead_of.values()))
        visible = jurisdiction.visible_ids(connection, unit_of(act), lead_ids)
        by_lead: dict[str, Record | Elsewhere] = {}
        by_lead.update(jurisdiction.elsewhere(connection, [lead_id for lead_id in lead_ids if lead_id not in visible]))
        by_lead.update((record.id, record) for record in people.load_records(connection, list(visible)))
        answer.update((record_id, by_lead[lead_id]) for record_id, lead_id in lead_of.items())
    return answer
