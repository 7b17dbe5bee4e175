"""Tasks as their account sees them: state, progress, result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from biometrics.access import blinding
from biometrics.access.rights import unrestricted
from biometrics.jobs.model import Progress, TaskKind, TaskState
from biometrics.jobs.task_content import opened_content
from biometrics.kernel.access import Act, Unit
from biometrics.kernel.errors import DecryptionFailed, Forbidden, OutOfJurisdiction, TaskUnfinished, UnknownTask
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.page import Page
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import cursor, older_than, paginate, require_limit
from biometrics.storage.tables.jobs import tasks

MAX_PAGE = 200

_PROGRESS = [
    getattr(tasks.c, name)
    for name in ("id", "operation", "state", "stage", "failed", "attempts", "created_at", "changed_at")
]


@unrestricted("an account's own tasks, by its id")
class TaskReader:
    """The tasks of a database, read by the account that they belong to. Safe to use from many threads."""

    def __init__(self, database: Database, keys: DataKeys) -> None:
        self._database = database
        self._keys = keys

    def state(self, task_id: str, owner: str, kind: TaskKind) -> TaskState:
        """Return the state of an account's task.

        Raises:
            UnknownTask: the account has no task of this id.
        """
        with self._database.reading() as connection:
            state = connection.execute(select(tasks.c.state).where(own_task(task_id, owner, kind))).scalar()
        if state is None:
            raise unknown_task()
        return TaskState(state)

    def progress(self, task_id: str, owner: str, kind: TaskKind) -> Progress:
        """Return the progress of an account's task.

        Raises:
            UnknownTask: the account has no task of this id.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(*_PROGRESS).where(own_task(task_id, owner, kind))).first()
        if row is None:
            raise unknown_task()
        return _progress(row)

    def progress_of(self, task_ids: Collection[str]) -> dict[str, Progress]:
        """Return the progress of some tasks that are still stored, by their ids, without a check of access."""
        query = select(*_PROGRESS)
        with self._database.reading() as connection:
            return {
                row.id: _progress(row)
                for some in in_chunks(task_ids, CHUNK)
                for row in connection.execute(query.where(tasks.c.id.in_(some)))
            }

    def find(
        self, owner: str, kind: TaskKind, limit: int = 50, after: str | None = None, webhook_id: str | None = None
    ) -> Page[Progress, str]:
        """Return an account's tasks, newest first, all or those of a webhook; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit or `after` is not valid.
        """
        require_limit(limit, MAX_PAGE, "tasks")
        query = select(*_PROGRESS).where(tasks.c.owner == owner, tasks.c.kind == kind)
        if webhook_id is not None:
            query = query.where(tasks.c.webhook_id == webhook_id)
        query = query.where(*older_than(tasks.c.created_at, tasks.c.id, after))
        query = query.order_by(tasks.c.created_at.desc(), tasks.c.id.desc()).limit(limit + 1)
        with self._database.reading() as connection:
            rows, next_cursor = paginate(connection.execute(query).all(), limit, cursor)
        return Page(tuple(map(_progress, rows)), next_cursor)

    def count_unfinished(self) -> dict[str, int]:
        """Count the tasks of all accounts that are to be carried out or delivered, by their `TaskState`."""
        query = select(tasks.c.state, func.count()).where(tasks.c.state != TaskState.COMPLETED).group_by(tasks.c.state)
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def result(self, task_id: str, act: Act, kind: TaskKind) -> Any:
        """Return the result of a task of the actor's, as long as it is stored.

        Raises:
            UnknownTask: the account has no task of this id.
            Forbidden, OutOfJurisdiction, HiddenUntilDecided: as for `require_readable`.
            TaskUnfinished: it has no result yet.
            DecryptionFailed: the result can no longer be read.
        """
        of_actor = own_task(task_id, act.actor.id, kind)
        with self._database.reading() as connection:
            row = connection.execute(
                select(tasks.c.id, tasks.c.state, tasks.c.act, tasks.c.result).where(of_actor)
            ).first()
            if row is None:
                raise unknown_task()
            if row.result is None and row.state != TaskState.PENDING:
                raise unreadable_task()
            if row.result is None:
                raise TaskUnfinished("The task is not carried out yet; ask again later, or listen to its events.")
            result = opened_content(self._keys, connection, row.id, "result", row.result)
            require_readable(connection, act, row.act, result)
            return result


def _progress(row: Row[Any]) -> Progress:
    return Progress(**{**row._mapping, "state": TaskState(row.state)})


def own_task(task_id: str, owner: str, kind: TaskKind) -> ColumnElement[bool]:
    """Return the condition on a task of an account."""
    return and_(tasks.c.id == canonical_id(task_id), tasks.c.owner == owner, tasks.c.kind == kind)


def unknown_task() -> UnknownTask:
    """Return the error for a task that the account does not have."""
    return UnknownTask("There is no task of this id, or not any more; check it.")


def unreadable_task() -> DecryptionFailed:
    """Return the error for a task whose content can no longer be decrypted."""
    return DecryptionFailed("This task, or its response, cannot be decrypted any more; send the request again.")


def require_readable(connection: Connection, act: Act, sent_by: Mapping[str, Any], result: Any) -> None:
    """Refuse the stored answer to a request, which `sent_by` says who sent, and `result` what it compared.

    Raises:
        Forbidden: it was sent with rights that the actor does not have now.
        OutOfJurisdiction: it was sent from a unit that is not at or below the actor's now.
        HiddenUntilDecided: the actor examines a case about what it compared, and has given no opinion.
    """
    if not act.actor.scopes >= set(sent_by["scopes"]):
        raise Forbidden("The request was sent with more rights than you have now; ask with those.")
    unit = sent_by["unit"]
    if not act.actor.unit.covers(Unit.of(unit)):
        raise OutOfJurisdiction(f"The request was sent by an account of {unit}; send it again from your own unit.")
    if isinstance(result, dict):
        blinding.require_none_held(connection, act, result.get("files", ()))
        for search_id in result.get("searches", ()):
            blinding.require_shown(connection, act, search_id)
