"""People and encounters by the names of OSIA's clients, within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, exists, func, or_, select

from biometrics.access import jurisdiction, persons
from biometrics.kernel.access import Act
from biometrics.kernel.errors import EncounterExists, UnknownRecord
from biometrics.kernel.people.person import is_national_number
from biometrics.kernel.people.record import Record
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.technique.ids import canonical_id
from biometrics.osia.model import ClientData, ClientEncounter
from biometrics.people import rows as people
from biometrics.storage.crypto.aead import Place, seal, unseal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import Lock
from biometrics.storage.tables.osia import (
    CLIENT_ID_LENGTH,
    encounter_galleries,
    inactive_encounters,
    osia_encounters,
    osia_persons,
)
from biometrics.storage.tables.people import encounters, records
from biometrics.templates.change_log import append_changes
from biometrics.templates.templates import templates_at
from biometrics.watchlist.check_rows import request_check


def record_id_of(connection: Connection, act: Act | None, person_id: str, strictly: bool = False) -> str:
    """Return the id of a person's record; see `OsiaStore.record_id`.

    Clients choose these ids, and national numbers can be guessed: one that another unit keeps is as if not there.

    Raises:
        UnknownRecord: there is none.
    """
    if "\0" in person_id:
        raise unknown_person(person_id)
    by_client_id = select(osia_persons.c.record_id).where(osia_persons.c.person_id == person_id)
    by_id = select(records.c.id).where(records.c.id == canonical_id(person_id))
    by_number = select(records.c.id).where(records.c.national_number == person_id)
    queries = (
        (by_number, by_client_id) if is_national_number(person_id) else (by_id, by_client_id)
    )  # a client's own id comes last
    record_id = next(filter(None, (connection.execute(query).scalar() for query in queries)), None)
    if record_id is None:
        raise unknown_person(person_id)
    surviving_id = people.resolve_merged_id(connection, str(record_id))
    if not jurisdiction.visible_ids(connection, jurisdiction.unit_of(act), [surviving_id]):
        error = unknown_person(person_id)
        error.elsewhere = True
        raise error
    if strictly and surviving_id != record_id:
        raise UnknownRecord(f"The person {person_id[:CLIENT_ID_LENGTH]!r} was merged into another; name that one.")
    return surviving_id


def name_person(connection: Connection, act: Act | None, record_id: str, person_id: str) -> None:
    """Give a new record the id that a client chose.

    Raises:
        EncounterExists: the id is taken: by a client, or as another record's id or national number.
    """
    statement = insert(connection, osia_persons).values(record_id=record_id, person_id=person_id)
    named_it = statement.on_conflict_do_nothing().returning(osia_persons.c.record_id)
    is_its_own = or_(records.c.id == canonical_id(person_id), records.c.national_number == person_id)
    holder = connection.execute(select(records.c.id).where(is_its_own, records.c.id != record_id)).scalar()
    if holder is None:
        if connection.execute(named_it).first() is not None:
            return
        holder_query = select(osia_persons.c.record_id).where(osia_persons.c.person_id == person_id)
        holder = connection.execute(holder_query).scalar_one()
    error = EncounterExists(f"The personId {person_id} is taken; give another, or send it again.")
    error.elsewhere = not persons.visible_by_lead(connection, jurisdiction.unit_of(act), [holder])
    raise error


def unknown_person(person_id: str) -> UnknownRecord:
    """Return the error for an id that no person has."""
    return UnknownRecord(f"There is no person {person_id[:CLIENT_ID_LENGTH]!r}; check the id.")


def person_ids(connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
    """Return the client ids of people (few enough for one IN list), by record id."""
    person_rows = select(osia_persons).where(osia_persons.c.record_id.in_(record_ids))
    named_ids = {row.record_id: row.person_id for row in connection.execute(person_rows)}
    return {record_id: named_ids.get(record_id, record_id) for record_id in record_ids}


def find(connection: Connection, record_id: str, client_id: str, but: str = "") -> str | None:
    """Return the id of a record's encounter that a client calls so, other than `but`."""
    query = (
        select(encounters.c.id)
        .outerjoin(osia_encounters, osia_encounters.c.encounter_id == encounters.c.id)
        .where(
            encounters.c.record_id == record_id,
            encounters.c.id != but,
            func.coalesce(osia_encounters.c.client_id, encounters.c.id) == client_id.replace("\0", ""),
        )
        .order_by(encounters.c.created_at, encounters.c.id)
    )
    return connection.execute(query).scalar()


def write(connection: Connection, keys: DataKeys, encounter_id: str, data: ClientData, client_id: str) -> None:
    """Write a client's data of an encounter that has no such row yet."""
    content = data.content
    if content is not None:
        content = seal(keys.obtain(connection, encounter_id, Lock.CLIENT_KEY), _content_place(encounter_id), content)
    connection.execute(
        osia_encounters.insert().values(
            encounter_id=encounter_id,
            client_id=client_id,
            encounter_type=data.encounter_type,
            updated_at=datetime.now(UTC),
            content=content,
            task_id=data.task_id or None,
        )
    )
    set_galleries(connection, encounter_id, data.galleries)
    if not data.active:
        set_active(connection, encounter_id, active=False)


def remove(connection: Connection, encounter_id: str) -> None:
    """Remove a client's data of an encounter, before it is replaced."""
    for table in (osia_encounters, inactive_encounters):
        connection.execute(delete(table).where(table.c.encounter_id == encounter_id))


def own_row(connection: Connection, encounter_id: str) -> None:
    """Give an encounter that came by another way a row of its own, and every one a new time of its last change."""
    kind = select(encounters.c.kind).where(encounters.c.id == encounter_id).scalar_subquery()
    row = {
        "encounter_id": encounter_id,
        "client_id": encounter_id,
        "encounter_type": kind,
        "updated_at": datetime.now(UTC),
    }
    statement = insert(connection, osia_encounters).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=[osia_encounters.c.encounter_id], set_={"updated_at": row["updated_at"]}
    )
    connection.execute(statement)
    has_gallery = exists().where(encounter_galleries.c.encounter_id == encounter_id)
    if not connection.execute(select(has_gallery)).scalar():
        connection.execute(encounter_galleries.insert().values(encounter_id=encounter_id, gallery=kind))


def set_galleries(connection: Connection, encounter_id: str, galleries: Sequence[str]) -> None:
    """Put an encounter into other galleries."""
    connection.execute(delete(encounter_galleries).where(encounter_galleries.c.encounter_id == encounter_id))
    rows = [{"encounter_id": encounter_id, "gallery": gallery} for gallery in galleries]
    connection.execute(encounter_galleries.insert(), rows)


def set_active(connection: Connection, encounter_id: str, active: bool, act: Act | None = None) -> None:
    """Include an encounter's samples in searches, and search for them; or exclude them."""
    of_encounter = inactive_encounters.c.encounter_id == encounter_id
    if active:
        changed = connection.execute(delete(inactive_encounters).where(of_encounter)).rowcount
    else:
        statement = insert(connection, inactive_encounters).values(encounter_id=encounter_id).on_conflict_do_nothing()
        changed = len(connection.execute(statement.returning(inactive_encounters.c.encounter_id)).all())
    if changed:
        operation = Operation.ADD if active else Operation.REMOVE
        append_changes(connection, operation, templates_at(connection, [encounter_id]))
        if active:
            request_check(connection, encounter_id, act.actor.id if act else "")


def client_encounters(connection: Connection, keys: DataKeys, record: Record, person_id: str) -> list[ClientEncounter]:
    """Return a record's encounters as a client that calls its person `person_id` knows them, the first stored first."""
    of_record = encounters.c.record_id == record.id
    query = select(osia_encounters).join(encounters, encounters.c.id == osia_encounters.c.encounter_id)
    rows = {row.encounter_id: row for row in connection.execute(query.where(of_record))}
    query = select(inactive_encounters.c.encounter_id).join(
        encounters, encounters.c.id == inactive_encounters.c.encounter_id
    )
    inactive = set(connection.execute(query.where(of_record)).scalars())
    galleries: dict[str, list[str]] = {}
    query = select(encounter_galleries).join(encounters, encounters.c.id == encounter_galleries.c.encounter_id)
    for row in connection.execute(query.where(of_record).order_by(encounter_galleries.c.gallery)):
        galleries.setdefault(row.encounter_id, []).append(row.gallery)
    loaded = []
    for stored in record.encounters:
        client_row = rows.get(stored.id)
        content = None
        if client_row is not None and client_row.content is not None:
            content_place = _content_place(stored.id)
            content = unseal(keys.get(connection, stored.id, content_place), content_place, client_row.content)
        loaded.append(
            ClientEncounter(
                record=record,
                stored=stored,
                person_id=person_id,
                client_id=client_row.client_id if client_row else stored.id,
                encounter_type=client_row.encounter_type if client_row else stored.encounter.kind.value,
                galleries=tuple(galleries.get(stored.id, [stored.encounter.kind.value])),
                active=stored.id not in inactive,
                updated_at=client_row.updated_at if client_row else stored.created_at,
                content=content,
                task_id=(client_row.task_id or "") if client_row else "",
            )
        )
    return loaded


def _content_place(encounter_id: str) -> Place:
    return ("client data", encounter_id)
