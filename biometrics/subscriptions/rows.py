"""Subscriptions as rows, and the notification of subscribers, in the transaction of the event."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, false, func, not_, or_, select, update

from biometrics.access.authorisation import unauthorised
from biometrics.access.case_access import open_candidates
from biometrics.access.jurisdiction import at_or_below, codes_of, contacts, unit_at, visible
from biometrics.access.persons import ids_of, resolve_merged_ids
from biometrics.kernel.access import Act, Unit
from biometrics.kernel.errors import UnknownSubscription
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.clock import today
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify_of_events, reading_units
from biometrics.storage.database.counters import NOTIFICATION_COUNTER, advance
from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import Lock, acquire, hold_each, name_of
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.base import MAX_ROW_NUMBER
from biometrics.storage.tables.people import records
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.subscriptions import subscription_events, subscriptions
from biometrics.subscriptions.model import Subscription, SubscriptionEvent

MOST_EVENTS: Final = 200  # of one subscription that are read, the latest


def notify_subscribers(
    connection: Connection, kind: NotificationKind, record_ids: Collection[str], about: str, unit: Unit, actor: str
) -> None:
    """Notify the units that subscribe to some people of what happened to them, where they may see the record.

    A unit is notified once of each person, and once of an identification, whose records are of one person: also where
    it reads the notifications of units below it, which come after its own. `about` is the id of the encounter, search,
    case or merge, `unit` the one to call, `actor` who did it there: subscriptions that they made for that unit are left
    out, those that they made for another, where they were posted before, are not. Call it late in a transaction:
    notifications come just before the audit log in the order of locks.
    """
    of_actor = [subscriptions.c[column] == code for column, code in codes_of(unit).items()]
    of_other_subscribers = (not_(and_(subscriptions.c.owner == actor, *of_actor)), *active(today()))
    if (
        not record_ids
        or not connection.execute(select(subscriptions.c.id).where(*of_other_subscribers).limit(1)).first()
    ):
        return
    people = {
        lead_id: of_person(connection, lead_id)
        for lead_id in sorted(set(resolve_merged_ids(connection, list(record_ids)).values()))
    }
    query = select(subscriptions.c.id).where(or_(false(), *people.values()), *of_other_subscribers)
    if not (subscription_ids := set(connection.execute(query).scalars())):
        return
    advance(connection, NOTIFICATION_COUNTER, 0)  # before the rows: others who notify of some of them hold it already
    hold_each(connection, Lock.SUBSCRIPTION, subscriptions.c.id, subscription_ids)
    subscribers: list[tuple[str, int, Unit]] = []
    for subject_id, of_subject in people.items():
        query = select(subscriptions).join(records, records.c.id == subject_id)
        rows = connection.execute(query.where(of_subject, visible(subscriptions), *of_other_subscribers))
        held = [(subject_id, row.id, unit_at(row)) for row in rows if row.id in subscription_ids]
        subscribers += sorted(held, key=lambda each: (len(each[2].codes), -each[1]))
    event_ids = _add_events(connection, [subscription_id for _, subscription_id, _ in subscribers], kind, about, unit)
    readers = reading_units(connection, {subscriber for _, _, subscriber in subscribers})
    notified: dict[tuple[Unit, str], tuple[str, str]] = {}  # a unit may subscribe to two records of one person
    for subject_id, subscription_id, subscriber in subscribers:
        person = "" if kind is NotificationKind.PERSON_IDENTIFIED else subject_id
        if event_id := event_ids.get(subscription_id):
            notified.setdefault((readers[subscriber], person), (event_id, subject_id))
    notify_of_events(connection, kind, [(reader, *event) for (reader, _), event in notified.items()])


def of_person(connection: Connection, record_id: str) -> Any:
    """Return the condition on the rows of subscriptions to the person that an id leads to."""
    return subscriptions.c.record_id.in_(ids_of(connection, record_id))


def _add_events(
    connection: Connection, subscription_ids: Sequence[int], kind: NotificationKind, about: str, unit: Unit
) -> dict[int, str]:
    """Add an event to each of some subscriptions, which are locked; return the ids of those not added before."""
    if not subscription_ids:
        return {}
    common = {"kind": kind, "about": about, "at": datetime.now(UTC), **codes_of(unit)}
    events = [{"id": str(uuid.uuid4()), "subscription_id": each, **common} for each in subscription_ids]
    columns = subscription_events.c.subscription_id, subscription_events.c.id
    added = insert(connection, subscription_events).on_conflict_do_nothing().returning(*columns)
    event_ids = {row.subscription_id: row.id for row in connection.execute(added, events)}
    for changed in in_chunks(event_ids, CHUNK):
        new_version = update(subscriptions).where(subscriptions.c.id.in_(changed))
        connection.execute(new_version.values(version=subscriptions.c.version + 1))
    return event_ids


def end(connection: Connection, subscription_id: int, by: str, because: str) -> bool:
    """End a subscription; return False if it had ended before."""
    values = {"ended_at": datetime.now(UTC), "ended_by": by, "ended_because": because}
    return bool(_change(connection, subscription_id, subscriptions.c.ended_at.is_(None), **values))


def _change(connection: Connection, subscription_id: int, *conditions: Any, **values: Any) -> int:
    acquire(connection, Lock.SUBSCRIPTION, name_of(subscription_id))
    changed = update(subscriptions).where(subscriptions.c.id == subscription_id, *conditions)
    return connection.execute(changed.values(**values, version=subscriptions.c.version + 1)).rowcount


def load(connection: Connection, *conditions: Any, limit: int | None = None) -> list[Subscription]:
    """Return the subscriptions that meet conditions on their rows, newest first, without their events."""
    query = select(subscriptions).where(*conditions).order_by(subscriptions.c.id.desc()).limit(limit)
    return [from_row(Subscription, row, unit=unit_at(row)) for row in connection.execute(query)]


def load_visible(connection: Connection, unit: Unit, subscription_id: int) -> Subscription:
    """Return a subscription of a unit or one below it.

    Raises:
        UnknownSubscription: there is none of this number.
    """
    by_id = subscriptions.c.id == min(subscription_id, MAX_ROW_NUMBER)
    matches = load(connection, by_id, at_or_below(unit, subscriptions))
    if not matches:
        raise UnknownSubscription(f"There is no subscription {subscription_id} that you may see; check the number.")
    return matches[0]


def with_events(
    connection: Connection, act: Act, subscriptions_found: Sequence[Subscription]
) -> tuple[Subscription, ...]:
    """Return subscriptions (few enough for one IN list) with their events, latest first.

    Subscriptions to people who are candidates of an open case that the actor may examine have no events.
    """
    lead_of = resolve_merged_ids(connection, [subscription.record_id for subscription in subscriptions_found])
    hidden = open_candidates(connection, act, set(lead_of.values()))
    events = _events(
        connection,
        [subscription.id for subscription in subscriptions_found if lead_of.get(subscription.record_id) not in hidden],
    )
    return tuple(replace(subscription, events=events.get(subscription.id, ())) for subscription in subscriptions_found)


def _events(connection: Connection, subscription_ids: Sequence[int]) -> dict[int, tuple[SubscriptionEvent, ...]]:
    columns = subscription_events.c
    recency = func.row_number().over(partition_by=columns.subscription_id, order_by=(columns.at.desc(), columns.id))
    ranked = select(subscription_events, recency.label("place"))
    of_unauthorised = columns.about.in_(select(searches.c.id).where(unauthorised()))
    latest = ranked.where(columns.subscription_id.in_(subscription_ids), ~of_unauthorised).subquery()
    rows = connection.execute(select(latest).where(latest.c.place <= MOST_EVENTS).order_by(latest.c.place)).all()
    called = contacts(connection, [unit_at(row) for row in rows])
    events: defaultdict[int, list[SubscriptionEvent]] = defaultdict(list)
    for row in rows:
        event = SubscriptionEvent(NotificationKind(row.kind), row.at, called[unit_at(row)])
        events[row.subscription_id].append(event)
    return {subscription_id: tuple(newest) for subscription_id, newest in events.items()}


def active(day: date) -> tuple[Any, ...]:
    """Return the conditions on the rows of subscriptions that are in force on a day."""
    return subscriptions.c.ended_at.is_(None), subscriptions.c.expires_on >= day
