"""Requests that arrive again: each step of one is carried out once, and answered as it was the first time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select, update

from biometrics.kernel.errors import KeyReused
from biometrics.kernel.request_context import RequestContext
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import Lock, acquire, remove_unlocked
from biometrics.storage.tables.jobs import idempotency_keys

KEY_LIFETIME: Final = timedelta(days=3)  # keys, after their request

Answer = str | int | dict[str, Any]  # usually the id of what was made


def claim(connection: Connection, context: RequestContext, step: str) -> Answer | None:
    """Claim a step of a request; return the answer to the first arrival, None where this is it, or there is no key.

    Simultaneous repeats wait here.

    Raises:
        KeyReused: the key was used for another request.
    """
    key = context.key
    if key is None:
        return None
    answered(connection, context, step)
    row = {
        "id": str(uuid.uuid4()),
        "actor": context.actor_id,
        "key": key.key,
        "step": key.step(step),
        "digest": key.digest,
        "answer": {},
        "created_at": datetime.now(UTC),
    }
    acquire(connection, Lock.REQUEST)
    unique_columns = [idempotency_keys.c.actor, idempotency_keys.c.key, idempotency_keys.c.step]
    statement = insert(connection, idempotency_keys).values(row).on_conflict_do_nothing(index_elements=unique_columns)
    if connection.execute(statement.returning(idempotency_keys.c.id)).first() is not None:
        return None
    answer = answered(connection, context, step)
    assert answer is not None, "a key that is taken was committed with its answer"
    return answer


def remember(connection: Connection, context: RequestContext, step: str, answer: Answer) -> None:
    """Keep the answer to a step for later arrivals of the request."""
    if (key := context.key) is not None:
        of_step = (*_of_key(context.actor_id, key), idempotency_keys.c.step == key.step(step))
        connection.execute(update(idempotency_keys).where(*of_step).values(answer=answer))


def answered(connection: Connection, context: RequestContext, step: str) -> Answer | None:
    """Return the stored answer to a step, None where it was not carried out yet.

    Raises:
        KeyReused: the key was used for another request.
    """
    if (key := context.key) is None:
        return None
    rows = connection.execute(select(idempotency_keys).where(*_of_key(context.actor_id, key))).all()
    if any(row.digest != key.digest for row in rows):
        raise KeyReused(
            "The idempotency key was used for another request; make a new key for each request, and repeat a key only "
            "with the same content."
        )
    return next((row.answer for row in rows if row.step == key.step(step)), None)


def forget_old(connection: Connection, now: datetime) -> None:
    """Forget the keys of requests that are too old to be repeated."""
    remove_unlocked(connection, idempotency_keys, idempotency_keys.c.created_at < now - KEY_LIFETIME)


def _of_key(actor_id: str, key: IdempotencyKey) -> tuple[ColumnElement[bool], ...]:
    return (idempotency_keys.c.actor == actor_id, idempotency_keys.c.key == key.key)
