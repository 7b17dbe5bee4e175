"""Encounters as JSON, with their samples, what courts decided, and links to others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field

from api.http.schemas import FromAttributes, NameOf, RequestBody, Schema, merge_patch_of, show
from api.modalities import ModalityName
from api.v1.sample_details import POSITION, Box
from biometrics.kernel.people.court import Outcome, Verdict
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.record import LinkKind, StoredEncounter, StoredOutcome
from biometrics.kernel.recognition.body_marks import PhotographedMark
from biometrics.kernel.recognition.capture import Impression, PhotoView, Position
from biometrics.kernel.recognition.types import QualityFault

EncounterPatch = merge_patch_of(Encounter)


class EncounterVersionOut(FromAttributes):
    """An earlier content of an encounter, as entered then; present rules do not apply to it."""

    number: int = Field(description="Number of the version, from 1")
    content: dict[str, Any] = Field(description="The fields of the encounter; empty ones are left out")
    sample_ids: list[int] = Field(description="Samples that were replaced with it; empty if the samples stayed")
    changed_at: dt.datetime
    changed_by: str = Field(description="Id of the account that replaced this version")
    changed_by_name: Annotated[str, NameOf("changed_by")] = ""


class SampleOut(Schema):
    """A stored sample; its image is at /api/v1/samples/{id}/image."""

    id: int
    modality: ModalityName
    position: Position | None = Field(description=POSITION)
    impression: Impression | None
    view: PhotoView | None = Field(description="Direction from which a photo shows the face; null: unknown, or a print")
    box: Box | None = Field(description="The part of a photo that shows the mark; null: all of it, or no mark")
    mark: PhotographedMark | None = Field(description="The mark that a photo shows; null: not stated, or no mark")
    filename: str
    media_type: str
    width: int
    height: int
    ppi: float | None
    quality: int | None = Field(
        description="0 to 100: NFIQ 2 of a print, or the quality in its minutiae record; null: unknown"
    )
    quality_faults: list[QualityFault] = Field(description="Reasons for a poor quality")
    quality_advice: list[str] = Field(description="Advice to the officer, one sentence per reason")
    quality_parts: dict[str, int] = Field(
        description="Measures that a photo's quality is made of, 0 to 100 each: of a face named as in ISO/IEC 29794-5; "
        "of a mark its size, sharpness and contrast; else empty"
    )
    accepted_because: str = Field(
        description="Why it was enrolled in spite of its poor quality; empty if the quality is sufficient"
    )
    image_sha256: str


class CourtStandingOut(Schema):
    """How an encounter stands with the courts."""

    verdict: Verdict | None
    since: dt.date | None
    appeal_pending: bool
    final: bool = Field(description="No appeal is pending, and none can follow")


class WithdrawalIn(RequestBody):
    """Why an outcome is withdrawn, and the right one in its place, where there is one."""

    because: str
    instead: Outcome | None = None


class WithdrawalOut(Schema):
    """That an outcome was entered by mistake: it counts no more."""

    at: dt.datetime
    by: str = Field(description="Id of who withdrew it")
    by_name: Annotated[str, NameOf("by")] = ""
    because: str
    replaced_by: str | None = Field(description="Id of the outcome that was put in its place")


@dataclass(frozen=True, kw_only=True)
class OutcomeOut(Outcome):
    """A stored outcome."""

    id: str
    created_at: dt.datetime
    withdrawal: WithdrawalOut | None = field(metadata={"description": "Null while it counts"})

    @classmethod
    def of(cls, stored: StoredOutcome) -> OutcomeOut:
        """Show a stored outcome."""
        return show(cls, vars(stored.outcome) | vars(stored))


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


@dataclass(frozen=True, kw_only=True)
class EncounterOut(Encounter):
    """A stored encounter."""

    id: str
    samples: list[SampleOut]
    outcomes: list[OutcomeOut]
    standing: CourtStandingOut
    links: list[LinkOut]
    enrolled_by: str = field(
        default="",
        metadata={"description": "Id of the account that entered it; empty: the service itself, or not known"},
    )
    enrolled_by_name: Annotated[str, NameOf("enrolled_by")] = ""

    @classmethod
    def of(cls, stored: StoredEncounter) -> EncounterOut:
        """Show a stored encounter."""
        outcomes = [OutcomeOut.of(outcome) for outcome in stored.outcomes]
        shown = {"outcomes": outcomes, "standing": stored.standing}
        return show(cls, vars(stored.encounter) | vars(stored) | shown)
