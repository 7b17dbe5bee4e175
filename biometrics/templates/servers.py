"""Which servers are running on a database, and which models each has installed, by a row that each renews."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from biometrics.access.rights import needs, unrestricted
from biometrics.kernel.access import Act, Scope
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.tables.base import PROCESS_LENGTH
from biometrics.storage.tables.templates import running_servers

RENEWED_EVERY: Final = timedelta(seconds=30)
LEASE: Final = timedelta(minutes=2)  # after which a server that was killed no longer counts


def process_name() -> str:
    """Return what an operator finds this process by: its host and its number."""
    return f"{socket.gethostname()}, process {os.getpid()}"


def unique_process_name() -> str:
    """Return a process's name with a part that no other holder of leases has, in this process or after a restart."""
    return f"{process_name()[: PROCESS_LENGTH - 11]} ({uuid.uuid4().hex[:8]})"


@unrestricted("which servers there are, not whom they recognise")
class RunningServers:
    """The servers of a database; without an act on behalf of the service itself."""

    def __init__(self, database: Database, act: Act | None = None) -> None:
        self._database = database
        self._act = act

    @needs(Scope.ACCOUNT_MANAGE)
    def register(self, server_id: str, models: Collection[str]) -> None:
        """Enter a server with the digests of its installed models, or renew its row."""
        state = {
            "name": process_name()[:PROCESS_LENGTH],
            "models": sorted(models),
            "leased_until": datetime.now(UTC) + LEASE,
        }
        with self._database.noting() as connection:
            connection.execute(delete(running_servers).where(running_servers.c.leased_until < datetime.now(UTC)))
            entered = insert(connection, running_servers).values(id=server_id, **state)
            connection.execute(entered.on_conflict_do_update(index_elements=["id"], set_=state))

    @needs(Scope.ACCOUNT_MANAGE)
    def remove(self, server_id: str) -> None:
        """Take out a server that stops."""
        with self._database.noting() as connection:
            connection.execute(delete(running_servers).where(running_servers.c.id == server_id))

    def lacking(self, model: str) -> list[str]:
        """Return the names of the running servers that do not have a model."""
        query = select(running_servers).where(running_servers.c.leased_until >= datetime.now(UTC))
        with self._database.reading() as connection:
            servers = connection.execute(query.order_by(running_servers.c.name)).all()
        return [server.name for server in servers if model not in server.models]
