"""Encounters with their samples: writing them, and reading them back."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from biometrics.kernel.errors import UnknownEncounter, UnknownSample
from biometrics.kernel.people.encounter import Encounter, MissingFinger, MissingReason, Section
from biometrics.kernel.people.record import EnrolledSample, StoredEncounter, StoredSample
from biometrics.kernel.recognition.body_marks import PhotographedMark
from biometrics.kernel.recognition.capture import CropBox, Impression, PhotoView, position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import QualityFault, Template
from biometrics.kernel.technique.entry import changed, from_json, require_proper, stored, to_json
from biometrics.people.court_outcomes import load_links, load_outcomes
from biometrics.people.mark_search import write_photographed
from biometrics.people.search_columns import refresh_search_columns
from biometrics.storage.blobs.encrypted import SealedImage
from biometrics.storage.crypto.aead import seal, template_place
from biometrics.storage.tables.base import MAX_ROW_NUMBER
from biometrics.storage.tables.history import replaced_samples
from biometrics.storage.tables.people import encounters, missing_fingers, samples, sections
from biometrics.storage.tables.templates import templates

_PARTS = ("sections", "missing_fingers")  # of an encounter, in tables of their own
_SAMPLES = select(samples, encounters.c.record_id).join(encounters, encounters.c.id == samples.c.encounter_id)


def insert_encounter(connection: Connection, record_id: str, encounter: Encounter, enrolled_by: str) -> str:
    """Write an encounter of a record and return its id; `enrolled_by` is as in `insert_samples`."""
    encounter_id = str(uuid.uuid4())
    identifiers = {"id": encounter_id, "record_id": record_id, "created_at": datetime.now(UTC)}
    row = identifiers | columns_of(encounter) | {"enrolled_by": enrolled_by or None}
    connection.execute(encounters.insert().values(row))
    insert_parts(connection, encounter_id, encounter)
    refresh_search_columns(connection, [record_id])
    return encounter_id


def columns_of(encounter: Encounter) -> dict[str, Any]:
    """Return the columns of an encounter's row that hold the encounter itself.

    Raises:
        InvalidField: a value breaks its rule.
    """
    require_proper(encounter)
    return {name: value or None for name, value in vars(encounter).items() if name not in _PARTS}


def insert_parts(connection: Connection, encounter_id: str, encounter: Encounter) -> None:
    """Write the sections and the missing fingers of an encounter's row."""
    if encounter.sections:
        rows = [
            {"encounter_id": encounter_id, "ordinal": ordinal, "act": section.act, "section": section.section}
            for ordinal, section in enumerate(encounter.sections)
        ]
        connection.execute(sections.insert(), rows)
    if encounter.missing_fingers:
        missing = [
            {"encounter_id": encounter_id, "finger_position": finger.position, "reason": finger.reason}
            for finger in encounter.missing_fingers
        ]
        connection.execute(missing_fingers.insert(), missing)


def insert_samples(
    connection: Connection,
    key: tuple[str, bytes],
    encounter_id: str,
    enrolled: Sequence[EnrolledSample],
    images: Sequence[SealedImage],
    enrolled_by: str,
) -> tuple[tuple[int, ...], tuple[tuple[int, Template], ...]]:
    """Write samples with their templates; return the samples' ids, and the templates with their ids.

    The templates of the model in force are in the order of the samples; those of other models in use follow. `key` is a
    record's id and its data key, which seals the templates. `images` are the files, which must be stored already.
    `enrolled_by` is the id of the account, empty for the service itself.
    """
    record_id, secret = key
    if not enrolled:
        return (), ()
    rows = [
        _sample_row(encounter_id, sample, image) | {"enrolled_by": enrolled_by or None}
        for sample, image in zip(enrolled, images, strict=True)
    ]
    sample_ids = connection.execute(
        samples.insert().returning(samples.c.id, sort_by_parameter_order=True), rows
    ).scalars()
    ids = tuple(sample_ids)
    sample_marks = ((sample_id, sample.sample.mark) for sample_id, sample in zip(ids, enrolled, strict=True))
    write_photographed(connection, {sample_id: mark for sample_id, mark in sample_marks if mark})
    sample_templates = [(sample_id, sample.template) for sample_id, sample in zip(ids, enrolled, strict=True)]
    sample_templates += [
        (number, other) for number, sample in zip(ids, enrolled, strict=True) for other in sample.other_templates
    ]
    template_rows = [
        {
            "sample_id": sample_id,
            "model": template.model,
            "data": seal(secret, template_place(record_id, sample_id, template.model), template.data),
        }
        for sample_id, template in sample_templates
    ]
    template_ids = connection.execute(
        templates.insert().returning(templates.c.id, sort_by_parameter_order=True), template_rows
    ).scalars()
    return ids, tuple((number, template) for number, (_, template) in zip(template_ids, sample_templates, strict=True))


def load_encounters(connection: Connection, record_ids: Sequence[str]) -> dict[str, list[StoredEncounter]]:
    """Return the encounters of some records (few enough for one IN list), the first stored first."""
    rows = connection.execute(
        select(encounters)
        .where(encounters.c.record_id.in_(record_ids))
        .order_by(encounters.c.created_at, encounters.c.id)
    )
    charged = _load_sections(connection, record_ids)
    missing = _load_missing_fingers(connection, record_ids)
    samples_of = _load_samples(connection, record_ids)
    decided = load_outcomes(connection, encounters.c.record_id.in_(record_ids))
    linked = load_links(connection, encounters.c.record_id.in_(record_ids))
    loaded: defaultdict[str, list[StoredEncounter]] = defaultdict(list)
    for row in rows:
        loaded[row.record_id].append(
            StoredEncounter(
                row.id,
                _encounter(row, charged[row.id], missing[row.id]),
                row.created_at,
                tuple(samples_of[row.id]),
                tuple(decided.get(row.id, ())),
                tuple(linked.get(row.id, ())),
                row.enrolled_by or "",
            )
        )
    return loaded


def _encounter(row: Row[Any], charged: Sequence[Section], missing: Sequence[MissingFinger]) -> Encounter:
    return changed(from_json(Encounter, row._mapping), sections=tuple(charged), missing_fingers=tuple(missing))


def require_encounter_of(connection: Connection, record_id: str, encounter_id: str) -> None:
    """Refuse an encounter that is not one of a record.

    Raises:
        UnknownEncounter: it is not.
    """
    query = select(encounters.c.id).where(encounters.c.id == encounter_id, encounters.c.record_id == record_id)
    if connection.execute(query).first() is None:
        raise UnknownEncounter(f"There is no encounter {encounter_id} in this record; check the number.")


def count_encounters(connection: Connection, record_id: str) -> int:
    """Count the encounters of a record."""
    query = select(func.count()).select_from(encounters).where(encounters.c.record_id == record_id)
    return int(connection.execute(query).scalar_one())


def load_sample(connection: Connection, sample_id: int) -> StoredSample:
    """Return one sample.

    Raises:
        UnknownSample: there is none of this number.
    """
    is_row_number = 0 < sample_id <= MAX_ROW_NUMBER
    row = connection.execute(_SAMPLES.where(samples.c.id == sample_id)).first() if is_row_number else None
    if row is None:
        raise unknown_sample(sample_id)
    return _stored_sample(row)


def load_samples(connection: Connection, sample_ids: Sequence[int]) -> list[StoredSample]:
    """Return samples by their ids (few enough for one IN list), in that order."""
    rows = {row.id: row for row in connection.execute(_SAMPLES.where(samples.c.id.in_(sample_ids)))}
    return [_stored_sample(rows[sample_id]) for sample_id in sample_ids]


def unknown_sample(sample_id: int) -> UnknownSample:
    """Return the error for a number that no sample has."""
    return UnknownSample(f"There is no sample {sample_id}; check the number.")


def image_of(connection: Connection, sample_id: int) -> tuple[str, SealedImage]:
    """Return whose a sample is, and its image file.

    Raises:
        UnknownSample: there is none of this number.
    """
    sample = load_sample(connection, sample_id)
    name = connection.execute(select(samples.c.image_name).where(samples.c.id == sample_id)).scalar_one()
    return sample.record_id, SealedImage(sample.image_sha256, name)


def _load_sections(connection: Connection, record_ids: Sequence[str]) -> defaultdict[str, list[Section]]:
    rows = connection.execute(
        select(sections)
        .join(encounters, encounters.c.id == sections.c.encounter_id)
        .where(encounters.c.record_id.in_(record_ids))
        .order_by(sections.c.encounter_id, sections.c.ordinal)
    )
    by_encounter: defaultdict[str, list[Section]] = defaultdict(list)
    for row in rows:
        by_encounter[row.encounter_id].append(from_json(Section, row._mapping))
    return by_encounter


def _load_missing_fingers(connection: Connection, record_ids: Sequence[str]) -> defaultdict[str, list[MissingFinger]]:
    rows = connection.execute(
        select(missing_fingers)
        .join(encounters, encounters.c.id == missing_fingers.c.encounter_id)
        .where(encounters.c.record_id.in_(record_ids))
        .order_by(missing_fingers.c.encounter_id, missing_fingers.c.finger_position)
    )
    fingers: defaultdict[str, list[MissingFinger]] = defaultdict(list)
    for row in rows:
        finger = stored(MissingFinger, position_of(int(row.finger_position)), MissingReason(row.reason))
        fingers[row.encounter_id].append(finger)
    return fingers


def _load_samples(connection: Connection, record_ids: Sequence[str]) -> defaultdict[str, list[StoredSample]]:
    now = samples.c.id.not_in(select(replaced_samples.c.sample_id))
    rows = connection.execute(_SAMPLES.where(encounters.c.record_id.in_(record_ids), now).order_by(samples.c.id))
    samples_of: defaultdict[str, list[StoredSample]] = defaultdict(list)
    for row in rows:
        samples_of[row.encounter_id].append(_stored_sample(row))
    return samples_of


def _sample_row(encounter_id: str, enrolled: EnrolledSample, image: SealedImage) -> dict[str, Any]:
    sample, source = enrolled.sample, enrolled.source
    return {
        "encounter_id": encounter_id,
        "modality": sample.modality,
        "finger_position": sample.position,
        "impression": sample.impression,
        "media_type": source.media_type,
        "width": source.width,
        "height": source.height,
        "ppi": source.ppi,
        "quality": enrolled.template.quality,
        "quality_faults": ",".join(enrolled.assessment.faults) or None,
        "quality_parts": dict(enrolled.assessment.parts),
        "accepted_because": enrolled.accepted_because or None,
        "image_sha256": image.digest,
        "image_name": image.name,
        "image_bytes": len(sample.content),
        "filename": sample.filename,
        "photo_view": sample.view,
        "box": sample.box,
        "mark": None if sample.mark is None else to_json(sample.mark),
    }


def _stored_sample(row: Row[Any]) -> StoredSample:
    return StoredSample(
        id=row.id,
        encounter_id=row.encounter_id,
        record_id=row.record_id,
        modality=Modality.named(row.modality),
        position=position_of(row.finger_position),
        impression=None if row.impression is None else Impression(row.impression),
        media_type=row.media_type,
        width=row.width,
        height=row.height,
        ppi=row.ppi,
        quality=row.quality,
        quality_faults=tuple(QualityFault(fault) for fault in (row.quality_faults or "").split(",") if fault),
        quality_parts=row.quality_parts or {},
        accepted_because=row.accepted_because or "",
        image_sha256=row.image_sha256,
        image_bytes=row.image_bytes,
        filename=row.filename,
        view=None if row.photo_view is None else PhotoView(row.photo_view),
        enrolled_by=row.enrolled_by or "",
        box=None if row.box is None else CropBox(*row.box),
        mark=None if row.mark is None else from_json(PhotographedMark, row.mark),
    )
