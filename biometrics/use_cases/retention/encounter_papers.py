"""Use case: what a paper about one encounter shows: the person, the encounter and some of its images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from biometrics.imaging.image import Image, decode
from biometrics.imaging.lineup_photo import lineup_photo, portrait_box
from biometrics.kernel.errors import NothingToCompare, UnknownEncounter, UnsupportedImage
from biometrics.kernel.people.record import Record, StoredEncounter, StoredSample
from biometrics.matching.ports import GroupRecogniser
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.engine.enrolled_face import enrolled_faces


class EncounterPaper(StrEnum):
    """A paper about one encounter."""

    FINGERPRINT_SLIP = "fingerprint_slip"
    RECEIPT = "receipt"


@dataclass(frozen=True, eq=False)
class EncounterFile:
    """A record, one encounter of it, and the images of some of its samples, by sample id.

    A sample of another system's minutiae has no image.
    """

    record: Record
    encounter: StoredEncounter
    images: Mapping[int, Image]


def encounter_file(
    engine: Engine,
    record_id: str,
    encounter_id: str,
    paper: EncounterPaper,
    chosen: Callable[[StoredEncounter], list[StoredSample]],
) -> EncounterFile:
    """Return what a paper shows of an encounter; `chosen` are the samples whose images it shows.

    A photo is cut to the enrolled person: others may be seen beside them. The audit log names the paper and each
    image.

    Raises:
        UnknownRecord, OutOfJurisdiction: as for reading the record.
        UnknownEncounter: the record has no such encounter.
    """
    store = engine.store
    record = store.people.get(record_id)
    encounter = next((stored for stored in record.encounters if stored.id == encounter_id), None)
    if encounter is None:
        raise UnknownEncounter("This record has no such arrest or event; open the record and choose one.")
    images = {}
    for sample in chosen(encounter):
        content = store.samples.image(sample.id)
        try:
            images[sample.id] = _of_person(engine, record.id, sample, decode(content, sample.ppi))
        except UnsupportedImage:
            continue  # another system's minutiae
    store.note(Action.PAPER_MADE, record.id, encounter=encounter.id, paper=paper)
    return EncounterFile(record, encounter, images)


def _of_person(engine: Engine, record_id: str, sample: StoredSample, image: Image) -> Image:
    """Return a photo cut around the enrolled face, any other image and a photo without a face that is found as it "
    "is.
    """
    channel = engine.channels.get(sample.modality)
    if channel is None or not sample.modality.traits.has_views or not isinstance(channel.recogniser, GroupRecogniser):
        return image
    try:
        boxes = enrolled_faces(engine, channel, record_id, sample.id, image)
    except NothingToCompare:
        return image
    return replace(image, pixels=lineup_photo(image, portrait_box(boxes[0]), greyscale=False))
