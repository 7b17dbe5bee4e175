"""Whether a session or an API key is still good: what was started with it ends with it.

Requests, tasks, event streams and webhooks all hold the public id of the credential that they were made with, as
`Act.credential` does, and are checked here when they run.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Table, select

from biometrics.kernel.access import Act, api_key_credential, parse_credential, session_credential
from biometrics.kernel.errors import Unauthenticated
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.storage.tables.accounts import api_keys, user_sessions, users

ENDED = "The session or the API key of this request has ended, so nothing was done; sign in and send it again."


def is_live(connection: Connection, owner: str, credential: str) -> bool:
    """Return whether a credential of an account is valid now; without one, whether the account is open."""
    if not credential:
        is_open = (users.c.id == owner, users.c.disabled_at.is_(None))
        return connection.execute(select(users.c.id).where(*is_open)).first() is not None
    is_key, credential_id = parse_credential(credential)
    return bool(_valid(connection, is_key, [credential_id], users.c.id == owner))


def live(connection: Connection, credentials: Collection[str]) -> set[str]:
    """Return the credentials that are valid now."""
    ids: dict[bool, list[str]] = {False: [], True: []}
    for is_key, credential_id in map(parse_credential, credentials):
        ids[is_key].append(credential_id)
    sessions, keys = (
        {valid for some in in_chunks(ids[is_key], CHUNK) for valid in _valid(connection, is_key, some)}
        for is_key in (False, True)
    )
    return set(map(session_credential, sessions)) | set(map(api_key_credential, keys))


def _valid(connection: Connection, is_key: bool, ids: Collection[str], *conditions: ColumnElement[bool]) -> set[str]:
    """Return the ids of the sessions, or of the API keys, that are valid now."""
    table: Table = api_keys if is_key else user_sessions
    ended_at = api_keys.c.revoked_at if is_key else user_sessions.c.ended_at
    owned_by = api_keys.c.owner_id if is_key else user_sessions.c.user_id
    query = select(table.c.id).join(users, users.c.id == owned_by)
    good = (ended_at.is_(None), table.c.expires_at > datetime.now(UTC), users.c.disabled_at.is_(None))
    return set(connection.execute(query.where(table.c.id.in_(ids), *good, *conditions)).scalars())


def check_live(connection: Connection, act: Act) -> None:
    """Check that what an act was authenticated with is good now; who acts without one is the machine itself.

    Raises:
        Unauthenticated: it has ended.
    """
    if act.credential and not is_live(connection, act.actor.id, act.credential):
        raise Unauthenticated(ENDED)
