"""Works on tasks, and delivers what came of them, again and again until it is taken."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from api.abis.outward import Outward
from biometrics.errors import AddressRefused, Fault, NotFound, StoreUnavailable
from biometrics.records.tasks import NewTask, Task, TaskKind, TaskState, TaskStore

log = logging.getLogger("pehchan")

POLL_SECONDS = 1.0  # between two looks for tasks of other servers, or those to be tried again
MAX_RUNS = 5  # of a task whose server is killed, or that meets a fault, again and again
PURGE_SECONDS = 3600.0
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Patience:
    """How long work may take before it is taken for lost, and how deliveries are tried again."""

    lease: timedelta = timedelta(seconds=30)
    first_wait: timedelta = timedelta(seconds=5)
    attempts: int = 16
    kept: timedelta = timedelta(days=7)

    def wait(self, attempts: int) -> timedelta | None:
        """Return how long to wait after so many attempts that failed; None: give up."""
        if attempts >= self.attempts:
            return None
        return min(self.first_wait * 2.0 ** min(attempts - 1, 30), _LONGEST_WAIT)


class PutOff(Exception):
    """There is no room for a task now; `wait` says when to try again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"again in {wait}")
        self.wait = wait


@dataclass(frozen=True)
class Delivery:
    """What is sent, where to, and by what it may be called."""

    outward: Outward
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Runner(Protocol):
    """How the tasks of a kind are carried out."""

    def carry_out(self, task: Task) -> tuple[Any, bool]:
        """Return the result, JSON, and whether it failed.

        Raises:
            PutOff: it is not tried yet.
            Fault: it is tried again, MAX_RUNS times at most.
        """

    def failure(self, task: Task, code: str, message: str) -> Any:
        """Return the result of a task that could not be carried out, through no fault of the client."""


Sender = Callable[[Task], Delivery]  # what is sent of a result; raises NotFound where nobody wants it any more


class Tasks:
    """Works on tasks in threads of its own, from `start` to `stop`; `runners` and `senders` are set before."""

    def __init__(self, store: TaskStore, workers: int, patience: Patience) -> None:
        self.store = store
        self.runners: dict[TaskKind, Runner] = {}
        self.senders: dict[TaskKind, Sender] = {}
        self._workers = workers
        self._patience = patience
        self._work = threading.Event()
        self._ended = threading.Event()
        self._held: set[str] = set()
        self._threads: list[threading.Thread] = []

    def accept(self, new: NewTask) -> str:
        """Store a call to be carried out; return the id of its task.

        Raises:
            StoreUnavailable: too many wait.
        """
        task_id = self.store.add(new)
        self._work.set()
        return task_id

    def redeliver(self, task_id: str, owner: str, kind: TaskKind) -> None:
        """Deliver a result again.

        Raises:
            UnknownTask: there is none of this id.
        """
        self.store.redeliver(task_id, owner, kind)
        self._work.set()

    def start(self) -> None:
        """Begin to work."""
        names = [f"tasks {number}" for number in range(self._workers)]
        self._threads = [threading.Thread(target=self._run, name=name, daemon=True) for name in names]
        if self._threads:
            self._threads.append(threading.Thread(target=self._keep, name="tasks' leases", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is in hand, and return then. Not for the thread of the server's event loop, which is needed."""
        self._ended.set()
        self._work.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._work.clear()
            try:
                task = self.store.take(self._patience.lease)
                if task is not None:
                    self._hold(task)
                    continue
            except Exception:  # the next look may find the database answering again
                log.exception("A task could not be worked on; it is tried again.")
            self._work.wait(POLL_SECONDS)

    def _hold(self, task: Task) -> None:
        self._held.add(task.id)
        try:
            if task.state is TaskState.PENDING:
                self._carry_out(task)
            else:
                self._deliver(task)
        finally:
            self._held.discard(task.id)

    def _carry_out(self, task: Task) -> None:
        runner = self.runners[task.kind]
        try:
            result, failed = runner.carry_out(task)
        except PutOff as later:
            self.store.put_off(task, later.wait)
            return
        except Fault as error:
            if task.runs < MAX_RUNS:
                log.warning("Task %s: %s: %s It is tried again.", task.id, error.code, error.message)
                return  # its lease runs out
            result, failed = runner.failure(task, error.code, error.message), True
        except Exception:  # whatever it is, the client is told
            incident = uuid.uuid4().hex[:12]
            log.exception("incident %s in task %s", incident, task.id)
            message = f"Something went wrong here; tell the operator incident {incident}."
            result, failed = runner.failure(task, "internal_error", message), True
        self.store.finish(task, result, failed)
        self._work.set()

    def _deliver(self, task: Task) -> None:
        try:
            delivery = self.senders[task.kind](task)
        except NotFound:
            self.store.undelivered(task.id, None)
            return
        try:
            status = delivery.outward.post(delivery.url, delivery.body, delivery.headers)
            said = f"answered with the status {status}"
        except AddressRefused as error:
            status, said = 0, error.message
        if 200 <= status < 300:
            self.store.delivered(task.id)
            return
        wait = self._patience.wait(task.attempts + 1)
        log.warning("The result of task %s is not delivered: its address %s", task.id, said)
        self.store.undelivered(task.id, wait)

    def _keep(self) -> None:
        """Keep the leases of what is in hand, and clear up now and then."""
        beat = self._patience.lease.total_seconds() / 3
        since = PURGE_SECONDS
        while not self._ended.wait(beat):
            since += beat
            try:
                if held := list(self._held):
                    self.store.extend(held, self._patience.lease)
                if since >= PURGE_SECONDS:
                    since = 0.0
                    self.store.purge(self._patience.kept)
            except StoreUnavailable as error:
                log.warning("%s", error.message)
