"""Putting another content in place of a stored encounter's, and keeping what it was before."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, select, update

from biometrics.encounter import Encounter
from biometrics.records import content
from biometrics.records.changes import append_changes
from biometrics.records.encounters import columns_of, insert_parts
from biometrics.records.history_tables import encounter_versions, replaced_samples
from biometrics.records.osia_tables import osia_encounters
from biometrics.records.tables import encounters, missing_fingers, samples, sections, templates
from biometrics.records.values import EncounterVersion, Operation, StoredEncounter
from biometrics.types import Modality


def update_encounter(connection: Connection, encounter_id: str, encounter: Encounter) -> None:
    """Let an encounter be another one; its samples stay."""
    connection.execute(update(encounters).where(encounters.c.id == encounter_id).values(columns_of(encounter)))
    for parts in (sections, missing_fingers):
        connection.execute(delete(parts).where(parts.c.encounter_id == encounter_id))
    insert_parts(connection, encounter_id, encounter)


def keep_version(connection: Connection, encounter: StoredEncounter, who: str) -> int:
    """Keep what a stored encounter is, before another one is put in its place; return the number of this version."""
    of_encounter = encounter_versions.c.encounter_id == encounter.id
    last = connection.execute(select(func.max(encounter_versions.c.number)).where(of_encounter)).scalar() or 0
    sent = select(osia_encounters.c.content).where(osia_encounters.c.encounter_id == encounter.id)
    connection.execute(
        encounter_versions.insert().values(
            encounter_id=encounter.id,
            number=last + 1,
            content=content.of_encounter(encounter.encounter),
            client_content=connection.execute(sent).scalar(),
            changed_at=datetime.now(UTC),
            changed_by=who,
        )
    )
    return last + 1


def retire_samples(connection: Connection, encounter_id: str, number: int) -> list[int]:
    """Keep an encounter's samples as those of one of its versions, without templates; return their ids.

    Their images stay, until the encounter is destroyed; no search finds them any more.
    """
    held = connection.execute(
        select(samples.c.id, samples.c.modality, templates.c.id.label("template_id"), templates.c.model)
        .outerjoin(templates, templates.c.sample_id == samples.c.id)
        .where(samples.c.encounter_id == encounter_id, samples.c.id.not_in(select(replaced_samples.c.sample_id)))
        .order_by(samples.c.id, templates.c.id)
    ).all()
    retired = sorted({row.id for row in held})
    if retired:
        connection.execute(replaced_samples.insert(), [{"sample_id": one, "number": number} for one in retired])
        connection.execute(delete(templates).where(templates.c.sample_id.in_(retired)))
    removed = [(row.template_id, Modality(row.modality), row.model) for row in held if row.template_id is not None]
    append_changes(connection, Operation.REMOVE, removed)
    return retired


def load_versions(connection: Connection, encounter_id: str) -> list[EncounterVersion]:
    """Return what an encounter was before each replacement, the oldest first."""
    of_encounter = encounter_versions.c.encounter_id == encounter_id
    rows = connection.execute(select(encounter_versions).where(of_encounter).order_by(encounter_versions.c.number))
    query = (
        select(replaced_samples.c.number, replaced_samples.c.sample_id)
        .join(samples, samples.c.id == replaced_samples.c.sample_id)
        .where(samples.c.encounter_id == encounter_id)
        .order_by(replaced_samples.c.sample_id)
    )
    held: defaultdict[int, list[int]] = defaultdict(list)
    for row in connection.execute(query):
        held[row.number].append(row.sample_id)
    return [
        EncounterVersion(row.number, row.content, tuple(held[row.number]), row.changed_at, row.changed_by)
        for row in rows
    ]
