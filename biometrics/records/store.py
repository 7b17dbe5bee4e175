"""The records store: people, what brought them here, their samples and templates, and the searches made."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, func, select

from biometrics.errors import StoreUnavailable, UnknownRecord
from biometrics.person import Encounter, Person
from biometrics.records import changes, encounters, finding, image_users, people, searches, tables, templates
from biometrics.records.database import Database
from biometrics.records.images import ImageStore
from biometrics.records.values import (
    Change,
    Counts,
    EnrolledSample,
    Enrolment,
    History,
    Operation,
    Page,
    Record,
    RecordQuery,
    Search,
    StoredSample,
    StoredSearch,
    StoredTemplate,
)
from biometrics.types import FingerPosition, Modality

log = logging.getLogger("pehchan")


class RecordStore:
    """All that the service knows, in one database and one store of images.

    Every method is one transaction: what it returned is stored so that it survives a crash and a power cut, and where
    it raised, nothing was written. Any method raises StoreUnavailable when the database or the images do not answer.
    Safe to use from many threads, and from many processes at once.
    """

    def __init__(self, database: Database, images: ImageStore) -> None:
        """Work on an open database; `open` is the usual way.

        Raises:
            StoreUnavailable: the images are those of another station.
        """
        self._database = database
        self._images = images
        with database.reading() as connection:
            self._user = image_users.user_of(connection)
        image_users.join(images, self._user)

    @classmethod
    def open(cls, url: str, images: ImageStore) -> Self:
        """Open a database by its SQLAlchemy URL, creating or upgrading its tables.

        Raises:
            StoreUnavailable: the message says what to do.
        """
        database = Database(url)
        try:
            return cls(database, images)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close the database's connections."""
        self._database.close()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    @property
    def identity(self) -> str:
        """A UUID that tells this station's database from every other; copies of it have the same."""
        return self._user.station

    def enrol(self, person: Person, encounter: Encounter, samples: Sequence[EnrolledSample]) -> Enrolment:
        """Create a record with its first encounter and its samples.

        A person without a national number is allotted the next one of the encounter's state.

        Raises:
            DuplicateNationalNumber: another record has the number.
        """
        with self._storing(samples) as (connection, digests):
            record_id, number = people.insert_person(connection, person, encounter.state_code)
            return _add_encounter(connection, (record_id, number), encounter, samples, digests)

    def create_record(self, person: Person, state_code: str | None = None) -> Record:
        """Create a record without an encounter; `state_code` allots the national number of a person who has none.

        Raises:
            DuplicateNationalNumber: another record has the number.
            InvalidField: there is neither a number nor a proper state code.
        """
        with self._database.writing() as connection:
            record_id, _ = people.insert_person(connection, person, state_code)
            return people.load_records(connection, [record_id])[0]

    def add_encounter(self, record_id: str, encounter: Encounter, samples: Sequence[EnrolledSample]) -> Enrolment:
        """Add an encounter with its samples to a record.

        Raises:
            UnknownRecord: there is none of this id.
        """
        with self._storing(samples) as (connection, digests):
            row = people.touch(connection, record_id)
            return _add_encounter(connection, (row.id, row.national_number), encounter, samples, digests)

    def record(self, record_id: str) -> Record:
        """Return a record with its encounters and samples.

        Raises:
            UnknownRecord: there is none of this id.
        """
        found = self.find_record(record_id)
        if found is None:
            raise people.unknown_record(record_id)
        return found

    def find_record(self, record_id: str) -> Record | None:
        """Return a record with its encounters and samples, None where it was removed."""
        with self._database.reading() as connection:
            return next(iter(people.load_records(connection, [people.canonical_id(record_id)])), None)

    def record_by_national_number(self, number: str) -> Record:
        """Return the record of a national number.

        Raises:
            UnknownRecord: there is none.
            InvalidField: not a text that could be a number.
        """
        found = self.find_records(RecordQuery(national_number=number), limit=1).records if number.strip() else ()
        if not found:
            raise UnknownRecord(f"There is no record with the national number {number}; check the number.")
        return found[0]

    def find_records(self, query: RecordQuery, limit: int = 50, after: str | None = None) -> Page:
        """Return the records that meet a query, newest first, at most `limit`; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit or the cursor is not valid.
        """
        with self._database.reading() as connection:
            return finding.find_records(connection, query, limit, after)

    def remove_record(self, record_id: str) -> None:
        """Remove a record with its encounters, samples, templates and images; indexes learn of it by the changes.

        Raises:
            UnknownRecord: there is none of this id.
        """
        with self._database.writing() as connection:
            digests = people.remove_person(connection, record_id)
        self._remove_unreferenced(digests)

    def changes_since(self, sequence: int, modality: Modality, model: str, limit: int) -> list[Change]:
        """Return the changes of one feature space after a sequence number, oldest first, at most `limit`.

        What a follower has read so far is complete: no smaller number appears later.
        """
        with self._database.reading() as connection:
            return changes.changes_since(connection, sequence, modality, model, limit)

    def history(self, before: int, after: int, modality: Modality, model: str) -> History:
        """Return what became of one feature space since a search that ran from one sequence number to another."""
        with self._database.reading() as connection:
            return changes.history(connection, before, after, modality, model)

    def last_sequence(self) -> int:
        """Return the sequence number of the last change, 0 where there was none."""
        with self._database.reading() as connection:
            return changes.last_sequence(connection)

    def template_ids(
        self, modality: Modality, model: str, positions: Collection[FingerPosition] | None = None
    ) -> NDArray[np.int64]:
        """Return the ids of one feature space's templates, ascending, of all fingers or of those given."""
        with self._database.reading() as connection:
            return templates.template_ids(connection, modality, model, positions)

    def templates(self, ids: Sequence[int] | NDArray[np.int64]) -> list[StoredTemplate]:
        """Return templates by their ids, in that order, without those that do not exist."""
        with self._database.reading() as connection:
            return templates.load_templates(connection, ids)

    def templates_of(self, record_ids: Sequence[str], models: Collection[str]) -> dict[str, list[StoredTemplate]]:
        """Return the templates of records that some models made, by record id; a record without any is left out."""
        with self._database.reading() as connection:
            return templates.load_templates_of(connection, record_ids, models)

    def sample(self, sample_id: int) -> StoredSample:
        """Return what is known of a sample.

        Raises:
            UnknownSample: there is none of this number.
        """
        with self._database.reading() as connection:
            return encounters.load_sample(connection, sample_id)

    def sample_image(self, sample_id: int) -> bytes:
        """Return a sample's image file, byte for byte as it came in.

        Raises:
            UnknownSample: there is none of this number.
            StoreUnavailable: the file is missing or damaged.
        """
        return self._images.get(self.sample(sample_id).image_sha256)

    def save_search(self, search: Search) -> str:
        """Store a search and return its id."""
        with self._database.writing() as connection:
            return searches.insert_search(connection, search)

    def search(self, search_id: str) -> StoredSearch:
        """Return a stored search.

        Raises:
            UnknownSearch: there is none of this id.
        """
        with self._database.reading() as connection:
            return searches.load_search(connection, search_id)

    def record_count(self) -> int:
        """Count the records: the size of the gallery."""
        with self._database.reading() as connection:
            return _count(connection, tables.records)

    def counts(self) -> Counts:
        """Count everything; with millions of templates this takes seconds."""
        with self._database.reading() as connection:
            return Counts(
                templates=templates.count_templates(connection),
                records=_count(connection, tables.records),
                encounters=_count(connection, tables.encounters),
                samples=_count(connection, tables.samples),
                searches=_count(connection, tables.searches),
            )

    def sweep(self) -> int:
        """Remove image files that no sample refers to, which a crash can leave behind; return how many.

        A search's probe does not keep an image: it may be that of somebody whose record was removed. Where another
        database may keep images in the same store, nothing is removed, and a warning is logged.
        """
        if others := image_users.others(self._images, self._user):
            log.warning("%s", image_users.warning(self._images, others))
            return 0
        with self._database.removing_images():
            cut_off = self._images.clear_incoming()
        return cut_off + self._remove_unreferenced(self._images.digests())

    @contextmanager
    def _storing(self, samples: Sequence[EnrolledSample]) -> Iterator[tuple[Connection, list[str]]]:
        """Store the samples' images, then open the transaction that refers to them; undo both on an error."""
        digests: list[str] = []
        try:
            with self._database.storing_images() as connection:
                for enrolled in samples:
                    digests.append(self._images.put(enrolled.sample.content))  # noqa: PERF401 - known also if one fails
                yield connection, digests
        except BaseException:
            with suppress(StoreUnavailable):  # the first error is the one to tell; `sweep` finds what stays behind
                self._remove_unreferenced(digests)
            raise

    def _remove_unreferenced(self, digests: Iterable[str]) -> int:
        remaining, removed = iter(digests), 0
        while chunk := set(islice(remaining, templates.CHUNK)):
            with self._database.removing_images() as connection:
                orphans = chunk - encounters.referenced_digests(connection, chunk)
                for digest in orphans:
                    self._images.delete(digest)
            removed += len(orphans)
        return removed


def _add_encounter(
    connection: Connection,
    record: tuple[str, str],
    encounter: Encounter,
    samples: Sequence[EnrolledSample],
    digests: Sequence[str],
) -> Enrolment:
    """Write an encounter with its samples and their changes under a record's (id, national number)."""
    record_id, number = record
    encounter_id = encounters.insert_encounter(connection, record_id, encounter)
    sample_ids, template_ids = encounters.insert_samples(connection, encounter_id, samples, digests)
    added = [
        (template_id, enrolled.template.modality, enrolled.template.model)
        for template_id, enrolled in zip(template_ids, samples, strict=True)
    ]
    sequence = changes.append_changes(connection, Operation.ADD, added)
    return Enrolment(record_id, number, encounter_id, sample_ids, template_ids, sequence)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
