"""Reading subscriptions."""

from __future__ import annotations

from typing import Any

from biometrics.access.jurisdiction import at_or_below
from biometrics.access.rights import needs
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.page import Page
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import paginate, require_limit
from biometrics.storage.tables.base import MAX_ROW_NUMBER
from biometrics.storage.tables.subscriptions import subscriptions
from biometrics.subscriptions import rows
from biometrics.subscriptions.model import Subscription

MAX_PAGE = 200  # subscriptions


class SubscriptionReader:
    """The subscriptions that an actor sees: those of their own unit and of those below it."""

    def __init__(self, database: Database, act: Act) -> None:
        """Read an open database for an actor."""
        self._database = database
        self._act = act

    @needs(Scope.WATCH_MANAGE)
    def get(self, subscription_id: int) -> Subscription:
        """Return a subscription with its events.

        Raises:
            UnknownSubscription: there is none of this number that one may see.
        """
        with self._database.reading() as connection:
            subscription = rows.load_visible(connection, self._act.actor.unit, subscription_id)
            return rows.with_events(connection, self._act, [subscription])[0]

    @needs(Scope.WATCH_MANAGE)
    def find(
        self, record_id: str = "", *, ended: bool = False, limit: int = 50, after: int | None = None
    ) -> Page[Subscription, int]:
        """Return active subscriptions with their events, newest first, those of a record, or those too that have ended.

        Raises:
            InvalidField: the limit is not valid.
        """
        require_limit(limit, MAX_PAGE, "subscriptions")
        conditions: list[Any] = [at_or_below(self._act.actor.unit, subscriptions)]
        if not ended:
            conditions += rows.active(today())
        if after is not None:
            conditions.append(subscriptions.c.id < min(after, MAX_ROW_NUMBER))
        with self._database.reading() as connection:
            if record_id:
                conditions.append(rows.of_person(connection, canonical_id(record_id)))
            loaded = rows.load(connection, *conditions, limit=limit + 1)
            page, next_cursor = paginate(loaded, limit, lambda subscription: subscription.id)
            return Page(rows.with_events(connection, self._act, page), next_cursor)
