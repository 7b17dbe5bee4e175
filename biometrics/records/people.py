"""People's records: allotting a number, writing, reading and removing them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from biometrics.errors import DuplicateNationalNumber, InvalidField, StoreUnavailable, UnknownRecord
from biometrics.person import Person, Sex, clean_state_code, folded
from biometrics.records.changes import advance, append_changes
from biometrics.records.database import insert
from biometrics.records.encounters import load_encounters
from biometrics.records.tables import aliases, encounters, records, samples, templates
from biometrics.records.values import Operation, Record
from biometrics.types import Modality

LAST_NUMBER = 99_999_999  # of a state: eight digits follow the state's two


def insert_person(connection: Connection, person: Person, state_code: str | None) -> tuple[str, str]:
    """Write a new record; return its id and its national number, which `state_code` allots where the person has none.

    Raises:
        DuplicateNationalNumber: another record has it.
        InvalidField: a number must be allotted, and the state's code is missing or not two digits.
    """
    record_id = str(uuid.uuid4())
    if person.national_number is not None:
        number = person.national_number
        if not _insert_row(connection, record_id, person, number):
            raise DuplicateNationalNumber(
                f"Another record has the national number {number}; add the encounter to that record, "
                "or correct the number."
            )
    else:
        number = next(
            number for number in _unused(connection, state_code) if _insert_row(connection, record_id, person, number)
        )
    if person.aliases:
        rows = [
            {"record_id": record_id, "ordinal": ordinal, "name": alias, "name_folded": folded(alias)}
            for ordinal, alias in enumerate(person.aliases)
        ]
        connection.execute(aliases.insert(), rows)
    return record_id, number


def touch(connection: Connection, record_id: str) -> str:
    """Give a record its next version, hold it until the commit, and return its national number.

    Raises:
        UnknownRecord: there is none of this id.
    """
    row_id = canonical_id(record_id)
    statement = update(records).where(records.c.id == row_id).values(version=records.c.version + 1)
    number = connection.execute(statement.returning(records.c.national_number)).scalar()
    if number is None:
        raise UnknownRecord(f"There is no record {record_id}; check the number.")
    return str(number)
