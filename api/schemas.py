"""The shapes of the HTTP API. The rules of each field are the domain's (biometrics.person), not repeated here."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from biometrics.person import EncounterKind, Sex
from biometrics.types import FingerPosition, Impression, Modality


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


class NewRecordIn(RecordIn):
    """A person to create a record of, without an encounter."""

    state_code: str | None = Field(
        default=None, description="Two digits: the state that allots the national number, where none is given"
    )


class SectionOut(Schema):
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
    date: datetime.date
    sections: list[SectionOut] = []
    officer: str
    kind: EncounterKind = EncounterKind.ARREST


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
    quality: int
    image_sha256: str


class EncounterOut(EncounterIn):
    """A stored encounter."""

    id: str
    samples: list[SampleOut]


class RecordSummary(Schema):
    """Who a record is about."""

    id: str
    national_number: str
    name: str
    aliases: list[str]
    sex: Sex
    birth_year: int | None


class RecordOut(RecordSummary):
    """A record with all its encounters."""

    created_at: datetime.datetime
    encounters: list[EncounterOut]


class RecordPage(Schema):
    """Some records of a search, and the cursor to the next ones."""

    records: list[RecordSummary]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class ScoreOut(Schema):
    """A similarity in decibans of false match: 40 means that one non-mated comparison in 10,000 scores this high."""

    decibans: float
    extrapolated: bool = Field(description="True where the score lies beyond the data that the scale was made from")


class SampleScoreOut(Schema):
    """The best comparison of one probe sample with one person's samples."""

    probe: str = Field(description="Which sample of the request")
    sample_id: int = Field(description="The stored sample that it compared best with")
    score: ScoreOut


class CandidateOut(Schema):
    """One person on the candidate list."""

    rank: int
    record: RecordSummary
    score: ScoreOut
    above_threshold: bool
    samples: list[SampleScoreOut]


class SearchOut(Schema):
    """A search and its candidates, best first. It is stored, and can be fetched again by its id."""

    id: str
    created_at: datetime.datetime
    case_number: str
    officer: str
    gallery_size: int = Field(description="Records that were searched")
    sequence: int = Field(description="Number of the last database change that the search saw")
    target_fpir: float
    threshold: float = Field(description="Decibans at which a gallery of this size meets the target")
    candidates: list[CandidateOut]


class VerificationOut(Schema):
    """Whether the samples are of the person on the record."""

    record: RecordSummary
    match: bool
    score: ScoreOut
    target_fmr: float
    threshold: float
    samples: list[SampleScoreOut]


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
