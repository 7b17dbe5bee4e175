"""The command line acts on behalf of whoever runs it on the machine, and is audited as such."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager

from api.settings import Settings
from api.wiring import open_engine, open_store
from biometrics.access import Act, local_operator
from biometrics.engine import Engine
from biometrics.records.store import RecordStore


@contextmanager
def operated_engine(settings: Settings, purpose: str = "", case: str = "", reason: str = "") -> Iterator[Engine]:
    """Open the engine on behalf of the local operator."""
    with open_engine(settings) as engine:
        yield engine.acting(operator(purpose, case, reason))


@contextmanager
def operated_store(settings: Settings) -> Iterator[RecordStore]:
    """Open the records alone on behalf of the local operator."""
    with open_store(settings) as store:
        yield store.acting(operator())


def operator(purpose: str = "", case: str = "", reason: str = "") -> Act:
    """Return the act of the user whom the system says this is."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = str(os.getuid())
    return local_operator(name, purpose, case, reason)
