"""The local operator: commands act, and are audited, on behalf of the user who runs them.

What opens a database or a connection is imported where it is used, so that a command loads one of the two only.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.cli.remote import named_server, refuse_server
from api.settings import Settings
from biometrics.kernel.access import Act, local_operator

if TYPE_CHECKING:
    from api.client import Client
    from biometrics.records.store import RecordStore
    from biometrics.use_cases.engine.engine import Engine


@contextmanager
def service(*routes: str) -> Iterator[Client]:
    """Return a client of the server that the command line names, else of this station, on the local operator's behalf.

    `routes` are the modules of `api.v1` that the command needs, all where none is named.

    Raises:
        InvalidField: the server's address is none, or there is no key.
    """
    if url := named_server.get():
        from api.client import Client

        with Client(url, os.environ.get("PEHCHAN_API_KEY") or Settings().server_key.get_secret_value()) as client:
            yield client
    else:
        from api.client.in_process import local_client

        with local_client(Settings(), user_name(), *routes) as client:
            yield client


@contextmanager
def operated_engine(settings: Settings, purpose: str = "", case: str = "") -> Iterator[Engine]:
    """Open the engine on behalf of the local operator, for work that no route does."""
    refuse_server()
    from api.bootstrap.engine import open_engine

    with open_engine(settings) as engine:
        yield engine.for_actor(operator(purpose, case))


@contextmanager
def operated_store(settings: Settings) -> Iterator[RecordStore]:
    """Open only the records on behalf of the local operator, for work that no route does."""
    refuse_server()
    from api.bootstrap.store import open_store

    with open_store(settings) as store:
        yield store.for_actor(operator())


def operator(purpose: str = "", case: str = "") -> Act:
    """Return the act of the operating system's user."""
    return local_operator(user_name(), purpose, case)


def user_name() -> str:
    """Return the account of the operating system that runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return str(os.getuid())
