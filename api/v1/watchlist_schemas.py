"""Standing searches and notifications as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from api.http.schemas import NameOf, PageOut, Schema, UnitPath
from api.v1.searches_schemas import SearchOut
from biometrics.notifications.model import Notification
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
    poor_samples: list[str] = Field(
        default_factory=list,
        description="Samples, by their labels, that are too poor to exclude anybody: no hit by them does not say that "
        "the person was not enrolled",
    )


class StandingPageOut(PageOut):
    """A page of standing searches, oldest first."""

    standing: list[StandingOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class NotificationPageOut(PageOut):
    """A page of notifications, newest first."""

    notifications: list[Notification]
    unread: int = Field(description="Number of all your unread notifications")
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
