"""`pehchan --server URL`: commands that ask a server over HTTP, for machines that have no database."""

from __future__ import annotations

from contextvars import ContextVar

from biometrics.kernel.errors import InvalidField

# What the command line names; empty where it is to work on this station's own records.
named_server: ContextVar[str] = ContextVar("named_server", default="")


def refuse_server() -> None:
    """Refuse to work on the records of this machine where the command line names a server.

    Raises:
        InvalidField: it does.
    """
    if named_server.get():
        raise InvalidField(
            "This command works on a station's own records, not on a server's; leave --server and PEHCHAN_SERVER out."
        )
