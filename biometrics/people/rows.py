"""People's records: allotting a number, writing, reading and removing them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from biometrics.access import jurisdiction
from biometrics.access.persons import resolve_merged_ids, visible_by_lead
from biometrics.kernel.access import Act
from biometrics.kernel.errors import (
    DuplicateNationalNumber,
    InvalidField,
    StoreUnavailable,
    UnknownEncounter,
    UnknownRecord,
    VersionMismatch,
)
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import PersonVersion, Record
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.technique.entry import changed, from_json, require_proper, to_json
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.text import clean_state_code
from biometrics.people.encounters import load_encounters
from biometrics.people.mark_search import write_described
from biometrics.people.name_search import write_names
from biometrics.storage.database.counters import advance, number_counter
from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import Lock, acquire, released
from biometrics.storage.tables.history import person_versions
from biometrics.storage.tables.osia import osia_persons
from biometrics.storage.tables.people import aliases, encounters, records
from biometrics.templates.change_log import append_changes
from biometrics.templates.templates import templates_of

LAST_NUMBER = 99_999_999  # of a state: eight digits follow the state's two


def insert_person(
    connection: Connection,
    person: Person,
    state_code: str | None,
    record_id: str | None = None,
    act: Act | None = None,
    reserved: str | None = None,
) -> tuple[str, str]:
    """Write a new record; return its id and its national number, allotted in `state_code` where the person has none.

    `record_id` is a new UUID where the caller has one already; `act` says who would learn that the number is taken;
    `reserved` is a number of `next_number`, to be allotted if it is still free.

    Raises:
        DuplicateNationalNumber: another record has it.
        InvalidField: a value breaks its rule, or a number must be allotted, and the state's code is missing or not two
            digits.
    """
    require_proper(person)
    record_id = record_id or str(uuid.uuid4())
    number = person.national_number
    if number is None:
        number = _allot(connection, record_id, person, state_code, reserved)
    elif not _insert_row(connection, record_id, person, number):
        raise _duplicate(connection, number, act)
    _insert_names(connection, record_id, person)
    return record_id, number


def resolve_merged_id(connection: Connection, record_id: str) -> str:
    """Return the id of the record that an id leads to: its own, or that of the record that it was merged into.

    Raises:
        UnknownRecord: there is none of this id.
    """
    canonical = canonical_id(record_id)
    lead_id = resolve_merged_ids(connection, [canonical]).get(canonical)
    if lead_id is None:
        raise UnknownRecord.of(record_id)
    return lead_id


def resolve_merged_id_if_known(connection: Connection, record_id: str) -> str:
    """Do as `resolve_merged_id`, but return the id itself where no record has it."""
    canonical = canonical_id(record_id)
    return resolve_merged_ids(connection, [canonical]).get(canonical, canonical)


def resolve_merged_number(connection: Connection, number: str) -> str:
    """Return the national number of the record that a number leads to; the number itself if it is not in use."""
    record_id = connection.execute(select(records.c.id).where(records.c.national_number == number)).scalar()
    if record_id is None:
        return number
    query = select(records.c.national_number).where(records.c.id == resolve_merged_id(connection, record_id))
    return str(connection.execute(query).scalar_one())


def lock_record(
    connection: Connection, record_id: str, version: int | None = None, visible_to: Act | None = None
) -> Row[Any]:
    """Give a record its next version, hold it until the commit, and return its id, national_number and version.

    Of a record that was merged into another it is that other one.

    Raises:
        UnknownRecord: there is none of this id.
        OutOfJurisdiction: the actor `visible_to`, where one is given, does not see it.
        VersionMismatch: it was not at `version`, where that is given.
    """
    while True:  # again if the record was merged while we waited for it
        lead_id = resolve_merged_id(connection, record_id)
        if visible_to is not None:
            jurisdiction.require_record(connection, visible_to, lead_id)
        with connection.begin_nested() as attempt:
            row = lock_record_row(connection, lead_id, version)
            if row is not None:
                return row
            attempt.rollback()  # or PostgreSQL would keep the row locked, and two could wait for each other
        released(connection, Lock.RECORD, lead_id)


def lock_record_of(
    connection: Connection, encounter_id: str, version: int | None = None, visible_to: Act | None = None
) -> Row[Any]:
    """Do as `lock_record` for the record that an encounter is in.

    Raises:
        UnknownEncounter: there is none of this id.
        OutOfJurisdiction: as for `lock_record`.
        VersionMismatch: as for `lock_record`, and where the encounter was moved to another record meanwhile.
    """
    row = lock_record(connection, record_of(connection, encounter_id), version, visible_to)
    require_in(connection, encounter_id, row.id)
    return row


def require_in(connection: Connection, encounter_id: str, record_id: str) -> None:
    """Check that an encounter is in a record that is held.

    Raises:
        UnknownEncounter: it was removed.
        VersionMismatch: it was moved to another record before this one was held.
    """
    if record_of(connection, encounter_id) != record_id:
        raise VersionMismatch(
            "The encounter was moved to another record meanwhile; read it again and repeat the change."
        )


def record_of(connection: Connection, encounter_id: str) -> str:
    """Return the id of the record that an encounter is in.

    Raises:
        UnknownEncounter: there is none of this id.
    """
    query = select(encounters.c.record_id).where(encounters.c.id == canonical_id(encounter_id))
    record_id = connection.execute(query).scalar()
    if record_id is None:
        raise UnknownEncounter(f"There is no encounter {encounter_id}; check the number.")
    return str(record_id)


def lock_record_row(connection: Connection, row_id: str, version: int | None = None) -> Row[Any] | None:
    """Do as `lock_record` for one row and no other: None where it was merged into another, or is not there.

    Raises:
        VersionMismatch: it was not at `version`, where that is given.
    """
    acquire(connection, Lock.RECORD, row_id)
    row = connection.execute(
        update(records)
        .where(records.c.id == row_id, records.c.merged_into.is_(None))
        .values(version=records.c.version + 1)
        .returning(records.c.id, records.c.national_number, records.c.version)
    ).first()
    if row is not None and version is not None and row.version - 1 != version:
        raise VersionMismatch(
            f"The record {row_id} was changed since version {version}, and is at {row.version - 1} now; "
            "read it again, and repeat the change if it still applies."
        )
    return row


def correct_person(
    connection: Connection,
    record_id: str,
    person: Person,
    version: int | None,
    actor_id: str,
    visible_to: Act | None = None,
) -> str:
    """Put other data in place of a person's, and keep what it was; return the record's id.

    Raises:
        UnknownRecord, OutOfJurisdiction, VersionMismatch: as for `lock_record`.
        InvalidField: a value breaks its rule.
    """
    require_proper(person)
    row = lock_record(connection, record_id, version, visible_to)
    (record,) = load_records(connection, [row.id])
    before = record.person
    _replace(connection, record, person, actor_id)
    if (person.sex, person.birth_year) != (before.sex, before.birth_year):  # what labels hold of a person
        append_changes(connection, Operation.RELABEL, templates_of(connection, row.id))
    return str(row.id)


def replace_aliases(connection: Connection, record: Record, names: tuple[str, ...], actor_id: str) -> None:
    """Give a record, which the caller holds by `lock_record`, other aliases, and keep what they were."""
    _replace(connection, record, changed(record.person, aliases=names), actor_id)


def _replace(connection: Connection, record: Record, person: Person, actor_id: str) -> None:
    before = record.person
    if changed(person, national_number=before.national_number) == before:
        return
    connection.execute(
        person_versions.insert().values(
            record_id=record.id,
            version=record.version - 1,  # the last one that had these data
            content=to_json(before),
            changed_at=datetime.now(UTC),
            changed_by=actor_id,
        )
    )
    connection.execute(update(records).where(records.c.id == record.id).values(_columns(person)))
    connection.execute(delete(aliases).where(aliases.c.record_id == record.id))
    _insert_names(connection, record.id, person)


def load_history(connection: Connection, record_id: str) -> list[PersonVersion]:
    """Return a person's data before each correction, the oldest first.

    Raises:
        UnknownRecord: there is none of this id.
    """
    lead_id = resolve_merged_id(connection, record_id)
    query = select(person_versions).where(person_versions.c.record_id == lead_id).order_by(person_versions.c.version)
    return [
        PersonVersion(row.version, from_json(Person, row.content), row.changed_at, row.changed_by)
        for row in connection.execute(query)
    ]


def load_records(connection: Connection, record_ids: Sequence[str]) -> list[Record]:
    """Return records (few enough for one IN list) in the order of their ids, without those that do not exist."""
    rows = {row.id: row for row in connection.execute(select(records).where(records.c.id.in_(record_ids)))}
    other_names: defaultdict[str, list[str]] = defaultdict(list)
    query = select(aliases).where(aliases.c.record_id.in_(record_ids)).order_by(aliases.c.ordinal)
    for row in connection.execute(query):
        other_names[row.record_id].append(row.name)
    loaded = load_encounters(connection, record_ids)
    return [
        Record(
            id=row.id,
            person=changed(from_json(Person, row._mapping), aliases=tuple(other_names[row.id])),
            created_at=row.created_at,
            version=row.version,
            encounters=tuple(loaded.get(row.id, ())),
        )
        for row in (rows[record_id] for record_id in record_ids if record_id in rows)
    ]


def _duplicate(connection: Connection, number: str, act: Act | None) -> DuplicateNationalNumber:
    """Return the error for a number that a record has; it says the same whichever unit keeps that record."""
    error = DuplicateNationalNumber(
        f"Another record has the national number {number}; add the encounter to that record, or correct the number."
    )
    by_number = select(records.c.id).where(records.c.national_number == number)
    by_osia_id = select(osia_persons.c.record_id).where(osia_persons.c.person_id == number)
    holders = connection.execute(by_number.union(by_osia_id)).scalars().all()
    error.elsewhere = not visible_by_lead(connection, jurisdiction.unit_of(act), holders)
    return error


def next_number(connection: Connection, state_code: str) -> str | None:
    """Advance the counter of a state; return the number that it gives, which may be taken, or None after the last."""
    state = clean_state_code(state_code)
    serial = advance(connection, number_counter(state))
    return f"{state}{serial:08}" if serial <= LAST_NUMBER else None


def _allot(connection: Connection, record_id: str, person: Person, state_code: str | None, reserved: str | None) -> str:
    """Insert the record under the state's next free number; other states are not held up."""
    if state_code is None:
        raise InvalidField("Give the national number, or the state code to allot one in.")
    state = clean_state_code(state_code)
    number = reserved or next_number(connection, state)
    while number is not None:
        if _insert_row(connection, record_id, person, number):
            return number
        number = next_number(connection, state)
    raise StoreUnavailable(f"State {state} has no national numbers left; give the number yourself.")


def _insert_row(connection: Connection, record_id: str, person: Person, number: str) -> bool:
    """Write the row, unless the national number is taken; return whether it was written.

    A number that a client gave to another person as an id of its own is taken, too: it leads to that person.
    """
    by_osia_id = select(osia_persons.c.record_id).where(osia_persons.c.person_id == number)
    if connection.execute(by_osia_id).first() is not None:
        return False
    statement = insert(connection, records).values(
        id=record_id,
        national_number=number,
        created_at=datetime.now(UTC),
        version=1,
        bare_state=number[:2],
        **_columns(person),
    )
    statement = statement.on_conflict_do_nothing(index_elements=[records.c.national_number])
    return connection.execute(statement.returning(records.c.id)).first() is not None


def _columns(person: Person) -> dict[str, Any]:
    """Return the columns of a person's row that hold the person, except the number."""
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_year": person.birth_year,
        "particulars": to_json(person.particulars),
    }


def _insert_names(connection: Connection, record_id: str, person: Person) -> None:
    rows = [{"record_id": record_id, "ordinal": ordinal, "name": alias} for ordinal, alias in enumerate(person.aliases)]
    if rows:
        connection.execute(aliases.insert(), rows)
    write_names(connection, record_id, person)
    write_described(connection, record_id, person)
