"""Identification of all people in one photo, each by a search of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.observing import WorkStage
from biometrics.kernel.recognition.types import Sample
from biometrics.matching.ports import GroupRecogniser, Located
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.identify import SearchRequest, require_may_search, search


@dataclass(frozen=True)
class GroupMember:
    """One of the people in a photo: where the face is (x, y, width, height, pixels), and the search for them."""

    box: tuple[float, float, float, float]
    searched: StoredSearch


def identify_group(engine: Engine, request: SearchRequest) -> tuple[GroupMember, ...]:
    """Search for all people in a request's one photo, the largest face first; each search is stored separately.

    Raises:
        PurposeMissing: the actor states no purpose, or no case.
        InvalidField: there is not exactly one photo.
        TooManySearches: there are more people in it than the account may search for.
        BadImage, UnusableSample: it cannot be used, or shows no face; nothing was searched or written.
    """
    recognisers = [engine.channels[sample.modality].recogniser for sample in request.samples]
    if len(recognisers) != 1 or not isinstance(recogniser := recognisers[0], GroupRecogniser):
        raise InvalidField("A search for all people in a photo takes one photo; send one, and nothing else.")
    require_may_search(engine, request)
    (photo,) = request.samples
    image, faces = faces_in(engine, recogniser, photo)
    engine.store.searches.require_allowance(engine.elsewhere.searches_per_hour, len(faces))
    members = []
    for number, located in enumerate(faces, start=1):
        face_sample = replace(photo, filename=f"{photo.filename[:200] or 'photo'}, face {number} of {len(faces)}")
        extracted = EnrolledSample(face_sample, image.source, located.template)
        members.append(GroupMember(located.box, search(engine.for_part(number), request, [extracted])))
    return tuple(members)


def faces_in(engine: Engine, recogniser: GroupRecogniser, photo: Sample) -> tuple[Image, Sequence[Located]]:
    """Decode a photo and extract every face in it, the largest first.

    Raises:
        BadImage, UnusableSample: it cannot be used, or shows no face.
    """
    with engine.observer.stage(WorkStage.DECODE):
        image = decode(photo.content)
    with engine.observer.stage(WorkStage.EXTRACT):
        return image, recogniser.extract_all(image)
