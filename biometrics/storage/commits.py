"""Whether the current request has stored anything: its error answer must not claim otherwise."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class _Watched:
    """One request; the threads that work for it share this object, because they copy its context."""

    committed: bool = False


_watched: ContextVar[_Watched | None] = ContextVar("watched", default=None)


def watch() -> None:
    """Start to watch the commits of a request, or of the next item of a batch."""
    _watched.set(_Watched())


def note() -> None:
    """Note that a transaction was committed, or may have been."""
    if watched := _watched.get():
        watched.committed = True


def any_noted() -> bool:
    """Say whether the request has committed a transaction."""
    watched = _watched.get()
    return watched is not None and watched.committed
