"""Sessions of people who signed in, and the refresh tokens that carry them on: each good for one use.

A token that is used a second time has been stolen, by its first or by its second user: the whole session ends.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select, update

from biometrics.access.rights import unrestricted
from biometrics.accounts.model import User
from biometrics.accounts.users import end_sessions, user_of
from biometrics.kernel.access import Act, session_credential
from biometrics.kernel.technique.ids import canonical_id
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.credential_state import live
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, hold, remove_unlocked
from biometrics.storage.tables.accounts import refresh_tokens, user_sessions, users

KEEP_ENDED = timedelta(days=30)  # after its end, so that a stolen token is still recognised as one
PUT_OFF = timedelta(minutes=1)  # at least so far at a time, so that not each request writes


class Method(StrEnum):
    """A way to sign in."""

    PASSWORD = "password"  # noqa: S105 - a word
    PROVIDER = "provider"


@dataclass(frozen=True)
class Session:
    """A session that goes on, and whose it is; `expires_at` is its end at the latest."""

    id: str
    user: User
    method: Method
    created_at: datetime
    expires_at: datetime

    @property
    def credential(self) -> str:
        """How it is named in an act."""
        return session_credential(self.id)


@dataclass(frozen=True)
class Lifetimes:
    """How long a session lasts at most, and how long at most between two uses of it."""

    session: timedelta
    idle: timedelta


@unrestricted("an account's own sessions, known by their tokens")
class SessionStore:
    """The sessions of a database's accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def session(self, session_id: str) -> Session | None:
        """Return a session that goes on, of an account that is not disabled."""
        with self._database.reading() as connection:
            return _load(connection, session_id)

    def live(self, credentials: Collection[str]) -> set[str]:
        """Return the sessions and API keys that are valid now, by their names in acts."""
        with self._database.reading() as connection:
            return live(connection, credentials)

    def refresh(self, old_sha256: str, new_sha256: str, lifetimes: Lifetimes) -> Session | None:
        """Exchange a refresh token for a new one, both by their SHA-256 (hex); None where the old one is not good.

        One that was used before ends its session.
        """
        now = datetime.now(UTC)
        use = update(refresh_tokens).where(refresh_tokens.c.sha256 == old_sha256, refresh_tokens.c.used_at.is_(None))
        with self._database.writing() as connection:
            used = connection.execute(
                use.values(used_at=now).returning(refresh_tokens.c.session_id, refresh_tokens.c.expires_at)
            ).first()
            if used is None:
                _end_family(connection, old_sha256)
                return None
            session = _load(connection, used.session_id)
            if session is None or used.expires_at <= now:
                return None
            expires_at = min(session.expires_at, now + lifetimes.idle)
            new = {"sha256": new_sha256, "session_id": session.id, "expires_at": expires_at}
            connection.execute(refresh_tokens.insert().values(new))
            return session

    def go_on(self, sha256: str, lifetimes: Lifetimes) -> Session | None:
        """Return the session of an unused refresh token, and let both last as long as if they were begun now.

        None where the token is not good, or the session has ended.
        """
        now = datetime.now(UTC)
        query = select(refresh_tokens.c.session_id, refresh_tokens.c.expires_at).where(
            refresh_tokens.c.sha256 == sha256, refresh_tokens.c.used_at.is_(None), refresh_tokens.c.expires_at > now
        )
        with self._database.reading() as connection:
            token = connection.execute(query).first()
            session = None if token is None else _load(connection, token.session_id)
        if token is None or session is None:
            return None
        until = min(session.expires_at, now + lifetimes.idle)
        if until - token.expires_at >= PUT_OFF:
            with self._database.noting() as connection:
                put_off = update(refresh_tokens).where(refresh_tokens.c.sha256 == sha256).values(expires_at=until)
                connection.execute(put_off)
        return session

    def end(self, act: Act, session_id: str) -> None:
        """End a session: its owner signs out."""
        going_on = (user_sessions.c.id == session_id, user_sessions.c.ended_at.is_(None))
        with self._database.writing() as connection:
            ended = {"ended_at": datetime.now(UTC), "ended_because": "signed out"}
            if connection.execute(update(user_sessions).where(*going_on).values(ended)).rowcount:
                audit.append(connection, act, Action.SIGNED_OUT, act.actor.id, session=session_id)

    def end_all(self, act: Act) -> None:
        """End all sessions of the actor."""
        with self._database.writing() as connection:
            hold(connection, Lock.ACCOUNT, select(users.c.id).where(users.c.id == act.actor.id))  # before its sessions
            end_sessions(connection, act.actor.id, "signed out")
            audit.append(connection, act, Action.SIGNED_OUT, act.actor.id, session="all")

    def session_of_refresh_token(self, sha256: str) -> Session | None:
        """Return the session that a refresh token carries on, where it goes on."""
        with self._database.reading() as connection:
            query = select(refresh_tokens.c.session_id).where(refresh_tokens.c.sha256 == sha256)
            session_id = connection.execute(query).scalar()
            return None if session_id is None else _load(connection, session_id)

    def sweep(self) -> int:
        """Forget sessions that ended long ago; return how many."""
        with self._database.writing() as connection:
            old = user_sessions.c.expires_at < datetime.now(UTC) - KEEP_ENDED
            return remove_unlocked(connection, user_sessions, old)


def begin(
    connection: Connection, user: User, method: Method, address: str, sha256: str, lifetimes: Lifetimes
) -> Session:
    """Write a new session with its first refresh token."""
    now = datetime.now(UTC)
    session = Session(str(uuid.uuid4()), user, method, now, now + lifetimes.session)
    connection.execute(
        user_sessions.insert().values(
            id=session.id,
            user_id=user.id,
            method=method,
            address=address,
            created_at=now,
            expires_at=session.expires_at,
        )
    )
    expires_at = min(session.expires_at, now + lifetimes.idle)
    connection.execute(refresh_tokens.insert().values(sha256=sha256, session_id=session.id, expires_at=expires_at))
    return session


def _load(connection: Connection, session_id: str) -> Session | None:
    query = (
        select(
            users,
            user_sessions.c.id.label("session_id"),
            user_sessions.c.method,
            user_sessions.c.created_at.label("begun_at"),
            user_sessions.c.expires_at,
        )
        .join(user_sessions, user_sessions.c.user_id == users.c.id)
        .where(
            user_sessions.c.id == canonical_id(session_id),
            user_sessions.c.ended_at.is_(None),
            user_sessions.c.expires_at > datetime.now(UTC),
            users.c.disabled_at.is_(None),
        )
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Session(row.session_id, user_of(row), Method(row.method), row.begun_at, row.expires_at)


def _end_family(connection: Connection, sha256: str) -> None:
    """End the session of a refresh token that was used before, if it is one."""
    session_id = connection.execute(
        select(refresh_tokens.c.session_id).where(refresh_tokens.c.sha256 == sha256)
    ).scalar()
    session = None if session_id is None else _load(connection, session_id)
    if session is not None:
        ended = {"ended_at": datetime.now(UTC), "ended_because": "token reused"}
        connection.execute(update(user_sessions).where(user_sessions.c.id == session.id).values(ended))
        act = Act(session.user.actor(), credential=session.credential)
        audit.append(connection, act, Action.TOKEN_REUSED, session.user.id, session=session.id)
