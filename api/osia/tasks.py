"""Carries out calls that clients do not wait for, and delivers what came of them, again and again until it is taken."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from api.abis.service import Abis
from api.osia.calls import Call
from api.osia.encounters import allot
from api.osia.errors import content_of
from api.osia.operations import CREATES, carry_out
from biometrics.access import Act, Actor, Role, Scope, Unit
from biometrics.errors import AddressRefused, Fault, PehchanError, StoreUnavailable
from biometrics.records.osia_tasks import NewTask, Task, TaskState, TaskStore

log = logging.getLogger("pehchan")

DONE = "OK"  # the result of what has nothing to say
ERROR_TYPE = "application/error+json"
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


class Tasks:
    """Accepts calls, and works on them in threads of its own while it is `running`."""

    def __init__(self, abis: Abis, store: TaskStore, workers: int, patience: Patience) -> None:
        self._abis = abis
        self.store = store
        self._workers = workers
        self._patience = patience
        self._work = threading.Event()
        self._ended = threading.Event()
        self._held: set[str] = set()

    def accept(self, act: Act, call: Call, callback: str, priority: int) -> str:
        """Store a call to be carried out; return the id of its task.

        Raises:
            AddressRefused: the callback is not allowed.
            StoreUnavailable: too many wait.
        """
        self._abis.outward.check(callback)
        if call.operation in CREATES:
            call = allot(call)
        new = NewTask(
            call.operation,
            act.actor.id,
            _of_act(act),
            call.transaction,
            callback,
            priority,
            {"given": dict(call.given), "body": call.body},
        )
        task_id = self.store.add(new)
        self._work.set()
        return task_id

    def redeliver(self, task_id: str, owner: str) -> None:
        """Deliver a result again.

        Raises:
            UnknownTask: there is none of this id.
        """
        self.store.redeliver(task_id, owner)
        self._work.set()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work on tasks; at the end what is in hand is finished."""
        threads = [threading.Thread(target=self._run, name=f"tasks {n}", daemon=True) for n in range(self._workers)]
        if threads:
            threads.append(threading.Thread(target=self._keep, name="tasks' leases", daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            self._work.set()
            for thread in threads:
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
        act = _to_act(task.act)
        again = task.runs > 1
        try:
            call = Call(task.operation, task.call["given"], task.call["body"], task.transaction_id, task.id, again)
            abis = self._abis.acting(replace(act, case_number=call.case_number, request_id=call.request_id))
            result, failed = carry_out(abis, call), False
            result = DONE if result is None else result
        except PehchanError as error:
            if isinstance(error, Fault) and task.runs < MAX_RUNS:
                log.warning("Task %s: %s: %s It is tried again.", task.id, error.code, error.message)
                return  # its lease runs out
            result, failed = content_of(error, task.operation), True
        except Exception:  # whatever it is, the client is told
            incident = uuid.uuid4().hex[:12]
            log.exception("incident %s in task %s", incident, task.id)
            message = f"internal_error: Something went wrong here; tell the operator {incident}."
            result, failed = {"code": 500, "message": message}, True
        self.store.finish(task.id, result, failed)
        self._work.set()

    def _deliver(self, task: Task) -> None:
        body = json.dumps(task.result).encode("ascii")
        media_type = ERROR_TYPE if task.failed else "application/json"
        try:
            status = self._abis.outward.post(_address(task), body, media_type)
            said = f"answered with the status {status}"
        except AddressRefused as error:
            status, said = 0, error.message
        if 200 <= status < 300:
            self.store.delivered(task.id)
            return
        wait = self._patience.wait(task.attempts + 1)
        log.warning("The result of task %s is not delivered: its callback %s", task.id, said)
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


def _address(task: Task) -> str:
    """Return the callback with the ids that the interface adds."""
    parts = urlsplit(task.callback)
    added = urlencode({"transactionId": task.transaction_id, "taskId": task.id}, quote_via=quote, errors="replace")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, f"{parts.query}&{added}".lstrip("&"), ""))


def _of_act(act: Act) -> dict[str, Any]:
    actor = act.actor
    return {
        "id": actor.id,
        "name": actor.name,
        "roles": sorted(actor.roles),
        "scopes": sorted(actor.scopes),
        "unit": actor.unit.path,
        **{name: value for name, value in asdict(act).items() if name != "actor"},
    }


def _to_act(content: dict[str, Any]) -> Act:
    actor = Actor(
        content["id"],
        content["name"],
        frozenset(map(Role, content["roles"])),
        frozenset(map(Scope, content["scopes"])),
        Unit.of(content["unit"]),
    )
    rest = {name: content[name] for name in ("purpose", "case_number", "address", "request_id", "reason")}
    return Act(actor, **rest)
