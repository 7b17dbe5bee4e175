"""The queue of tasks, with their results until delivery; a crash loses nothing of it.

A worker that takes a task postpones its due time by a lease, and extends the lease while it works. A task whose worker
was killed is due again once the lease has run out. Each take raises the task's fence by one, and only the newest fence
may write: a worker that was paused past its lease changes nothing.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, update

from biometrics.access.rights import unrestricted
from biometrics.jobs.model import EventType, NewTask, Task, TaskKind, TaskState
from biometrics.jobs.reader import TaskReader, own_task, unknown_task, unreadable_task
from biometrics.jobs.task_content import content_place, file_place, opened_content, sealed_content, sealed_files
from biometrics.kernel.errors import DecryptionFailed, StoreUnavailable
from biometrics.storage.audit.credential_state import is_live
from biometrics.storage.blobs.folder import ImageStore
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.crypto.aead import unseal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, acquire, hold, hold_unlocked
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.jobs import HOST_LENGTH, task_files, tasks, webhooks
from biometrics.storage.tables.keys import data_keys

log = logging.getLogger("pehchan")

_TRIED = 20  # due tasks that are tried for, before another server is taken to have them all
_PURGED = 500
_PORTS = {"http": 80, "https": 443}

Fenced = tuple[str, int]  # a task's id, and the fence that it was taken up with


@dataclass(frozen=True)
class Choice:
    """Which due tasks are wanted: those to be carried out, or those to be delivered, without some owners and hosts."""

    deliveries: bool
    without_owners: Collection[str] = ()
    without_hosts: Collection[str] = ()

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The conditions on the rows of tasks."""
        to_carry_out = tasks.c.state == TaskState.PENDING
        return [
            ~to_carry_out if self.deliveries else to_carry_out,
            tasks.c.owner.not_in(self.without_owners),
            tasks.c.host.not_in(self.without_hosts),
        ]


@unrestricted("an account's own tasks, by its id")
class TaskStore:
    """The tasks of a database. Safe to use from many threads and servers."""

    def __init__(self, database: Database, images: ImageStore, keys: DataKeys, most_waiting: int = 10_000) -> None:
        self._database = database
        self._images = images
        self._keys = keys
        self._most_waiting = most_waiting
        self.reader = TaskReader(database, keys)

    def add(self, new: NewTask) -> str:
        """Accept a task and return its id.

        Raises:
            StoreUnavailable: too many wait.
        """
        task_id = str(uuid.uuid4())
        with Uploads(self._images, self._keys) as uploads:
            secret = uploads.new_secret(task_id)
            files = sealed_files(secret, task_id, new.files)
            uploads.put(files)
            with uploads.transaction(self._database) as connection:
                waiting = select(func.count()).where(tasks.c.state == TaskState.PENDING)
                if connection.execute(waiting).scalar_one() >= self._most_waiting:
                    raise StoreUnavailable("Too many tasks wait; send it again later.")
                self._insert(connection, new, task_id, secret, call=new.call)
                if files:
                    rows = [{"task_id": task_id, "ordinal": at, "image_name": name} for at, name in enumerate(files)]
                    connection.execute(task_files.insert(), rows)
                uploads.use(files)
        return task_id

    def files(self, task: Task) -> list[bytes]:
        """Return the files of a task that was taken up, in their order.

        Raises:
            StoreUnavailable: the image store does not answer, or has lost one.
            DecryptionFailed: the task was removed, or a file was changed.
        """
        query = select(task_files.c.ordinal, task_files.c.image_name).where(task_files.c.task_id == task.id)
        with self._database.reading() as connection:
            secret = self._keys.get(connection, task.id, content_place(task.id, "call"))
            names = connection.execute(query.order_by(task_files.c.ordinal)).all()
        return [unseal(secret, file_place(task.id, row.ordinal), self._images.get(row.image_name)) for row in names]

    def _insert(
        self,
        connection: Connection,
        new: NewTask,
        task_id: str,
        secret: bytes | None = None,
        *,
        call: Any = None,
        result: Any = None,
        webhook_id: str | None = None,
    ) -> None:
        """Write a task with what is to be carried out, or with what is to be delivered."""
        now = datetime.now(UTC)
        secret = self._keys.obtain(connection, task_id, new=secret)
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
                host=host_of(new.callback),
                webhook_id=webhook_id,
                call=None if call is None else sealed_content(secret, content_place(task_id, "call"), call),
                result=None if result is None else sealed_content(secret, content_place(task_id, "result"), result),
                failed=False,
                state=TaskState.RESPONSE_SCHEDULED if call is None else TaskState.PENDING,
                fence=0,
                runs=0,
                attempts=0,
                due_at=now,
                created_at=now,
                changed_at=now,
            )
        )

    def queue_event(self, connection: Connection, owner: str, event: EventType, data: dict[str, Any]) -> None:
        """Queue an event for an account's webhooks; `data` holds ids only, which receivers may look up."""
        for hook in connection.execute(select(webhooks).where(webhooks.c.owner == owner)).all():
            if event in hook.events and is_live(connection, hook.owner, hook.credential):
                self.queue_delivery(connection, hook, event, data)

    def queue_delivery(self, connection: Connection, hook: Row[Any], event: EventType, data: dict[str, Any]) -> str:
        """Queue an event for one webhook, a row of `webhooks`; return the id of the delivery."""
        payload = {"type": event, "timestamp": datetime.now(UTC).isoformat(), "data": data}
        act = {"credential": hook.credential}
        new = NewTask(TaskKind.EVENT, event, hook.owner, act, None, callback=hook.url)
        task_id = str(uuid.uuid4())
        self._insert(connection, new, task_id, result=payload, webhook_id=hook.id)
        return task_id

    def is_live(self, task: Task) -> bool:
        """Say whether what a task was made with is good now; else nothing more is done for it."""
        with self._database.reading() as connection:
            return is_live(connection, task.owner, task.credential)

    def take(self, lease: timedelta, choice: Choice | None = None) -> Task | None:
        """Take the most urgent task that is due, for the time of the lease; None if there is none.

        A task that cannot be decrypted is ended as failed, and the next one taken.

        Raises:
            MasterKeyMissing: the master key of the task taken is missing; the task waits for its lease to end.
        """
        now = datetime.now(UTC)
        of_this_version = tasks.c.kind.in_(list(TaskKind))  # a newer server's kinds are left to it
        due = select(tasks.c.id).where(tasks.c.due_at <= now, of_this_version, *(choice.conditions if choice else ()))
        with self._database.reading() as connection:
            order = (tasks.c.priority.desc(), tasks.c.due_at, tasks.c.id)
            task_ids = connection.execute(due.order_by(*order).limit(_TRIED)).scalars().all()
        for task_id in task_ids:
            # Committed before the row is opened: one that cannot be opened must not come first again.
            if (row := self._lease(task_id, now, lease)) is not None and (task := self._opened_task(row)) is not None:
                return task
        return None

    def _lease(self, task_id: str, now: datetime, lease: timedelta) -> Row[Any] | None:
        """Take a task, unless another worker has done so."""
        with self._database.writing() as connection:
            leased = (
                update(tasks)
                .where(tasks.c.id == task_id, tasks.c.due_at <= now)
                .values(due_at=now + lease, fence=tasks.c.fence + 1, runs=tasks.c.runs + 1)
                .returning(*tasks.c)
            )
            return connection.execute(leased).first()

    def _opened_task(self, row: Row[Any]) -> Task | None:
        """Return a task that was taken up; None where it cannot be decrypted, which ends it."""
        try:
            with self._database.reading() as connection:
                return self._task(connection, row)
        except (DecryptionFailed, ValueError) as error:
            kind = type(error).__name__
        with self._removing_files() as (connection, remove_files):
            ended = {"failed": True, "stage": None, "call": None, "result": None}
            if not self._set(connection, (row.id, row.fence), TaskState.RESPONSE_ERROR, None, **ended):
                return None  # it was removed meanwhile
            remove_files(row.id)
            log.error("Task %s cannot be decrypted, and ends as failed: %s", row.id, kind)
            if row.kind == TaskKind.REQUEST:
                self.queue_event(connection, row.owner, EventType.TASK_FINISHED, {"task_id": row.id, "failed": True})
        return None

    def extend(self, fences: Mapping[str, int], lease: timedelta) -> None:
        """Make the lease of tasks longer that are being worked on; `fences` has their fences, by id."""
        mine = or_(*(and_(tasks.c.id == task_id, tasks.c.fence == fence) for task_id, fence in sorted(fences.items())))
        with self._database.writing() as connection:
            # One that is locked is being changed or removed, perhaps with others of these.
            free = [row.id for row in hold_unlocked(connection, select(tasks.c.id).where(mine))]
            going_on = (tasks.c.id.in_(free), tasks.c.due_at.is_not(None))
            connection.execute(update(tasks).where(*going_on).values(due_at=datetime.now(UTC) + lease))

    def renew(self, task: Task, lease: timedelta) -> bool:
        """Extend the lease of a task; False if another worker has taken it since, or it was removed."""
        with self._database.writing() as connection:
            return self._update(connection, (task.id, task.fence), due_at=datetime.now(UTC) + lease)

    def put_off(self, task: Task, again_in: timedelta) -> bool:
        """Carry a task out later, as if it had not been tried: there was no room for it."""
        with self._database.writing() as connection:
            fenced = (task.id, task.fence)
            return self._set(connection, fenced, TaskState.PENDING, again_in, runs=task.runs - 1, stage=None)

    def note_stage(self, task: Task, stage: str) -> bool:
        """Note what is being done for a task."""
        with self._database.noting() as connection:
            return self._update(connection, (task.id, task.fence), stage=stage)

    def finish(self, task: Task, result: Any, failed: bool) -> bool:
        """Store the result of a task, for delivery or to be requested; its request is forgotten.

        False, and nothing is stored, if another worker has taken it since, or it was removed.

        Raises:
            DecryptionFailed: its key is gone.
        """
        with self._removing_files() as (connection, remove_files):
            mine = select(tasks.c.id).where(_fenced((task.id, task.fence)))
            if not hold(connection, Lock.TASK, mine, task.id):
                return False
            associated = content_place(task.id, "result")
            secret = self._keys.get(connection, task.id, associated)  # never a new key: nothing of a removed task stays
            values = {"call": None, "result": sealed_content(secret, associated, result), "failed": failed}
            state, due = (TaskState.RESPONSE_SCHEDULED, timedelta()) if task.callback else (TaskState.COMPLETED, None)
            self._set(connection, (task.id, task.fence), state, due, runs=0, stage=None, **values)
            remove_files(task.id)
            if task.kind is TaskKind.REQUEST:
                self.queue_event(
                    connection, task.owner, EventType.TASK_FINISHED, {"task_id": task.id, "failed": failed}
                )
            return True

    def delivered(self, task: Task) -> bool:
        """Note that the client has the result."""
        with self._database.writing() as connection:
            return self._set(connection, (task.id, task.fence), TaskState.COMPLETED, None)

    def undelivered(self, task: Task, again_in: timedelta | None) -> bool:
        """Record a failed delivery, and when to try again; None: never."""
        state = TaskState.RESPONSE_ERROR if again_in is None else TaskState.RESPONSE_RETRY
        with self._database.writing() as connection:
            return self._set(connection, (task.id, task.fence), state, again_in, attempts=tasks.c.attempts + 1)

    def remove(self, task_id: str, owner: str, kind: TaskKind) -> None:
        """Remove an account's task with its result; work in progress on it is not stopped, but discarded.

        Raises:
            UnknownTask: the account has no task of this id.
        """
        with self._removing_files() as (connection, remove_files):
            mine = select(tasks.c.id).where(own_task(task_id, owner, kind))
            if not (rows := hold(connection, Lock.TASK, mine)):
                raise unknown_task()
            remove_files(rows[0].id)
            connection.execute(delete(tasks).where(tasks.c.id == rows[0].id))
            self._keys.destroy(connection, rows[0].id)

    @contextmanager
    def _removing_files(self) -> Iterator[tuple[Connection, Callable[[str], None]]]:
        """Open a transaction with a function that removes a task's files; those in the image store go after it."""
        with Uploads(self._images, self._keys) as uploads, uploads.transaction(self._database) as connection:

            def remove_files(task_id: str) -> None:
                deleted = delete(task_files).where(task_files.c.task_id == task_id).returning(task_files.c.image_name)
                uploads.remove(connection.execute(deleted).scalars().all())

            yield connection, remove_files

    def redeliver(self, task_id: str, owner: str, kind: TaskKind) -> None:
        """Deliver a result again, as soon as there is one.

        Raises:
            UnknownTask: the account has no task of this id.
            DecryptionFailed: the result can no longer be read.
        """
        with self._database.writing() as connection:
            query = select(tasks.c.id, tasks.c.state, tasks.c.fence, tasks.c.result).where(
                own_task(task_id, owner, kind)
            )
            row = next(iter(hold(connection, Lock.TASK, query)), None)
            if row is None:
                raise unknown_task()
            if row.state == TaskState.PENDING:
                return
            if row.result is None:
                raise unreadable_task()
            # With a new fence: a delivery that is under way ends in nothing, and this one counts.
            values = {"attempts": 0, "fence": row.fence + 1}
            self._set(connection, (row.id, row.fence), TaskState.RESPONSE_RETRY, timedelta(), **values)

    def purge(self, older_than: timedelta) -> int:
        """Remove tasks that nothing more is done about since so long; return how many."""
        finished = (TaskState.COMPLETED, TaskState.RESPONSE_ERROR)
        before = datetime.now(UTC) - older_than
        old = and_(tasks.c.state.in_(finished), tasks.c.changed_at < before)
        removed = 0
        while True:
            with self._database.writing() as connection:
                query = select(tasks.c.id).where(old).order_by(tasks.c.id).limit(_PURGED)
                ids = [row.id for row in hold_unlocked(connection, query)]
                acquire(connection, Lock.DATA_KEY)
                connection.execute(delete(tasks).where(tasks.c.id.in_(ids)))
                connection.execute(delete(data_keys).where(data_keys.c.id.in_(ids)))
            removed += len(ids)
            if len(ids) < _PURGED:
                return removed

    def _set(
        self, connection: Connection, fenced: Fenced, state: TaskState, due_in: timedelta | None, **values: Any
    ) -> bool:
        due_at = None if due_in is None else datetime.now(UTC) + due_in
        return self._update(connection, fenced, state=state, due_at=due_at, **values)

    def _update(self, connection: Connection, fenced: Fenced, **values: Any) -> bool:
        """Write columns of a task; False where its fence is another one by now, or it was removed."""
        values["changed_at"] = datetime.now(UTC)
        return bool(connection.execute(update(tasks).where(_fenced(fenced)).values(values)).rowcount)

    def _task(self, connection: Connection, row: Row[Any]) -> Task:
        return from_row(
            Task,
            row,
            kind=TaskKind(row.kind),
            state=TaskState(row.state),
            call=opened_content(self._keys, connection, row.id, "call", row.call),
            result=opened_content(self._keys, connection, row.id, "result", row.result),
        )


def host_of(address: str) -> str:
    """Return the host and port of an address, as deliveries to it are counted; empty where it is none."""
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        return f"{(parts.hostname or '').rstrip('.')}:{parts.port or _PORTS.get(parts.scheme, 0)}"[:HOST_LENGTH]
    except ValueError:
        return ""


def _fenced(fenced: Fenced) -> ColumnElement[bool]:
    task_id, fence = fenced
    return and_(tasks.c.id == task_id, tasks.c.fence == fence)
