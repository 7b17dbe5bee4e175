"""Use case: notify a unit or court when a person on record is booked, found by a search, or identified."""

from __future__ import annotations

from datetime import date
from typing import Final

from biometrics.kernel.casework.cases import clean_notes
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.subscriptions.model import Subscription, check_end

SUBSCRIBE: Final = "subscribe"  # the step of a request that adds a subscription
END: Final = "end subscription"  # the step of a request that ends one


def subscribe(store: RecordStore, record_id: str, legal_basis: str, expires_on: date) -> Subscription:
    """Subscribe the actor's unit to the person of a record, on a legal basis, until a day.

    Raises:
        UnknownRecord, OutOfJurisdiction: there is no such record that the unit sees.
        InvalidField: there is no legal basis, or the day is past or too late.
        WrongStep: the unit has an active subscription to the person.
    """
    basis = clean_notes(legal_basis, "legal basis")
    check_end(expires_on, today())
    with store.begin(SUBSCRIBE) as work:
        if work.is_first:
            record = work.people.get(record_id)
            subscription = work.subscriptions.add(record.id, basis, expires_on)
            work.audit(Action.SUBSCRIBED, record.id, subscription=subscription.id, until=str(expires_on))
            work.remember(subscription.id)
        return work.subscriptions.get(work.answer)


def end_subscription(store: RecordStore, subscription_id: int, because: str) -> Subscription:
    """End a subscription, with a reason.

    Raises:
        UnknownSubscription: there is none of this number that the unit may see.
        WrongStep: it has ended.
        InvalidField: there is no reason.
    """
    reason = clean_notes(because, "reason")
    with store.begin(END) as work:
        if work.is_first:
            subscription = work.subscriptions.end(subscription_id, reason)
            work.audit(Action.SUBSCRIPTION_ENDED, subscription.record_id, subscription=subscription.id)
            work.remember(subscription.id)
        return work.subscriptions.get(work.answer)
