"""Subscriptions to people on record: a unit is notified when another books, finds or identifies them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.http.authentication import ActDependency, needs
from api.http.dependencies import EngineDependency
from api.http.errors import raising
from api.http.idempotency import WritingStore
from api.http.pagination import USUAL, After, Limit, number_after
from api.v1.cases_schemas import ReasonIn
from api.v1.display_names import ColleaguesDependency
from api.v1.subscriptions_schemas import SubscriptionIn, SubscriptionOut, SubscriptionPageOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import UnknownRecord, UnknownSubscription, WrongStep
from biometrics.subscriptions.reader import SubscriptionReader
from biometrics.use_cases.enrolment.subscribe import end_subscription, subscribe

router = APIRouter(prefix="/subscriptions", tags=["cases"], dependencies=[needs(Scope.WATCH_MANAGE)])


def _subscriptions(engine: EngineDependency, act: ActDependency) -> SubscriptionReader:
    return SubscriptionReader(engine.store.database, act)


Subscriptions = Annotated[SubscriptionReader, Depends(_subscriptions)]


@router.post(
    "",
    status_code=201,
    summary="Subscribe to a person on record",
    responses=raising(UnknownRecord, WrongStep),
)
def create_subscription(
    new: SubscriptionIn, store: WritingStore, colleagues: ColleaguesDependency, response: Response
) -> SubscriptionOut:
    """Have your unit notified when others book this person, find them by a search, or identify them.

    A search counts if the person reaches its threshold, or in an investigation the service's own. You are not
    notified of a person whose record your unit no longer sees. The subscription ends on its last day, when you end it,
    and when the record is destroyed.
    """
    subscription = subscribe(store, new.record_id, new.legal_basis, new.expires_on)
    response.headers["Location"] = f"/api/v1/subscriptions/{subscription.id}"
    return colleagues.fill_names(SubscriptionOut.of(subscription))


@router.get("", summary="List subscriptions")
def list_subscriptions(
    subscriptions: Subscriptions,
    colleagues: ColleaguesDependency,
    record_id: Annotated[str, Query(description="Only those to this record")] = "",
    ended: Annotated[bool, Query(description="Those too that have ended")] = False,
    limit: Limit = USUAL,
    after: After = None,
) -> SubscriptionPageOut:
    """List the subscriptions of your unit and the units below it, newest first, each with its events."""
    page = subscriptions.find(record_id, ended=ended, limit=limit, after=number_after(after))
    return colleagues.fill_names(SubscriptionPageOut.of(page))


@router.get("/{subscription_id}", summary="Get a subscription", responses=raising(UnknownSubscription))
def read_subscription(
    subscription_id: int, subscriptions: Subscriptions, colleagues: ColleaguesDependency
) -> SubscriptionOut:
    """Get a subscription, including one that has ended."""
    return colleagues.fill_names(SubscriptionOut.of(subscriptions.get(subscription_id)))


@router.post("/{subscription_id}/end", summary="End a subscription", responses=raising(UnknownSubscription, WrongStep))
def end_one(
    subscription_id: int, reason: ReasonIn, store: WritingStore, colleagues: ColleaguesDependency
) -> SubscriptionOut:
    """End a subscription, with a reason. Its events remain."""
    return colleagues.fill_names(SubscriptionOut.of(end_subscription(store, subscription_id, reason.because)))
