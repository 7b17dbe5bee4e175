"""A bounded queue in front of what keeps the processor busy: extraction, searches, comparisons."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import cast

from fastapi import Depends, Request

from biometrics.errors import Busy, Overload, Stopping, TooManyAtOnce

_WEIGHT = 0.1  # of the last piece of work in the moving mean of how long one takes


class Work:
    """Lets so many pieces of work run at once and so many wait, in their order; whatever is beyond is turned away.

    To be used from one event loop.
    """

    def __init__(
        self,
        at_once: int,
        most_waiting: int,
        patience: float,
        per_client: int,
        turned_away: Callable[[str], None] = lambda code: None,
    ) -> None:
        """Set the bounds.

        Args:
            at_once: pieces of work that run.
            most_waiting: how many more may wait.
            patience: seconds that one waits at most.
            per_client: how many of one client may run and wait.
            turned_away: told the code of what was not taken.
        """
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._patience = patience
        self._per_client = per_client
        self._turned_away = turned_away
        self._running = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._clients: Counter[str] = Counter()
        self._usual_seconds = 1.0
        self._stopping = False

    @property
    def running(self) -> int:
        """How many run."""
        return self._running

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    @property
    def stopping(self) -> bool:
        """Whether nothing more is taken on."""
        return self._stopping

    def stop(self) -> None:
        """Finish what runs, and hand back what waits: another server can do it."""
        self._stopping = True
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_exception(self._stopped())

    @asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn, and keep it until the end.

        Raises:
            Busy, TooManyAtOnce, Stopping: it is not taken on.
        """
        try:
            self._count(client)
        except Overload as refusal:
            self._turned_away(refusal.code)
            raise
        try:
            try:
                await self._enter()
            except Overload as refusal:
                self._turned_away(refusal.code)
                raise
            began = time.monotonic()
            try:
                yield
            finally:
                self._usual_seconds += _WEIGHT * (time.monotonic() - began - self._usual_seconds)
                self._leave()
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    def _count(self, client: str) -> None:
        if self._clients[client] >= self._per_client:
            raise TooManyAtOnce(
                f"{self._per_client} of your requests run or wait already; send the next when one is answered.",
                self._retry_after(),
            )
        self._clients[client] += 1

    async def _enter(self) -> None:
        if self._stopping:
            raise self._stopped()
        if self._running < self._at_once:
            self._running += 1
            return
        if len(self._queue) >= self._most_waiting:
            raise self._busy()
        place = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            async with asyncio.timeout(self._patience):
                await place
        except BaseException as error:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._leave()  # the turn came at the same moment
            else:
                with suppress(ValueError):
                    self._queue.remove(place)
            if isinstance(error, TimeoutError):
                raise self._busy() from error
            raise

    def _leave(self) -> None:
        """Give the turn to the next, so that nobody who comes now is before those who wait."""
        while self._queue:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._running -= 1

    def _busy(self) -> Busy:
        return Busy(
            "More searches and enrolments wait than can be done soon; send it again later.", self._retry_after()
        )

    def _stopped(self) -> Stopping:
        return Stopping("The service is being stopped; send it again, to another server or when it is back.", 5)

    def _retry_after(self) -> int:
        ahead = self._running + len(self._queue)
        return max(1, math.ceil(self._usual_seconds * ahead / self._at_once))


async def _turn(request: Request) -> AsyncIterator[None]:
    work = cast(Work, request.app.state.work)
    recognised = getattr(request.state, "recognised", None)  # where the route has asked who it is
    address = request.client.host if request.client else ""
    async with work.place(recognised.user.id if recognised else address):
        yield


# For routes whose work keeps the processor busy. The body has been received when they wait; it is not in memory yet.
IN_TURN = Depends(_turn, scope="function")
