"""Calls that are carried out later, and their results until they are delivered; nothing of it is lost by a crash.

Whoever takes a task up puts off when it is due next, by a lease that is made longer as long as work goes on. A task
whose server was killed is due again when its lease has run out.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, select, update

from biometrics.errors import InvalidField, StoreUnavailable, TaskUnfinished, UnknownTask
from biometrics.records.database import Database
from biometrics.records.key_tables import data_keys
from biometrics.records.keys import DataKeys
from biometrics.records.locks import Lock, hold
from biometrics.records.paging import cursor, named_row
from biometrics.records.people import canonical_id
from biometrics.records.sealing import Place, seal, unseal
from biometrics.records.task_tables import tasks, webhooks

MAX_PAGE = 200
USUAL_PRIORITY = 4

_TRIED = 20  # due tasks that are tried for, before another server is taken to have them all
_PURGED = 500


class TaskKind(StrEnum):
    """Who carries a task out, and how its result is delivered."""

    REQUEST = "request"  # of our own API: its response waits for the client
    OSIA = "osia"  # a call of OSIA's interface: its result is sent to its callback
    EVENT = "event"  # nothing to carry out: told to a webhook


class EventType(StrEnum):
    """What a webhook may be told of."""

    TASK_FINISHED = "task.finished"
    NOTIFICATION_CREATED = "notification.created"
    TEST = "test"  # whoever made the webhook asked for it


class TaskState(StrEnum):
    """Where a task is, in OSIA's words."""

    PENDING = "PENDING"  # to be carried out
    RESPONSE_SCHEDULED = "RESPONSE_SCHEDULED"  # its result is to be delivered
    RESPONSE_RETRY = "RESPONSE_RETRY"  # and could not be, so far
    RESPONSE_ERROR = "RESPONSE_ERROR"  # and will not be, unless somebody asks
    COMPLETED = "COMPLETED"


@dataclass(frozen=True)
class NewTask:
    """A task as it is accepted. `call` and `act` are JSON; a result without a callback waits for the client."""

    kind: TaskKind
    operation: str
    owner: str
    act: dict[str, Any]
    call: Any
    transaction_id: str = ""
    callback: str = ""
    priority: int = USUAL_PRIORITY


@dataclass(frozen=True)
class Task:
    """A task that was taken up. `call` is there while it is to be carried out, `result` afterwards; both are JSON."""

    id: str
    kind: TaskKind
    operation: str
    owner: str
    act: dict[str, Any]
    transaction_id: str
    callback: str
    webhook_id: str | None
    state: TaskState
    runs: int
    attempts: int
    call: Any
    result: Any
    failed: bool


@dataclass(frozen=True)
class Progress:
    """How far a task is. `stage` is what is being done, None where nothing is; `attempts` are those to deliver it."""

    id: str
    operation: str
    state: TaskState
    stage: str | None
    failed: bool
    attempts: int
    created_at: datetime
    changed_at: datetime


class TaskStore:
    """The tasks of a database. Safe to use from many threads and servers."""

    def __init__(self, database: Database, keys: DataKeys, most_waiting: int = 10_000) -> None:
        self._database = database
        self._keys = keys
        self._most_waiting = most_waiting

    def add(self, new: NewTask) -> str:
        """Accept a task and return its id.

        Raises:
            StoreUnavailable: too many wait.
        """
        with self._database.writing() as connection:
            waiting = select(func.count()).where(tasks.c.state == TaskState.PENDING)
            if connection.execute(waiting).scalar_one() >= self._most_waiting:
                raise StoreUnavailable("Too many tasks wait; send it again later.")
            return self.insert(connection, new, call=new.call)

    def insert(
        self,
        connection: Connection,
        new: NewTask,
        *,
        call: Any = None,
        result: Any = None,
        webhook_id: str | None = None,
    ) -> str:
        """Write a task with what is to be carried out, or with what is to be delivered, and return its id."""
        task_id, now = str(uuid.uuid4()), datetime.now(UTC)
        secret = self._keys.obtain(connection, task_id)
        connection.execute(
            tasks.insert().values(
                id=task_id,
                kind=new.kind,
                operation=new.operation,
                owner=new.owner,
                act=new.act,
                priority=new.priority,
                transaction_id=new.transaction_id,
                callback=new.callback,
                webhook_id=webhook_id,
                call=None if call is None else _sealed(secret, _place(task_id, "call"), call),
                result=None if result is None else _sealed(secret, _place(task_id, "result"), result),
                failed=False,
                state=TaskState.RESPONSE_SCHEDULED if call is None else TaskState.PENDING,
                runs=0,
                attempts=0,
                due_at=now,
                created_at=now,
                changed_at=now,
            )
        )
        return task_id

    def tell(self, connection: Connection, owner: str, event: EventType, data: dict[str, Any]) -> None:
        """Tell an account's webhooks of an event; `data` are ids: who may see what they are of asks for it."""
        for hook in connection.execute(select(webhooks).where(webhooks.c.owner == owner)).all():
            if event in hook.events:
                self.tell_one(connection, hook, event, data)

    def tell_one(self, connection: Connection, hook: Row[Any], event: EventType, data: dict[str, Any]) -> str:
        """Tell one webhook, a row of `webhooks`, of an event; return the id of the delivery."""
        told = {"type": event, "timestamp": datetime.now(UTC).isoformat(), "data": data}
        new = NewTask(TaskKind.EVENT, event, hook.owner, {}, None, callback=hook.url)
        return self.insert(connection, new, result=told, webhook_id=hook.id)

    def take(self, lease: timedelta) -> Task | None:
        """Take up the most urgent task that is due, for as long as the lease; None where there is none."""
        now = datetime.now(UTC)
        due = select(tasks.c.id).where(tasks.c.due_at <= now)
        with self._database.reading() as connection:
            order = (tasks.c.priority.desc(), tasks.c.due_at, tasks.c.id)
            found = connection.execute(due.order_by(*order).limit(_TRIED)).scalars().all()
        for task_id in found:
            with self._database.writing() as connection:
                taken = (
                    update(tasks)
                    .where(tasks.c.id == task_id, tasks.c.due_at <= now)
                    .values(due_at=now + lease, runs=tasks.c.runs + 1)
                    .returning(*tasks.c)
                )
                row = connection.execute(taken).first()
                if row is not None:
                    return self._task(connection, row)
        return None

    def extend(self, task_ids: list[str], lease: timedelta) -> None:
        """Make the lease of tasks longer that are being worked on."""
        with self._database.writing() as connection:
            held = and_(tasks.c.id.in_(task_ids), tasks.c.due_at.is_not(None))
            connection.execute(update(tasks).where(held).values(due_at=datetime.now(UTC) + lease))

    def put_off(self, task: Task, again_in: timedelta) -> None:
        """Carry a task out later, as if it had not been tried: there was no room for it."""
        with self._database.writing() as connection:
            self._set(connection, task.id, TaskState.PENDING, again_in, runs=task.runs - 1, stage=None)

    def reached(self, task_id: str, stage: str) -> None:
        """Note what is being done for a task."""
        with self._database.writing() as connection:
            self._update(connection, task_id, stage=stage)

    def finish(self, task: Task, result: Any, failed: bool) -> None:
        """Store what came of a task, to be delivered at once, or asked for; what it was asked is forgotten."""
        with self._database.writing() as connection:
            secret = self._keys.obtain(connection, task.id)
            values = {"call": None, "result": _sealed(secret, _place(task.id, "result"), result), "failed": failed}
            state, due = (TaskState.RESPONSE_SCHEDULED, timedelta()) if task.callback else (TaskState.COMPLETED, None)
            self._set(connection, task.id, state, due, runs=0, stage=None, **values)
            if task.kind is TaskKind.REQUEST:
                self.tell(connection, task.owner, EventType.TASK_FINISHED, {"task_id": task.id, "failed": failed})

    def delivered(self, task_id: str) -> None:
        """Note that the client has the result."""
        with self._database.writing() as connection:
            self._set(connection, task_id, TaskState.COMPLETED, None)

    def undelivered(self, task_id: str, again_in: timedelta | None) -> None:
        """Note that the result could not be delivered, and when to try again; None: not any more."""
        state = TaskState.RESPONSE_ERROR if again_in is None else TaskState.RESPONSE_RETRY
        with self._database.writing() as connection:
            self._set(connection, task_id, state, again_in, attempts=tasks.c.attempts + 1)

    def state(self, task_id: str, owner: str, kind: TaskKind) -> TaskState:
        """Return where a task of an account is.

        Raises:
            UnknownTask: the account has none of this id, or not any more.
        """
        with self._database.reading() as connection:
            state = connection.execute(select(tasks.c.state).where(_own(task_id, owner, kind))).scalar()
        if state is None:
            raise _unknown()
        return TaskState(state)

    def progress(self, task_id: str, owner: str, kind: TaskKind) -> Progress:
        """Return how far a task of an account is.

        Raises:
            UnknownTask: the account has none of this id, or not any more.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(*_PROGRESS).where(_own(task_id, owner, kind))).first()
        if row is None:
            raise _unknown()
        return _progress(row)

    def find(
        self, owner: str, kind: TaskKind, limit: int = 50, after: str | None = None, webhook_id: str | None = None
    ) -> tuple[list[Progress], str | None]:
        """Return an account's tasks, newest first, all or those of a webhook, and what asks for the next page.

        Raises:
            InvalidField: the limit or `after` is not valid.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidField(f"The limit is {limit}; ask for 1 to {MAX_PAGE} tasks at a time.")
        query = select(*_PROGRESS).where(tasks.c.owner == owner, tasks.c.kind == kind)
        if webhook_id is not None:
            query = query.where(tasks.c.webhook_id == webhook_id)
        if after is not None:
            created, last = named_row(after)
            same = and_(tasks.c.created_at == created, tasks.c.id < last)
            query = query.where((tasks.c.created_at < created) | same)
        query = query.order_by(tasks.c.created_at.desc(), tasks.c.id.desc()).limit(limit + 1)
        with self._database.reading() as connection:
            found = [_progress(row) for row in connection.execute(query)]
        if len(found) <= limit:
            return found, None
        return found[:limit], cursor(found[limit - 1].created_at, found[limit - 1].id)

    def result(self, task_id: str, owner: str, kind: TaskKind) -> tuple[dict[str, Any], Any]:
        """Return the act of a task of an account, and what came of it, as long as it is kept.

        Raises:
            UnknownTask: the account has none of this id, or not any more.
            TaskUnfinished: nothing yet.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                select(tasks.c.id, tasks.c.act, tasks.c.result).where(_own(task_id, owner, kind))
            ).first()
            if row is None:
                raise _unknown()
            if row.result is None:
                raise TaskUnfinished("The task is not carried out yet; ask again later, or listen to its events.")
            return row.act, self._opened(connection, row.id, "result", row.result)

    def remove(self, task_id: str, owner: str, kind: TaskKind) -> None:
        """Remove a task of an account with its result; what is being done for it is not stopped, and not kept.

        Raises:
            UnknownTask: the account has none of this id, or not any more.
        """
        with self._database.writing() as connection:
            removed = delete(tasks).where(_own(task_id, owner, kind)).returning(tasks.c.id)
            row = connection.execute(removed).first()
            if row is None:
                raise _unknown()
            self._keys.destroy(connection, row.id)

    def redeliver(self, task_id: str, owner: str, kind: TaskKind) -> None:
        """Deliver a result again, as soon as it is there.

        Raises:
            UnknownTask: the account has none of this id, or not any more.
        """
        with self._database.writing() as connection:
            query = select(tasks.c.id, tasks.c.state).where(_own(task_id, owner, kind))
            row = next(iter(hold(connection, Lock.TASK, query)), None)
            if row is None:
                raise _unknown()
            if row.state != TaskState.PENDING:
                self._set(connection, row.id, TaskState.RESPONSE_RETRY, timedelta(), attempts=0)

    def purge(self, older_than: timedelta) -> int:
        """Remove tasks that nothing more is done about since so long; return how many."""
        done = (TaskState.COMPLETED, TaskState.RESPONSE_ERROR)
        before = datetime.now(UTC) - older_than
        old = and_(tasks.c.state.in_(done), tasks.c.changed_at < before)
        removed = 0
        while True:
            with self._database.writing() as connection:
                ids = connection.execute(select(tasks.c.id).where(old).limit(_PURGED)).scalars().all()
                connection.execute(delete(tasks).where(tasks.c.id.in_(ids)))
                connection.execute(delete(data_keys).where(data_keys.c.id.in_(ids)))
            removed += len(ids)
            if len(ids) < _PURGED:
                return removed

    def _set(
        self, connection: Connection, task_id: str, state: TaskState, due_in: timedelta | None, **values: Any
    ) -> None:
        due_at = None if due_in is None else datetime.now(UTC) + due_in
        self._update(connection, task_id, state=state, due_at=due_at, **values)

    def _update(self, connection: Connection, task_id: str, **values: Any) -> None:
        values["changed_at"] = datetime.now(UTC)
        connection.execute(update(tasks).where(tasks.c.id == task_id).values(values))

    def _task(self, connection: Connection, row: Row[Any]) -> Task:
        return Task(
            row.id,
            TaskKind(row.kind),
            row.operation,
            row.owner,
            row.act,
            row.transaction_id,
            row.callback,
            row.webhook_id,
            TaskState(row.state),
            row.runs,
            row.attempts,
            self._opened(connection, row.id, "call", row.call),
            self._opened(connection, row.id, "result", row.result),
            row.failed,
        )

    def _opened(self, connection: Connection, task_id: str, what: str, sealed: bytes | None) -> Any:
        place = _place(task_id, what)
        return None if sealed is None else json.loads(unseal(self._keys.get(connection, task_id, place), place, sealed))


_PROGRESS = [
    getattr(tasks.c, name)
    for name in ("id", "operation", "state", "stage", "failed", "attempts", "created_at", "changed_at")
]


def _progress(row: Row[Any]) -> Progress:
    return Progress(**{**row._mapping, "state": TaskState(row.state)})


def _own(task_id: str, owner: str, kind: TaskKind) -> ColumnElement[bool]:
    return and_(tasks.c.id == canonical_id(task_id), tasks.c.owner == owner, tasks.c.kind == kind)


def _unknown() -> UnknownTask:
    return UnknownTask("There is no task of this id, or not any more; check it.")


def _sealed(secret: bytes, place: Place, content: Any) -> bytes:
    return seal(secret, place, json.dumps(content).encode("ascii"))


def _place(task_id: str, what: str) -> Place:
    return ("task", task_id, what)
