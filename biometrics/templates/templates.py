"""Reading templates: many of them quickly, by id, by record or by finger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select

from biometrics.access.persons import resolve_merged_ids
from biometrics.kernel.errors import DecryptionFailed
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.labels import KINDS, NO_POSITION, SEXES, UNKNOWN_YEAR, Label, code_number, label_of_mark
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.templates import StoredTemplate, TemplateCount
from biometrics.kernel.recognition.capture import Position, position_of
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.storage.crypto.aead import template_place
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.osia import inactive_encounters
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.templates import templates

DRAWN: Final = 200_000  # numbers that are tried, at most, when templates are drawn


_ALL: Select[Any] = (
    select(
        templates.c.id,
        templates.c.sample_id,
        encounters.c.record_id,
        samples.c.finger_position,
        samples.c.modality,
        templates.c.model,
        templates.c.data,
        samples.c.quality,
        samples.c.mark,
        records.c.national_number,
        records.c.sex,
        records.c.birth_year,
        encounters.c.station_code,
        encounters.c.district_code,
        encounters.c.state_code,
        encounters.c.kind,
        data_keys.c.master_id,
        data_keys.c.wrapped,
    )
    .join(samples, samples.c.id == templates.c.sample_id)
    .join(encounters, encounters.c.id == samples.c.encounter_id)
    .join(records, records.c.id == encounters.c.record_id)
    .outerjoin(data_keys, data_keys.c.id == records.c.id)
)

# Those that may be compared: an index that asks for one of an inactive encounter does not get it.
_ACTIVE: Final = ~exists().where(inactive_encounters.c.encounter_id == encounters.c.id)
_STORED: Final = _ALL.where(_ACTIVE)


def template_ids(
    connection: Connection, modality: Modality, model: str, positions: Collection[Position] | None
) -> NDArray[np.int64]:
    """Return the ids of one feature space's templates, ascending; only of some fingers where `positions` says so."""
    query = (
        select(templates.c.id)
        .join(samples, samples.c.id == templates.c.sample_id)
        .where(templates.c.model == model, samples.c.modality == modality)
    )
    if positions is not None:
        query = query.where(samples.c.finger_position.in_([int(position) for position in positions]))
    ids = np.fromiter(connection.execute(query).scalars(), dtype=np.int64)
    ids.sort()
    return ids


@dataclass(frozen=True)
class DrawnTemplate:
    """The id of a template that was drawn, and whose it is."""

    id: int
    record_id: str


def draw_templates(connection: Connection, modality: Modality, model: str, count: int) -> list[DrawnTemplate]:
    """Return up to `count` templates of one feature space without reading through the table.

    Numbers are drawn up to the newest one, always the same for the same newest one. Of a table with many gaps, fewer
    than `count` may come back. Only images that reach the quality floor are drawn.
    """
    newest = connection.execute(select(func.max(templates.c.id))).scalar() or 0
    seed = sha256(f"{model} {newest}".encode()).digest()
    generator = np.random.default_rng(int.from_bytes(seed, "big"))
    if newest <= DRAWN:
        numbers = generator.permutation(newest) + 1
    else:
        numbers = np.unique(generator.integers(1, newest + 1, DRAWN))
        generator.shuffle(numbers)
    query = (
        select(templates.c.id, encounters.c.record_id, samples.c.media_type, samples.c.accepted_because)
        .join(samples, samples.c.id == templates.c.sample_id)
        .join(encounters, encounters.c.id == samples.c.encounter_id)
        .where(_ACTIVE, templates.c.model == model, samples.c.modality == modality)
    )
    drawn: list[DrawnTemplate] = []
    for chunk in in_chunks(numbers.tolist(), CHUNK):
        rows = {row.id: row for row in connection.execute(query.where(templates.c.id.in_(chunk)))}
        present = [rows[number] for number in chunk if number in rows]
        usable = [row for row in present if row.media_type.startswith("image/") and not row.accepted_because]
        drawn.extend(DrawnTemplate(row.id, row.record_id) for row in usable)
        if len(drawn) >= count:
            break
    return drawn[:count]


def load_templates(
    connection: Connection, keys: DataKeys, ids: Iterable[int], unreadable: set[int] | None = None
) -> list[StoredTemplate]:
    """Return the templates of `ids` in that order, without those that do not exist.

    Those that cannot be decrypted are left out as well, and added to `unreadable`.

    Raises:
        DecryptionFailed: one of them was tampered with, and there is no `unreadable`.
    """
    numbers = [int(template_id) for template_id in ids]
    by_id: dict[int, StoredTemplate] = {}
    for chunk in in_chunks(numbers, CHUNK):
        rows = connection.execute(_STORED.where(templates.c.id.in_(chunk)))
        by_id.update((stored.id, stored) for stored in _readable(rows, keys, unreadable))
    return [by_id[template_id] for template_id in numbers if template_id in by_id]


def load_templates_of(
    connection: Connection, keys: DataKeys, record_ids: Sequence[str], models: Collection[str], unreadable: set[int]
) -> dict[str, list[StoredTemplate]]:
    """Return the templates that some models made, by record and in the order of their ids.

    The id of a record that was merged, as one may have been after its id was read, names those of the surviving record.
    Those that cannot be decrypted are left out, and added to `unreadable`.
    """
    by_record: defaultdict[str, list[StoredTemplate]] = defaultdict(list)
    for chunk in in_chunks(record_ids, CHUNK):
        query = _STORED.where(encounters.c.record_id.in_(chunk), templates.c.model.in_(models))
        for stored in _readable(connection.execute(query.order_by(templates.c.id)), keys, unreadable):
            by_record[stored.record_id].append(stored)
    for chunk in in_chunks([record_id for record_id in record_ids if record_id not in by_record], CHUNK):
        survivors = {start: end for start, end in resolve_merged_ids(connection, chunk).items() if start != end}
        if survivors:
            loaded = load_templates_of(connection, keys, sorted(set(survivors.values())), models, unreadable)
            by_record |= {start: loaded[end] for start, end in survivors.items() if end in loaded}
    return dict(by_record)


def templates_of(connection: Connection, record_id: str) -> list[tuple[int, Modality, str]]:
    """Return (id, modality, model) of every template of a record, by id."""
    return _template_keys(connection, encounters.c.record_id == record_id)


def templates_at(connection: Connection, encounter_ids: Sequence[str]) -> list[tuple[int, Modality, str]]:
    """Return (id, modality, model) of every template of some encounters, by id."""
    ids = [
        key
        for chunk in in_chunks(encounter_ids, CHUNK)
        for key in _template_keys(connection, samples.c.encounter_id.in_(chunk))
    ]
    return sorted(ids)


def _template_keys(connection: Connection, of: ColumnElement[bool]) -> list[tuple[int, Modality, str]]:
    rows = connection.execute(
        select(templates.c.id, samples.c.modality, templates.c.model)
        .join(samples, samples.c.id == templates.c.sample_id)
        .join(encounters, encounters.c.id == samples.c.encounter_id)
        .where(of)
        .order_by(templates.c.id)
    )
    return [(row.id, Modality.named(row.modality), row.model) for row in rows]


def load_templates_at(connection: Connection, keys: DataKeys, encounter_id: str) -> list[StoredTemplate]:
    """Return the templates of one encounter, active or not, in the order of their ids.

    Raises:
        DecryptionFailed: one of them was tampered with.
    """
    rows = connection.execute(_ALL.where(encounters.c.id == encounter_id).order_by(templates.c.id))
    return [_stored(row, keys) for row in rows]


def count_templates(connection: Connection) -> tuple[TemplateCount, ...]:
    """Count the templates of each feature space."""
    space = (samples.c.modality, templates.c.model)
    counted = select(*space, func.count()).join(samples, samples.c.id == templates.c.sample_id)
    rows = connection.execute(counted.group_by(*space).order_by(*space))
    return tuple(TemplateCount(Modality.named(modality), model, count) for modality, model, count in rows)


def _readable(rows: Iterable[Row[Any]], keys: DataKeys, unreadable: set[int] | None) -> Iterator[StoredTemplate]:
    for row in rows:
        try:
            yield _stored(row, keys)
        except DecryptionFailed:
            if unreadable is None:
                raise
            unreadable.add(row.id)


def _stored(row: Row[Any], keys: DataKeys) -> StoredTemplate:
    position = position_of(row.finger_position)
    data = keys.open_row(row, template_place(row.record_id, row.sample_id, row.model))
    template = Template(Modality.named(row.modality), row.model, data, row.quality)
    return StoredTemplate(row.id, row.sample_id, row.record_id, position, template, _label(row, position))


def _label(row: Row[Any], position: Position | None) -> Label:
    return Label(
        person=int(row.national_number),
        station=code_number(row.station_code),
        district=code_number(row.district_code),
        birth_year=UNKNOWN_YEAR if row.birth_year is None else row.birth_year,
        state=int(row.state_code),
        position=NO_POSITION if position is None else position,
        sex=SEXES.index(Sex(row.sex)),
        kind=KINDS.index(EncounterKind(row.kind)),
        **label_of_mark(row.mark),
    )
