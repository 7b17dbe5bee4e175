"""The shapes of the HTTP API. The rules of each field are the domain's (biometrics.person), not repeated here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from biometrics.person import Encounter, EncounterKind, Person, Section, Sex
from biometrics.records.values import Page, Record, StoredEncounter
from biometrics.types import FingerPosition, Impression, Modality, QualityFault


class Schema(BaseModel):
    """Base of all: unknown fields are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class RecordIn(Schema):
    """A person to create a record of."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Asha Verma", "aliases": ["Guddi"], "sex": "female", "birth_year": 1988, "state_code": "27"}
            ]
        }
    )

    name: str
    aliases: list[str] = []
    sex: Sex = Sex.UNKNOWN
    birth_year: int | None = None
    national_number: str | None = Field(default=None, description="Ten digits; where absent, one is allotted")

    def person(self) -> Person:
        """Return the domain's value, validated."""
        return Person(self.name, self.sex, self.birth_year, tuple(self.aliases), self.national_number)


class NewRecordIn(RecordIn):
    """A person to create a record of, without an encounter."""

    state_code: str | None = Field(
        default=None, description="Two digits: the state that allots the national number, where none is given"
    )


class ActSection(Schema):
    """A section of an act."""

    act: str
    section: str


class EncounterIn(Schema):
    """One arrest or visit."""

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
    date: dt.date
    sections: list[ActSection] = []
    officer: str
    kind: EncounterKind = EncounterKind.ARREST

    def encounter(self) -> Encounter:
        """Return the domain's value, validated."""
        sections = tuple(Section(section.act, section.section) for section in self.sections)
        fields = {name: getattr(self, name) for name in EncounterIn.model_fields}
        return Encounter(**fields | {"sections": sections})


class SampleOut(Schema):
    """A stored sample; its image is at /api/v1/samples/{id}/image."""

    id: int
    modality: Modality
    position: FingerPosition | None = Field(description="ANSI/NIST finger position code, 0 unknown; null for a photo")
    impression: Impression | None
    filename: str
    media_type: str
    width: int
    height: int
    ppi: float | None
    quality: int | None = Field(
        description="0 to 100: NFIQ 2 of a print, or what its minutiae record says; null: unknown"
    )
    quality_faults: list[QualityFault] = Field(description="What is wrong with it")
    quality_advice: list[str] = Field(description="The same in sentences for the officer")
    quality_parts: dict[str, int] = Field(
        description="What a photo's quality is made of, 0 to 100 each, named as in ISO/IEC 29794-5; else empty"
    )
    accepted_because: str = Field(
        description="Why it was enrolled in spite of its quality; empty where it is good enough"
    )
    image_sha256: str


class EncounterOut(EncounterIn):
    """A stored encounter."""

    id: str
    samples: list[SampleOut]

    @classmethod
    def of(cls, stored: StoredEncounter) -> EncounterOut:
        """Show a stored encounter."""
        fields = {name: getattr(stored.encounter, name) for name in EncounterIn.model_fields}
        return cls.model_validate(fields | {"id": stored.id, "samples": stored.samples})


class RecordSummary(Schema):
    """Who a record is about."""

    id: str
    national_number: str
    name: str
    aliases: list[str]
    sex: Sex
    birth_year: int | None

    @classmethod
    def of(cls, record: Record) -> RecordSummary:
        """Show who a record is about."""
        person = record.person
        return RecordSummary(
            id=record.id,
            national_number=record.national_number,
            name=person.name,
            aliases=list(person.aliases),
            sex=person.sex,
            birth_year=person.birth_year,
        )


class RecordOut(RecordSummary):
    """A record with all its encounters."""

    created_at: dt.datetime
    encounters: list[EncounterOut]

    @classmethod
    def of(cls, record: Record) -> RecordOut:
        """Show a whole record."""
        encounters = [EncounterOut.of(stored) for stored in record.encounters]
        summary = RecordSummary.of(record).model_dump()
        return cls(**summary, created_at=record.created_at, encounters=encounters)


class RecordPage(Schema):
    """Some records of a search, and the cursor to the next ones."""

    records: list[RecordSummary]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")

    @classmethod
    def of(cls, page: Page) -> RecordPage:
        """Show a page of records."""
        return cls(records=[RecordSummary.of(record) for record in page.records], next=page.after)


class ModelOut(Schema):
    """The model in use for a modality."""

    modality: Modality
    model: str
    searchable: int


class Health(Schema):
    """The state of the service."""

    status: str
    version: str
    records: int
    sequence: int
    models: list[ModelOut]


class Problem(BaseModel):
    """What went wrong (RFC 9457). `code` is stable; `detail` says in a sentence what to do."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, Any]] | None = None
