"""Filters of the list of records that an account has saved under a name. Only their owner sees them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from biometrics.access.rights import unrestricted
from biometrics.accounts.users import lock_account, unknown
from biometrics.kernel.access import LABEL_LENGTH, Act
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.text import clean_text
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.accounts import saved_filters, users
from biometrics.storage.transaction import Transaction

MOST: Final = 30  # of an account
# Conditions that are about one person: a destruction need not look for them if no filter holds them.
OF_ONE_PERSON: Final = ("name", "national_number", "fir_number", "mark")


@dataclass(frozen=True)
class SavedFilter:
    """A named filter: fields of a `RecordQuery`, as text."""

    id: str
    name: str
    conditions: Mapping[str, str]


@unrestricted("filters of the actor's own account")
class SavedFilterReader:
    """The saved filters of the actor's own account."""

    def __init__(self, database: Database, act: Act) -> None:
        self._database = database
        self._act = act

    def list(self) -> tuple[SavedFilter, ...]:
        """Return them by name."""
        with self._database.reading() as connection:
            return _load(connection, self._act.actor.id)


@unrestricted("filters of the actor's own account")
class SavedFilterRepository:
    """The saved filters of the actor's own account within a unit of work."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    def save(self, name: str, query: RecordQuery) -> SavedFilter:
        """Save a filter under a name, in place of one that has it.

        Raises:
            InvalidField: the name is empty or too long, the filter has no condition or one about a single person, or
                the account has MOST filters.
            UnknownAccount: the actor has no account.
        """
        label = clean_text("name of the filter", name, LABEL_LENGTH)
        if not query.fields_used:
            raise InvalidField("The filter has no conditions; state at least one.")
        if personal := [field for field in query.fields_used if field in OF_ONE_PERSON]:
            raise InvalidField(f"A saved filter cannot hold {', '.join(personal)}: it would outlive the person's data.")
        connection, owner = self._work.connection, self._own_account()
        other_filters = [saved_filter for saved_filter in _load(connection, owner) if saved_filter.name != label]
        if len(other_filters) >= MOST:
            raise InvalidField(f"You have saved {MOST} filters; remove one first.")
        self._remove(saved_filters.c.name == label)
        conditions = {field: str(getattr(query, field)) for field in query.fields_used}
        saved = SavedFilter(str(uuid.uuid4()), label, conditions)
        row = vars(saved) | {"owner_id": owner, "created_at": datetime.now(UTC)}
        connection.execute(saved_filters.insert().values(row))
        lock_account(connection, owner)
        return saved

    def remove(self, filter_id: str) -> str:
        """Remove a filter of the account; return its id, "" if there is none."""
        owner, own_id = self._own_account(), canonical_id(filter_id)
        if not self._remove(saved_filters.c.id == own_id):
            return ""
        lock_account(self._work.connection, owner)
        return own_id

    def _own_account(self) -> str:
        """Lock the actor's account until the commit, and return its id."""
        owner = self._work.actor_id
        if not hold(self._work.connection, Lock.ACCOUNT, select(users.c.id).where(users.c.id == owner)):
            raise unknown(owner)
        return owner

    def _remove(self, condition: Any) -> bool:
        of_owner = saved_filters.c.owner_id == self._work.actor_id
        return bool(self._work.connection.execute(delete(saved_filters).where(of_owner, condition)).rowcount)


def _load(connection: Connection, owner: str) -> tuple[SavedFilter, ...]:
    query = select(saved_filters.c.id, saved_filters.c.name, saved_filters.c.conditions)
    rows = connection.execute(query.where(saved_filters.c.owner_id == owner).order_by(saved_filters.c.name))
    return tuple(SavedFilter(*row) for row in rows)
