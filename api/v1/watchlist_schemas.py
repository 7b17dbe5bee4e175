"""Standing searches and notifications as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from api.http.schemas import FromAttributes, NameOf, PageOut, Schema, UnitPath
from api.v1.searches_schemas import SearchOut
from biometrics.kernel.casework.cases import Conclusion
from biometrics.notifications.model import NotificationKind
from biometrics.watchlist.model import Standing, StandingKind


class StandingOut(Schema):
    """A search that is repeated with every enrolment."""

    id: str
    number: int
    kind: StandingKind
    search_id: str | None
    encounter_id: str | None
    record_id: str | None
    owner: str
    owner_name: Annotated[str, NameOf("owner")] = ""
    unit: UnitPath
    created_at: dt.datetime
    expires_on: dt.date | None
    ended_at: dt.datetime | None
    ended_by: str | None
    ended_by_name: Annotated[str, NameOf("ended_by")] = ""
    ended_because: str | None

    @classmethod
    def of(cls, standing: Standing) -> StandingOut:
        """Show a standing search."""
        ended = standing.ended
        return cls.showing(
            standing,
            ended_at=ended and ended.at,
            ended_by=ended and ended.by,
            ended_because=ended and ended.because,
        )


class NewStandingOut(Schema):
    """A new standing search and its first results."""

    standing: StandingOut
    search: SearchOut


class StandingPageOut(PageOut):
    """A page of standing searches, oldest first."""

    standing: list[StandingOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class NotificationOut(FromAttributes):
    """A notification; `about` is the id of a case, of the encounter of a sighting, or of an event of a subscription."""

    number: int
    kind: NotificationKind
    about: str
    standing_id: str | None
    record_id: str | None = Field(description="Null if you may not see the record")
    created_at: dt.datetime
    read_at: dt.datetime | None
    case_number: str | None = Field(description="The number of the case; null if it is about none")
    outcome: Conclusion | None = Field(description="The outcome of the case, once it is closed")
    standing_number: int | None = Field(description="The number of the standing search")
    subscription_id: int | None = Field(description="The subscription, whose events say which unit to call")


class NotificationPageOut(PageOut):
    """A page of notifications, newest first."""

    notifications: list[NotificationOut]
    unread: int = Field(description="Number of all your unread notifications")
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
