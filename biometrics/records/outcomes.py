"""What courts decided about encounters, and which encounters belong together: writing it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from biometrics.court import Outcome, check_follows
from biometrics.errors import InvalidField, UnknownEncounter
from biometrics.records.court import load_links, load_outcomes, stored_link, stored_outcome
from biometrics.records.history_tables import encounter_links, outcomes
from biometrics.records.people import canonical_id, touch
from biometrics.records.tables import encounters
from biometrics.records.values import EncounterLink, LinkKind, StoredOutcome


def record_of(connection: Connection, encounter_id: str) -> str:
    """Return the id of the record that an encounter is in.

    Raises:
        UnknownEncounter: there is none of this id.
    """
    query = select(encounters.c.record_id).where(encounters.c.id == canonical_id(encounter_id))
    found = connection.execute(query).scalar()
    if found is None:
        raise UnknownEncounter(f"There is no encounter {encounter_id}; check the number.")
    return str(found)


def insert_outcome(
    connection: Connection, encounter_id: str, outcome: Outcome, who: str, version: int | None
) -> StoredOutcome:
    """Write an outcome of an encounter; the record gets its next version.

    Raises:
        UnknownEncounter, VersionMismatch.
        InvalidField: it does not follow from what is known of the case.
    """
    touch(connection, record_of(connection, encounter_id), version)  # others wait here, so that the check below holds
    known = canonical_id(encounter_id)
    before = [one.outcome for one in load_outcomes(connection, encounters.c.id == known).get(known, [])]
    held_on = connection.execute(select(encounters.c.date).where(encounters.c.id == known)).scalar_one()
    check_follows(before, outcome, held_on)
    stored = StoredOutcome(str(uuid.uuid4()), known, outcome, datetime.now(UTC), who)
    connection.execute(
        outcomes.insert().values(
            id=stored.id,
            encounter_id=known,
            event=outcome.event,
            date=outcome.date,
            court=outcome.court,
            verdict=outcome.verdict,
            case_number=outcome.case_number,
            created_at=stored.created_at,
            created_by=who,
        )
    )
    return stored


def insert_link(connection: Connection, from_id: str, to_id: str, kind: LinkKind, who: str) -> EncounterLink:
    """Link two encounters; both records get their next version. A link that is there is kept.

    Raises:
        UnknownEncounter: there is none of an id.
        InvalidField: both are one and the same.
    """
    first, second = canonical_id(from_id), canonical_id(to_id)
    if first == second:
        raise InvalidField("An encounter cannot be linked with itself; name two.")
    for record_id in sorted({record_of(connection, first or from_id), record_of(connection, second or to_id)}):
        touch(connection, record_id)
    for link in load_links(connection, encounters.c.id == first).get(first, []):
        if (link.from_id, link.to_id, link.kind) == (first, second, kind):
            return link
    link = EncounterLink(str(uuid.uuid4()), first, second, kind, datetime.now(UTC), who)
    connection.execute(
        encounter_links.insert().values(
            id=link.id, from_id=first, to_id=second, kind=kind, created_at=link.created_at, created_by=who
        )
    )
    return link


def load_outcome(connection: Connection, outcome_id: str) -> StoredOutcome:
    """Return an outcome that was stored.

    Raises:
        UnknownEncounter: its encounter was removed since.
    """
    row = connection.execute(select(outcomes).where(outcomes.c.id == outcome_id)).first()
    if row is None:
        raise UnknownEncounter("The encounter of this outcome was removed since.")
    return stored_outcome(row)


def load_link(connection: Connection, link_id: str) -> EncounterLink:
    """Return a link that was stored.

    Raises:
        UnknownEncounter: one of its encounters was removed since.
    """
    row = connection.execute(select(encounter_links).where(encounter_links.c.id == link_id)).first()
    if row is None:
        raise UnknownEncounter("An encounter of this link was removed since.")
    return stored_link(row)
