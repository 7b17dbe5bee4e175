"""A stored encounter as JSON of OSIA's interface: as the client sent it, else from the record."""

from __future__ import annotations

import base64
import json
from typing import Any

from api.standards.osia.samples import HEADER, SAMPLES
from api.standards.osia.vocabulary import IMPRESSION_NAMES, PRESENCES, VIEW_NAMES, name_of
from biometrics.kernel.access import Scope
from biometrics.kernel.people.encounter import MissingFinger
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import StoredSample
from biometrics.kernel.recognition.modality import Modality
from biometrics.osia.model import ClientEncounter
from biometrics.records.store import RecordStore

_GENDERS = {Sex.MALE: "M", Sex.FEMALE: "F", Sex.TRANSGENDER: "T"}
_COMPRESSIONS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/jp2": "JPEG2000",
    "image/jpx": "JPEG2000",
    "image/x-wsq": "WSQ",
}


def osia_encounter(store: RecordStore, encounter: ClientEncounter) -> dict[str, Any]:
    """Return an encounter as the interface's JSON; without images where the client may not read images."""
    sent = json.loads(encounter.content) if encounter.content is not None else _of_record(encounter)
    items = [_item(store, encounter, item) for item in sent.pop("biometricData")]
    return {
        "encounterId": encounter.client_id,
        "status": "ACTIVE" if encounter.active else "INACTIVE",
        "encounterType": encounter.encounter_type,
        "createdDate": encounter.stored.created_at.isoformat(),
        "updatedDate": encounter.updated_at.isoformat(),
        "galleries": list(encounter.galleries),
        **{name: value for name, value in sent.items() if value is not None or name in _ANY_FORM},
        "biometricData": items,
    }


def subtype_of(sample: StoredSample) -> str:
    """Return which finger, eye or side a sample is of."""
    if sample.position is not None:
        return name_of(sample.position)
    return VIEW_NAMES[sample.view] if sample.modality.traits.has_views else "UNKNOWN"


def type_of(sample: StoredSample) -> str:
    """Return what a sample is of."""
    return sample.modality.traits.interchange.osia_type or "UNKNOWN"


_ANY_FORM = ("contextualData", "biographicData")
_IMAGES = ("image", "imageRef", "template")


def _item(store: RecordStore, encounter: ClientEncounter, item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as it came, with the image that a sample holds, which takes the right to read images."""
    indices, header = item.pop(SAMPLES, []), item.pop(HEADER, "")
    if not (store.act is None or store.act.actor.may(Scope.IMAGE_READ)):
        return {name: value for name, value in item.items() if name not in _IMAGES}
    if indices and "image" not in item:
        content = store.samples.image(encounter.stored.samples[indices[0]].id)
        is_template = "templateFormat" in item and "imageRef" not in item and content.startswith(b"FMR\0")
        field = "template" if is_template else "image"
        content = content.removeprefix(base64.b64decode(header))
        item[field] = base64.b64encode(content).decode("ascii")
    return item


def _of_record(client_encounter: ClientEncounter) -> dict[str, Any]:
    """Return what our own record says, where no client has sent it."""
    encounter = client_encounter.stored.encounter
    contextual = {
        "firNumber": encounter.fir_number,
        "stateCode": encounter.state_code,
        "districtCode": encounter.district_code,
        "stationCode": encounter.station_code,
        "date": encounter.date.isoformat(),
        "officer": encounter.officer,
        "sections": [{"act": section.act, "section": section.section} for section in encounter.sections],
    }
    items = [_of_sample(index, sample) for index, sample in enumerate(client_encounter.stored.samples)]
    items += [_of_missing(missing) for missing in encounter.missing_fingers]
    return {
        "contextualData": contextual,
        "biographicData": _biographic(client_encounter.record.person),
        "biometricData": items,
    }


def _biographic(person: Person) -> dict[str, Any]:
    born = person.particulars.birth_date
    fields = {
        "name": person.name,
        "gender": _GENDERS.get(person.sex),
        "yearOfBirth": person.birth_year,
        "dateOfBirth": born and born.isoformat(),
        "nationalNumber": person.national_number,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _of_missing(missing: MissingFinger) -> dict[str, Any]:
    subtype = name_of(missing.position)
    kind = Modality.of(missing.position).traits.interchange.osia_type or "UNKNOWN"
    fields = {"biometricSubType": subtype, "presence": PRESENCES.get(missing.reason)}
    without = {name: value for name, value in fields.items() if value is not None}
    return {"biometricType": kind, "biometricSubType": subtype, "missing": [without]}


def _of_sample(index: int, sample: StoredSample) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "biometricType": type_of(sample),
        "biometricSubType": subtype_of(sample),
        "impressionType": None if sample.impression is None else IMPRESSION_NAMES.get(sample.impression, "OTHER"),
        "width": sample.width,
        "height": sample.height,
        "resolution": None if sample.ppi is None else round(sample.ppi),
        "mimeType": sample.media_type,
        "compression": _COMPRESSIONS.get(sample.media_type),
        "quality": sample.quality,
        SAMPLES: [index],
    }
    return {name: value for name, value in fields.items() if value is not None}
