"""Standing searches as rows: writing, ending and reading them, and the probes that an index of them follows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Row, Select, delete, or_, select, union, update

from biometrics.access.jurisdiction import at_or_below, codes_of, unit_at
from biometrics.kernel.access import Unit
from biometrics.kernel.errors import UnknownStandingSearch
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.ids import canonical_id
from biometrics.storage.database.counters import PROBE_COUNTER, STANDING_CHANGE_COUNTER, STANDING_COUNTER, advance
from biometrics.storage.database.locks import Lock, acquire, hold_each
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.searches import probe_templates, search_probes
from biometrics.storage.tables.watchlist import standing_changes, standing_probes, standing_searches
from biometrics.watchlist.link_rows import request_link_checks
from biometrics.watchlist.model import WATCHED, Ended, Standing, StandingKind

_STANDING: Select[Any] = select(standing_searches, encounters.c.record_id).outerjoin(
    encounters, encounters.c.id == standing_searches.c.encounter_id
)


def watch_encounter(connection: Connection, encounter_id: str, encounter: Encounter, owner: str) -> None:
    """Search for the person of an encounter from now on, where that is of such a kind.

    An encounter has one standing search: an active one takes the kind of a corrected encounter, an ended one stays so.
    """
    kind, of_encounter = WATCHED.get(encounter.kind), standing_searches.c.encounter_id == encounter_id
    if kind is None:
        return
    if not (before := load_standing(connection, of_encounter)):
        insert_standing(connection, kind, owner, unit_at(encounter), encounter_id=encounter_id)
        return
    acquire(connection, Lock.STANDING_SEARCH, before[0].id)
    differs = (standing_searches.c.kind != kind, standing_searches.c.ended_at.is_(None))
    values = {"kind": kind, "version": standing_searches.c.version + 1}
    connection.execute(update(standing_searches).where(of_encounter, *differs).values(values))


def insert_standing(
    connection: Connection,
    kind: StandingKind,
    owner: str,
    unit: Unit,
    *,
    search_id: str | None = None,
    encounter_id: str | None = None,
    expires_on: date | None = None,
) -> str:
    """Write a standing search with the probes of its stored search; return its id."""
    standing_id = str(uuid.uuid4())
    connection.execute(
        standing_searches.insert().values(
            id=standing_id,
            number=advance(connection, STANDING_COUNTER),
            kind=kind,
            search_id=search_id,
            encounter_id=encounter_id,
            owner=owner,
            **codes_of(unit),
            created_at=datetime.now(UTC),
            expires_on=expires_on,
            version=1,
        )
    )
    if search_id:
        request_link_checks(connection, standing_searches.c.id == standing_id)
        _insert_probes(connection, standing_id, search_id)
    return standing_id


def end_standing(connection: Connection, standing_id: str, by: str, because: str) -> bool:
    """End a standing search; say whether it was active until now. Of several, `hold_standing` comes first."""
    acquire(connection, Lock.STANDING_SEARCH, standing_id)
    ended = connection.execute(
        update(standing_searches)
        .where(standing_searches.c.id == standing_id, standing_searches.c.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC), ended_by=by, ended_because=because, version=standing_searches.c.version + 1)
    )
    if not ended.rowcount:
        return False
    query = select(standing_probes.c.id, standing_probes.c.modality, standing_probes.c.model)
    probes = connection.execute(query.where(standing_probes.c.standing_id == standing_id)).all()
    _append_changes(connection, Operation.REMOVE, [tuple(probe) for probe in probes])
    return True


def hold_standing(connection: Connection, *conditions: Any) -> list[str]:
    """Lock the standing searches that meet conditions on their rows, in the order of locks; return their ids."""
    return _hold(connection, [select(standing_searches.c.id).where(*conditions)])


def hold_standing_of(connection: Connection, *columns: tuple[Column[Any], Sequence[str]]) -> list[str]:
    """Lock the standing searches that have one of some values in a column, or in another; as `hold_standing`."""
    chosen = (column.in_(chunk) for column, values in columns for chunk in in_chunks(values, CHUNK))
    return _hold(connection, [select(standing_searches.c.id).where(condition) for condition in chosen])


def _hold(connection: Connection, queries: Sequence[Select[Any]]) -> list[str]:
    def ids() -> set[str]:
        return {standing_id for query in queries for standing_id in connection.execute(query).scalars()}

    candidates = ids()
    hold_each(connection, Lock.STANDING_SEARCH, standing_searches.c.id, candidates)
    return sorted(candidates & ids())  # others may have changed some before


def hold_expired(connection: Connection, today: date) -> list[str]:
    """Lock the standing searches whose last day is past, and return their ids."""
    return hold_standing(connection, standing_searches.c.ended_at.is_(None), standing_searches.c.expires_on < today)


def load_standing(connection: Connection, *conditions: Any, limit: int | None = None) -> list[Standing]:
    """Return the standing searches that meet conditions on their rows, in the order of their numbers."""
    query = _STANDING.where(*conditions).order_by(standing_searches.c.number).limit(limit)
    return [_standing(row) for row in connection.execute(query)]


def load_visible(connection: Connection, unit: Unit, standing_id: str) -> Standing:
    """Return a standing search of a unit or below it.

    Raises:
        UnknownStandingSearch: there is none of this id.
    """
    loaded = load_standing(
        connection, standing_searches.c.id == canonical_id(standing_id), at_or_below(unit, standing_searches)
    )
    if not loaded:
        raise UnknownStandingSearch(f"There is no standing search {standing_id} that you may see; check the number.")
    return loaded[0]


def still_standing(today: date) -> tuple[Any, ...]:
    """Return the conditions on the rows of searches that stand."""
    last = standing_searches.c.expires_on
    return standing_searches.c.ended_at.is_(None), or_(last.is_(None), last >= today)


def standing_of_probes(connection: Connection, ids: Sequence[int] | NDArray[np.int64]) -> dict[int, str]:
    """Return the standing search of each probe (few enough for one IN list)."""
    query = select(standing_probes.c.id, standing_probes.c.standing_id)
    rows = connection.execute(query.where(standing_probes.c.id.in_([int(probe_id) for probe_id in ids])))
    return {row.id: row.standing_id for row in rows}


def _insert_probes(connection: Connection, standing_id: str, search_id: str) -> None:
    """Write the probes of a search by each model that they have a template of."""
    probe_columns, template_columns = search_probes.c, probe_templates.c
    query = select(probe_columns.ordinal, probe_columns.modality, probe_columns.model).where(
        probe_columns.search_id == search_id
    )
    probe = (template_columns.search_id == probe_columns.search_id) & (
        template_columns.ordinal == probe_columns.ordinal
    )
    by_later_models = select(probe_columns.ordinal, probe_columns.modality, template_columns.model).join(
        probe_templates, probe
    )
    by_later_models = by_later_models.where(probe_columns.search_id == search_id, template_columns.data.is_not(None))
    probes = connection.execute(union(query, by_later_models)).all()
    _append_changes(connection, Operation.ADD, [_insert_probe(connection, standing_id, *row) for row in sorted(probes)])


def add_probe(connection: Connection, search_id: str, ordinal: int, modality: Modality, model: str) -> None:
    """Add a new template of a probe, by whatever model, to the active standing search of a stored search."""
    active = (standing_searches.c.search_id == search_id, standing_searches.c.ended_at.is_(None))
    for standing_id in hold_standing(connection, *active):
        _raise_versions(connection, [standing_id])
        request_link_checks(connection, standing_searches.c.id == standing_id)
        columns = standing_probes.c
        before = (columns.standing_id == standing_id, columns.ordinal == ordinal, columns.model == model)
        removed_ids = connection.execute(delete(standing_probes).where(*before).returning(columns.id)).scalars().all()
        added = _insert_probe(connection, standing_id, ordinal, modality, model)
        _append_changes(connection, Operation.REMOVE, [(number, modality, model) for number in removed_ids])
        _append_changes(connection, Operation.ADD, [added])


def remove_probes(connection: Connection, modality: Modality, model: str) -> None:
    """Remove the probes of a model from all active standing searches."""
    by_model = select(standing_probes.c.standing_id).where(standing_probes.c.model == model)
    active = (standing_searches.c.id.in_(by_model), standing_searches.c.ended_at.is_(None))
    for chunk in in_chunks(hold_standing(connection, *active), CHUNK):
        _raise_versions(connection, chunk)
        probes = (standing_probes.c.standing_id.in_(chunk), standing_probes.c.model == model)
        removed_ids = connection.execute(
            delete(standing_probes).where(*probes).returning(standing_probes.c.id)
        ).scalars()
        _append_changes(connection, Operation.REMOVE, [(number, modality, model) for number in sorted(removed_ids)])


def _raise_versions(connection: Connection, standing_ids: Sequence[str]) -> None:
    changed = update(standing_searches).where(standing_searches.c.id.in_(standing_ids))
    connection.execute(changed.values(version=standing_searches.c.version + 1))


def _insert_probe(connection: Connection, standing_id: str, ordinal: int, modality: str, model: str) -> Any:
    number, values = advance(connection, PROBE_COUNTER), {"ordinal": ordinal, "modality": modality, "model": model}
    connection.execute(standing_probes.insert().values(id=number, standing_id=standing_id, **values))
    return number, modality, model


def _append_changes(connection: Connection, operation: Operation, probes: Sequence[Any]) -> None:
    """Append one change for each (probe id, modality, model), as `changes.append_changes` does for templates."""
    last = advance(connection, STANDING_CHANGE_COUNTER, len(probes))
    rows = [
        {"sequence": number, "operation": operation, "probe_id": probe_id, "modality": modality, "model": model}
        for number, (probe_id, modality, model) in enumerate(probes, last - len(probes) + 1)
    ]
    if rows:
        connection.execute(standing_changes.insert(), rows)


def _standing(row: Row[Any]) -> Standing:
    ended = None if row.ended_at is None else Ended(row.ended_at, row.ended_by, row.ended_because)
    return from_row(Standing, row, kind=StandingKind(row.kind), unit=unit_at(row), ended=ended)
