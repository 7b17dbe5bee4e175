"""What courts decided about encounters, and which encounters belong together, read back."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from biometrics.kernel.people.court import Outcome
from biometrics.kernel.people.record import EncounterLink, LinkKind, OutcomeWithdrawal, StoredOutcome
from biometrics.kernel.technique.entry import from_json
from biometrics.storage.tables.history import encounter_links, outcomes
from biometrics.storage.tables.people import encounters


def load_outcomes(connection: Connection, of: ColumnElement[bool]) -> dict[str, list[StoredOutcome]]:
    """Return the outcomes of the encounters that meet a condition, by encounter, the first stored first."""
    outcomes_of: defaultdict[str, list[StoredOutcome]] = defaultdict(list)
    query = select(outcomes).join(encounters, encounters.c.id == outcomes.c.encounter_id).where(of)
    for row in connection.execute(query.order_by(outcomes.c.created_at, outcomes.c.id)):
        outcomes_of[row.encounter_id].append(stored_outcome(row))
    return dict(outcomes_of)


def load_links(connection: Connection, of: ColumnElement[bool]) -> dict[str, list[EncounterLink]]:
    """Return the links from and to the encounters that meet a condition, by encounter, the first stored first."""
    links_of: defaultdict[str, list[EncounterLink]] = defaultdict(list)
    for end in (encounter_links.c.from_id, encounter_links.c.to_id):
        query = select(encounter_links).join(encounters, encounters.c.id == end).where(of)
        for row in connection.execute(query.order_by(encounter_links.c.created_at, encounter_links.c.id)):
            links_of[getattr(row, end.name)].append(stored_link(row))
    return dict(links_of)


def stored_outcome(row: Row[Any]) -> StoredOutcome:
    """Return the outcome of a row."""
    withdrawal = None
    if row.withdrawn_at is not None:
        withdrawal = OutcomeWithdrawal(row.withdrawn_at, row.withdrawn_by, row.withdrawn_because, row.replaced_by)
    return StoredOutcome(
        row.id, row.encounter_id, from_json(Outcome, row._mapping), row.created_at, row.created_by, withdrawal
    )


def stored_link(row: Row[Any]) -> EncounterLink:
    """Return the link of a row."""
    return EncounterLink(row.id, row.from_id, row.to_id, LinkKind(row.kind), row.created_at, row.created_by)
