"""The background work of a server: loops that no error ends, and their present failures.

A thread of its own that works again and again is a `Loop`, so that none can forget to survive what it meets. The one
`Background` of a process keeps them all, and readiness asks it which of them fail.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from biometrics.kernel.errors import PehchanError

log = logging.getLogger("pehchan")

FIRST_WAIT: Final = 1.0  # seconds after a first failure; doubles with each one that follows at once
LONGEST_WAIT: Final = 10.0  # seconds: so soon after an outage all work goes on

Step = Callable[[], object]  # one round of work; True where there is more to do at once


@dataclass(frozen=True)
class Failure:
    """Since when a loop has failed, how many times, and by what: an error's code, or an exception's kind."""

    since: datetime
    times: int
    kind: str


class Loop:
    """Does its step again and again on one thread, until it is stopped.

    Whatever a step raises is logged, and the step is tried again after a wait that doubles, up to `longest` seconds; a
    round that succeeds ends the failure. A failure that goes on is logged at the 1st, 2nd, 4th, 8th ... time.
    """

    def __init__(
        self,
        name: str,
        step: Step,
        pause: float,
        *,
        at_once: bool = False,
        first: float = FIRST_WAIT,
        longest: float = LONGEST_WAIT,
        ended: threading.Event | None = None,
    ) -> None:
        """Do `step` every `pause` seconds, or sooner where `wake` says so; the first time after a pause, or `at_once`.

        `first` and `longest` bound the seconds between tries that fail; `ended` stops the loop where it is set.
        """
        self.name = name
        self.step = step
        self.failure: Failure | None = None
        self._pause = pause
        self._at_once = at_once
        self._first = first
        self._longest = longest
        self._woken = threading.Event()
        self._ended = ended or threading.Event()

    def run(self) -> None:
        """Work until `stop` is called."""
        if not self._at_once:
            self._woken.wait(self._pause)
        while not self._ended.is_set():
            self._woken.clear()
            more_work = self._try()
            if self._ended.is_set():
                return
            if self.failure is not None:
                self._ended.wait(self._wait(self.failure.times))
            elif not more_work:
                self._woken.wait(self._pause)

    def wake(self) -> None:
        """Do the step now, where it is not failing."""
        self._woken.set()

    def stop(self) -> None:
        """End after the step in hand."""
        self._ended.set()
        self._woken.set()

    def _try(self) -> bool:
        """Do one round; return whether there is more to do."""
        try:
            more_work = self.step()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the next round is made
            self._failed(error)
            return False
        self.succeed()
        return more_work is True

    def succeed(self) -> None:
        """End a failure; for a step that goes on for long once it works."""
        if self.failure is not None:
            log.info("%s works again.", self.name)
            self.failure = None

    def _failed(self, error: BaseException) -> None:
        kind = error.code if isinstance(error, PehchanError) else type(error).__name__
        before = self.failure
        since, times = (before.since, before.times + 1) if before else (datetime.now(UTC), 1)
        self.failure = Failure(since, times, kind)
        if before is not None and before.kind == kind and not _is_power_of_two(times):
            return
        if isinstance(error, PehchanError):
            log.warning("%s: %s", self.name, error.message)
        else:
            log.error("%s failed; it is tried again.", self.name, exc_info=error)

    def _wait(self, times: int) -> float:
        return min(self._first * 2.0 ** min(times - 1, 30), self._longest)


def _is_power_of_two(count: int) -> bool:
    """Say whether a count from 1 is 1, 2, 4, 8 ..."""
    return count & (count - 1) == 0


class Background:
    """The loops of one process."""

    def __init__(self) -> None:
        self._loops: dict[Loop, threading.Thread] = {}
        self._lock = threading.Lock()

    @property
    def loops(self) -> list[Loop]:
        """Those that run."""
        with self._lock:
            return list(self._loops)

    def start(self, loop: Loop) -> None:
        """Run a loop on a thread of its own."""
        thread = threading.Thread(target=loop.run, name=loop.name, daemon=True)
        with self._lock:
            self._loops[loop] = thread
        thread.start()

    def stop(self, loops: list[Loop]) -> None:
        """End loops, and wait for the steps in hand."""
        for loop in loops:
            loop.stop()
        for loop in loops:
            with self._lock:
                thread = self._loops.pop(loop)
            thread.join()

    @contextmanager
    def repeated(self, step: Step, seconds: float, name: str) -> Iterator[Loop]:
        """Run a step periodically until the end of the block."""
        loop = Loop(name, step, seconds)
        self.start(loop)
        try:
            yield loop
        finally:
            self.stop([loop])

    def failing(self) -> dict[str, Failure]:
        """Return the loops that fail now, by name."""
        return {loop.name: loop.failure for loop in self.loops if loop.failure is not None}
