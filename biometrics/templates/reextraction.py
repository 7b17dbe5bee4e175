"""Samples that are extracted again: who extracts which one, the templates that come of it, and what was refused.

A process takes one sample at a time by a lease, and writes the template with its change number in one transaction with
the end of the lease. If it is killed, the sample is taken again once the lease has run out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, update

from biometrics.access.rights import needs, unrestricted
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.templates import ModelInUse, Operation
from biometrics.kernel.types import FingerPosition, Modality, Template
from biometrics.storage.crypto.aead import seal, template_place
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.locks import Lock, hold, take
from biometrics.storage.tables.history import replaced_samples
from biometrics.storage.tables.osia import inactive_encounters
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.templates import reextractions, templates, unreadable_templates
from biometrics.storage.tables.watchlist import enrolment_checks
from biometrics.templates import coverage
from biometrics.templates.change_log import append_changes

LEASE: Final = timedelta(minutes=2)
MAX_TRIES: Final = 5  # of a sample whose process was killed each time, or whose image could not be read
_LOOKED_AT: Final = 16  # samples, of which one that nobody else takes at the same moment is taken

INTERRUPTED: Final = "interrupted"  # the code of a sample that was tried MAX_TRIES times


@dataclass(frozen=True)
class Refused:
    """A sample of which a model made no template: an error's code and message; whose it is, and which finger."""

    sample_id: int
    record_id: str
    national_number: str
    modality: Modality
    position: FingerPosition | None
    code: str
    detail: str


@unrestricted("the service's own work on all samples")
class ReextractionStore:
    """The samples of a database that are extracted again, for one process, whose id is `holder`."""

    def __init__(self, database: Database, keys: DataKeys, holder: str = "", act: Act | None = None) -> None:
        self._database = database
        self._keys = keys
        self._holder = holder
        self._act = act

    @needs(Scope.ACCOUNT_MANAGE)
    def take(self, found: ModelInUse, after: int, lease: timedelta = LEASE) -> int | None:
        """Take a sample after a number, or one whose template cannot be decrypted; None where there is none.

        It has no readable template of the model. One that was tried too often is listed as refused instead.
        """
        modality, model = found.modality, found.model
        start = max(after, found.complete_to)
        with self._database.reading() as connection:
            ids = coverage.pending_samples(connection, modality, model, start, _LOOKED_AT) if found.wanted else ()
            ids = ids or coverage.unreadable_samples(connection, modality, model, _LOOKED_AT)
        for sample_id in ids:  # one transaction for each: several could wait for each other
            if self._lease(sample_id, model, lease):
                return sample_id
        return None

    def _lease(self, sample_id: int, model: str, lease: timedelta) -> bool:
        now = datetime.now(UTC)
        mine = {"holder": self._holder, "leased_until": now + lease}
        with self._database.writing() as connection:
            statement = insert(connection, reextractions).values(sample_id=sample_id, model=model, tries=1, **mine)
            if not hold(connection, Lock.SAMPLE, select(samples.c.id).where(samples.c.id == sample_id), shared=True):
                return False
            taken = connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["sample_id", "model"],
                    set_=mine | {"tries": reextractions.c.tries + 1},
                    where=reextractions.c.leased_until <= now,
                ).returning(reextractions.c.tries)
            ).scalar()
            if taken is not None and taken > MAX_TRIES:
                self._list(connection, sample_id, model, INTERRUPTED, "The extraction was interrupted again and again.")
                return False
        return taken is not None

    @needs(Scope.ACCOUNT_MANAGE)
    def write(self, sample_id: int, template: Template) -> bool:
        """Store the template of a sample that was taken; return False where it is not needed any more.

        It is not where the lease has run out and another process has taken the sample, or where the sample was removed
        or replaced.
        """
        while True:
            with self._database.writing() as connection:
                record_id = _record_of(connection, sample_id)
                secret = None if record_id is None else self._keys.hold(connection, record_id)
                if record_id is None or secret is None:
                    return False
                if not hold(connection, Lock.SAMPLE, select(samples.c.id).where(samples.c.id == sample_id)):
                    return False
                if _record_of(connection, sample_id) != record_id:
                    continue  # it was moved to another record meanwhile
                return self._write(connection, record_id, secret, sample_id, template)

    def _write(self, connection: Connection, record_id: str, secret: bytes, sample_id: int, template: Template) -> bool:
        gone = delete(reextractions).where(*self._mine(sample_id, template.model))
        if not connection.execute(gone).rowcount or _is_replaced(connection, sample_id):
            return False
        named = (template.modality, template.model)
        before = select(templates.c.id, exists().where(unreadable_templates.c.template_id == templates.c.id))
        of_sample = (templates.c.sample_id == sample_id, templates.c.model == template.model)
        old = connection.execute(before.where(*of_sample)).first()
        if old is not None and not old[1]:
            return False
        if old is not None:
            connection.execute(delete(templates).where(templates.c.id == old[0]))
        place = template_place(record_id, sample_id, template.model)
        new = {"sample_id": sample_id, "model": template.model, "data": seal(secret, place, template.data)}
        template_id = connection.execute(templates.insert().values(new).returning(templates.c.id)).scalar_one()
        if old is not None:
            append_changes(connection, Operation.REMOVE, [(old[0], *named)])
        encounter_id = connection.execute(select(samples.c.encounter_id).where(samples.c.id == sample_id)).scalar_one()
        if not _is_inactive(connection, encounter_id):  # else it is added once the encounter is active again
            append_changes(connection, Operation.ADD, [(template_id, *named)])
        self._have_checked(connection, encounter_id, anew=old is not None)
        return True

    def _have_checked(self, connection: Connection, encounter_id: str, *, anew: bool) -> None:
        """Have a check made that waited for a model, or `anew` that of a template that could not be decrypted."""
        take(connection, Lock.CHECK, encounter_id)
        if anew:
            new = {"encounter_id": encounter_id, "owner": "", "requested_at": datetime.now(UTC), "tries": 0}
            connection.execute(insert(connection, enrolment_checks).values(new).on_conflict_do_nothing())
        waits = (enrolment_checks.c.encounter_id == encounter_id, enrolment_checks.c.model.is_not(None))
        connection.execute(update(enrolment_checks).where(*waits).values(model=None))

    @needs(Scope.ACCOUNT_MANAGE)
    def refuse(self, sample_id: int, model: str, code: str, detail: str) -> None:
        """List a sample that was taken and of which a model makes no template; its other templates stay."""
        with self._database.writing() as connection:
            self._list(connection, sample_id, model, code, detail)

    def _list(self, connection: Connection, sample_id: int, model: str, code: str, detail: str) -> None:
        refused = {"leased_until": None, "code": code, "detail": detail}
        connection.execute(update(reextractions).where(*self._mine(sample_id, model)).values(refused))

    @needs(Scope.ACCOUNT_MANAGE)
    def try_refused_again(self, model: str) -> int:
        """Have the samples extracted again that a model refused; return how many."""
        with self._database.writing() as connection:
            refused = (reextractions.c.model == model, reextractions.c.leased_until.is_(None))
            return connection.execute(delete(reextractions).where(*refused)).rowcount

    @needs(Scope.ACCOUNT_MANAGE)
    def settled(self, found: ModelInUse) -> int | None:
        """Return the number up to which all samples are done; None where some are not, or are being extracted."""
        with self._database.reading() as connection:
            leased = (reextractions.c.model == found.model, reextractions.c.leased_until.is_not(None))
            if connection.execute(select(reextractions.c.sample_id).where(*leased).limit(1)).first():
                return None
            if coverage.pending_samples(connection, found.modality, found.model, found.complete_to, 1):
                return None
            return coverage.settled_sample(connection)

    def pending(self, modality: Modality, model: str) -> int:
        """Count the samples that a model has still to do."""
        with self._database.reading() as connection:
            return coverage.pending_count(connection, modality, model)

    def unsearchable(self, modality: Modality, model: str, *, refused: bool = True, most: int | None = None) -> int:
        """Count the people whom no search by a model finds; see `coverage.unsearchable_people`."""
        with self._database.reading() as connection:
            return coverage.unsearchable_people(connection, modality, model, refused=refused, most=most)

    def refused_count(self, model: str) -> int:
        """Count the samples that a model refused."""
        refused = (reextractions.c.model == model, reextractions.c.leased_until.is_(None))
        with self._database.reading() as connection:
            query = select(func.count()).select_from(reextractions).where(*refused)
            return int(connection.execute(query).scalar_one())

    @needs(Scope.ACCOUNT_MANAGE)
    def refused(self, models: Collection[str], limit: int) -> list[Refused]:
        """Return the samples that some models refused, in the order of their numbers, at most `limit`."""
        query = (
            select(reextractions, samples.c.modality, samples.c.finger_position, encounters.c.record_id)
            .add_columns(records.c.national_number)
            .join(samples, samples.c.id == reextractions.c.sample_id)
            .join(encounters, encounters.c.id == samples.c.encounter_id)
            .join(records, records.c.id == encounters.c.record_id)
            .where(reextractions.c.model.in_(models), reextractions.c.leased_until.is_(None))
            .order_by(reextractions.c.sample_id)
        )
        with self._database.reading() as connection:
            rows: Sequence[Any] = connection.execute(query.limit(limit)).all()
        return [
            Refused(
                row.sample_id,
                row.record_id,
                row.national_number,
                Modality.named(row.modality),
                None if row.finger_position is None else FingerPosition(row.finger_position),
                row.code,
                row.detail,
            )
            for row in rows
        ]

    def _mine(self, sample_id: int, model: str) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of a sample that this process holds, also after its lease ran out if nobody took it."""
        of_model = (reextractions.c.sample_id == sample_id, reextractions.c.model == model)
        return (*of_model, reextractions.c.holder == self._holder, reextractions.c.leased_until.is_not(None))


def _record_of(connection: Connection, sample_id: int) -> str | None:
    query = select(encounters.c.record_id).join(samples, samples.c.encounter_id == encounters.c.id)
    return connection.execute(query.where(samples.c.id == sample_id)).scalar()


def _is_replaced(connection: Connection, sample_id: int) -> bool:
    query = select(replaced_samples.c.sample_id).where(replaced_samples.c.sample_id == sample_id)
    return connection.execute(query).first() is not None


def _is_inactive(connection: Connection, encounter_id: str) -> bool:
    query = select(inactive_encounters.c.encounter_id).where(inactive_encounters.c.encounter_id == encounter_id)
    return connection.execute(query).first() is not None
