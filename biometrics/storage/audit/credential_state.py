"""Whether a session or an API key is still good: what was started with it ends with it.

Requests, tasks, event streams and webhooks all hold the public id of the credential that they were made with, as
`Act.credential` does, and are checked here when they run.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from biometrics.kernel.access import Act, parse_credential
from biometrics.kernel.errors import Unauthenticated
from biometrics.storage.tables.accounts import api_keys, user_sessions, users

ENDED = "The session or the API key of this request has ended, so nothing was done; sign in and send it again."


def is_live(connection: Connection, owner: str, credential: str) -> bool:
    """Return whether a credential of an account is valid now; without one, whether the account is open."""
    is_open = (users.c.id == owner, users.c.disabled_at.is_(None))
    if not credential:
        return connection.execute(select(users.c.id).where(*is_open)).first() is not None
    is_key, credential_id = parse_credential(credential)
    table, ended_at = (api_keys, api_keys.c.revoked_at) if is_key else (user_sessions, user_sessions.c.ended_at)
    owned_by = api_keys.c.owner_id if is_key else user_sessions.c.user_id
    query = select(table.c.id).join(users, users.c.id == owned_by)
    good = (table.c.id == credential_id, ended_at.is_(None), table.c.expires_at > datetime.now(UTC))
    return connection.execute(query.where(*good, *is_open)).first() is not None


def check_live(connection: Connection, act: Act) -> None:
    """Check that what an act was authenticated with is good now; who acts without one is the machine itself.

    Raises:
        Unauthenticated: it has ended.
    """
    if act.credential and not is_live(connection, act.actor.id, act.credential):
        raise Unauthenticated(ENDED)
