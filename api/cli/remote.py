"""Commands that ask a server over HTTP: `pehchan --server URL`, for machines that have no database."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING

from biometrics.kernel.errors import InvalidField

if TYPE_CHECKING:
    from api.client import Client


# What the command line names; empty where it is to work on this station's own records.
named_server: ContextVar[str] = ContextVar("named_server", default="")


def server() -> Client | None:
    """Return a client of the server that the command line names, None where it names none.

    Raises:
        InvalidField: the address is none, or there is no key.
    """
    if not (url := named_server.get()):
        return None
    from api.client import Client  # imported here: commands on local records do not need it
    from api.settings import Settings

    return Client(url, os.environ.get("PEHCHAN_API_KEY") or Settings().server_key.get_secret_value())


def refuse_server() -> None:
    """Refuse to work on the records of this machine where the command line names a server.

    Raises:
        InvalidField: it does.
    """
    if named_server.get():
        raise InvalidField(
            "This command works on a station's own records, not on a server's; leave --server and PEHCHAN_SERVER out."
        )
