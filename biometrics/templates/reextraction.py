"""Samples that are extracted again: who extracts which one, the templates that come of it, and what was refused.

A process takes one sample at a time by a lease, and writes the template with its change number in one transaction with
the end of the lease. If it is killed, the sample is taken again once the lease has run out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, select, update

from biometrics.access.rights import needs, unrestricted
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.people.templates import ModelInUse, Operation
from biometrics.kernel.recognition.capture import Position, position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.storage.crypto.aead import seal, template_place
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.locks import Lock, acquire, hold
from biometrics.storage.tables.history import replaced_samples
from biometrics.storage.tables.osia import inactive_encounters
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.templates import reextractions, templates, unreadable_templates
from biometrics.storage.tables.watchlist import enrolment_checks
from biometrics.templates import coverage
from biometrics.templates.change_log import append_changes
from biometrics.templates.leases import LEASE, LOOKED_AT, Held, Leases


@dataclass(frozen=True)
class RefusedSample:
    """A sample of which a model made no template: an error's code and message; whose it is, and which finger."""

    sample_id: int
    record_id: str
    national_number: str
    modality: Modality
    position: Position | None
    code: str
    detail: str


@unrestricted("the service's own work on all samples")
class ReextractionStore:
    """The samples of a database that are extracted again, for one process, whose id is `holder`."""

    def __init__(self, database: Database, keys: DataKeys, holder: str = "", act: Act | None = None) -> None:
        self._database = database
        self._keys = keys
        self._leases = Leases(reextractions, holder)
        self._act = act

    @needs(Scope.ACCOUNT_MANAGE)
    def take(self, model_in_use: ModelInUse, after: int, lease: timedelta = LEASE) -> int | None:
        """Lease the next sample after a number, or one whose template cannot be decrypted; None if there is none.

        It has no readable template of the model. One that was tried too often is listed as refused instead.
        """
        modality, model = model_in_use.modality, model_in_use.model
        start = max(after, model_in_use.complete_to)
        with self._database.reading() as connection:
            ids = coverage.pending_samples(connection, modality, model, start, LOOKED_AT) if model_in_use.wanted else ()
            ids = ids or coverage.unreadable_samples(connection, modality, model, LOOKED_AT)
        for sample_id in ids:  # one transaction for each: several could wait for each other
            if self._lease(sample_id, model, lease):
                return sample_id
        return None

    def _lease(self, sample_id: int, model: str, lease: timedelta) -> bool:
        with self._database.writing() as connection:
            if not hold(connection, Lock.SAMPLE, select(samples.c.id).where(samples.c.id == sample_id), shared=True):
                return False
            return self._leases.take(connection, _piece(sample_id, model), lease)

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
        finished = delete(reextractions).where(*self._leases.held(_piece(sample_id, template.model)))
        if not connection.execute(finished).rowcount or _is_replaced(connection, sample_id):
            return False
        space = (template.modality, template.model)
        before = select(templates.c.id, exists().where(unreadable_templates.c.template_id == templates.c.id))
        of_sample = (templates.c.sample_id == sample_id, templates.c.model == template.model)
        old = connection.execute(before.where(*of_sample)).first()
        if old is not None and not old[1]:
            return False
        if old is not None:
            connection.execute(delete(templates).where(templates.c.id == old[0]))
        sealed_place = template_place(record_id, sample_id, template.model)
        new = {"sample_id": sample_id, "model": template.model, "data": seal(secret, sealed_place, template.data)}
        template_id = connection.execute(templates.insert().values(new).returning(templates.c.id)).scalar_one()
        if old is not None:
            append_changes(connection, Operation.REMOVE, [(old[0], *space)])
        encounter_id = connection.execute(select(samples.c.encounter_id).where(samples.c.id == sample_id)).scalar_one()
        if not _is_inactive(connection, encounter_id):  # else it is added once the encounter is active again
            append_changes(connection, Operation.ADD, [(template_id, *space)])
        self._have_checked(connection, encounter_id, replaces=old is not None)
        return True

    def _have_checked(self, connection: Connection, encounter_id: str, *, replaces: bool) -> None:
        """Request the check that waited for a model, or a new one if the template `replaces` an unreadable one."""
        acquire(connection, Lock.CHECK, encounter_id)
        if replaces:
            new = {"encounter_id": encounter_id, "owner": "", "requested_at": datetime.now(UTC), "tries": 0}
            connection.execute(insert(connection, enrolment_checks).values(new).on_conflict_do_nothing())
        waits = (enrolment_checks.c.encounter_id == encounter_id, enrolment_checks.c.model.is_not(None))
        connection.execute(update(enrolment_checks).where(*waits).values(model=None))

    @needs(Scope.ACCOUNT_MANAGE)
    def refuse(self, sample_id: int, model: str, code: str, detail: str) -> None:
        """List a sample that was taken and of which a model makes no template; its other templates stay."""
        with self._database.writing() as connection:
            self._leases.refuse(connection, _piece(sample_id, model), code, detail)

    @needs(Scope.ACCOUNT_MANAGE)
    def try_refused_again(self, model: str) -> int:
        """Have the samples extracted again that a model refused; return how many."""
        with self._database.writing() as connection:
            return self._leases.forget_refused(connection, model)

    @needs(Scope.ACCOUNT_MANAGE)
    def settled(self, model_in_use: ModelInUse) -> int | None:
        """Return the number up to which all samples are extracted; None if some are pending or leased."""
        with self._database.reading() as connection:
            leased = (reextractions.c.model == model_in_use.model, reextractions.c.leased_until.is_not(None))
            if connection.execute(select(reextractions.c.sample_id).where(*leased).limit(1)).first():
                return None
            if coverage.pending_samples(
                connection, model_in_use.modality, model_in_use.model, model_in_use.complete_to, 1
            ):
                return None
            return coverage.settled_sample(connection)

    def pending(self, modality: Modality, model: str) -> int:
        """Count the samples that a model has still to do."""
        with self._database.reading() as connection:
            return coverage.pending_count(connection, modality, model)

    def unsearchable(self, modality: Modality, model: str, *, refused: bool = True, limit: int | None = None) -> int:
        """Count the people that searches by a model cannot return; see `coverage.unsearchable_people`."""
        with self._database.reading() as connection:
            return coverage.unsearchable_people(connection, modality, model, refused=refused, limit=limit)

    def held_by_others(self, models: Collection[str]) -> list[Held]:
        """Return the samples that other processes are extracting by some models, or were when they were killed."""
        with self._database.reading() as connection:
            return self._leases.held_by_others(connection, models)

    def refused_count(self, model: str) -> int:
        """Count the samples that a model refused."""
        with self._database.reading() as connection:
            return self._leases.refused_count(connection, model)

    @needs(Scope.ACCOUNT_MANAGE)
    def refused(self, models: Collection[str], limit: int) -> list[RefusedSample]:
        """Return the samples that some models refused, in the order of their numbers, at most `limit`."""
        query = (
            select(reextractions, samples.c.modality, samples.c.finger_position, encounters.c.record_id)
            .add_columns(records.c.national_number)
            .join(samples, samples.c.id == reextractions.c.sample_id)
            .join(encounters, encounters.c.id == samples.c.encounter_id)
            .join(records, records.c.id == encounters.c.record_id)
            .where(reextractions.c.model.in_(models), *self._leases.refused())
            .order_by(reextractions.c.sample_id)
        )
        with self._database.reading() as connection:
            rows: Sequence[Any] = connection.execute(query.limit(limit)).all()
        return [
            RefusedSample(
                row.sample_id,
                row.record_id,
                row.national_number,
                Modality.named(row.modality),
                position_of(row.finger_position),
                row.code,
                row.detail,
            )
            for row in rows
        ]


def _piece(sample_id: int, model: str) -> dict[str, Any]:
    return {"sample_id": sample_id, "model": model}


def _record_of(connection: Connection, sample_id: int) -> str | None:
    query = select(encounters.c.record_id).join(samples, samples.c.encounter_id == encounters.c.id)
    return connection.execute(query.where(samples.c.id == sample_id)).scalar()


def _is_replaced(connection: Connection, sample_id: int) -> bool:
    query = select(replaced_samples.c.sample_id).where(replaced_samples.c.sample_id == sample_id)
    return connection.execute(query).first() is not None


def _is_inactive(connection: Connection, encounter_id: str) -> bool:
    query = select(inactive_encounters.c.encounter_id).where(inactive_encounters.c.encounter_id == encounter_id)
    return connection.execute(query).first() is not None
