"""The image that represents a person on a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from api.v1.encounters_schemas import SampleOut
from api.v1.searches_schemas import has_image
from biometrics.kernel.people.record import Record, StoredSample
from biometrics.kernel.recognition.capture import PhotoView

_ASIDE: Final = frozenset({PhotoView.LEFT_PROFILE, PhotoView.RIGHT_PROFILE, PhotoView.ANGLED})

AnySample = TypeVar("AnySample", SampleOut, StoredSample)


def portrait(samples: Iterable[AnySample]) -> AnySample | None:
    """Return the first photo that is not marked as from the side, else the first; samples come newest first."""
    photos = [sample for sample in samples if sample.modality.traits.has_views]
    return min(photos, key=lambda photo: photo.view in _ASIDE, default=None)


def newest_samples(record: Record) -> list[StoredSample]:
    """Return a record's samples, those of the newest encounter first."""
    newest_first = sorted(record.encounters, key=lambda stored: stored.encounter.date, reverse=True)
    return [sample for stored in newest_first for sample in stored.samples]


def picture(record: Record) -> StoredSample | None:
    """Return a record's portrait, or its first image where it has no photo; None where it has none."""
    images = [sample for visit in record.encounters for sample in visit.samples if has_image(sample)]
    return portrait(images) or next(iter(images), None)
