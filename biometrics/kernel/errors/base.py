"""The kinds of error: what went wrong, and whose fault it is. Each other error is one of these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar


class PehchanError(Exception):
    """Root of every error raised on purpose."""

    code: ClassVar[str] = "error"

    @property
    def message(self) -> str:
        """The sentence for a person."""
        return str(self)


class InvalidInput(PehchanError):
    """What the caller sent cannot be accepted; nothing was written."""

    code = "invalid_input"


class Unauthenticated(PehchanError):
    """The request has no valid credentials."""

    code = "unauthenticated"


class Forbidden(PehchanError):
    """Recognised, and not allowed. `noted` says that the audit log has an entry of the refusal already.

    `missing` are the scopes that the actor lacks for the method `what`, empty where the reason is another one.
    """

    code = "forbidden"
    noted = False
    missing: tuple[str, ...] = ()
    what = ""


class TooManyRequests(PehchanError):
    """More than is allowed in the time; `retry_after` is in seconds."""

    code = "too_many_requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotFound(PehchanError):
    """It does not exist. `elsewhere`: another unit keeps it, which the caller does not learn."""

    code = "not_found"
    elsewhere = False


class Conflict(PehchanError):
    """The request contradicts what is stored."""

    code = "conflict"


class Overload(PehchanError):
    """More was asked for than is taken on at once; nothing was done. `retry_after` is in seconds."""

    code = "overload"

    def __init__(self, message: str, retry_after: int = 1) -> None:
        """Take the sentence, and when to come again."""
        super().__init__(message)
        self.retry_after = retry_after


class Fault(PehchanError):
    """The installation, not the caller, is at fault."""

    code = "fault"


def kinds() -> Iterator[type[PehchanError]]:
    """Yield every kind of error that callers can receive, each once; errors of tools are left out."""
    yield from (kind for kind in _below(PehchanError) if kind.__module__.startswith(f"{__package__}."))


def _below(kind: type[PehchanError]) -> Iterator[type[PehchanError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)
