"""Notifications: each is sent to one account or one unit, once, and kept before and after it was read.

A unit's notification goes to all its users who may read cases, and counts as read when one of them has read it. The id
of a record that the reader may not see is left out, whenever it became invisible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, or_, select, tuple_, update

from biometrics.access import jurisdiction
from biometrics.access.authorisation import of_unauthorised, unauthorised
from biometrics.access.case_access import may_be_known_to, open_candidates
from biometrics.access.persons import resolve_merged_ids
from biometrics.access.rights import unrestricted
from biometrics.kernel.access import Act, Role, Scope, Unit
from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.errors import UnknownNotification
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.page import Page
from biometrics.notifications.model import Notification, NotificationKind
from biometrics.storage.database.counters import NOTIFICATION_COUNTER, advance
from biometrics.storage.database.engine import Database, insert
from biometrics.storage.database.paging import paginate, require_limit
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.accounts import users
from biometrics.storage.tables.base import MAX_ROW_NUMBER
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.subscriptions import subscription_events, subscriptions
from biometrics.storage.tables.watchlist import notifications, standing_searches

MAX_PAGE = 200  # notifications

# Those about a person who may be the candidate of a case that the reader examines, and must not be known to them yet.
_HINTING = frozenset(
    {
        NotificationKind.CASE_CLOSED,
        NotificationKind.CROSS_UNIT_CASE,
        NotificationKind.PERSON_BOOKED,
        NotificationKind.PERSON_FOUND,
        NotificationKind.PERSON_IDENTIFIED,
    }
)


@dataclass(frozen=True)
class NotificationPage(Page[Notification, int]):
    """Some notifications, newest first, and how many of all are unread."""

    unread: int


def notify(
    connection: Connection,
    recipient: str,
    kind: NotificationKind,
    about: str,
    standing_id: str | None = None,
    record_id: str | None = None,
) -> None:
    """Notify an account, unless it was notified already or there is none."""
    if not recipient:
        return
    sent = select(notifications.c.number).where(
        notifications.c.recipient == recipient, notifications.c.kind == kind, notifications.c.about == about
    )
    if connection.execute(sent).first():
        return
    _send(connection, kind, [(recipient, about, record_id)], standing_id)


def _send(
    connection: Connection,
    kind: NotificationKind,
    sent: Sequence[tuple[str, str, str | None]],
    standing_id: str | None = None,
) -> None:
    """Add notifications of one kind, each of a recipient, what it is about and a record's id or None."""
    last, now = advance(connection, NOTIFICATION_COUNTER, len(sent)), datetime.now(UTC)
    common = {"kind": kind, "standing_id": standing_id, "created_at": now}
    rows = [
        {"number": number, "recipient": recipient, "about": about, "record_id": record_id, **common}
        for number, (recipient, about, record_id) in enumerate(sent, last - len(sent) + 1)
    ]
    connection.execute(insert(connection, notifications).on_conflict_do_nothing(), rows)


def notify_unit(
    connection: Connection, unit: Unit, kind: NotificationKind, about: str, record_id: str | None = None
) -> None:
    """Notify the unit that reads the notifications of one, of a record where one is named."""
    reader = reading_units(connection, [unit])[unit]
    notify(connection, _address(reader), kind, about, record_id=record_id)


def notify_of_events(connection: Connection, kind: NotificationKind, events: Iterable[tuple[Unit, str, str]]) -> None:
    """Notify units that read notifications, each of the new event of a subscription and of the record's id."""
    if sent := [(_address(reader), event_id, record_id) for reader, event_id, record_id in events]:
        _send(connection, kind, sent)


def reading_units(connection: Connection, units: Iterable[Unit]) -> dict[Unit, Unit]:
    """Return which unit reads the notifications of each: the lowest at or above it with a user who may read cases."""
    lineages = {unit: unit.lineage for unit in units}
    columns = [users.c[name] for name in jurisdiction.codes_of(Unit())]
    reading: set[Unit] = set()
    for above in in_chunks({unit for lineage in lineages.values() for unit in lineage}, CHUNK // len(columns)):
        of_units = tuple_(*columns).in_([tuple(jurisdiction.codes_of(unit).values()) for unit in above])
        query = select(users.c.roles, *columns).where(of_units, users.c.disabled_at.is_(None)).distinct()
        reading |= {jurisdiction.unit_at(row) for row in connection.execute(query) if _reads_cases(row.roles)}
    return {unit: next((each for each in lineage if each in reading), unit) for unit, lineage in lineages.items()}


def _reads_cases(roles: str) -> bool:
    return any(Scope.CASE_READ in Role(name).scopes for name in roles.split(",") if name)


def _address(unit: Unit) -> str:
    return f"unit {unit.path}"


@unrestricted("an account reads its own notifications only")
class NotificationStore:
    """The notifications of one account and its unit."""

    def __init__(self, database: Database, act: Act) -> None:
        """Use an open database for an actor."""
        self._database = database
        self._act = act
        reads_cases = act.actor.may(Scope.CASE_READ)
        self._addresses = [act.actor.id, *([_address(act.actor.unit)] if reads_cases else [])]

    def find(self, *, unread: bool = False, limit: int = 50, after: int | None = None) -> NotificationPage:
        """Return notifications, newest first, all or those not read; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit is not valid.
        """
        require_limit(limit, MAX_PAGE, "notifications")
        mine = and_(notifications.c.recipient.in_(self._addresses), ~_of_unauthorised_search())
        query = select(notifications).where(mine).order_by(notifications.c.number.desc()).limit(limit + 1)
        if unread:
            query = query.where(notifications.c.read_at.is_(None))
        if after is not None:
            query = query.where(notifications.c.number < min(after, MAX_ROW_NUMBER))
        waiting = select(func.count()).select_from(notifications).where(mine, notifications.c.read_at.is_(None))
        with self._database.reading() as connection:
            rows, next_cursor = paginate(connection.execute(query).all(), limit, lambda row: int(row.number))
            notifications_shown = self._for_reader(connection, rows)
            count = int(connection.execute(waiting).scalar_one())
        return NotificationPage(tuple(notifications_shown), next_cursor, count)

    def read(self, number: int) -> Notification:
        """Note that one was read; the first time counts.

        Raises:
            UnknownNotification: there is none of this number for this person.
        """
        with self._database.writing() as connection:
            addressed = and_(notifications.c.recipient.in_(self._addresses), ~_of_unauthorised_search())
            mine = (notifications.c.number == min(number, MAX_ROW_NUMBER), addressed)
            unread = notifications.c.read_at.is_(None)
            connection.execute(update(notifications).where(*mine, unread).values(read_at=datetime.now(UTC)))
            read = self._for_reader(connection, connection.execute(select(notifications).where(*mine)).all())
        if not read:
            raise UnknownNotification(f"There is no notification {number} for you; check the number.")
        return read[0]

    def _for_reader(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Notification]:
        """Return notifications without the ids of records that their reader may not see now."""
        lead_of = resolve_merged_ids(connection, list({row.record_id for row in rows if row.record_id}))
        visible = jurisdiction.visible_ids(connection, jurisdiction.unit_of(self._act), list(lead_of.values()))
        hidden = open_candidates(connection, self._act, set(lead_of.values()))
        about = self._cases(connection, [row.about for row in rows])
        standing_ids = {row.standing_id for row in rows if row.standing_id}
        numbered = select(standing_searches.c.id, standing_searches.c.number)
        rows_of = connection.execute(numbered.where(standing_searches.c.id.in_(standing_ids)))
        numbers: dict[str, int] = {row.id: row.number for row in rows_of}
        of_events = self._subscriptions(connection, [row.about for row in rows])
        visible_notifications = []
        for row in rows:
            record_id = lead_of.get(row.record_id)
            ids_shown = visible - hidden if row.kind in _HINTING else visible
            visible_notifications.append(
                replace(
                    _notification(row, row.record_id if record_id in ids_shown else None),
                    standing_number=numbers.get(row.standing_id),
                    subscription_id=None if record_id in hidden else of_events.get(row.about),
                    **about.get(row.about, {}),
                )
            )
        return visible_notifications

    def _subscriptions(self, connection: Connection, event_ids: Sequence[str]) -> dict[str, int]:
        """Return the subscriptions of the events among some ids that the reader may see."""
        columns, mine = subscription_events.c, jurisdiction.at_or_below(jurisdiction.unit_of(self._act), subscriptions)
        query = select(columns.id, columns.subscription_id).join(
            subscriptions, subscriptions.c.id == columns.subscription_id
        )
        return {row.id: row.subscription_id for row in connection.execute(query.where(columns.id.in_(event_ids), mine))}

    def _cases(self, connection: Connection, case_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the number, FIR and outcome of the cases among some ids, as far as the reader may know them.

        The FIR is that of a case that the reader's unit, or one below it, asks.
        """
        unit = jurisdiction.unit_of(self._act)
        fir = case((cases.c.search_id.is_(None), encounters.c.fir_number), else_=searches.c.case_number)
        asked_here = jurisdiction.at_or_below(unit, cases)
        query = select(cases.c.id, cases.c.number, cases.c.outcome, case((asked_here, fir)).label("fir"))
        query = query.outerjoin(searches, searches.c.id == cases.c.search_id)
        query = query.outerjoin(encounters, encounters.c.id == cases.c.encounter_id)
        query = query.where(cases.c.id.in_(case_ids), may_be_known_to(unit))
        return {
            row.id: {
                "case_number": row.number,
                "fir_number": row.fir or None,
                "outcome": Conclusion(row.outcome) if row.outcome else None,
            }
            for row in connection.execute(query)
        }


def _of_unauthorised_search() -> ColumnElement[bool]:
    """Return the condition that a notification is about a case, or an event, of a search that is not authorised."""
    about = notifications.c.about
    of_case = exists().where(cases.c.id == about, of_unauthorised())
    events = subscription_events.c
    of_event = exists().where(events.id == about, searches.c.id == events.about, unauthorised())
    return or_(of_case.correlate(notifications), of_event.correlate(notifications))


def _notification(row: Row[Any], record_id: str | None) -> Notification:
    return from_row(Notification, row, kind=NotificationKind(row.kind), record_id=record_id)
