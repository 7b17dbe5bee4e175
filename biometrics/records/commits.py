"""Whether a request has stored anything yet: what an error may say to its sender depends on that."""

from __future__ import annotations

from contextvars import ContextVar


class Commits:
    """What one request has committed; shared with the threads that work for it."""

    def __init__(self) -> None:
        self.any = False


_commits: ContextVar[Commits | None] = ContextVar("commits", default=None)


def watch() -> None:
    """Begin to watch the commits of a request, in its own context."""
    _commits.set(Commits())


def forget() -> None:
    """Forget what was committed so far: it only recognised who asks, or was another item of a batch."""
    if commits := _commits.get():
        commits.any = False


def note() -> None:
    """Note that a transaction was committed."""
    if commits := _commits.get():
        commits.any = True


def any_noted() -> bool:
    """Say whether the request has committed anything."""
    commits = _commits.get()
    return commits is not None and commits.any
