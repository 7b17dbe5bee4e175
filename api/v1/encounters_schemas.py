"""Encounters and their samples as JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from api.http.schemas import Day, FromAttributes, NameOf, RequestBody, Schema
from api.modalities import ModalityName
from api.v1.persons_schemas import CourtStandingOut, LinkOut, OutcomeIn, OutcomeOut, PhotographedMarkIn
from api.v1.sample_details import POSITION, Box
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import (
    Encounter,
    EncounterKind,
    LegalBasis,
    MissingFinger,
    MissingReason,
    Section,
)
from biometrics.kernel.people.record import StoredEncounter, StoredOutcome
from biometrics.kernel.recognition.capture import Impression, PhotoView, Position
from biometrics.kernel.recognition.types import QualityFault


class ActSection(RequestBody):
    """A section of an act."""

    act: str
    section: str


class MissingFingerIn(RequestBody):
    """A finger or an eye that could not be taken, and why."""

    position: Position = Field(description="ANSI/NIST finger position code, 1 to 10; 101 right eye, 102 left eye")
    reason: MissingReason = Field(
        description="`amputated` (of an eye: missing or artificial) or `bandaged`: no sample is possible. `damaged`: "
        "one is possible. `unable`: any other reason"
    )

    def missing(self) -> MissingFinger:
        """Return the domain's value, validated."""
        return MissingFinger(self.position, self.reason)


class EncounterIn(RequestBody):
    """An arrest or another event."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fir_number": "0123/2026",
                    "state_code": "27",
                    "district_code": "519",
                    "station_code": "27519004",
                    "date": "2026-01-15",
                    "sections": [{"act": "BNS 2023", "section": "303(2)"}],
                    "officer": "SI R. Patil",
                }
            ]
        }
    )

    fir_number: str
    station_code: str
    district_code: str
    state_code: str
    date: Day
    sections: list[ActSection] = []
    officer: str
    kind: EncounterKind = EncounterKind.ARREST
    fir_year: int | None = Field(default=None, description="Needed if the FIR number does not end in the year")
    time: dt.time | None = Field(default=None, description="Local time of day")
    place: str = ""
    device: str = Field(default="", description="Capture device of the prints and photos")
    legal_basis: LegalBasis = LegalBasis.UNSTATED
    missing_fingers: list[MissingFingerIn] = Field(
        default=[],
        description="Fingers and eyes that could not be taken, each once; returned in the order of positions",
    )

    def encounter(self) -> Encounter:
        """Return the domain's value, validated."""
        sections = tuple(Section(section.act, section.section) for section in self.sections)
        missing = tuple(finger.missing() for finger in self.missing_fingers)
        fields = {name: getattr(self, name) for name in EncounterIn.model_fields}
        return Encounter(**fields | {"sections": sections, "missing_fingers": missing})


class EncounterPatch(RequestBody):
    """Changes to an encounter: each field that is given replaces the stored one; the others stay."""

    fir_number: str = ""
    station_code: str = ""
    district_code: str = ""
    state_code: str = ""
    date: Day | None = Field(default=None, description="Leave it out to keep the date; null is refused")
    sections: list[ActSection] = []
    officer: str = ""
    kind: EncounterKind = EncounterKind.ARREST
    fir_year: int | None = Field(default=None, description="Needed if the FIR number does not end in the year")
    time: dt.time | None = Field(default=None, description="Local time of day")
    place: str = ""
    device: str = ""
    legal_basis: LegalBasis = LegalBasis.UNSTATED
    missing_fingers: list[MissingFingerIn] = []

    def applied(self, encounter: Encounter) -> Encounter:
        """Return the encounter with the changes, validated as a whole."""
        changes = {name: getattr(self, name) for name in self.model_fields_set}
        if "fir_number" in changes:
            changes.setdefault("fir_year", None)  # read from the new number
        if "sections" in changes:
            changes["sections"] = tuple(Section(section.act, section.section) for section in self.sections)
        if "missing_fingers" in changes:
            changes["missing_fingers"] = tuple(finger.missing() for finger in self.missing_fingers)
        if changes.get("date", encounter.date) is None:
            raise InvalidField("An encounter needs a date; give one, or leave it out to keep the present one.")
        return replace(encounter, **changes)


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
    mark: PhotographedMarkIn | None = Field(description="The mark that a photo shows; null: not stated, or no mark")
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


class EncounterOut(EncounterIn):
    """A stored encounter."""

    id: str
    samples: list[SampleOut]
    outcomes: list[OutcomeOut]
    standing: CourtStandingOut
    links: list[LinkOut]
    enrolled_by: str = Field(
        default="", description="Id of the account that entered it; empty: the service itself, or not known"
    )
    enrolled_by_name: Annotated[str, NameOf("enrolled_by")] = ""

    @classmethod
    def of(cls, stored: StoredEncounter) -> EncounterOut:
        """Show a stored encounter."""
        stored_fields: dict[str, Any] = {
            name: getattr(stored, name) for name in ("id", "samples", "standing", "links", "enrolled_by")
        }
        outcomes = [outcome_fields(outcome) for outcome in stored.outcomes]
        return cls.showing(stored.encounter, **stored_fields, outcomes=outcomes)


def outcome_fields(stored: StoredOutcome) -> dict[str, Any]:
    """Return the fields of `OutcomeOut` for a stored outcome."""
    fields = {name: getattr(stored.outcome, name) for name in OutcomeIn.model_fields}
    return fields | {name: getattr(stored, name) for name in ("id", "created_at", "withdrawal")}
