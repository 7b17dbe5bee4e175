"""Putting another content in place of a stored encounter's, and keeping what it was before."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from biometrics.access import jurisdiction
from biometrics.kernel.access import Act
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.record import EncounterVersion, StoredEncounter
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.entry import to_json
from biometrics.people.encounters import columns_of, insert_parts, load_encounters, require_encounter_of
from biometrics.people.mark_search import forget_photographed
from biometrics.storage.tables.history import encounter_versions, replaced_samples
from biometrics.storage.tables.osia import osia_encounters
from biometrics.storage.tables.people import encounters, missing_fingers, samples, sections
from biometrics.storage.tables.templates import templates
from biometrics.templates.change_log import append_changes


def put_instead(
    connection: Connection, act: Act | None, record_id: str, encounter_id: str, encounter: Encounter
) -> tuple[StoredEncounter, int]:
    """Put another content in place of an encounter of a record that the transaction has touched; its samples stay.

    What it was is kept as a version; return that and the version's number.

    Raises:
        UnknownEncounter: it is not in this record.
        OutOfJurisdiction: another unit made it, or the new content is of another unit.
        InvalidField: a value breaks its rule.
    """
    jurisdiction.require_unit(act, jurisdiction.unit_at(encounter))
    require_encounter_of(connection, record_id, encounter_id)
    jurisdiction.require_made_here(connection, act, encounter_id)
    before = {stored.id: stored for stored in load_encounters(connection, [record_id])[record_id]}[encounter_id]
    number = keep_version(connection, before, act.actor.id if act else "")
    update_encounter(connection, encounter_id, encounter)
    return before, number


def update_encounter(connection: Connection, encounter_id: str, encounter: Encounter) -> None:
    """Replaces an encounter's content; its samples stay."""
    connection.execute(update(encounters).where(encounters.c.id == encounter_id).values(columns_of(encounter)))
    for parts in (sections, missing_fingers):
        connection.execute(delete(parts).where(parts.c.encounter_id == encounter_id))
    insert_parts(connection, encounter_id, encounter)


def keep_version(connection: Connection, encounter: StoredEncounter, actor_id: str) -> int:
    """Keep what a stored encounter is, before another one is put in its place; return the number of this version."""
    of_encounter = encounter_versions.c.encounter_id == encounter.id
    last = connection.execute(select(func.max(encounter_versions.c.number)).where(of_encounter)).scalar() or 0
    sent = select(osia_encounters.c.content).where(osia_encounters.c.encounter_id == encounter.id)
    connection.execute(
        encounter_versions.insert().values(
            encounter_id=encounter.id,
            number=last + 1,
            content=to_json(encounter.encounter),
            client_content=connection.execute(sent).scalar(),
            changed_at=datetime.now(UTC),
            changed_by=actor_id,
        )
    )
    return last + 1


def retire_samples(connection: Connection, encounter_id: str, number: int) -> list[int]:
    """Keep an encounter's samples as those of one of its versions, without templates; return their ids.

    Their images stay until the encounter is destroyed, but no search returns them.
    """
    rows = connection.execute(
        select(samples.c.id, samples.c.modality, templates.c.id.label("template_id"), templates.c.model)
        .outerjoin(templates, templates.c.sample_id == samples.c.id)
        .where(samples.c.encounter_id == encounter_id, samples.c.id.not_in(select(replaced_samples.c.sample_id)))
        .order_by(samples.c.id, templates.c.id)
    ).all()
    retired = sorted({row.id for row in rows})
    if retired:
        connection.execute(
            replaced_samples.insert(), [{"sample_id": sample_id, "number": number} for sample_id in retired]
        )
        connection.execute(delete(templates).where(templates.c.sample_id.in_(retired)))
        forget_photographed(connection, retired)
    removed = [
        (row.template_id, Modality.named(row.modality), row.model) for row in rows if row.template_id is not None
    ]
    append_changes(connection, Operation.REMOVE, removed)
    return retired


def load_versions_of(connection: Connection, condition: ColumnElement[bool]) -> dict[str, list[EncounterVersion]]:
    """Return encounters before each replacement, the oldest first, by the encounter's id.

    `condition` is a condition on `encounters`; those never replaced are left out.
    """
    retired = (
        select(samples.c.encounter_id, replaced_samples.c.number, replaced_samples.c.sample_id)
        .join(samples, samples.c.id == replaced_samples.c.sample_id)
        .join(encounters, encounters.c.id == samples.c.encounter_id)
        .where(condition)
        .order_by(replaced_samples.c.sample_id)
    )
    replaced: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for row in connection.execute(retired):
        replaced[row.encounter_id, row.number].append(row.sample_id)
    old_versions = (
        select(encounter_versions)
        .join(encounters, encounters.c.id == encounter_versions.c.encounter_id)
        .where(condition)
        .order_by(encounter_versions.c.number)
    )
    versions: defaultdict[str, list[EncounterVersion]] = defaultdict(list)
    for row in connection.execute(old_versions):
        sample_ids = tuple(replaced[row.encounter_id, row.number])
        versions[row.encounter_id].append(
            EncounterVersion(row.number, row.content, sample_ids, row.changed_at, row.changed_by)
        )
    return dict(versions)
