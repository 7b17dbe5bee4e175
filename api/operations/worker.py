"""Runs tasks, and delivers their results until the receiver accepts them."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

from api.operations.background import Background, Loop
from api.operations.outbound import OutboundClient
from api.operations.task_channel import TaskChannel
from biometrics.jobs.model import NewTask, Task, TaskKind
from biometrics.jobs.queue import Choice, TaskStore, host_of
from biometrics.kernel.errors import AddressRefused, DecryptionFailed, Fault, NotFound

log = logging.getLogger("pehchan")

POLL_SECONDS = 1.0  # between two looks for tasks of other servers, or those to be tried again
MAX_RUNS = 5  # of a task whose server is killed, or that meets a fault, again and again
PURGE_SECONDS = 3600.0


@dataclass(frozen=True)
class Workers:
    """How many tasks are carried out at once, and how many of one account; the same of deliveries, and to one host."""

    tasks: int = 3
    tasks_of_account: int = 2
    deliveries: int = 8
    of_host: int = 2
    of_account: int = 4


class RetryLater(Exception):
    """There is no room for a task now; `wait` says when to try again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"again in {wait}")
        self.wait = wait


@dataclass(frozen=True)
class Delivery:
    """A request to send: content, address, and the client that may call it."""

    outbound: OutboundClient
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Runner(Protocol):
    """Carries out the tasks of one kind."""

    def carry_out(self, task: Task) -> tuple[Any, bool]:
        """Return the result, JSON, and whether it failed.

        Raises:
            RetryLater: it must be tried later.
            Fault: it is tried again, MAX_RUNS times at most.
        """

    def failure(self, task: Task, code: str, message: str) -> Any:
        """Return the result for a task that failed through no fault of the client."""


Sender = Callable[[Task], Delivery]  # the request that delivers a result; raises NotFound if it is no longer wanted


class Tasks:
    """Runs tasks in threads of its own, from `start` to `stop`; set `runners` and `senders` before.

    Deliveries have threads of their own, so that slow receivers delay no tasks. No host and no account takes more than
    its share of those threads.
    """

    def __init__(
        self, store: TaskStore, workers: Workers, retry: RetryPolicy, background: Background, channel: TaskChannel
    ) -> None:
        self.store = store
        self.channel = channel
        self.runners: dict[TaskKind, Runner] = {}
        self.senders: dict[TaskKind, Sender] = {}
        self._workers = workers
        self._retry = retry
        self._background = background
        self._held: dict[str, int] = {}  # the fences of the tasks in progress, by id
        self._hosts: Counter[str] = Counter()  # the deliveries in progress
        self._accounts: Counter[str] = Counter()
        self._carried: Counter[str] = Counter()  # the tasks in progress, by account
        self._choosing = threading.Lock()
        self._carrying = _Pool("tasks", self._run)
        self._delivering = _Pool("deliveries", self._send)
        self._keeping: list[Loop] = []

    def accept(self, new: NewTask) -> str:
        """Store a call to be carried out; return its task id.

        Raises:
            StoreUnavailable: too many tasks wait.
        """
        task_id = self.store.add(new)
        self._carrying.wake()
        return task_id

    def report_stage(self, task: Task, stage: str) -> None:
        """Store what is being done for a task."""
        self.store.note_stage(task, stage)
        self.channel.wake()

    def redeliver(self, task_id: str, owner: str, kind: TaskKind) -> None:
        """Deliver a result once more.

        Raises:
            UnknownTask: there is no task with this id.
            DecryptionFailed: the result can no longer be decrypted.
        """
        self.store.redeliver(task_id, owner, kind)
        self._delivering.wake()

    def start(self) -> None:
        """Begin to work."""
        if not self._workers.tasks:
            return
        beat = self._retry.lease.total_seconds() / 3
        carrying, delivering = self._carrying.open(self._workers.tasks), self._delivering.open(self._workers.deliveries)
        self._keeping = [
            Loop("leases of tasks", self._keep, beat, longest=beat),
            Loop("removal of old tasks", self._purge, PURGE_SECONDS, at_once=True),
        ]
        for loop in (*carrying, *delivering, *self._keeping):
            self._background.start(loop)

    def stop(self) -> None:
        """Finish the tasks in progress, then return. Not for the event loop's thread: tasks need the loop."""
        self._background.stop([*self._carrying.loops, *self._delivering.loops])
        self._background.stop(self._keeping)  # last: tasks in progress need their leases
        self._carrying.loops, self._delivering.loops, self._keeping = [], [], []

    def _run(self) -> bool:
        """Carry out the next task; return whether there was one."""
        with self._choosing:  # one at a time, so that no two exceed a bound together
            full = _at_least(self._workers.tasks_of_account, self._carried)
            task = self.store.take(self._retry.lease, Choice(deliveries=False, without_owners=full))
            if task is None:
                return False
            self._carried[task.owner] += 1
            self._held[task.id] = task.fence
        try:
            self._carry_out(task)
        finally:
            with self._choosing:
                self._carried[task.owner] -= 1
                self._held.pop(task.id, None)
            self._carrying.wake()
        return True

    def _send(self) -> bool:
        """Deliver the next result; return whether there was one."""
        with self._choosing:  # one at a time, so that no two exceed a bound together
            task = self.store.take(self._retry.lease, self._choice())
            if task is None:
                return False
            host = host_of(task.callback)
            self._hosts[host] += 1
            self._accounts[task.owner] += 1
            self._held[task.id] = task.fence
        try:
            self._deliver(task)
        finally:
            with self._choosing:
                self._hosts[host] -= 1
                self._accounts[task.owner] -= 1
                self._held.pop(task.id, None)
            self._delivering.wake()
        return True

    def _choice(self) -> Choice:
        return Choice(
            deliveries=True,
            without_owners=_at_least(self._workers.of_account, self._accounts),
            without_hosts=_at_least(self._workers.of_host, self._hosts),
        )

    def _carry_out(self, task: Task) -> None:
        runner = self.runners[task.kind]
        if task.runs > MAX_RUNS:  # its worker was killed each time
            log.error("Task %s was started %d times and never ended; it is given up.", task.id, MAX_RUNS)
            message = f"It was started {MAX_RUNS} times and never ended; report task {task.id} to the operator."
            self._finish(task, runner.failure(task, "internal_error", message), failed=True)
            return
        try:
            result, failed = runner.carry_out(task)
        except RetryLater as later:
            self.store.put_off(task, later.wait)
            return
        except Fault as error:
            if task.runs < MAX_RUNS:
                log.warning("Task %s: %s: %s It is tried again.", task.id, error.code, error.message)
                return  # its lease runs out
            result, failed = runner.failure(task, error.code, error.message), True
        except Exception:  # the client gets an answer, whatever the error is
            incident = uuid.uuid4().hex[:12]
            log.exception("incident %s in task %s", incident, task.id)
            message = f"Something went wrong here; report incident {incident} to the operator."
            result, failed = runner.failure(task, "internal_error", message), True
        self._finish(task, result, failed)

    def _finish(self, task: Task, result: Any, failed: bool) -> None:
        if not self.store.finish(task, result, failed):
            log.warning("Task %s was taken up by another worker, or removed; this outcome is dropped.", task.id)
        self.channel.wake()
        self._delivering.wake()

    def _deliver(self, task: Task) -> None:
        if not self.store.is_live(task):
            log.warning("The result of task %s is not delivered: its session or API key has ended.", task.id)
            self.store.undelivered(task, None)
            return
        try:
            delivery = self.senders[task.kind](task)
        except NotFound:
            self.store.undelivered(task, None)
            return
        except DecryptionFailed as error:
            log.warning("The result of task %s is given up: %s", task.id, error.message)
            self.store.undelivered(task, None)
            return
        if not self.store.renew(task, self._retry.lease):
            return  # another worker delivers it, or it is no longer wanted
        try:
            status = delivery.outbound.post(delivery.url, delivery.body, delivery.headers)
            outcome = f"answered with the status {status}"
        except AddressRefused as error:
            status, outcome = 0, error.message
        except Exception as error:  # any error counts as one attempt; attempts are limited
            log.exception("The result of task %s cannot be sent.", task.id)
            status, outcome = 0, f"could not be called: {type(error).__name__}"
        if 200 <= status < 300:
            self.store.delivered(task)
            return
        wait = self._retry.delay_after(task.attempts + 1)
        log.warning("The result of task %s is not delivered: its address %s", task.id, outcome)
        self.store.undelivered(task, wait)

    def _keep(self) -> None:
        """Extend the leases of the tasks in progress."""
        if leases := dict(self._held):
            self.store.extend(leases, self._retry.lease)

    def _purge(self) -> None:
        """Remove the tasks whose time is over."""
        self.store.purge(self._retry.keep_for)


def _at_least(limit: int, counts: Counter[str]) -> list[str]:
    """Return the names that have reached their bound, and forget names with nothing in progress."""
    for name in [name for name, count in counts.items() if not count]:
        del counts[name]
    return [name for name, count in counts.items() if count >= limit]


class _Pool:
    """Threads that look for work of the same kind; while there is none, only one of them a second asks the database."""

    def __init__(self, name: str, look: Callable[[], bool]) -> None:
        self.loops: list[Loop] = []
        self._name = name
        self._look = look
        self._lock = threading.Lock()
        self._wakes = 0
        self._next_look = 0.0  # on the monotonic clock

    def open(self, threads: int) -> list[Loop]:
        """Make the loops, one a thread."""
        self.loops = [Loop(f"{self._name} {i}", self._step, POLL_SECONDS, at_once=True) for i in range(threads)]
        return self.loops

    def wake(self) -> None:
        """Look for work now: there may be some."""
        with self._lock:
            self._wakes += 1
            self._next_look = 0.0
        for loop in self.loops:
            loop.wake()

    def _step(self) -> bool:
        if time.monotonic() < self._next_look:
            return False
        wakes = self._wakes
        if self._look():
            return True
        with self._lock:
            if self._wakes == wakes:  # else there may be work since this look
                self._next_look = time.monotonic() + POLL_SECONDS
        return False


LONGEST_DELAY: Final = timedelta(hours=1)


@dataclass(frozen=True)
class RetryPolicy:
    """How deliveries are repeated, and how long work is kept.

    Attributes:
        lease: time after which a task whose worker does not report counts as lost.
        first_delay: delay after the first failed delivery; each later one doubles it, up to LONGEST_DELAY.
        attempts: deliveries that may fail before the result is given up.
        keep_for: time for which tasks are stored after their end.
    """

    lease: timedelta = timedelta(seconds=30)
    first_delay: timedelta = timedelta(seconds=5)
    attempts: int = 16
    keep_for: timedelta = timedelta(days=7)

    def delay_after(self, attempts: int) -> timedelta | None:
        """Return the delay before the next delivery, after a number of failed ones; None: give up."""
        if attempts >= self.attempts:
            return None
        return min(self.first_delay * 2.0 ** min(attempts - 1, 30), LONGEST_DELAY)
