"""The units of the police: what each is called, and how it is reached."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, true

from biometrics.access import NATIONAL, Act, Unit
from biometrics.errors import InvalidField
from biometrics.person import NAME_LENGTH, clean_text
from biometrics.records import audit
from biometrics.records.audit import Action
from biometrics.records.database import Database, insert
from biometrics.records.jurisdiction import require_unit
from biometrics.records.unit_tables import TELEPHONE_LENGTH, units

LEVELS = ("national bureau", "state bureau", "district", "police station")  # by how many codes a unit has


@dataclass(frozen=True)
class Office:
    """One unit with its name and telephone, which officers outside it are told.

    Raises:
        InvalidField: a text breaks its rule.
    """

    unit: Unit
    name: str
    telephone: str = ""

    def __post_init__(self) -> None:
        """Trim and check."""
        object.__setattr__(self, "name", clean_text("name of the unit", self.name, NAME_LENGTH))
        number = clean_text("telephone number", self.telephone, TELEPHONE_LENGTH, required=False)
        if not re.fullmatch(r"[0-9+() /-]*", number):
            raise InvalidField(f"{number!r} is not a telephone number; write it with digits, such as +91 22 1234 5678.")
        object.__setattr__(self, "telephone", number)

    @property
    def level(self) -> str:
        """What kind of office it is."""
        return LEVELS[len(self.unit.codes)]

    @property
    def parent(self) -> Unit | None:
        """The unit above; None of the national bureau."""
        return Unit(*self.unit.codes[:-1]) if self.unit.codes else None


class UnitStore:
    """The units in the database; safe to use as a `RecordStore` is."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    def add(self, office: Office, act: Act) -> None:
        """Add a unit, or give one that is there another name and telephone.

        Raises:
            OutOfJurisdiction: it is not at or below the unit of whoever is acting.
        """
        require_unit(act, office.unit)
        row = {"path": office.unit.path, "name": office.name, "level": office.level, "telephone": office.telephone}
        with self._database.writing() as connection:
            changed = {name: row[name] for name in ("name", "telephone")}
            again = insert(connection, units).values(row)
            connection.execute(again.on_conflict_do_update(index_elements=[units.c.path], set_=changed))
            audit.append(connection, act, Action.UNIT_SET, office.unit.path)

    def listed(self, below: Unit | None = None) -> list[Office]:
        """Return the units at or below one, in the order of their codes."""
        query = select(units).where(path_within(units.c.path, below or Unit())).order_by(units.c.path)
        with self._database.reading() as connection:
            found = [Office(Unit.of(row.path), row.name, row.telephone) for row in connection.execute(query)]
        return sorted(found, key=lambda office: office.unit.codes)


def path_within(column: ColumnElement[str], unit: Unit) -> ColumnElement[bool]:
    """Return the condition that a path is that of a unit or of one below it."""
    if unit.path == NATIONAL:
        return true()
    return or_(column == unit.path, column.startswith(f"{unit.path}/", autoescape=True))
