"""A limit on guessing the numbers and ids of other units' people.

A national number, and a person id of OSIA's or MOSIP's clients, is unique over all units. So an enrolment under one
reveals whether it is taken, also by a record that the caller may not see. This bit cannot be hidden, but the number of
such enrolments is limited. Each one is an entry in the audit log, which counts them over all
servers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, TypeGuard

from sqlalchemy import Connection, func, select

from biometrics.kernel.access import Act
from biometrics.kernel.errors import DuplicateNationalNumber, EncounterExists, TooManyRequests
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import audit_entries

MOST: Final = 20  # answers within WITHIN that an id is taken by what the account may not see
WITHIN: Final = timedelta(hours=1)
_GUESS: Final = {"taken": "elsewhere"}


def require_allowance(connection: Connection, act: Act | None) -> None:
    """Refuse to reveal to an account again whether an id is taken elsewhere.

    Raises:
        TooManyRequests: the account had MOST such answers.
    """
    if _learns(act):
        _refuse_more(connection, act, MOST - 1)


def count(database: Database, act: Act | None, error: DuplicateNationalNumber | EncounterExists) -> None:
    """Count an answer that an id is taken elsewhere, after its transaction was rolled back.

    Raises:
        TooManyRequests: several answers at the same time are more than MOST.
    """
    if error.elsewhere and _learns(act):
        with database.noting() as connection:
            audit.append(connection, act, Action.REFUSED, "", code=error.code, **_GUESS)
            _refuse_more(connection, act, MOST)  # after the entry, whose lock lets one be counted at a time


def _learns(act: Act | None) -> TypeGuard[Act]:
    """Return whether such an answer reveals something to an account: not to one that sees all records."""
    return act is not None and bool(act.actor.unit.state)


def _refuse_more(connection: Connection, act: Act, limit: int) -> None:
    """Refuse where the account has had more than `limit` such answers."""
    since = audit.instant(datetime.now(UTC) - WITHIN)
    entries = audit_entries.c
    marked = entries.detail.contains(audit.plain_json(_GUESS)[1:-1], autoescape=True)
    mine = (entries.at >= since, entries.action == Action.REFUSED.value, entries.actor_id == act.actor.id, marked)
    counted, first = connection.execute(select(func.count(), func.min(entries.at)).where(*mine)).one()
    if counted > limit:
        left = datetime.fromisoformat(first) + WITHIN - datetime.now(UTC)
        raise TooManyRequests(
            "Too many of the numbers or ids that you gave were taken; wait, and check them.",
            max(1, int(left.total_seconds()) + 1),
        )
