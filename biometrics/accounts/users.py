"""Accounts in the database: who has one, with what rights, where.

Accounts of units that are not below the actor's do not exist for them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, or_, select, update

from biometrics.access.jurisdiction import unit_at
from biometrics.access.rights import unrestricted
from biometrics.accounts.model import ProviderIdentity, User, check_may_give
from biometrics.kernel.access import Act, Role, Unit, session_credential
from biometrics.kernel.errors import UnknownAccount
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.page import Page
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, acquire
from biometrics.storage.database.paging import paginate, require_limit
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.accounts import (
    api_keys,
    user_devices,
    user_identities,
    user_sessions,
    users,
)
from biometrics.storage.tables.jobs import webhooks
from biometrics.storage.tables.keys import ACCOUNTS

MOST_LISTED = 200


@unrestricted("each method that reads for a user takes their act and shows what they manage, or themselves")
class AccountReader:
    """The accounts of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def user(self, user_id: str) -> User:
        """Return an account, without a check of access.

        Raises:
            UnknownAccount: there is none of this id.
        """
        with self._database.reading() as connection:
            return load_user(connection, user_id)

    def exist(self) -> bool:
        """Say whether there is any account."""
        with self._database.reading() as connection:
            return connection.execute(select(users.c.id).limit(1)).first() is not None

    def by_login(self, login: str) -> User | None:
        """Return the account with a login, without a check of access; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(users).where(users.c.login == login)).first()
            return None if row is None else user_of(row)

    def by_identity(self, issuer: str, subject: str) -> User | None:
        """Return the account whose owner confirmed this identity at an outside provider, None where there is none."""
        query = select(users).join(user_identities, user_identities.c.user_id == users.c.id)
        of_identity = (
            user_identities.c.issuer == issuer,
            user_identities.c.subject == subject,
            user_identities.c.confirmed_at.is_not(None),
        )
        with self._database.reading() as connection:
            row = connection.execute(query.where(*of_identity)).first()
            return None if row is None else user_of(row)

    def identities(self, user_id: str) -> tuple[ProviderIdentity, ...]:
        """Return the identities of an account at outside providers, confirmed or not, the oldest first."""
        query = select(user_identities).where(user_identities.c.user_id == user_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(user_identities.c.created_at, user_identities.c.subject)).all()
        return tuple(ProviderIdentity(row.issuer, row.subject, row.confirmed_at) for row in rows)

    def logins(self, act: Act, ids: Collection[str]) -> dict[str, str]:
        """Return by id the logins of those of some accounts that are of the actor's unit or below."""
        query = select(users.c.id, users.c.login).where(users.c.id.in_(ids), *_below(act.actor.unit))
        with self._database.reading() as connection:
            return {row.id: row.login for row in connection.execute(query)}

    def find(self, act: Act, id_or_login: str) -> User:
        """Return an account of the actor's unit or below, by its id or its login.

        Raises:
            UnknownAccount: the actor knows of none.
        """
        with self._database.reading() as connection:
            return seen_account(connection, act, id_or_login)

    def list(self, act: Act, limit: int = 50, after: str | None = None) -> Page[User, str]:
        """Return the accounts of the actor's unit and below, by login, at most `limit`.

        Raises:
            InvalidField: the limit is not from 1 to MOST_LISTED.
        """
        require_limit(limit, MOST_LISTED, "accounts")
        query = select(users).where(*_below(act.actor.unit), users.c.login > (after or "")).order_by(users.c.login)
        with self._database.reading() as connection:
            rows, next_cursor = paginate(
                connection.execute(query.limit(limit + 1)).all(), limit, lambda row: str(row.login)
            )
        return Page(tuple(map(user_of, rows)), next_cursor)


def account_secret(database: Database, keys: DataKeys) -> bytes:
    """Return the 32 random bytes behind tokens and one-time codes, made where there are none yet."""
    with database.writing() as connection:
        return keys.obtain(connection, ACCOUNTS)


def load_user(connection: Connection, user_id: str) -> User:
    """Return an account.

    Raises:
        UnknownAccount: there is none of this id.
    """
    row = connection.execute(select(users).where(users.c.id == canonical_id(user_id))).first()
    if row is None:
        raise unknown(user_id)
    return user_of(row)


def user_of(row: Row[Any]) -> User:
    """Return the account of a row of `users`."""
    roles = frozenset(map(Role, row.roles.split(",")))
    has = {"has_password": row.password_hash is not None, "has_totp": row.totp_since is not None}
    return from_row(User, row, roles=roles, unit=unit_at(row), **has)


def lock_account(connection: Connection, user_id: str) -> None:
    """Advance the version of an account for a change of something stored in another table; the account is held by it.

    Call it before that change: those who hold an account change its keys and sessions.
    """
    acquire(connection, Lock.ACCOUNT)
    connection.execute(update(users).where(users.c.id == user_id).values(version=users.c.version + 1))


def unknown(id_or_login: str) -> UnknownAccount:
    """Return the error for what no account is known by."""
    return UnknownAccount(f"There is no account {id_or_login} in your unit; check the login.")


def end_sessions(connection: Connection, user_id: str, because: str, spared: str | None = None) -> None:
    """End all sessions of an account, but one where it is given."""
    open_ones = (user_sessions.c.user_id == user_id, user_sessions.c.ended_at.is_(None))
    other = () if spared is None else (user_sessions.c.id != spared,)
    ended = {"ended_at": datetime.now(UTC), "ended_because": because}
    connection.execute(update(user_sessions).where(*open_ones, *other).values(ended))


def end_access(connection: Connection, user_id: str, because: str, spared: str | None = None) -> None:
    """End all sessions of an account, but one where it is given, its API keys, and with them what they started.

    A webhook that was made before its credential was noted ends, too.
    """
    end_sessions(connection, user_id, because, spared)
    now = datetime.now(UTC)
    keys = (api_keys.c.owner_id == user_id, api_keys.c.revoked_at.is_(None))
    connection.execute(update(api_keys).where(*keys).values(revoked_at=now))
    lock_account(connection, user_id)
    unnamed = (webhooks.c.owner == user_id, webhooks.c.credential == "")
    connection.execute(update(webhooks).where(*unnamed).values(credential=session_credential("none")))


def forget_devices(connection: Connection, user_id: str) -> None:
    """Treat every client of an account as a new one."""
    connection.execute(delete(user_devices).where(user_devices.c.user_id == user_id))


def manageable(connection: Connection, act: Act, id_or_login: str) -> User:
    """Return an account for a change that its owner may also make.

    Raises:
        UnknownAccount: the actor knows of none.
        Forbidden: the actor is not its owner, and may not manage it.
    """
    user = seen_account(connection, act, id_or_login)
    if user.id != act.actor.id:
        check_may_give(act, user.roles, user.unit)
    return user


def seen_account(connection: Connection, act: Act, id_or_login: str) -> User:
    """Return an account of the actor's unit or below, by its id or its login.

    Raises:
        UnknownAccount: the actor knows of none.
    """
    text = id_or_login.strip()
    by_name = or_(users.c.id == canonical_id(text), users.c.login == text.lower())
    row = connection.execute(select(users).where(by_name, *_below(act.actor.unit))).first()
    if row is None:
        raise unknown(id_or_login)
    return user_of(row)


def _below(unit: Unit) -> list[ColumnElement[bool]]:
    """Return the conditions for accounts of a unit and those below."""
    columns = (users.c.state_code, users.c.district_code, users.c.station_code)
    return [column == code for column, code in zip(columns, unit.codes, strict=False)]
