"""Subscriptions as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from api.http.schemas import Day, FromAttributes, NameOf, PageOut, RequestBody, UnitPath
from biometrics.kernel.people.record import Elsewhere
from biometrics.notifications.model import NotificationKind


class SubscriptionIn(RequestBody):
    """A new subscription: the record, the legal basis and the last day."""

    record_id: str = Field(description="The id of the record, which your unit sees")
    legal_basis: str = Field(description="The order, provision or bail condition that the subscription rests on")
    expires_on: Day = Field(description="Its last day, at most a year from today")


class SubscriptionEventOut(FromAttributes):
    """What happened to the person, and the unit to call about it."""

    kind: NotificationKind
    at: dt.datetime
    contact: Elsewhere


class SubscriptionOut(FromAttributes):
    """A subscription of your unit, or of one below it."""

    id: int
    record_id: str
    owner: str
    owner_name: Annotated[str, NameOf("owner")] = ""
    unit: UnitPath
    legal_basis: str
    created_at: dt.datetime
    expires_on: dt.date
    ended_at: dt.datetime | None
    ended_by: str | None
    ended_by_name: Annotated[str, NameOf("ended_by")] = ""
    ended_because: str | None
    events: list[SubscriptionEventOut] = Field(
        description="Latest first; none while you may examine an open case with this person as the candidate"
    )


class SubscriptionPageOut(PageOut):
    """A page of subscriptions, newest first."""

    subscriptions: list[SubscriptionOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
