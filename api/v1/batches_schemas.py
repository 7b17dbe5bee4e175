"""The shapes of a station's queue: items that were gathered offline, and what became of each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import ConfigDict, Field

from api.http.schemas import Problem, RequestBody, Schema
from api.modalities import ModalityName
from api.v1.encounters_schemas import EncounterIn
from api.v1.records_schemas import RecordIn
from api.v1.sample_details import POSITION, SampleDetailsIn
from biometrics.kernel.recognition.capture import Impression, Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.idempotency import KEY_LENGTH, IdempotencyKey
from biometrics.use_cases.enrolment.batch_enrolment import Arrival


class BatchSampleIn(SampleDetailsIn):
    """One print or photo of an item; a print is a plain live scan where nothing else is stated."""

    file: int = Field(ge=0, description="Which of `files` it is, from 0")
    position: Position | None = Field(default=None, description=POSITION)
    modality: ModalityName | None = Field(
        default=None, description="Absent: what has such a position; without one a face"
    )

    def read(self, filename: str, content: bytes) -> Sample:
        """Return a file as the domain's value."""
        modality = self.modality or Modality.of(self.position)
        usual = SampleDetailsIn(impression=Impression.PLAIN_LIVE_SCAN).fitting(modality)
        return self.otherwise(usual).sample(modality, self.position, filename, content)


class BatchItemIn(RequestBody):
    """One person's encounter. A national number that is on record gets it added to that record."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key": "7d0a2f0e-6a8f-4c46-9a53-2c1f8f0b7a11",
                    "queued_at": "2026-01-15T10:12:00+05:30",
                    "record": RecordIn.model_config["json_schema_extra"]["examples"][0],  # type: ignore[index]
                    "encounter": EncounterIn.model_config["json_schema_extra"]["examples"][0],  # type: ignore[index]
                    "samples": [{"file": 0, "position": 1}, {"file": 1}],
                }
            ]
        }
    )

    key: str = Field(
        min_length=1, max_length=KEY_LENGTH, description="Made when it was queued, such as a UUID, and kept for ever"
    )
    queued_at: dt.datetime | None = Field(default=None, description="When, by the station's clock; kept in the log")
    record: RecordIn
    encounter: EncounterIn
    samples: list[BatchSampleIn]
    accept_poor_quality: str = Field(
        default="", description="Why samples below the quality floor, or that may show two prints, are enrolled"
    )

    def arrival(self, samples: list[Sample]) -> Arrival:
        """Return the domain's value, validated; `samples` are the item's own with their files."""
        person, encounter = self.record.person(), self.encounter.encounter()
        idempotency_key = IdempotencyKey.of(self.key, [person, encounter, samples, self.accept_poor_quality])
        return Arrival(person, encounter, samples, idempotency_key, self.accept_poor_quality)


class BatchItemOut(Schema):
    """What became of one item: where it is stored, or why it is not."""

    key: str
    status: int = Field(description="As of POST /enrolments; 429 and 503: send it again later")
    record_id: str | None = None
    national_number: str | None = None
    encounter_id: str | None = None
    problem: Problem | None = None

    @classmethod
    def refused(cls, key: str, details: dict[str, Any]) -> BatchItemOut:
        """Show problem details."""
        return cls(key=key, status=details["status"], problem=Problem.model_validate(details))
