"""Clearance certificates as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from api.http.schemas import Day, FromAttributes, NameOf, PageOut, RequestBody, Schema, UnitPath
from biometrics.clearances.model import Clearance, ClearanceCase, ClearanceOutcome, ClearanceRequest, ClearanceState
from biometrics.clearances.statement import Verified
from biometrics.kernel.people.encounter import MissingFinger


class ClearanceIn(RequestBody):
    """Who asks for a certificate, for what, and the search with their prints and photo."""

    search_id: str = Field(
        description="A search of your unit with the purpose `clearance`, at most seven days old: all ten prints and a "
        "photo of the face, without conditions"
    )
    name: str
    birth_date: Day
    document: str = Field(description="Identity document that the applicant showed: kind and number")
    wanted_for: str = Field(description="What the certificate is for, such as a visa")
    authority: str = Field(description="Authority that receives it")
    legal_basis: str = Field(description="The applicant's consent, or the provision that replaces it")
    relative: str = Field(default="", description="Name of the father, mother or husband")
    missing_fingers: tuple[MissingFinger, ...] = Field(default=(), description="Fingers without a print, and why")

    def request(self) -> ClearanceRequest:
        """Return the request, checked."""
        return ClearanceRequest(**{name: value for name, value in dict(self).items() if name != "search_id"})


class ApplicantOut(FromAttributes):
    """The applicant, and what the certificate is for."""

    name: str
    birth_date: dt.date
    document: str
    wanted_for: str
    authority: str
    legal_basis: str
    relative: str


class ClearanceOut(FromAttributes):
    """A request for a clearance certificate of your unit, or of one below it."""

    id: str
    number: str
    state: ClearanceState
    unit: UnitPath
    search_id: str
    searched_at: dt.datetime
    applicant: ApplicantOut | None = Field(description="Null once the particulars are erased")
    requested_by: str
    requested_by_name: Annotated[str, NameOf("requested_by")] = ""
    requested_at: dt.datetime
    cases: list[ClearanceCase] = Field(description="Examiners decide all of them before a certificate is issued")
    outcome: ClearanceOutcome | None
    details: str
    because: str
    decided_by: str | None
    decided_by_name: Annotated[str, NameOf("decided_by")] = ""
    decided_at: dt.datetime | None
    expires_on: dt.date | None
    statement: str | None = Field(description="The signed text of the certificate, which its QR code holds")
    ended_by: str | None
    ended_by_name: Annotated[str, NameOf("ended_by")] = ""
    ended_at: dt.datetime | None
    ended_because: str | None = Field(description="Why it was withdrawn or revoked")

    @classmethod
    def of(cls, value: object) -> ClearanceOut:
        """Show a request."""
        assert isinstance(value, Clearance)
        decided = value.decision
        return cls.showing(
            value,
            applicant=value.request and ApplicantOut.of(value.request),
            outcome=decided and decided.outcome,
            details=decided.details if decided else "",
            because=decided.because if decided else "",
        )


class ClearancePageOut(PageOut):
    """A page of requests, newest first."""

    clearances: list[ClearanceOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class StatementIn(RequestBody):
    """The text of a certificate's QR code."""

    statement: str
    public_key: str = Field(default="", description="Key to check it with, in hex; else that of this station")


class StatementOut(Schema):
    """What a certificate states, and whether it is genuine."""

    genuine: bool = Field(description="Whether the owner of the key signed exactly this text")
    expired: bool
    revoked: bool | None = Field(description="Null for a certificate of another station: this one does not know")
    content: dict[str, str]
    public_key: str = Field(description="The key it was checked with, in hex")

    @classmethod
    def of(cls, verified: Verified, public_key: str, *, revoked: bool | None) -> StatementOut:
        """Show the result of a check."""
        content = dict(verified.content) if verified.is_genuine else {}
        return cls(
            genuine=verified.is_genuine,
            expired=verified.is_expired,
            revoked=revoked,
            content=content,
            public_key=public_key,
        )
