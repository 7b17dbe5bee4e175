"""Subscriptions within a unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import select

from biometrics.access.jurisdiction import codes_of, unit_of
from biometrics.access.rights import needs, needs_one_of
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import UnknownRecord, WrongStep
from biometrics.kernel.technique.clock import today
from biometrics.notifications.model import NotificationKind
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.people import records
from biometrics.storage.tables.subscriptions import subscriptions
from biometrics.storage.transaction import Transaction
from biometrics.subscriptions import rows
from biometrics.subscriptions.model import Subscription


class SubscriptionRepository:
    """Subscriptions of an actor's own unit, and the notification of subscribers of what the actor does."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.WATCH_MANAGE)
    def add(self, record_id: str, legal_basis: str, expires_on: date) -> Subscription:
        """Subscribe the actor's unit to the person of a record that it sees and holds.

        Raises:
            UnknownRecord: it was removed meanwhile.
            WrongStep: the unit has an active subscription to the person.
        """
        connection, unit = self._work.connection, unit_of(self._work.act)
        # Two requests at once for one record wait for each other here, and the second finds what the first added.
        if not hold(connection, Lock.RECORD, select(records.c.id).where(records.c.id == record_id), record_id):
            raise UnknownRecord.of(record_id)
        of_unit = [getattr(subscriptions.c, column) == code for column, code in codes_of(unit).items()]
        if active := rows.load(connection, rows.of_person(connection, record_id), *of_unit, *rows.active(today())):
            raise WrongStep(f"Your unit subscribes to this person until {active[0].expires_on}; end that one first.")
        added = subscriptions.insert().values(
            record_id=record_id,
            owner=self._work.actor_id,
            **codes_of(unit),
            legal_basis=legal_basis,
            created_at=datetime.now(UTC),
            expires_on=expires_on,
            version=1,
        )
        return self.get(connection.execute(added.returning(subscriptions.c.id)).scalar_one())

    @needs(Scope.WATCH_MANAGE)
    def end(self, subscription_id: int, because: str) -> Subscription:
        """End a subscription, with a reason.

        Raises:
            UnknownSubscription: there is none of this number that one may see.
            WrongStep: it has ended.
        """
        subscription = self.get(subscription_id)
        if not rows.end(self._work.connection, subscription.id, self._work.actor_id, because):
            raise WrongStep("This subscription has ended already.")
        return self.get(subscription.id)

    @needs(Scope.WATCH_MANAGE)
    def get(self, subscription_id: int) -> Subscription:
        """Return a subscription, without its events.

        Raises:
            UnknownSubscription: there is none of this number that one may see.
        """
        return rows.load_visible(self._work.connection, unit_of(self._work.act), subscription_id)

    @needs_one_of(Scope.IDENTIFY, Scope.WATCH_MANAGE)
    def notify_found(self, record_ids: Sequence[str], search_id: str) -> None:
        """Notify the subscribers of people that the actor's search found."""
        self._tell(NotificationKind.PERSON_FOUND, record_ids, search_id)

    @needs(Scope.RECORD_MERGE)
    def notify_identified(self, record_id: str, merge_id: str) -> None:
        """Notify the subscribers of a person that the actor merged another record into theirs."""
        self._tell(NotificationKind.PERSON_IDENTIFIED, [record_id], merge_id)

    def _tell(self, kind: NotificationKind, record_ids: Sequence[str], about: str) -> None:
        work = self._work
        if work.act is not None:
            rows.notify_subscribers(work.connection, kind, record_ids, about, work.act.actor.unit, work.actor_id)
