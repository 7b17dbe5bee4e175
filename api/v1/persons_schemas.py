"""The shapes of what the arrest form says of a person, and of what courts decided."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from api.http.schemas import Day, NameOf, RequestBody, Schema
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.particulars import (
    Address,
    Appearance,
    Build,
    Complexion,
    DocumentKind,
    Eyes,
    Hair,
    IdDocument,
    Particulars,
    Relation,
    Relative,
)
from biometrics.kernel.people.record import LinkKind
from biometrics.kernel.recognition.body_marks import (
    BodyMark,
    BodyMarkKind,
    BodyPart,
    BodySide,
    MarkColour,
    PhotographedMark,
)


class RelativeIn(RequestBody):
    """A relative, to distinguish people of the same name."""

    relation: Relation
    name: str


class AddressIn(RequestBody):
    """Where a person lives."""

    text: str = Field(default="", description="House, street, village or town")
    district: str = ""
    state_code: str = ""
    pin_code: str = ""


class IdDocumentIn(RequestBody):
    """A paper that was shown."""

    kind: DocumentKind
    last_four: str = Field(description="The last four characters of its number; the whole is refused")


class MarkIn(RequestBody):
    """A scar, tattoo or other mark."""

    kind: BodyMarkKind
    part: BodyPart
    side: BodySide = BodySide.NONE
    description: str = ""


class PhotographedMarkIn(MarkIn):
    """The mark on the body that a photo shows."""

    code: str = Field(default="", description="NCIC code, such as TAT L ARM")
    colours: list[MarkColour] = Field(default=[], description="Colours of a tattoo")
    height_cm: int | None = None
    width_cm: int | None = None
    designs: list[str] = Field(
        default=[], description="What a tattoo shows: a class, or class/subclass of ANSI/NIST-ITL, as in animal/snake"
    )

    def mark(self) -> PhotographedMark:
        """Return the domain's value, validated."""
        fields = {name: getattr(self, name) for name in PhotographedMarkIn.model_fields}
        return PhotographedMark(**fields | {"colours": tuple(self.colours), "designs": tuple(self.designs)})


class AppearanceIn(RequestBody):
    """What a person looks and sounds like."""

    height_cm: int | None = None
    build: Build | None = None
    complexion: Complexion | None = None
    hair: Hair | None = None
    eyes: Eyes | None = None
    marks: list[MarkIn] = []
    languages: list[str] = []


class ParticularsIn(RequestBody):
    """Further data of the arrest form (IIF-III) about a person."""

    birth_date: Day | None = None
    relatives: list[RelativeIn] = []
    address: AddressIn = AddressIn()
    nationality: str = Field(default="", description="Three letters, ISO 3166-1, such as IND")
    documents: list[IdDocumentIn] = []
    appearance: AppearanceIn = AppearanceIn()

    def particulars(self) -> Particulars:
        """Return the domain's value, validated."""
        look = self.appearance
        return Particulars(
            self.birth_date,
            tuple(Relative(relative.relation, relative.name) for relative in self.relatives),
            Address(**self.address.model_dump()),
            self.nationality,
            tuple(IdDocument(document.kind, document.last_four) for document in self.documents),
            Appearance(
                look.height_cm,
                look.build,
                look.complexion,
                look.hair,
                look.eyes,
                tuple(BodyMark(mark.kind, mark.part, mark.side, mark.description) for mark in look.marks),
                tuple(look.languages),
            ),
        )


class OutcomeIn(RequestBody):
    """What a court did about an encounter."""

    event: CourtEvent
    date: Day
    court: str
    verdict: Verdict | None = Field(default=None, description="How a decision left the case; others have none")
    case_number: str = ""

    def outcome(self) -> Outcome:
        """Return the domain's value, validated."""
        return Outcome(self.event, self.date, self.court, self.verdict, self.case_number)


class CourtStandingOut(Schema):
    """How an encounter stands with the courts."""

    verdict: Verdict | None
    since: dt.date | None
    appeal_pending: bool
    final: bool = Field(description="No appeal is pending, and none can follow")


class WithdrawalIn(RequestBody):
    """Why an outcome is withdrawn, and the right one in its place, where there is one."""

    because: str
    instead: OutcomeIn | None = None


class WithdrawalOut(Schema):
    """That an outcome was entered by mistake: it counts no more."""

    at: dt.datetime
    by: str = Field(description="Id of who withdrew it")
    by_name: Annotated[str, NameOf("by")] = ""
    because: str
    replaced_by: str | None = Field(description="Id of the outcome that was put in its place")


class OutcomeOut(OutcomeIn):
    """A stored outcome."""

    id: str
    created_at: dt.datetime
    withdrawal: WithdrawalOut | None = Field(description="Null while it counts")


class LinkIn(RequestBody):
    """The encounter that this one belongs to, and how."""

    to_id: str
    kind: LinkKind


class LinkOut(Schema):
    """That `from_id` follows, identifies or shares its case with `to_id`."""

    id: str
    from_id: str
    to_id: str
    kind: LinkKind
    created_at: dt.datetime
