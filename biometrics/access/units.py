"""The units of the police: what each is called, and how it is reached."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, true

from biometrics.access.court_details import CourtDetails
from biometrics.access.jurisdiction import require_unit
from biometrics.access.rights import needs, unrestricted
from biometrics.kernel.access import NATIONAL, Act, Scope, Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.entry import from_json, stored, to_json
from biometrics.kernel.technique.page import Page
from biometrics.kernel.technique.text import NAME_LENGTH, clean_text
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.paging import paginate
from biometrics.storage.tables.accounts import TELEPHONE_LENGTH, units
from biometrics.storage.transaction import Transaction

LEVELS = ("national bureau", "state bureau", "district", "police station")  # by how many codes a unit has


@dataclass(frozen=True)
class Office:
    """A unit with its name and telephone, which officers of other units may see, and what it states for courts.

    Raises:
        InvalidField: a text breaks its rule.
    """

    unit: Unit
    name: str
    telephone: str = ""
    court_details: CourtDetails = field(default=CourtDetails())

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


@dataclass(frozen=True)
class SubUnit:
    """A unit right below another, with how many are below it; `office` is None where only those below have names."""

    unit: Unit
    office: Office | None
    below: int


@dataclass(frozen=True)
class Branch:
    """A unit, its name where it has one, and what lies right below it, in the order of their codes."""

    unit: Unit
    office: Office | None
    parts: tuple[SubUnit, ...]


class UnitRepository:
    """The names of units within a unit of work."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.UNIT_MANAGE)
    def set(self, office: Office) -> bool:
        """Add a unit, or change what is stored of an existing one; return whether that changed anything.

        Raises:
            OutOfJurisdiction: it is not at or below the actor's unit.
        """
        require_unit(self._work.act, office.unit)
        row = {
            "path": office.unit.path,
            "name": office.name,
            "level": office.level,
            "telephone": office.telephone,
            "court_details": to_json(office.court_details),
        }
        connection = self._work.connection
        before = connection.execute(select(units).where(units.c.path == office.unit.path)).first()
        if before is not None and _office(before) == office:
            return False
        changed = {name: row[name] for name in ("name", "telephone", "court_details")}
        insertion = insert(connection, units).values(row)
        connection.execute(insertion.on_conflict_do_update(index_elements=[units.c.path], set_=changed))
        return True


class UnitStore:
    """The units in the database; safe to use as a `RecordStore` is."""

    def __init__(self, database: Database) -> None:
        """Work on an open database."""
        self._database = database

    @unrestricted("names and telephones of police stations, for officers who have to call them")
    def listed(self, below: Unit | None = None) -> list[Office]:
        """Return the units at or below one, in the order of their codes."""
        query = select(units).where(path_within(units.c.path, below or Unit())).order_by(units.c.path)
        with self._database.reading() as connection:
            return sorted(map(_office, connection.execute(query)), key=lambda office: office.unit.codes)

    @unrestricted("names and telephones of police stations, for officers who have to call them")
    def label(self, path: str) -> str:
        """Return a unit's name with its code, the code alone where it has no name."""
        name = self.name(path)
        return f"{name} ({path})" if name else path

    @unrestricted("names and telephones of police stations, for officers who have to call them")
    def name(self, path: str) -> str:
        """Return the name of a unit; "" where it has none."""
        with self._database.reading() as connection:
            return connection.execute(select(units.c.name).where(units.c.path == path)).scalar() or ""

    @unrestricted("what a unit states of its computer on papers for courts, which its officers make")
    def court_details(self, unit: Unit) -> CourtDetails:
        """Return what a unit states for courts; where it states nothing, what the nearest unit above it does."""
        paths = [above.path for above in unit.lineage]
        query = select(units.c.path, units.c.court_details).where(units.c.path.in_(paths))
        with self._database.reading() as connection:
            by_path = {row.path: row.court_details for row in connection.execute(query)}
        return from_json(CourtDetails, next((by_path[path] for path in paths if by_path.get(path)), None) or {})

    @unrestricted("names and telephones of police stations, for officers who have to call them")
    def office(self, unit: Unit) -> Office | None:
        """Return a unit with what is stored of it; None where it has no name."""
        with self._database.reading() as connection:
            row = connection.execute(select(units).where(units.c.path == unit.path)).first()
        return None if row is None else _office(row)

    @needs(Scope.UNIT_MANAGE)
    def page(self, act: Act, below: Unit, limit: int = 50, after: str | None = None) -> Page[Office, str]:
        """Return the units at or below one of the actor's, by path, at most `limit`.

        Raises:
            OutOfJurisdiction: it is not at or below the actor's unit.
        """
        require_unit(act, below)
        query = select(units).where(path_within(units.c.path, below), units.c.path > (after or ""))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(units.c.path).limit(limit + 1)).all()
        page, next_cursor = paginate(rows, limit, lambda row: str(row.path))
        return Page(tuple(map(_office, page)), next_cursor)

    @unrestricted("names and telephones of police stations, for officers who have to call them")
    def branch(self, act: Act, unit: Unit) -> Branch:
        """Return a unit of the actor's, and what lies right below it.

        Raises:
            OutOfJurisdiction: it is not at or below the actor's unit.
        """
        require_unit(act, unit)
        offices = {office.unit: office for office in self.listed(unit)}
        depth = len(unit.codes) + 1
        counted = Counter(Unit(*office.codes[:depth]) for office in offices if len(office.codes) >= depth)
        parts = tuple(SubUnit(unit, offices.get(unit), counted[unit] - (unit in offices)) for unit in sorted(counted))
        return Branch(unit, offices.get(unit), parts)


def path_within(column: ColumnElement[str], unit: Unit) -> ColumnElement[bool]:
    """Return the condition that a path is that of a unit or of one below it."""
    if unit.path == NATIONAL:
        return true()
    below = f"{unit.path}/"  # not by LIKE: that of SQLite takes 27/ab for 27/AB
    return or_(column == unit.path, func.substr(column, 1, len(below)) == below)


def _office(row: Row[Any]) -> Office:
    details = from_json(CourtDetails, row.court_details)
    return stored(Office, Unit.of(row.path), row.name, row.telephone, details)
