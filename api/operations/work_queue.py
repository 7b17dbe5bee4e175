"""A bounded queue in front of what keeps the processor busy: extraction, searches, comparisons."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from biometrics.kernel.errors import Busy, Overload, Stopping, TooManyAtOnce

REFUSED_COUNT = 10.0  # seconds after which a refusal counts a third
LONGEST_RETRY = 60  # seconds
_LOOK_SECONDS = 0.02  # between two looks of who gives way
_RECENT = 0.1  # weight of the last piece of work in the moving mean of how long one takes
RENDERINGS_WAITING, RENDERINGS_OF_CLIENT = 200, 40  # a page of cases has some twenty thumbnails


@dataclass(eq=False)
class _Waiting:
    """Work that waits for its turn; `weight` is how many threads it keeps busy."""

    weight: int
    turn: asyncio.Future[None]


class Work:
    """Lets so much work run at once and so much wait, in the order of coming; whatever is beyond is turned away.

    Work is counted by its weight, the threads that it keeps busy: a search by ten prints takes all of a small machine,
    so that two of them together would each take twice as long and neither be answered sooner.

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
            at_once: weight of what runs.
            most_waiting: weight of what waits; one piece may wait in any case, unless it is 0.
            patience: seconds that a piece of work waits at most.
            per_client: number of pieces of one client that may run and wait.
            turned_away: called with the code of work that is refused.
        """
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._patience = patience
        self._per_client = per_client
        self._turned_away = turned_away
        self._running = 0
        self._taken = 0  # weight of what runs
        self._queue: deque[_Waiting] = deque()
        self._clients: Counter[str] = Counter()
        self._usual_seconds = 1.0
        self._stopping = False
        self._refused, self._refused_at = 0.0, time.monotonic()  # how many were refused lately

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
            turn = self._queue.popleft().turn
            if not turn.done():
                turn.set_exception(self._stopped())

    def yield_to_requests(self, seconds: float) -> bool:
        """Wait until nothing runs here, for so long at most; return False if no more work is to be started.

        For work apart from requests, in a thread of its own: it continues in the end, however busy the service is.
        """
        until = time.monotonic() + seconds
        while self._running and not self._stopping and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
        return not self._stopping

    def require_room(self, client: str) -> None:
        """Refuse work that `place` would refuse now, before its request is read.

        Raises:
            Busy, TooManyAtOnce, Stopping: it would not be taken on.
        """
        try:
            if self._stopping:
                raise self._stopped()
            if self._clients[client] >= self._per_client:
                raise self._too_many()
            if not self._is_free(1) and self._is_full(1):
                raise self._busy()
        except Overload as refusal:
            self._turned_away(refusal.code)
            raise

    @asynccontextmanager
    async def turn(self, client: str, weight: int = 1) -> AsyncIterator[None]:
        """Wait for a turn, and keep it until the end; what weighs more than all that may run takes it all.

        Raises:
            Busy, TooManyAtOnce, Stopping: it is not taken on.
        """
        weight = min(weight, self._at_once)
        try:
            self._count(client)
        except Overload as refusal:
            self._turned_away(refusal.code)
            raise
        try:
            try:
                await self._enter(weight)
            except Overload as refusal:
                self._turned_away(refusal.code)
                raise
            began = time.monotonic()
            try:
                yield
            finally:
                self._usual_seconds += _RECENT * (time.monotonic() - began - self._usual_seconds)
                self._leave(weight)
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    def _count(self, client: str) -> None:
        if self._clients[client] >= self._per_client:
            raise self._too_many()
        self._clients[client] += 1

    async def _enter(self, weight: int) -> None:
        if self._stopping:
            raise self._stopped()
        if self._is_free(weight):
            self._begin(weight)
            return
        if self._is_full(weight):
            raise self._busy()
        waiting = _Waiting(weight, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        try:
            async with asyncio.timeout(self._patience):
                await waiting.turn
        except BaseException as error:
            turn = waiting.turn
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._leave(weight)  # the turn came at the same moment
            else:
                with suppress(ValueError):
                    self._queue.remove(waiting)
                self._admit()  # what waited behind it may fit where it did not
            if isinstance(error, TimeoutError):
                raise self._busy() from error
            raise

    def _is_free(self, weight: int) -> bool:
        """Say whether work may begin at once."""
        return not self._queue and self._taken + weight <= self._at_once

    def _is_full(self, weight: int) -> bool:
        """Say whether work may not even wait."""
        ahead = sum(entry.weight for entry in self._queue)
        return ahead + weight > self._most_waiting and (bool(ahead) or not self._most_waiting)

    def _begin(self, weight: int) -> None:
        self._running += 1
        self._taken += weight

    def _leave(self, weight: int) -> None:
        self._running -= 1
        self._taken -= weight
        self._admit()

    def _admit(self) -> None:
        """Give the turn to the next in the queue, so that newcomers do not overtake them."""
        while self._queue and self._taken + self._queue[0].weight <= self._at_once:
            first = self._queue.popleft()
            if not first.turn.done():
                self._begin(first.weight)
                first.turn.set_result(None)

    def _too_many(self) -> TooManyAtOnce:
        return TooManyAtOnce(
            f"{self._per_client} of your requests run or wait already; send the next when one is answered.",
            self._retry_after(),
        )

    def _busy(self) -> Busy:
        return Busy(
            "More searches and enrolments wait than can be done soon; send it again later.", self._retry_after()
        )

    def _stopped(self) -> Stopping:
        return Stopping("The service is being stopped; send it again, to another server or when it is back.", 5)

    def _retry_after(self) -> int:
        """Return when there may be room: after what runs, what waits, and what was refused lately and comes again."""
        now = time.monotonic()
        self._refused *= math.exp((self._refused_at - now) / REFUSED_COUNT)
        self._refused_at = now
        ahead = self._running + len(self._queue) + self._refused
        self._refused += 1
        return min(LONGEST_RETRY, max(1, math.ceil(self._usual_seconds * ahead / self._at_once)))
