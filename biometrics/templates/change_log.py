"""The change sequence that indexes follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from biometrics.kernel.people.labels import Moment
from biometrics.kernel.people.templates import Change, History, Operation
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.storage.database.counters import CHANGE_COUNTER, advance, counter_value
from biometrics.storage.tables.templates import changes


def append_changes(connection: Connection, operation: Operation, templates: Sequence[tuple[int, Modality, str]]) -> int:
    """Append one change for each (template id, modality, model); return the last sequence number.

    A follower reads "everything after my number", so numbers must become visible in their order. The counter's row
    stays locked until the commit, which a database sequence would not: call this last, to hold others up least.
    """
    last = advance(connection, CHANGE_COUNTER, len(templates))
    first = last - len(templates) + 1
    rows = [
        {"sequence": number, "operation": operation, "template_id": template_id, "modality": modality, "model": model}
        for number, (template_id, modality, model) in enumerate(templates, first)
    ]
    if rows:
        connection.execute(changes.insert(), rows)
    return last


def changes_since(connection: Connection, sequence: int, modality: Modality, model: str, limit: int) -> list[Change]:
    """Return the changes of one feature space after a sequence number, oldest first, at most `limit`."""
    rows = connection.execute(
        select(changes.c.sequence, changes.c.operation, changes.c.template_id)
        .where(changes.c.modality == modality, changes.c.model == model, changes.c.sequence > sequence)
        .order_by(changes.c.sequence)
        .limit(limit)
    )
    return [
        Change(number, Operation(operation), template_id, modality, model) for number, operation, template_id in rows
    ]


def pending(connection: Connection, sequence: int, modality: Modality, model: str) -> int:
    """Count the changes of one feature space after a sequence number."""
    later = select(changes.c.sequence).where(
        changes.c.modality == modality, changes.c.model == model, changes.c.sequence > sequence
    )
    return _count(connection, later)


def history(connection: Connection, before: int, after: int, modality: Modality, model: str) -> History:
    """Return the changes of one feature space since a search that ran from one sequence number to another."""
    of_space = (changes.c.modality == modality, changes.c.model == model)
    added = select(changes.c.template_id).where(*of_space, changes.c.operation == Operation.ADD)
    up_to = added.where(changes.c.sequence <= after)
    newest = connection.execute(up_to.with_only_columns(func.max(changes.c.template_id))).scalar() or 0
    since = (*of_space, changes.c.sequence > after, changes.c.template_id <= newest)
    now = _last_operations(connection, *since)
    then: dict[int, Operation] = {}
    for chunk in in_chunks(list(now), CHUNK):
        of_chunk = (*of_space, changes.c.sequence <= after, changes.c.template_id.in_(chunk))
        then |= _last_operations(connection, *of_chunk)
    present = {template_id for template_id, operation in then.items() if operation is Operation.ADD}
    meanwhile = up_to.where(changes.c.sequence > before)
    return History(
        Moment(newest, frozenset(now.keys() - present)),
        removed=sum(operation is Operation.REMOVE for template_id, operation in now.items() if template_id in present),
        meanwhile=_count(connection, meanwhile),
    )


def _last_operations(connection: Connection, *conditions: ColumnElement[bool]) -> dict[int, Operation]:
    """Return the last addition or removal of each template among changes: one can be removed, and added again."""
    query = select(changes.c.template_id, changes.c.operation).where(*conditions)
    query = query.where(changes.c.operation.in_((Operation.ADD, Operation.REMOVE))).order_by(changes.c.sequence)
    return {template_id: Operation(operation) for template_id, operation in connection.execute(query)}


def _count(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def last_sequence(connection: Connection) -> int:
    """Return the number of the last change, 0 where there was none."""
    return counter_value(connection, CHANGE_COUNTER)
