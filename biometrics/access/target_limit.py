"""How many targets an account may use when it compares samples with one record, or finds it by searches.

A score beyond what may be stated is withheld. Whether it reaches a target is still answered, so that many answers at
other targets would find it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from biometrics.access.persons import ids_of, ids_of_people
from biometrics.kernel.access import Act
from biometrics.kernel.errors import TooManyTargets
from biometrics.matching.calibration import USUAL_FPIR
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.searches import search_candidates, searches

MOST: Final = 3
WITHIN: Final = timedelta(days=1)


def require_few_search_targets(connection: Connection, act: Act | None, record_ids: Sequence[str]) -> None:
    """Refuse a search that was stored just now if the account has used more than MOST targets with one of some people.

    They are those that it lists with a withheld score, whatever merged record a search listed them by.

    Raises:
        TooManyTargets: it has.
    """
    if act is None:
        return
    lead_of = ids_of_people(connection, record_ids)
    target = func.coalesce(searches.c.settings["target_fpir"].as_float(), USUAL_FPIR)  # None: hints go by the usual one
    recent = (searches.c.actor_id == act.actor.id, searches.c.created_at >= datetime.now(UTC) - WITHIN)
    used = select(search_candidates.c.record_id, target.label("target")).distinct()
    used = used.join(searches, searches.c.id == search_candidates.c.search_id)
    targets: dict[str, set[float]] = defaultdict(set)
    for row in connection.execute(used.where(*recent, search_candidates.c.record_id.in_(lead_of))):
        targets[lead_of[row.record_id]].add(row.target)
    if any(len(used_with_person) > MOST for used_with_person in targets.values()):
        raise TooManyTargets(
            f"You have searched at more than {MOST} targets within a day, and found one of these records each time; "
            "use one of those.",
            int(WITHIN.total_seconds()),
        )


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
