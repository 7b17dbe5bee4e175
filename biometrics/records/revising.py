"""Putting another content in place of a stored encounter's, and removing one."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from biometrics.encounter import Encounter
from biometrics.records.changes import append_changes
from biometrics.records.encounters import columns_of, insert_parts
from biometrics.records.tables import encounters, missing_fingers, samples, sections, templates
from biometrics.records.values import Operation
from biometrics.types import Modality


def update_encounter(connection: Connection, encounter_id: str, encounter: Encounter) -> None:
    """Let an encounter be another one; its samples stay."""
    connection.execute(update(encounters).where(encounters.c.id == encounter_id).values(columns_of(encounter)))
    for parts in (sections, missing_fingers):
        connection.execute(delete(parts).where(parts.c.encounter_id == encounter_id))
    insert_parts(connection, encounter_id, encounter)


def remove_samples(connection: Connection, encounter_id: str) -> set[str]:
    """Remove an encounter's samples with their templates; return the names of their image files."""
    held = connection.execute(
        select(samples.c.image_name, samples.c.modality, templates.c.id, templates.c.model)
        .outerjoin(templates, templates.c.sample_id == samples.c.id)
        .where(samples.c.encounter_id == encounter_id)
        .order_by(templates.c.id)
    ).all()
    connection.execute(delete(samples).where(samples.c.encounter_id == encounter_id))
    removed = [(row.id, Modality(row.modality), row.model) for row in held if row.id is not None]
    append_changes(connection, Operation.REMOVE, removed)
    return {row.image_name for row in held}
