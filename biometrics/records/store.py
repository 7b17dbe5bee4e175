"""The records store: people, what brought them here, their samples and templates, and the searches made."""

from __future__ import annotations

import copy
import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Table, func, select

from biometrics.access import jurisdiction, persons
from biometrics.access.jurisdiction import unit_of
from biometrics.access.rights import FIGURES, OWN, SHARED, needs, needs_one_of, unrestricted
from biometrics.corrections.reader import HistoryReader
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import ENROL, EnrolledSample, Enrolment, Record
from biometrics.kernel.people.templates import TemplateCount
from biometrics.kernel.request_context import RequestContext
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.kernel.technique.ids import canonical_id
from biometrics.notifications.model import NotificationKind
from biometrics.people import rows as people
from biometrics.people.reader import RecordReader, SampleReader
from biometrics.records.editor import RecordEditor
from biometrics.records.unit_of_work import UnitOfWork, begin
from biometrics.searches.reader import SearchReader
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.blobs import garbage, ownership
from biometrics.storage.blobs.encrypted import Owner
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.blobs.upload import NotUploaded, Uploads
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.database import counters
from biometrics.storage.database.engine import Database
from biometrics.storage.idempotency import Answer, answered, forget_old
from biometrics.storage.tables import people as tables
from biometrics.storage.tables import searches as search_tables
from biometrics.storage.tables.audit import audit_entries
from biometrics.subscriptions.rows import notify_subscribers
from biometrics.templates import templates
from biometrics.templates.reader import TemplateReader

log = logging.getLogger("pehchan")

T = TypeVar("T")


@dataclass(frozen=True)
class Counts:
    """How much the store holds."""

    records: int
    encounters: int
    samples: int
    searches: int
    templates: tuple[TemplateCount, ...]


class RecordStore:
    """All that the service knows, in one database and one store of images; both hold templates and images sealed.

    Every method is one transaction: what it returned is stored so that it survives a crash and a power cut, and where
    it raised, nothing was written. Any method raises StoreUnavailable when the database or the images do not answer.
    Safe to use from many threads, and from many processes at once.

    `for_actor` returns the store for an actor: it sees what the actor's unit sees, and reads and changes by it are
    written to the audit log before the caller has the answer. Its methods raise OutOfJurisdiction for what another unit
    keeps. `as_system` returns the store for the system itself, which sees everything and is not audited. A store that
    is of neither can do nothing on anybody's behalf.
    """

    def __init__(self, database: Database, images: ImageStore, keys: DataKeys) -> None:
        """Work on an open database; `open` is the usual way.

        Raises:
            StoreUnavailable: the images are those of another station.
            MasterKeyMissing: the key that wraps the station's keys is missing.
        """
        self._database = database
        self._images = images
        self._keys = keys
        self._context = RequestContext(system="the database was opened by its URL and its master keys")
        with database.writing() as connection:
            keys.join(connection)
            self._user = ownership.user_of(connection)
        ownership.join(images, self._user)

    @classmethod
    def open(cls, url: str, images: ImageStore, masters: MasterKeys | None = None, *, unfinished: bool = False) -> Self:
        """Open a database by its SQLAlchemy URL, creating or upgrading its tables.

        `masters` are the master keys, else those in the environment (PEHCHAN_MASTER_KEY). `unfinished`: for what
        restores the database.

        Raises:
            StoreUnavailable, MasterKeyMissing: the message says what to do.
        """
        database = Database(url, unfinished=unfinished)
        try:
            return cls(database, images, DataKeys(masters or MasterKeys.of_environment()))
        except BaseException:
            database.close()
            raise

    @unrestricted(SHARED)
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

    @unrestricted(SHARED)
    def for_actor(self, act: Act) -> Self:
        """Return this store for an actor; it shares the database and the images, and need not be closed."""
        return self._within(RequestContext(act, self._context.key))

    @unrestricted(SHARED)
    def as_system(self, reason: str) -> Self:
        """Return this store for the system itself, which sees everything; `reason` says for what work."""
        return self._within(RequestContext(system=reason))

    @unrestricted(SHARED)
    def for_nobody(self) -> Self:
        """Return this store without the rights of its opener: its user sets the actor, or the system's reason."""
        return self._within(RequestContext())

    @unrestricted(SHARED)
    def for_request(self, key: IdempotencyKey | None) -> Self:
        """Return this store for one request: what it writes is written once, however often the request arrives.

        A repeated step returns what it did the first time. Of one kind of step a request can have only one. With None
        it is this store as it is.

        Each write raises KeyReused where the key was used for another request.
        """
        return self._within(replace(self._context, key=key))

    @unrestricted(SHARED)
    def for_part(self, number: int) -> Self:
        """Return this store for one of the parts, numbered from 1, of a request that does the same several times."""
        return self.for_request(self._context.key and replace(self._context.key, part=number))

    def _within(self, context: RequestContext) -> Self:
        bound = copy.copy(self)
        bound._context = context
        return bound

    @property
    def context(self) -> RequestContext:
        """On whose behalf this store is used."""
        return self._context

    @property
    def act(self) -> Act | None:
        """Who uses this store and why; None: the system itself.

        Raises:
            AssertionError: nobody does.
        """
        return self._context.acting

    @property
    def images(self) -> ImageStore:
        """The image store, for other stores of this database."""
        return self._images

    @property
    def keys(self) -> DataKeys:
        """The data keys, for other stores of this database."""
        return self._keys

    @property
    def database(self) -> Database:
        """The database, for other stores."""
        return self._database

    @unrestricted("each repository checks what it is called for")
    def begin(self, step: str = "") -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work on this store's behalf, and for a step of its request; see `unit_of_work.begin`."""
        return begin(self._database, self._keys, self._context, step)

    @unrestricted("each repository checks what it is called for")
    def carry_out(self, write: Callable[[UnitOfWork], T], step: str = "", uploads: Uploads | None = None) -> T:
        """Write in a unit of work whose rows refer to files; again after files that it lacked were uploaded."""
        if uploads is None:
            with Uploads(self._images, self._keys) as own_uploads:
                return self.carry_out(write, step, own_uploads)
        while True:
            try:
                with begin(self._database, self._keys, self._context, step, uploads) as work:
                    return write(work)
            except NotUploaded as missing:
                missing.upload()

    @needs_one_of(Scope.ENCOUNTER_WRITE, Scope.IDENTIFY, Scope.WATCH_MANAGE, Scope.CASE_READ)
    def uploads(self) -> Uploads:
        """Return the uploads of files of samples or probes, to use before the transaction that writes their rows."""
        return Uploads(self._images, self._keys)

    @needs(Scope.ENCOUNTER_WRITE)
    def prepare(self, uploads: Uploads, record_id: str, samples: Sequence[EnrolledSample]) -> None:
        """Upload the files of samples for an existing record as it is now."""
        with self._database.reading() as connection:
            canonical = canonical_id(record_id)
            lead_id = persons.resolve_merged_ids(connection, [canonical]).get(canonical, "")
            if not jurisdiction.visible_ids(connection, unit_of(self.act), [lead_id]):
                return  # the transaction refuses it, or finds that the request was carried out before
            secret = self._keys.find(connection, lead_id)
        uploads.prepare(Owner(lead_id, secret or uploads.new_secret(lead_id)), samples)

    @unrestricted("an audit entry of what the actor did")
    def note(self, action: Action, subject_id: str = "", /, **detail: Any) -> None:
        """Append an audit entry in a transaction of its own, for a read; the rules are those of `audit.append`."""
        audit.note(self._database, self.act, action, subject_id, **detail)

    @needs(Scope.VERIFY)
    def note_verification(self, record_id: str, /, *, match: bool, **detail: Any) -> None:
        """Append the audit entry of a verification, and notify the subscribers of a person who matched."""
        with self._database.noting() as connection:
            if match and self.act:
                event = (NotificationKind.PERSON_FOUND, [record_id], str(uuid.uuid4()), unit_of(self.act))
                notify_subscribers(connection, *event, self.act.actor.id)
            audit.append(connection, self.act, Action.VERIFIED, record_id, match=match, **detail)

    @property
    def identity(self) -> str:
        """A UUID of this station's database; copies of it have the same."""
        return self._user.station

    @property
    def people(self) -> RecordReader:
        """The people on record."""
        return RecordReader(self._database, self.act)

    @property
    def samples(self) -> SampleReader:
        """Their samples and images."""
        return SampleReader(self._database, self._images, self._keys, self.act)

    @property
    def templates(self) -> TemplateReader:
        """Templates, and the changes that indexes follow."""
        return TemplateReader(self._database, self._keys)

    @property
    def searches(self) -> SearchReader:
        """The searches that were made."""
        return SearchReader(self._database, self._images, self._keys, self.act)

    @property
    def history(self) -> HistoryReader:
        """What records were before, and their merges and moves."""
        return HistoryReader(self._database, self.act)

    @property
    def editor(self) -> RecordEditor:
        """Changes of existing records."""
        return RecordEditor(self)

    @needs(Scope.ENCOUNTER_WRITE)
    def reserve_number(self, person: Person, state_code: str) -> str | None:
        """Return the next national number of a state for a new person, in a transaction of its own.

        The counter is then not locked until the enrolment commits, so that enrolments of one state do not wait for each
        other. A number whose enrolment fails is not used again. None where that would gain nothing: the person has a
        number, the actor is of another state, or the database has one writer at a time.
        """
        unit = unit_of(self.act)
        if person.national_number or self._database.has_one_writer or unit.state not in ("", state_code):
            return None
        with self._database.noting() as connection:
            return people.next_number(connection, state_code)

    @needs(Scope.ENCOUNTER_WRITE)
    def create_record(self, person: Person, state_code: str | None = None) -> Record:
        """Create a record without an encounter; `state_code` allots the national number of a person who has none.

        Raises:
            DuplicateNationalNumber: another record has the number.
            InvalidField: there is neither a number nor a proper state code.
            OutOfJurisdiction: the number or the state is not of the actor's state.
        """
        with self.begin("create") as work:
            if work.is_first:
                record = work.people.add(person, state_code)
                work.audit(Action.RECORD_CREATED, record.id)
                work.remember(record.id)
            return work.people.get(work.answer)

    @unrestricted(OWN)
    def enrolled_before(self) -> Enrolment | None:
        """Return the enrolment of this request's first arrival, None where it has not arrived, or has no key.

        Raises:
            KeyReused: the key was used for another request.
        """
        answer = self.answered_before(ENROL)
        return Enrolment.of_content(answer) if isinstance(answer, dict) else None

    @unrestricted(OWN)
    def answered_before(self, step: str) -> Answer | None:
        """Return the first arrival's answer to a step of this request, None where it has not arrived, or has no key.

        A use case asks before it checks what the step itself changes.

        Raises:
            KeyReused: the key was used for another request.
        """
        with self._database.reading() as connection:
            return answered(connection, self._context, step)

    @unrestricted(FIGURES)
    def record_count(self) -> int:
        """Return how many people are on record, the size of the gallery, without counting them."""
        with self._database.reading() as connection:
            return counters.counter_value(connection, counters.PEOPLE_COUNTER)

    @unrestricted(FIGURES)
    def audit_length(self) -> int:
        """Count the entries of the audit log."""
        with self._database.reading() as connection:
            return counters.counter_value(connection, counters.AUDIT_COUNTER)

    @unrestricted(FIGURES)
    def last_entry(self, action: Action) -> datetime | None:
        """Return the time of the last audit entry of an action, None where there is none."""
        query = select(func.max(audit_entries.c.number)).where(audit_entries.c.action == action).scalar_subquery()
        with self._database.reading() as connection:
            at = connection.execute(select(audit_entries.c.at).where(audit_entries.c.number == query)).scalar()
        return None if at is None else datetime.fromisoformat(at)

    @unrestricted(FIGURES)
    def counts(self) -> Counts:
        """Count everything; with millions of templates this takes seconds."""
        with self._database.reading() as connection:
            return Counts(
                templates=templates.count_templates(connection),
                records=counters.counter_value(connection, counters.PEOPLE_COUNTER),
                encounters=_count(connection, tables.encounters),
                samples=_count(connection, tables.samples),
                searches=_count(connection, search_tables.searches),
            )

    @unrestricted("it removes only files that nothing refers to")
    def sweep(
        self,
        grace: timedelta = garbage.GRACE,
        every: timedelta = timedelta(),
        stopped: Callable[[], bool] = lambda: False,
    ) -> int:
        """Remove image files that no sample and no probe refers to, which a crash can leave behind; return how many.

        Files younger than `grace` stay: the request that stored them may be about to write their rows. Parts of the
        image store in which a server has looked within `every` are left out. Where another database may keep images in
        the same store, nothing is removed, and a warning is logged.
        """
        if strangers := ownership.other_users(self._images, self._user):
            log.warning("%s", ownership.warning(self._images, strangers))
            return 0
        with self._database.noting() as connection:
            forget_old(connection, datetime.now(UTC))
        return garbage.collect(self._database, self._images, grace, every, stopped)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
