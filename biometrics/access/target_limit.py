"""How many targets an account may use when it compares samples with one record.

A score beyond what may be stated is withheld. Whether it reaches a target is still answered, so that many answers at
other targets would find it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select

from biometrics.access.persons import ids_of
from biometrics.kernel.access import Act
from biometrics.kernel.errors import TooManyTargets
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import audit_entries

MOST: Final = 3
WITHIN: Final = timedelta(days=1)


def require_few_targets(database: Database, act: Act | None, record_id: str) -> None:
    """Refuse an answer if an account has used more than MOST targets with a record; its audit entry is written before.

    Raises:
        TooManyTargets: it has.
    """
    if act is None:
        return
    entries, since = audit_entries.c, audit.instant(datetime.now(UTC) - WITHIN)
    query = select(entries.detail).where(
        entries.actor_id == act.actor.id,
        entries.action == Action.VERIFIED.value,
        entries.at >= since,
    )
    with database.reading() as connection:
        person = entries.subject_id.in_(ids_of(connection, record_id))
        details = connection.execute(query.where(person)).scalars().all()
    if len({json.loads(detail).get("target_fmr") for detail in details}) > MOST:
        raise TooManyTargets(
            f"You have compared samples with this record at more than {MOST} targets within a day; use one of those.",
            int(WITHIN.total_seconds()),
        )
