"""Threads for calls to other servers, apart from those that answer requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from biometrics.kernel.errors import Busy

T = TypeVar("T")

RETRY_SECONDS: Final = 10


class CallPool:
    """So many threads, and so many calls that wait for one; what comes beyond is refused at once.

    Each call has a deadline of its own. To be used from one event loop.
    """

    def __init__(self, name: str, at_once: int, waiting: int) -> None:
        """Name what is called: "the sign-in provider"."""
        self._name = name
        self._threads = CapacityLimiter(at_once)
        self._waiting = waiting
        self._refused_at: float | None = None

    async def run(self, call: Callable[[], T]) -> T:
        """Return what a call returns.

        Raises:
            Busy: as many wait as may.
        """
        if self._threads.statistics().tasks_waiting >= self._waiting:
            self._refused_at = time.monotonic()
            raise Busy(f"Too many requests wait for {self._name}; send it again later.", RETRY_SECONDS)
        return await run_sync(call, limiter=self._threads)

    def refused_within(self, seconds: float) -> bool:
        """Return whether a call was refused that lately."""
        return self._refused_at is not None and self._refused_at > time.monotonic() - seconds
