"""Requests for clearance certificates, and decisions on them, as frozen values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from biometrics.kernel.access import Unit
from biometrics.kernel.casework.cases import CaseState, Conclusion
from biometrics.kernel.errors import InvalidField, WrongStep
from biometrics.kernel.people.encounter import MissingFinger, MissingReason
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.technique.entry import Entered, stored
from biometrics.kernel.technique.json_fields import AS_JSON, about
from biometrics.kernel.technique.text import NAME_LENGTH, assign, clean_text

VALID: Final = timedelta(days=180)  # from the day of issue
KEPT: Final = timedelta(
    days=365
)  # how long the particulars are kept after the end of validity, or without a certificate
LATEST_SEARCH: Final = timedelta(days=7)  # the oldest search that a request may rest on
DETAILS_LENGTH: Final = 400  # characters that are disclosed of a record: they are in the QR code
_LENGTH: Final = 200
_STATED_BYTES: Final = 1300  # of a request's texts in the QR code, in UTF-8: the rest of the statement has room, too


class ClearanceState(StrEnum):
    """Where a request is."""

    REQUESTED = "requested"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class ClearanceOutcome(StrEnum):
    """What is decided on a request."""

    NO_RECORD = "no_record"  # no record was found that may be disclosed for the purpose
    RECORD = "record"  # a record was found; what may be disclosed of it is stated
    REFUSED = "refused"  # no certificate


@dataclass(frozen=True)
class ClearanceRequest(Entered):
    """Who asks for a certificate, for what, and which authority receives it.

    Raises:
        InvalidField: a text breaks its rule, all are too long for the QR code, or the date of birth is in the future.
    """

    name: str
    birth_date: date
    document: str
    wanted_for: str
    authority: str
    legal_basis: str
    relative: str = ""
    missing_fingers: tuple[MissingFinger, ...] = ()

    def _clean(self) -> None:
        assign(self, "name", clean_text("applicant's name", self.name, NAME_LENGTH))
        assign(self, "document", clean_text("identity document", self.document, _LENGTH))
        assign(self, "wanted_for", clean_text("purpose of the certificate", self.wanted_for, _LENGTH))
        assign(self, "authority", clean_text("receiving authority", self.authority, _LENGTH))
        assign(self, "legal_basis", clean_text("consent or legal basis", self.legal_basis, _LENGTH))
        assign(self, "relative", clean_text("relative's name", self.relative, NAME_LENGTH, required=False))
        stated_text = json.dumps((self.name, self.document, self.wanted_for, self.authority), ensure_ascii=False)
        if (over := len(stated_text.encode()) - _STATED_BYTES) > 0:
            raise InvalidField(
                "Name, document, purpose and authority together are too long for the certificate's QR code, by "
                f"{over} bytes; shorten them. A letter of Hindi takes three."
            )

    def _check_days(self, latest: date) -> None:
        if self.birth_date > latest:
            raise InvalidField(f"The date of birth is {self.birth_date}, which is in the future; correct it.")

    @property
    def content(self) -> dict[str, Any]:
        """The request as plain JSON."""
        missing = [[int(finger.position), finger.reason.value] for finger in self.missing_fingers]
        return vars(self) | {"birth_date": self.birth_date.isoformat(), "missing_fingers": missing}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Return the value that `content` made JSON of."""
        missing = tuple(
            MissingFinger(FingerPosition(finger), MissingReason(reason))
            for finger, reason in content["missing_fingers"]
        )
        born = date.fromisoformat(content["birth_date"])
        return stored(cls, **dict(content) | {"birth_date": born, "missing_fingers": missing})


@dataclass(frozen=True)
class Decision:
    """What is decided."""

    __pydantic_config__ = AS_JSON
    outcome: ClearanceOutcome = field(
        metadata=about(
            "`no_record`: no record was found that may be disclosed for the purpose; `record`: a record was found, and "
            "`details` says what may be disclosed of it; `refused`: there is no certificate"
        )
    )
    details: str = field(
        default="", metadata=about(f"What the certificate discloses, at most {DETAILS_LENGTH} characters")
    )
    because: str = field(
        default="",
        metadata=about(
            "Required for a refusal, and if a record was found but nothing of it may be disclosed; it is not on the "
            "certificate"
        ),
    )

    def __post_init__(self) -> None:
        """Trim and check.

        Raises:
            InvalidField: a text breaks its rule, is missing, or says more than the outcome lets be said.
        """
        discloses = self.outcome is ClearanceOutcome.RECORD
        assign(self, "details", clean_text("details", self.details, DETAILS_LENGTH, required=discloses))
        refuses = self.outcome is ClearanceOutcome.REFUSED
        assign(self, "because", clean_text("reason", self.because, _LENGTH, required=refuses))
        if self.details and not discloses:
            raise InvalidField("Details are stated only if a record is disclosed; give the reason instead.")


@dataclass(frozen=True)
class ClearanceCase:
    """A case about a candidate of the search."""

    __pydantic_config__ = AS_JSON
    number: str
    state: CaseState
    conclusion: Conclusion | None


@dataclass(frozen=True)
class Clearance:
    """A request for a certificate, and what became of it; `request` is None once the particulars are erased.

    `statement` is the text of the certificate, with its signature.
    """

    id: str
    number: str
    state: ClearanceState
    unit: Unit
    search_id: str
    searched_at: datetime
    request: ClearanceRequest | None
    requested_by: str
    requested_at: datetime
    cases: tuple[ClearanceCase, ...]
    decision: Decision | None
    decided_by: str | None
    decided_at: datetime | None
    expires_on: date | None
    statement: str | None
    ended_by: str | None
    ended_at: datetime | None
    ended_because: str | None

    def check(self, decision: Decision) -> None:
        """Refuse a decision that the examinations of the candidates do not support.

        Raises:
            WrongStep: a candidate is not examined, an examination came to no conclusion, or none identified a person.
            InvalidField: a record was found, and the reason why nothing of it may be disclosed is missing.
        """
        if decision.outcome is ClearanceOutcome.REFUSED:
            return
        if waiting := [case.number for case in self.cases if case.state is not CaseState.CLOSED]:
            raise WrongStep(f"Examiners must decide first: {', '.join(waiting)}. Or refuse the request.")
        conclusions = {case.conclusion for case in self.cases}
        if open_ones := conclusions - {Conclusion.IDENTIFICATION, Conclusion.EXCLUSION}:
            outcomes = ", ".join(sorted(str(outcome) for outcome in open_ones))
            raise WrongStep(f"An examination ended without an answer ({outcomes}); refuse this, and take new prints.")
        identified = Conclusion.IDENTIFICATION in conclusions
        if decision.outcome is ClearanceOutcome.RECORD and not identified:
            raise WrongStep("No examination identified the applicant with a record; there is nothing to disclose.")
        if decision.outcome is ClearanceOutcome.NO_RECORD and identified and not decision.because:
            raise InvalidField("A record was found; state why nothing of it may be disclosed for this purpose.")
