"""Calls of one method of several copies of partitions, and their answers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from index.cluster.partition import GROUPS

PATIENCE = 0.1  # of the time for an answer: then another copy is called, if this one is silent
HOPE = 0.5  # of the time for an answer: then another copy is called, even if this one is only busy
SLICE_SECONDS = 0.05  # after which a copy that failed is noticed, while others work
LATE_SECONDS = 600.0  # for which a copy that did not answer is asked last and not waited for, unless it answers


def called(actor: Any, method: str, *arguments: Any) -> Any:
    """Call a method of a copy, in its thread; return what Ray gives the answer for."""
    remote = getattr(actor, method)
    if group := GROUPS.get(method):
        remote = remote.options(concurrency_group=group)
    return remote.remote(*arguments)


class Calls:
    """One method, called of copies of partitions: `answers` has those of each partition, by the copies' names.

    `error` is the first that a copy raised, `failed` the partitions of which one raised. `late` says until when copies
    that did not answer are asked last; it is kept by the caller, and changed here.
    """

    def __init__(
        self,
        ray: Any,
        late: dict[str, float],
        method: str,
        arguments: Sequence[tuple[Any, ...] | None],
        seconds: float,
    ) -> None:
        self._ray, self._late, self._method, self._arguments = ray, late, method, arguments
        self.seconds = seconds
        self.answers: list[dict[str, Any]] = [{} for _ in arguments]
        self.error: Exception | None = None
        self.failed: set[int] = set()
        self._pending: dict[Any, tuple[int, str]] = {}
        self._called: list[dict[str, float]] = [{} for _ in arguments]
        self._last: dict[int, _Asked] = {}  # of each partition the copy that was called last
        self._began = time.monotonic()

    def call(self, number: int, name: str, actor: Any) -> None:
        """Call a copy of a partition, once."""
        if name in self._called[number]:
            return
        self._called[number][name] = time.monotonic()
        self._last[number] = _Asked(actor, self._called[number][name])
        self._pending[called(actor, self._method, *self._arguments[number] or ())] = number, name

    def pending(self, number: int) -> list[str]:
        """Return the copies of a partition that have not answered yet, nor failed."""
        return [name for of, name in self._pending.values() if of == number]

    def accepted(self, number: int) -> bool:
        """Say whether a copy of a partition has given an answer that is not None."""
        return any(answer is not None for answer in self.answers[number].values())

    def unanswered(self, number: int) -> bool:
        """Say whether a copy of a partition has not answered."""
        return self.answers[number].keys() != self._called[number].keys()

    def silent(self, number: int) -> bool:
        """Say whether the copy of a partition that was called last shows no sign of life, and another should be called.

        A copy that is only busy says at once where it is. Calling another one as well would double the work of all when
        they have most of it.
        """
        call, patience = self._last[number], PATIENCE * self.seconds
        if time.monotonic() - call.began > HOPE * self.seconds:
            return True
        if call.sign is None and time.monotonic() - call.last > patience / 2:
            call.sign = called(call.actor, "node")
        if call.sign is not None and self._ray.wait([call.sign], timeout=0)[0]:
            try:
                self._ray.get(call.sign)
            except self._ray.exceptions.RayError:
                return True
            call.sign, call.last = None, time.monotonic()
        return time.monotonic() - call.last > patience

    def complete(self, number: int) -> bool:
        """Say whether a copy of a partition has answered, and the others have had their time."""
        now = time.monotonic()
        awaited = any(self._late.get(name, 0.0) <= now for name in self.pending(number))
        return bool(self.answers[number]) and not (awaited and now - self._began <= PATIENCE * self.seconds)

    def take(self, numbers: Sequence[int], seconds: float = SLICE_SECONDS) -> bool:
        """Wait a moment for copies of some partitions; say whether to go on: one may answer, and there is time left."""
        left = self._began + self.seconds - time.monotonic()
        calls = [call for call, (number, _) in self._pending.items() if number in numbers]
        if not calls or left <= 0:
            return False
        for call in self._ray.wait(calls, num_returns=len(calls), timeout=min(seconds, left))[0]:
            self._answered(call, *self._pending.pop(call))
        return True

    def give_up(self) -> None:
        """Count copies as late that have not answered for long, where another one of the partition has."""
        now = time.monotonic()
        for number, name in self._pending.values():
            if self.accepted(number) and now - self._called[number][name] > PATIENCE * self.seconds:
                self._late[name] = now + LATE_SECONDS

    def _answered(self, call: Any, number: int, name: str) -> None:
        errors = self._ray.exceptions
        try:
            self.answers[number][name] = self._ray.get(call)
        except errors.RayTaskError as error:
            self.error = self.error or error.cause or error
            self.failed.add(number)
        except errors.RayError:
            self._late[name] = time.monotonic() + LATE_SECONDS
        else:
            self._late.pop(name, None)


class _Asked:
    """A copy that was called: when, when it last showed a sign of life, and a call for another one."""

    def __init__(self, actor: Any, began: float) -> None:
        self.actor, self.began, self.last = actor, began, began
        self.sign: Any = None
