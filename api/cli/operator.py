"""The local operator: commands act, and are audited, on behalf of the user who runs them."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from api.bootstrap.store import open_store
from api.cli.remote import refuse_server
from api.settings import Settings
from biometrics.kernel.access import Act, local_operator
from biometrics.kernel.idempotency import IdempotencyKey
from biometrics.records.store import RecordStore

if TYPE_CHECKING:
    from biometrics.use_cases.engine import Engine

Shown = TypeVar("Shown")


@contextmanager
def operated_engine(
    settings: Settings,
    purpose: str = "",
    case: str = "",
    reason: str = "",
    idempotency_key: IdempotencyKey | None = None,
) -> Iterator[Engine]:
    """Open the engine on behalf of the local operator, for one repeatable request."""
    refuse_server()
    from api.bootstrap.engine import open_engine  # imported late: commands on records do not need it

    with open_engine(settings) as engine:
        yield engine.for_actor(operator(purpose, case, reason)).for_request(idempotency_key)


@contextmanager
def operated_store(settings: Settings, idempotency_key: IdempotencyKey | None = None) -> Iterator[RecordStore]:
    """Open only the records on behalf of the local operator, for one repeatable request."""
    refuse_server()
    with open_store(settings) as store:
        yield store.for_actor(operator()).for_request(idempotency_key)


def with_names(store: RecordStore, answer: Shown) -> Shown:
    """Fill in the names of the accounts that an answer refers to by their ids; see `Colleagues.named`."""
    from api.v1.display_names import Colleagues  # imported late: needed for JSON only

    return Colleagues(store.database).named(answer)


def operator(purpose: str = "", case: str = "", reason: str = "") -> Act:
    """Return the act of the operating system's user."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = str(os.getuid())
    return local_operator(name, purpose, case, reason)
