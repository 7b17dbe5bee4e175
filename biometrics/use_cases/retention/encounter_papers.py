"""Use case: what a paper about one encounter shows: the person, the encounter and some of its images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import UnknownEncounter, UnsupportedImage
from biometrics.kernel.people.record import Record, StoredEncounter, StoredSample
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action


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
    store: RecordStore,
    record_id: str,
    encounter_id: str,
    paper: EncounterPaper,
    chosen: Callable[[StoredEncounter], list[StoredSample]],
) -> EncounterFile:
    """Return what a paper shows of an encounter; `chosen` are the samples whose images it shows.

    The audit log names the paper, and each image.

    Raises:
        UnknownRecord, OutOfJurisdiction: as for reading the record.
        UnknownEncounter: the record has no such encounter.
    """
    record = store.people.get(record_id)
    encounter = next((stored for stored in record.encounters if stored.id == encounter_id), None)
    if encounter is None:
        raise UnknownEncounter("This record has no such arrest or event; open the record and choose one.")
    images = {}
    for sample in chosen(encounter):
        content = store.samples.image(sample.id)
        try:
            images[sample.id] = decode(content, sample.ppi)
        except UnsupportedImage:
            continue  # another system's minutiae
    store.note(Action.PAPER_MADE, record.id, encounter=encounter.id, paper=paper)
    return EncounterFile(record, encounter, images)
