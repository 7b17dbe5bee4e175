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
from biometrics.access.jurisdiction import at_or_below, codes_of, contacts, unit_at, visible_ids
from biometrics.access.persons import ids_of, resolve_merged_ids
from biometrics.kernel.access import Act, Unit
from biometrics.kernel.errors import UnknownSubscription
from biometrics.kernel.technique.clock import today
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify_unit, reading_unit
from biometrics.storage.database.counters import NOTIFICATION_COUNTER, advance
from biometrics.storage.database.engine import insert
from biometrics.storage.database.locks import Lock, acquire, hold_each, name_of
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.base import MAX_ROW_NUMBER
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
    if not (subscription_ids := connection.execute(query).scalars().all()):
        return
    advance(connection, NOTIFICATION_COUNTER, 0)  # before the rows: others who notify of some of them hold it already
    hold_each(connection, Lock.SUBSCRIPTION, subscriptions.c.id, subscription_ids)
    notified: set[tuple[Unit, str]] = set()  # a unit may subscribe to two records that are of one person
    for subject_id, of_subject in people.items():
        person = "" if kind is NotificationKind.PERSON_IDENTIFIED else subject_id
        active_ones = load(connection, of_subject, subscriptions.c.id.in_(subscription_ids), *of_other_subscribers)
        for subscription in sorted(active_ones, key=lambda each: len(each.unit.codes)):
            subscriber = subscription.unit
            if not visible_ids(connection, subscriber, [subject_id]):
                continue
            event_id = _add_event(connection, subscription, kind, about, unit)
            reader = reading_unit(connection, subscriber)
            if event_id and (reader, person) not in notified:
                notified.add((reader, person))
                notify_unit(connection, reader, kind, event_id, subject_id)


def of_person(connection: Connection, record_id: str) -> Any:
    """Return the condition on the rows of subscriptions to the person that an id leads to."""
    return subscriptions.c.record_id.in_(ids_of(connection, record_id))


def _add_event(
    connection: Connection, subscription: Subscription, kind: NotificationKind, about: str, unit: Unit
) -> str | None:
    """Add an event to a subscription and return the event's id; None if it was added before."""
    event_id = str(uuid.uuid4())
    event = {"id": event_id, "subscription_id": subscription.id, "kind": kind, "about": about, "at": datetime.now(UTC)}
    added = insert(connection, subscription_events).values(**event, **codes_of(unit)).on_conflict_do_nothing()
    if not connection.execute(added).rowcount:
        return None
    _change(connection, subscription.id)
    return event_id


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
