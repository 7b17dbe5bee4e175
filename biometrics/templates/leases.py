"""Leases: rows by which several processes share the work on a model's templates, each on one piece at a time.

A table of them has `model` and what else names a piece of work, and `holder`, `leased_until`, `tries`, `code` and
`detail`. A piece that is being worked on has a lease; one that was refused has none, but the code of an error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, func, select, update

from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import remove_unlocked

LEASE: Final = timedelta(minutes=2)
MAX_TRIES: Final = 5  # of a piece whose process was killed each time, or whose image could not be read
LOOKED_AT: Final = 16  # pieces, of which one is taken that no other process takes at the same moment

INTERRUPTED: Final = "interrupted"  # the code of a piece that was tried MAX_TRIES times


@dataclass(frozen=True)
class Held:
    """Pieces of work that a process has taken, and until when no other one takes them, even if it was killed."""

    holder: str
    pieces: int
    until: datetime


class Leases:
    """The leases of a table, for one process, whose id is `holder`."""

    def __init__(self, table: Table, holder: str) -> None:
        """Take nothing yet."""
        self._table = table
        self._its = table.c
        self._holder = holder

    def take(self, connection: Connection, piece: Mapping[str, Any], lease: timedelta, **new: Any) -> bool:
        """Take a piece that no process holds; return whether it was taken. `new` are further columns of a new row.

        One that was tried too often is listed as refused instead.
        """
        now = datetime.now(UTC)
        mine = {"holder": self._holder, "leased_until": now + lease}
        statement = insert(connection, self._table).values(tries=1, **new, **piece, **mine)
        tries = connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(piece),
                set_=mine | {"tries": self._its.tries + 1},
                where=self._its.leased_until <= now,
            ).returning(self._its.tries)
        ).scalar()
        if tries is not None and tries > MAX_TRIES:
            self.refuse(connection, piece, INTERRUPTED, "The extraction was interrupted again and again.")
            return False
        return tries is not None

    def held(self, piece: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of a piece that this process holds, also after its lease if no other has taken it."""
        this = tuple(self._its[name] == value for name, value in piece.items())
        return (*this, self._its.holder == self._holder, self._its.leased_until.is_not(None))

    def held_by_others(self, connection: Connection, models: Collection[str]) -> list[Held]:
        """Return the pieces of some models that other processes hold."""
        until = func.max(self._its.leased_until)
        conditions = (self._its.leased_until > datetime.now(UTC), self._its.holder != self._holder)
        query = select(self._its.holder, func.count().label("pieces"), until.label("until"))
        query = query.where(self._its.model.in_(models), *conditions).group_by(self._its.holder)
        rows = connection.execute(query.order_by(self._its.holder)).all()
        return [Held(row.holder, row.pieces, row.until) for row in rows]

    def refuse(self, connection: Connection, piece: Mapping[str, Any], code: str, detail: str) -> None:
        """List a piece that this process holds as refused."""
        refused = {"leased_until": None, "code": code, "detail": detail}
        connection.execute(update(self._table).where(*self.held(piece)).values(refused))

    def refused(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of a refused piece."""
        return self._its.leased_until.is_(None), self._its.code.is_not(None)

    def refused_count(self, connection: Connection, model: str) -> int:
        """Count the pieces that a model refused."""
        query = select(func.count()).select_from(self._table).where(self._its.model == model, *self.refused())
        return int(connection.execute(query).scalar_one())

    def forget_refused(self, connection: Connection, model: str) -> int:
        """Have the pieces worked on again that a model refused; return how many."""
        return remove_unlocked(connection, self._table, self._its.model == model, *self.refused())
