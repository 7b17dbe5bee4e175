"""Erasing what searches found whose order was refused, or did not come in time; they are withheld before that."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Connection, delete, or_, select, update

from biometrics.access.authorisation import unauthorised
from biometrics.access.units import path_within
from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import CaseState
from biometrics.kernel.people.national import NATIONAL
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.searches import search_candidates, searches
from biometrics.storage.tables.subscriptions import subscription_events
from biometrics.storage.tables.watchlist import notifications, search_images, standing_searches
from biometrics.watchlist.rows import end_standing, hold_standing_of

_BECAUSE: Final = "The search was not authorised."


def erase_unauthorised(connection: Connection, unit: Unit, actor_id: str, day: date) -> list[str]:
    """Erase what unauthorised searches of a unit and below it found; return their ids.

    Candidates and answers of other states go, and notifications of them; their cases are withdrawn, standing searches
    for them end, and the files of their probes are due on the day. The search itself stays, as that it was made.
    """
    left = searches.c.authorise_until > searches.c.created_at  # an erased one has the instant at which it was made
    query = select(searches.c.id).where(unauthorised(), left, path_within(searches.c.unit, unit))
    ids = list(connection.execute(query.order_by(searches.c.id)).scalars())
    for standing_id in hold_standing_of(connection, (standing_searches.c.search_id, ids)):
        end_standing(connection, standing_id, actor_id, _BECAUSE)
    for chunk in in_chunks(ids, CHUNK):
        _erase(connection, chunk, actor_id, day)
    return ids


def _erase(connection: Connection, search_ids: list[str], actor_id: str, day: date) -> None:
    connection.execute(delete(search_candidates).where(search_candidates.c.search_id.in_(search_ids)))
    of_cases = or_(cases.c.search_id.in_(search_ids), cases.c.candidate_search_id.in_(search_ids))
    case_ids = list(connection.execute(select(cases.c.id).where(of_cases)).scalars())
    events = subscription_events.c.about.in_([*search_ids, *case_ids])
    event_ids = list(connection.execute(select(subscription_events.c.id).where(events)).scalars())
    for chunk in in_chunks([*case_ids, *event_ids, *search_ids], CHUNK):
        connection.execute(delete(notifications).where(notifications.c.about.in_(chunk)))
    connection.execute(delete(subscription_events).where(events))
    ended = {
        "state": CaseState.WITHDRAWN,
        "ended_at": datetime.now(UTC),
        "withdrawn_by": actor_id,
        "withdrawn_because": _BECAUSE,
        "due": None,
        "version": cases.c.version + 1,
    }
    is_open = cases.c.state.not_in((CaseState.CLOSED, CaseState.WITHDRAWN))
    connection.execute(update(cases).where(of_cases, is_open).values(**ended))
    connection.execute(update(search_images).where(search_images.c.search_id.in_(search_ids)).values(keep_until=day))
    for row in connection.execute(
        select(searches.c.id, searches.c.settings).where(searches.c.id.in_(search_ids))
    ).all():
        settings = {name: value for name, value in row.settings.items() if name != NATIONAL}
        values = {"settings": settings, "authorise_until": searches.c.created_at}
        connection.execute(update(searches).where(searches.c.id == row.id).values(**values))
