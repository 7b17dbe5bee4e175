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

from biometrics.errors import StoreUnavailable, UnknownTask
from biometrics.records.database import Database
from biometrics.records.key_tables import data_keys
from biometrics.records.keys import DataKeys
from biometrics.records.osia_tables import osia_tasks
from biometrics.records.people import canonical_id
from biometrics.records.sealing import Place, seal, unseal

_TRIED = 20  # due tasks that are tried for, before another server is taken to have them all
_PURGED = 500


class TaskState(StrEnum):
    """Where a task is, in OSIA's words."""

    PENDING = "PENDING"  # to be carried out
    RESPONSE_SCHEDULED = "RESPONSE_SCHEDULED"  # its result is to be delivered
    RESPONSE_RETRY = "RESPONSE_RETRY"  # and could not be, so far
    RESPONSE_ERROR = "RESPONSE_ERROR"  # and will not be, unless somebody asks
    COMPLETED = "COMPLETED"


@dataclass(frozen=True)
class NewTask:
    """A task as it is accepted. `call` is JSON."""

    operation: str
    owner: str
    act: dict[str, Any]
    transaction_id: str
    callback: str
    priority: int
    call: Any


@dataclass(frozen=True)
class Task:
    """A task that was taken up. `call` is there while it is to be carried out, `result` afterwards; both are JSON."""

    id: str
    operation: str
    act: dict[str, Any]
    transaction_id: str
    callback: str
    state: TaskState
    runs: int
    attempts: int
    call: Any
    result: Any
    failed: bool


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
        task_id, now = str(uuid.uuid4()), datetime.now(UTC)
        with self._database.writing() as connection:
            waiting = select(func.count()).where(osia_tasks.c.state == TaskState.PENDING)
            if connection.execute(waiting).scalar_one() >= self._most_waiting:
                raise StoreUnavailable("Too many tasks wait; send it again later.")
            secret = self._keys.obtain(connection, task_id)
            connection.execute(
                osia_tasks.insert().values(
                    id=task_id,
                    operation=new.operation,
                    owner=new.owner,
                    act=new.act,
                    priority=new.priority,
                    transaction_id=new.transaction_id,
                    callback=new.callback,
                    call=_sealed(secret, _place(task_id, "call"), new.call),
                    failed=False,
                    state=TaskState.PENDING,
                    runs=0,
                    attempts=0,
                    due_at=now,
                    created_at=now,
                    changed_at=now,
                )
            )
        return task_id

    def take(self, lease: timedelta) -> Task | None:
        """Take up the most urgent task that is due, for as long as the lease; None where there is none."""
        now = datetime.now(UTC)
        due = select(osia_tasks.c.id).where(osia_tasks.c.due_at <= now)
        with self._database.reading() as connection:
            order = (osia_tasks.c.priority.desc(), osia_tasks.c.due_at, osia_tasks.c.id)
            found = connection.execute(due.order_by(*order).limit(_TRIED)).scalars().all()
        for task_id in found:
            with self._database.writing() as connection:
                taken = (
                    update(osia_tasks)
                    .where(osia_tasks.c.id == task_id, osia_tasks.c.due_at <= now)
                    .values(due_at=now + lease, runs=osia_tasks.c.runs + 1)
                    .returning(*osia_tasks.c)
                )
                row = connection.execute(taken).first()
                if row is not None:
                    return self._task(connection, row)
        return None

    def extend(self, task_ids: list[str], lease: timedelta) -> None:
        """Make the lease of tasks longer that are being worked on."""
        with self._database.writing() as connection:
            held = and_(osia_tasks.c.id.in_(task_ids), osia_tasks.c.due_at.is_not(None))
            connection.execute(update(osia_tasks).where(held).values(due_at=datetime.now(UTC) + lease))

    def finish(self, task_id: str, result: Any, failed: bool) -> None:
        """Store what came of a task, to be delivered at once; what it was asked is forgotten."""
        with self._database.writing() as connection:
            secret = self._keys.obtain(connection, task_id)
            values = {"call": None, "result": _sealed(secret, _place(task_id, "result"), result), "failed": failed}
            self._set(connection, task_id, TaskState.RESPONSE_SCHEDULED, timedelta(), runs=0, **values)

    def delivered(self, task_id: str) -> None:
        """Note that the client has the result."""
        with self._database.writing() as connection:
            self._set(connection, task_id, TaskState.COMPLETED, None)

    def undelivered(self, task_id: str, again_in: timedelta | None) -> None:
        """Note that the result could not be delivered, and when to try again; None: not any more."""
        state = TaskState.RESPONSE_ERROR if again_in is None else TaskState.RESPONSE_RETRY
        with self._database.writing() as connection:
            self._set(connection, task_id, state, again_in, attempts=osia_tasks.c.attempts + 1)

    def state(self, task_id: str, owner: str) -> TaskState:
        """Return where a task of an account is.

        Raises:
            UnknownTask: the account has none of this id, or not any more.
        """
        with self._database.reading() as connection:
            state = connection.execute(select(osia_tasks.c.state).where(_own(task_id, owner))).scalar()
        if state is None:
            raise _unknown()
        return TaskState(state)

    def redeliver(self, task_id: str, owner: str) -> None:
        """Deliver a result again, as soon as it is there.

        Raises:
            UnknownTask: the account has none of this id, or not any more.
        """
        with self._database.writing() as connection:
            query = select(osia_tasks.c.id, osia_tasks.c.state).where(_own(task_id, owner)).with_for_update()
            row = connection.execute(query).first()
            if row is None:
                raise _unknown()
            if row.state != TaskState.PENDING:
                self._set(connection, row.id, TaskState.RESPONSE_RETRY, timedelta(), attempts=0)

    def purge(self, older_than: timedelta) -> int:
        """Remove tasks that nothing more is done about since so long; return how many."""
        done = (TaskState.COMPLETED, TaskState.RESPONSE_ERROR)
        before = datetime.now(UTC) - older_than
        old = and_(osia_tasks.c.state.in_(done), osia_tasks.c.changed_at < before)
        removed = 0
        while True:
            with self._database.writing() as connection:
                ids = connection.execute(select(osia_tasks.c.id).where(old).limit(_PURGED)).scalars().all()
                connection.execute(delete(osia_tasks).where(osia_tasks.c.id.in_(ids)))
                connection.execute(delete(data_keys).where(data_keys.c.id.in_(ids)))
            removed += len(ids)
            if len(ids) < _PURGED:
                return removed

    def _set(
        self, connection: Connection, task_id: str, state: TaskState, due_in: timedelta | None, **values: Any
    ) -> None:
        now = datetime.now(UTC)
        values |= {"state": state, "due_at": None if due_in is None else now + due_in, "changed_at": now}
        connection.execute(update(osia_tasks).where(osia_tasks.c.id == task_id).values(values))

    def _task(self, connection: Connection, row: Row[Any]) -> Task:
        return Task(
            row.id,
            row.operation,
            row.act,
            row.transaction_id,
            row.callback,
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


def _own(task_id: str, owner: str) -> ColumnElement[bool]:
    return and_(osia_tasks.c.id == canonical_id(task_id), osia_tasks.c.owner == owner)


def _unknown() -> UnknownTask:
    return UnknownTask("There is no task of this id, or not any more; check it.")


def _sealed(secret: bytes, place: Place, content: Any) -> bytes:
    return seal(secret, place, json.dumps(content).encode("ascii"))


def _place(task_id: str, what: str) -> Place:
    return ("task", task_id, what)
