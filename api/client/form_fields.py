"""The fields and files of the forms that the client sends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from api.v1.sample_details import SampleDetailsIn
from biometrics.kernel.access import Purpose
from biometrics.kernel.recognition.capture import Impression
from biometrics.kernel.recognition.types import Sample

Value = TypeVar("Value")
Form = dict[str, Any]


def purpose_fields(purpose: Purpose, case_number: str, reason: str) -> Form:
    """Return the fields that say what a search or comparison is for."""
    return {"purpose": purpose, "case_number": case_number, "reason": reason}


def form_fields(fields: Form, samples: Sequence[Sample]) -> dict[str, Any]:
    """Return the fields and files of a form: details that all prints and palms share once, else for each sample."""
    prints = [sample for sample in samples if sample.modality.traits.has_fingers]
    impressions = {sample.impression or Impression.PLAIN_LIVE_SCAN for sample in prints}
    resolutions = {sample.ppi for sample in samples if sample.modality.traits.has_ridges}
    if impression := _common(impressions):  # 0, a plain live scan, is the default
        fields = fields | {"impression": str(int(impression))}
    if ppi := _common(resolutions):
        fields = fields | {"ppi": str(ppi)}
    details: dict[str, list[Form]] = {}
    for sample in samples:
        details.setdefault(_field_of(sample), []).append(sample_details(sample))
    other_details = any(
        file_details.keys() - {"impression", "ppi"} for of_field in details.values() for file_details in of_field
    )
    if len(impressions) > 1 or len(resolutions) > 1 or other_details:
        fields = fields | {"details": json.dumps(details)}
    return {"data": fields, "files": list(file_fields(samples))}


def _common(values: set[Value]) -> Value | None:
    """Return the only value; None for several or none."""
    return next(iter(values)) if len(values) == 1 else None


def sample_details(sample: Sample) -> Form:
    """Return the details of a sample as plain JSON, without its position and without what is not stated."""
    return SampleDetailsIn.showing(sample).model_dump(mode="json", exclude_defaults=True)


def _field_of(sample: Sample) -> str:
    return sample.modality.traits.field_of(sample.position)


def file_fields(samples: Sequence[Sample]) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Yield the files of a form, each in the field of what it is."""
    for sample in samples:
        name = _field_of(sample)
        yield name, (sample.filename or name, sample.content)
