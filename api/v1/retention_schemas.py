"""Schemas of retention: orders, due samples, certificates of destruction."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import Field

from api.http.schemas import Day, NameOf, PageOut, RequestBody, Schema
from biometrics.kernel.people.retention_rules import (
    AUTHORITY_LENGTH,
    ORDER_REASON_LENGTH,
    REFERENCE_LENGTH,
    Clock,
    Order,
    OrderKind,
)
from biometrics.retention.certificates import Certificate


class OrderIn(RequestBody):
    """What was directed about an encounter, or about the files of a search."""

    kind: OrderKind
    authority: str = Field(max_length=AUTHORITY_LENGTH, description="Court, magistrate or office")
    reference: str = Field(max_length=REFERENCE_LENGTH, description="Number of the order or file")
    date: Day
    until: Day | None = Field(default=None, description="Last day of a hold; else until it is released")
    reason: str = Field(default="", max_length=ORDER_REASON_LENGTH, description="As in the order; no names")
    hold_id: str | None = Field(default=None, description="Id of the hold that a release ends; others stay in force")

    def order(self) -> Order:
        """Return it as a value of the domain."""
        return Order(self.kind, self.authority, self.reference, self.date, self.until, self.reason, self.hold_id)


class OrderOut(Schema):
    """The id of an order that was entered."""

    id: str


class HoldOut(Schema):
    """A hold that is in force; a release names its `id`."""

    id: str
    authority: str
    reference: str
    until: dt.date | None


class WaitingOut(Schema):
    """An order to destroy that one person has entered; it takes effect when another enters the same."""

    authority: str
    reference: str
    date: dt.date


class ClockOut(Schema):
    """Until when an encounter's samples are kept; `holds`, where there are any, win over `due`."""

    encounter_id: str
    begins: dt.date
    due: dt.date
    rule: str
    basis: str
    why: str
    holds: list[HoldOut]
    waiting: list[WaitingOut]
    entered_by: str = Field(
        default="", description="Account that alone has made them due: another person has to destroy them"
    )

    @classmethod
    def of(cls, clock: Clock) -> Self:
        """Make it of a clock."""
        return cls.showing(clock, rule=clock.rule.id, basis=clock.rule.basis)


class DueOut(ClockOut):
    """An encounter that is due, with its record and station; or a search whose files are, without an encounter."""

    record_id: str
    station_code: str = Field(description="Of a search: the path of its unit")
    search_id: str | None = Field(description="Of the search whose probes' files are due")
    other_firs: list[str] = Field(
        default_factory=list,
        description="FIRs of the person's other arrests and events",
    )

    @classmethod
    def of(cls, timed: Any) -> Self:
        """Make it of an encounter with its clock."""
        clock: Clock = timed.clock
        return cls.showing(
            timed,
            **ClockOut.of(clock).model_dump(exclude={"encounter_id"}),
            encounter_id="" if timed.search_id else clock.encounter_id,
            search_id=timed.search_id or None,
        )


class DuePageOut(PageOut):
    """Some of what is due, and the cursor to the next ones."""

    due: list[DueOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class ExpungementOut(Schema):
    """What one certificate of destruction is about; the whole of it is at /api/v1/expungements/{id}."""

    id: str
    at: dt.datetime
    by: str = Field(description="Id of who destroyed; empty: the service itself")
    by_name: Annotated[str, NameOf("by")] = ""
    record_id: str
    record_removed: bool = Field(description="Whether the record went with its last encounter")
    encounters: int = Field(description="How many were destroyed")
    samples: int = Field(description="How many prints and photos were destroyed")
    search_id: str | None = Field(description="Of the search whose probes' files were destroyed; null for a record's")

    @classmethod
    def of(cls, certificate: Certificate) -> Self:
        """Make it of a certificate."""
        content = certificate.content
        return cls(
            id=certificate.id,
            at=content["at"],
            by=content["by"],
            record_id=content["record"],
            record_removed=content["record_removed"],
            encounters=len(content["encounters"]),
            samples=len(content["samples"]),
            search_id=None if content["record"] else content["searches"][0]["search"],
        )


class ExpungementPageOut(PageOut):
    """Some certificates of destruction, the newest first, and the cursor to the next ones."""

    expungements: list[ExpungementOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
