"""Subscriptions to people on record, and their events."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import USUAL, cursor, number_after
from api.v1.subscriptions import Subscriptions
from api.web.pages import PagesDependency
from biometrics.accounts.display_names import names_of
from biometrics.kernel.access import Scope
from biometrics.kernel.people.record import Record
from biometrics.kernel.technique.clock import today
from biometrics.subscriptions.model import LONGEST, Subscription

router = APIRouter()


@router.get("/subscriptions", dependencies=[needs(Scope.WATCH_MANAGE)])
def show_subscriptions(
    pages: PagesDependency,
    subscriptions: Subscriptions,
    store: StoreDependency,
    act: ActDependency,
    record: str = "",
    ended: bool = False,
    after: str | None = None,
) -> Response:
    """List the subscriptions of one's unit and those below it, the newest first; those to a record, with the form."""
    page = subscriptions.find(record, ended=ended, limit=USUAL, after=number_after(after))
    person = store.people.get(record) if record and pages.may(Scope.ENCOUNTER_READ) else None
    ids = [subscription.record_id for subscription in page.items]
    people = store.people.named(ids) if ids and pages.may(Scope.ENCOUNTER_READ) else {}
    return pages.show(
        "subscriptions.html",
        page=page,
        people={record_id: person for record_id, person in people.items() if isinstance(person, Record)},
        person=person,
        own=any(subscription.is_active(today()) and subscription.unit == act.actor.unit for subscription in page.items),
        names=names_of(store.database, _account_ids(page.items)),
        ended=ended,
        next=cursor(page.after),
        after=after,
        today=today(),
        last_day=today() + LONGEST,
    )


def _account_ids(subscriptions: Sequence[Subscription]) -> list[str | None]:
    """Return the ids of the owners, and of those who ended subscriptions."""
    return [account for subscription in subscriptions for account in (subscription.owner, subscription.ended_by)]
