"""Requests that arrive again: each step of one is carried out once, and answered as it was the first time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from biometrics.common.idempotency import Once
from biometrics.domain.errors import KeyReused
from biometrics.records.database.engine import insert
from biometrics.records.database.locks import Lock, take
from biometrics.records.jobs.idempotency_tables import once_keys

KEPT: Final = timedelta(days=3)  # keys, after their request

Answer = dict[str, Any]


class Step:
    """A step of a request within its transaction: carried out once, however often the request arrives."""

    def __init__(self, connection: Connection, sender: tuple[str, Once | None], name: str) -> None:
        """Use a transaction; `sender` is the id of the account and the request's key, None without a key."""
        self._connection = connection
        self._sender = sender
        self._name = name

    def answer(self) -> Answer | None:
        """Return what was remembered of the first arrival, None where this is it. Simultaneous repeats wait here.

        Raises:
            KeyReused: the key was used for another request.
        """
        who, key = self._sender
        if key is None or _claim(self._connection, who, key, self._name):
            return None
        answer = answered(self._connection, self._sender, self._name)
        assert answer is not None, "a key that is taken was committed with its answer"
        return answer

    def remember(self, answer: Answer) -> None:
        """Keep the answer for later arrivals: usually ids."""
        who, key = self._sender
        if key is not None:
            of_step = (once_keys.c.actor == who, once_keys.c.key == key.key, once_keys.c.step == key.step(self._name))
            self._connection.execute(update(once_keys).where(*of_step).values(answer=answer))


def answered(connection: Connection, sender: tuple[str, Once | None], step: str) -> Answer | None:
    """Return what was stored of the answer to a step, None where it was not carried out yet.

    Raises:
        KeyReused: the key was used for another request.
    """
    who, key = sender
    if key is None:
        return None
    query = select(once_keys).where(once_keys.c.actor == who, once_keys.c.key == key.key)
    rows = connection.execute(query).all()
    if any(row.digest != key.digest for row in rows):
        raise KeyReused(
            "The idempotency key was used for another request; make a new key for each request, and repeat a key only "
            "with the same content."
        )
    return next((row.answer for row in rows if row.step == key.step(step)), None)


def forget_old(connection: Connection, now: datetime) -> None:
    """Forget the keys of requests that are too old to be repeated."""
    connection.execute(delete(once_keys).where(once_keys.c.created_at < now - KEPT))


def _claim(connection: Connection, who: str, key: Once, step: str) -> bool:
    """Claim a key for a step; False if it is taken. A transaction that is carrying the step out is waited for."""
    answered(connection, (who, key), step)
    row = {
        "id": str(uuid.uuid4()),
        "actor": who,
        "key": key.key,
        "step": key.step(step),
        "digest": key.digest,
        "answer": {},
        "created_at": datetime.now(UTC),
    }
    take(connection, Lock.REQUEST)
    taken = [once_keys.c.actor, once_keys.c.key, once_keys.c.step]
    statement = insert(connection, once_keys).values(row).on_conflict_do_nothing(index_elements=taken)
    return connection.execute(statement.returning(once_keys.c.id)).first() is not None
