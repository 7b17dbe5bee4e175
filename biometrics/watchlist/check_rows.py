"""What must be searched for after an enrolment: asked for with it, answered once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from biometrics.access.jurisdiction import unit_at
from biometrics.kernel.access import Act
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.templates import Operation
from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import Lock, acquire
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.templates import changes, templates
from biometrics.storage.tables.watchlist import enrolment_checks
from biometrics.watchlist.model import Check
from biometrics.watchlist.rows import watch_encounter

MAX_TRIES = 100  # after which a check that always fails is left to the operator


def enqueue_check(connection: Connection, encounter_id: str, encounter: Encounter, act: Act | None) -> None:
    """Note, in the transaction of an enrolment, what must come of it: a check, and a standing search for some kinds."""
    owner = act.actor.id if act else ""
    request_check(connection, encounter_id, owner)
    watch_encounter(connection, encounter_id, encounter, owner)


def request_check(connection: Connection, encounter_id: str, owner: str) -> None:
    """Request a check, in the transaction of its enrolment; `owner` is notified of the result."""
    acquire(connection, Lock.CHECK, encounter_id)
    statement = insert(connection, enrolment_checks).values(
        encounter_id=encounter_id, owner=owner, requested_at=datetime.now(UTC), tries=0
    )
    connection.execute(statement.on_conflict_do_nothing())


def request_checks_since(connection: Connection, sequence: int) -> None:
    """Ask that whatever was enrolled after a number of the change sequence is searched for, once more if need be."""
    query = (
        select(samples.c.encounter_id)
        .distinct()
        .join(templates, templates.c.sample_id == samples.c.id)
        .join(changes, changes.c.template_id == templates.c.id)
        .where(changes.c.sequence > sequence, changes.c.operation == Operation.ADD)
    )
    for encounter_id in sorted(connection.execute(query).scalars()):
        request_check(connection, encounter_id, "")


def waiting_checks(
    connection: Connection, limit: int, older_than: timedelta, models: Collection[str], tries: int
) -> list[str]:
    """Return encounters whose check has waited for `older_than` and was tried at most `tries` times, fewest first.

    Checks that wait for a model are left out, unless it is one of `models`.
    """
    query = (
        select(enrolment_checks.c.encounter_id)
        .where(enrolment_checks.c.requested_at <= datetime.now(UTC) - older_than, enrolment_checks.c.tries <= tries)
        .where(or_(enrolment_checks.c.model.is_(None), enrolment_checks.c.model.in_(models)))
        .order_by(enrolment_checks.c.tries, enrolment_checks.c.requested_at)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def load_check(connection: Connection, encounter_id: str) -> Check | None:
    """Return the subject of a check; None if it is not requested, or already made."""
    row = connection.execute(
        select(encounters, records.c.national_number, enrolment_checks.c.owner)
        .join(enrolment_checks, enrolment_checks.c.encounter_id == encounters.c.id)
        .join(records, records.c.id == encounters.c.record_id)
        .where(encounters.c.id == encounter_id)
    ).first()
    if row is None:
        return None
    ids = (
        select(templates.c.id)
        .join(samples, samples.c.id == templates.c.sample_id)
        .where(samples.c.encounter_id == encounter_id)
        .order_by(templates.c.id)
    )
    return Check(
        encounter_id=encounter_id,
        record_id=row.record_id,
        national_number=row.national_number,
        owner=row.owner,
        unit=unit_at(row),
        template_ids=list(connection.execute(ids).scalars()),
    )


def end_check(connection: Connection, encounter_id: str) -> bool:
    """Remove what was asked for; say whether it was there, so that of several who answer it one does."""
    acquire(connection, Lock.CHECK, encounter_id)
    deleted = connection.execute(delete(enrolment_checks).where(enrolment_checks.c.encounter_id == encounter_id))
    return bool(deleted.rowcount)


def wait_for(connection: Connection, encounter_id: str, model: str) -> None:
    """Keep the request for a check until a model is in use that made one of its templates."""
    acquire(connection, Lock.CHECK, encounter_id)
    of_encounter = enrolment_checks.c.encounter_id == encounter_id
    connection.execute(update(enrolment_checks).where(of_encounter).values(model=model, tries=0))


def put_off(connection: Connection, encounter_ids: Collection[str]) -> None:
    """Note that checks failed, or are about to be tried: others come first."""
    for encounter_id in sorted(encounter_ids):
        acquire(connection, Lock.CHECK, encounter_id)
        connection.execute(
            update(enrolment_checks)
            .where(enrolment_checks.c.encounter_id == encounter_id)
            .values(tries=enrolment_checks.c.tries + 1, requested_at=datetime.now(UTC))
        )
