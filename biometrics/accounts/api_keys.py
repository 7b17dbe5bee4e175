"""API keys: what programs are recognised by. A key is shown once, when it is made; its SHA-256 is all that is kept.

A key's secret is random and long, so that a plain digest of it can be searched for, and not be turned back.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, select, update

from biometrics.access.rights import unrestricted
from biometrics.accounts.model import NOT_FOR_KEYS, ApiKey, User
from biometrics.accounts.users import lock_account, manageable, user_of
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.errors import UnknownApiKey
from biometrics.kernel.technique.page import Page
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import cursor, older_than, paginate
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.accounts import api_keys, users

USE_NOTED: Final = timedelta(minutes=10)  # how exact `used_at` is: not every request writes


@dataclass(frozen=True)
class Secret:
    """What a new key is recognised by: how it begins, and the SHA-256 (hex) of all of it."""

    prefix: str
    sha256: str


@unrestricted("keys of the actor's own account, or of one that `manageable` lets them manage")
class ApiKeyReader:
    """The API keys of a database's accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, act: Act, owner: str) -> builtins.list[ApiKey]:
        """Return the keys of the actor's own account, or of one that they manage, the newest first.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: the actor may not manage it.
        """
        with self._database.reading() as connection:
            user = manageable(connection, act, owner)
            return [key_of(row) for row in connection.execute(_newest_first(user.id))]

    def page(self, act: Act, owner: str, limit: int, after: str | None = None) -> Page[ApiKey, str]:
        """Return some of the keys that `list` returns; `after`: cursor of the previous page.

        Raises:
            UnknownAccount, Forbidden: as for `list`.
            InvalidField: no page named the cursor.
        """
        with self._database.reading() as connection:
            query = _newest_first(manageable(connection, act, owner).id)
            query = query.where(*older_than(api_keys.c.created_at, api_keys.c.id, after))
            rows, next_cursor = paginate(connection.execute(query.limit(limit + 1)).all(), limit, cursor)
        return Page(tuple(map(key_of, rows)), next_cursor)

    def good(self, key_id: str) -> ApiKey | None:
        """Return a key, where it is good now."""
        with self._database.reading() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.id == key_id, *_good())).first()
        return key_of(row) if row else None

    def recognise(self, sha256: str) -> tuple[ApiKey, User] | None:
        """Return the key of a digest and its owner, where it is good now."""
        now = datetime.now(UTC)
        with self._database.reading() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.sha256 == sha256, *_good())).first()
            if row is None:
                return None
            owner = user_of(connection.execute(select(users).where(users.c.id == row.owner_id)).one())
        if owner.disabled_at is not None:
            return None
        if row.used_at is None or row.used_at < now - USE_NOTED:
            with self._database.noting() as connection:
                lock_account(connection, owner.id)
                connection.execute(update(api_keys).where(api_keys.c.id == row.id).values(used_at=now))
        return key_of(row), owner


def _good() -> tuple[ColumnElement[bool], ...]:
    return api_keys.c.revoked_at.is_(None), api_keys.c.expires_at > datetime.now(UTC)


def key_of(row: Row[Any]) -> ApiKey:
    """Return the key of a row of `api_keys`."""
    valid_scopes: Iterable[str] = (scope for scope in row.scopes.split() if scope in set(Scope))
    scopes = frozenset(map(Scope, valid_scopes)) - NOT_FOR_KEYS  # also of keys that were made when they might be for it
    return from_row(ApiKey, row, scopes=scopes)


def unknown_key(key: str) -> UnknownApiKey:
    """Return the error for an unknown key."""
    return UnknownApiKey(f"There is no API key {key[:24]} in your unit; check its first characters.")


def _newest_first(owner_id: str) -> Select[Any]:
    return (
        select(api_keys)
        .where(api_keys.c.owner_id == owner_id)
        .order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc())
    )
