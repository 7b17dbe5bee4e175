"""Removing finished tasks by the texts of their stored answers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from biometrics.jobs.model import TaskKind, TaskState
from biometrics.jobs.task_content import opened_content
from biometrics.kernel.errors import DecryptionFailed
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.jobs import tasks

READ: Final = 200  # tasks that are read at a time


def remove_answers(
    connection: Connection, keys: DataKeys, is_wanted: Callable[[Sequence[str], datetime], bool]
) -> list[str]:
    """Remove finished tasks with their answers and keys; a client that asks again finds none. Return their ids.

    `is_wanted` says whether one goes, by all texts of its answer and by when it changed last. Events for webhooks hold
    ids only, and stay.
    """
    finished = (tasks.c.state != TaskState.PENDING, tasks.c.kind != TaskKind.EVENT, tasks.c.result.is_not(None))
    query = select(tasks.c.id, tasks.c.result, tasks.c.changed_at).where(*finished).order_by(tasks.c.id)
    going: list[str] = []
    last = ""
    while rows := connection.execute(query.where(tasks.c.id > last).limit(READ)).all():
        last = rows[-1].id
        for task_id, sealed, changed_at in rows:
            try:
                texts = list(_texts(opened_content(keys, connection, task_id, "result", sealed)))
            except DecryptionFailed:
                continue  # it cannot be read
            if is_wanted(texts, changed_at):
                going.append(task_id)
    for task_id in going:
        hold(connection, Lock.TASK, select(tasks.c.id).where(tasks.c.id == task_id), task_id)
    for chunk in in_chunks(going, CHUNK):
        connection.execute(delete(tasks).where(tasks.c.id.in_(chunk)))
    for task_id in going:
        keys.destroy(connection, task_id)
    return going


def _texts(content: Any) -> Iterator[str]:
    """Return all texts in JSON; of a stored response also those of its body, which is in base64."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        if isinstance(content.get("body"), str) and "status" in content:
            body = base64.b64decode(content["body"])
            try:
                yield from _texts(json.loads(body))
            except ValueError:
                yield body.decode("utf-8", "replace")
        yield from (text for value in content.values() for text in _texts(value))
    elif isinstance(content, list):
        yield from (text for value in content for text in _texts(value))
