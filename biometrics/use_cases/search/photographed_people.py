"""Use case: the people in several photos, each with all their faces, so that a search can use all of one person.

Nothing is searched or stored. The officer says who is meant, and searches with that person's part of each photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.errors import InvalidField, InvalidInput
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.types import Sample, Template
from biometrics.kernel.technique.json_fields import AS_JSON, about
from biometrics.matching.ports import GroupRecogniser
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.group_search import faces_in

MOST_PHOTOS: Final = 20
SAME_PERSON: Final = (
    30.0  # decibans that two groups of faces reach on average: of 1,000 pairs of strangers about one does
)
_MARGIN = 0.5  # of a face's size, added on each side of its box: hair, chin and what the embedder sees around


@dataclass(frozen=True)
class FaceInPhoto:
    """One face of a photo."""

    photo: int = field(metadata=about("Index of its file in the request, from 0"))
    face: tuple[float, float, float, float] = field(metadata=about("Left, top, width, height in the photo's pixels"))
    box: CropBox = field(metadata=about("The part of the photo to search with: left, top, right, bottom, in pixels"))
    quality: int | None = field(metadata=about("Unified quality score (ISO/IEC 29794-5), 0 to 100"))

    __pydantic_config__ = AS_JSON


@dataclass(frozen=True)
class PhotographedPerson:
    """Faces that are probably one person's, the best first."""

    faces: tuple[FaceInPhoto, ...]

    __pydantic_config__ = AS_JSON


@dataclass(frozen=True)
class UnusablePhoto:
    """A photo in which no face can be used, and why."""

    photo: int = field(metadata=about("Index of its file in the request, from 0"))
    reason: str

    __pydantic_config__ = AS_JSON


@dataclass(frozen=True)
class PhotographedPeople:
    """The people in several photos, those with the most faces first."""

    people: tuple[PhotographedPerson, ...]
    unusable: tuple[UnusablePhoto, ...]

    __pydantic_config__ = AS_JSON


def find_people(engine: Engine, photos: Sequence[Sample]) -> PhotographedPeople:
    """Find the faces in photos, and group those that are probably one person's.

    Raises:
        InvalidField: no photo, more than MOST_PHOTOS, or a sample of another modality than faces.
    """
    recognisers = {engine.channels[photo.modality].recogniser for photo in photos}
    if not 1 <= len(photos) <= MOST_PHOTOS or len(recognisers) != 1:
        raise InvalidField(f"{len(photos)} photos were sent; send 1 to {MOST_PHOTOS}.")
    recogniser, channel = recognisers.pop(), engine.channels[photos[0].modality]
    if not isinstance(recogniser, GroupRecogniser):
        raise InvalidField("People are found in photos of faces only; send nothing else.")
    faces: list[FaceInPhoto] = []
    templates: list[Template] = []
    unusable: list[UnusablePhoto] = []
    for index, photo in enumerate(photos):
        try:
            image, located = faces_in(engine, recogniser, photo)
        except InvalidInput as error:
            unusable.append(UnusablePhoto(index, error.message))
            continue
        faces += [FaceInPhoto(index, one.box, crop_of(image, one.box), one.template.quality) for one in located]
        templates += [one.template for one in located]
    similarity = np.array([recogniser.compare(template, templates) for template in templates])
    least = channel.calibration.curve.raw_at(SAME_PERSON)
    groups = same_person(similarity, [face.photo for face in faces], least)
    people = [sorted((faces[at] for at in group), key=lambda face: -(face.quality or 0)) for group in groups]
    people.sort(key=lambda group: (-len(group), -(group[0].quality or 0)))
    return PhotographedPeople(tuple(PhotographedPerson(tuple(group)) for group in people), tuple(unusable))


def crop_of(image: Image, face: tuple[float, float, float, float]) -> CropBox:
    """Return the part of a photo to search with for a face."""
    left, top, width, height = face
    across, down = _MARGIN * width, _MARGIN * height
    return CropBox(
        max(0, int(left - across)),
        max(0, int(top - down)),
        min(image.width, int(left + width + across) + 1),
        min(image.height, int(top + height + down) + 1),
    )


def same_person(similarity: NDArray[np.float64], photos: Sequence[int], least: float) -> list[list[int]]:
    """Group faces by average linkage: the two most similar groups become one while their mean similarity is `least`.

    `similarity` has shape (n, n). Faces of one photo, whose numbers are `photos`, are of different people.
    """
    groups = [[at] for at in range(len(photos))]
    while True:
        best, pair = least, None
        for first, group in enumerate(groups):
            for second in range(first):
                other = groups[second]
                mean = float(similarity[np.ix_(group, other)].mean())
                if mean >= best and not {photos[at] for at in group} & {photos[at] for at in other}:
                    best, pair = mean, (first, second)
        if pair is None:
            return groups
        groups[pair[1]] += groups.pop(pair[0])
