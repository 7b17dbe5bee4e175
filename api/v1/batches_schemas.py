"""The shapes of a station's queue: items that were gathered offline, and what became of each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field

from api.http.schemas import Problem, RequestBody, Schema
from api.modalities import ModalityName
from api.v1.sample_details import POSITION, SampleDetailsIn
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
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

    key: str = Field(
        min_length=1, max_length=KEY_LENGTH, description="Made when it was queued, such as a UUID, and kept for ever"
    )
    queued_at: dt.datetime | None = Field(default=None, description="When, by the station's clock; kept in the log")
    record: Person
    encounter: Encounter
    samples: list[BatchSampleIn]
    accept_poor_quality: str = Field(
        default="", description="Why samples below the quality floor, or that may show two prints, are enrolled"
    )

    def arrival(self, samples: list[Sample]) -> Arrival:
        """Return the domain's value, validated; `samples` are the item's own with their files."""
        content = [self.record, self.encounter, samples, self.accept_poor_quality]
        idempotency_key = IdempotencyKey.of(self.key, content)
        return Arrival(self.record, self.encounter, samples, idempotency_key, self.accept_poor_quality)


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
