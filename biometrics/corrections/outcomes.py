"""What courts decided about encounters, and which encounters belong together: writing it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Connection, select, update

from biometrics.kernel.errors import Conflict, InvalidField, UnknownEncounter, UnknownOutcome
from biometrics.kernel.people.court import Outcome, check_basis, check_follows, check_withdrawal
from biometrics.kernel.people.encounter import LegalBasis
from biometrics.kernel.people.record import REASON_LENGTH, EncounterLink, LinkKind, OutcomeWithdrawal, StoredOutcome
from biometrics.kernel.technique.entry import require_proper
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.text import clean_text
from biometrics.people.court_outcomes import load_links, load_outcomes, stored_link, stored_outcome
from biometrics.people.rows import lock_record_of, lock_record_row, record_of, require_in
from biometrics.storage.tables.history import encounter_links, outcomes
from biometrics.storage.tables.people import encounters


def insert_outcome(
    connection: Connection, encounter_id: str, outcome: Outcome, actor_id: str, version: int | None
) -> StoredOutcome:
    """Write an outcome of an encounter; the record gets its next version.

    Raises:
        UnknownEncounter, VersionMismatch.
        InvalidField: it does not follow from what is known of the case.
    """
    lock_record_of(connection, encounter_id, version)  # others wait here, so that the check below holds
    canonical = canonical_id(encounter_id)
    in_force = [stored.outcome for stored in _in_force(connection, canonical)]
    check_follows(in_force, outcome, _held_on(connection, canonical))
    return _insert(connection, canonical, outcome, actor_id)


def withdraw_outcome(
    connection: Connection,
    known_by: tuple[str, str],
    because: str,
    actor_id: str,
    version: int | None,
    instead: Outcome | None = None,
) -> StoredOutcome:
    """Withdraw the outcome of an encounter's and its own id, and write another one in its place, if any.

    The record gets its next version. What was withdrawn stays, and counts no more.

    Raises:
        UnknownEncounter, UnknownOutcome, VersionMismatch.
        InvalidField: there is no reason; what is left does not make sense.
        Conflict: it was withdrawn before.
    """
    encounter_id, outcome_id = known_by
    reason = clean_text("reason", because, REASON_LENGTH)
    lock_record_of(connection, encounter_id, version)
    canonical = canonical_id(encounter_id)
    matches = [stored for stored in _all(connection, canonical) if stored.id == canonical_id(outcome_id)]
    if not matches:
        raise UnknownOutcome(f"The encounter has no outcome {outcome_id}; check the number.")
    if matches[0].withdrawal is not None:
        raise Conflict("This outcome was withdrawn before; nothing was changed.")
    in_force = [stored.outcome for stored in _in_force(connection, canonical)]
    check_withdrawal(in_force, matches[0].outcome, instead, _held_on(connection, canonical))
    other = _insert(connection, canonical, instead, actor_id).id if instead is not None else None
    withdrawal = OutcomeWithdrawal(datetime.now(UTC), actor_id, reason, other)
    row = {
        "withdrawn_at": withdrawal.at,
        "withdrawn_by": actor_id,
        "withdrawn_because": reason,
        "replaced_by": other,
    }
    connection.execute(update(outcomes).where(outcomes.c.id == matches[0].id).values(**row))
    return replace(matches[0], withdrawal=withdrawal)


def _all(connection: Connection, encounter_id: str) -> list[StoredOutcome]:
    return load_outcomes(connection, encounters.c.id == encounter_id).get(encounter_id, [])


def _in_force(connection: Connection, encounter_id: str) -> list[StoredOutcome]:
    return [stored for stored in _all(connection, encounter_id) if stored.withdrawal is None]


def _held_on(connection: Connection, encounter_id: str) -> date:
    """Return the day of an encounter."""
    held_on: date = connection.execute(select(encounters.c.date).where(encounters.c.id == encounter_id)).scalar_one()
    return held_on


def _insert(connection: Connection, encounter_id: str, outcome: Outcome, actor_id: str) -> StoredOutcome:
    require_proper(outcome)
    basis = connection.execute(select(encounters.c.legal_basis).where(encounters.c.id == encounter_id)).scalar()
    check_basis(outcome, says_convicted=basis == LegalBasis.IDENTIFICATION_ACT_CONVICTED)
    stored = StoredOutcome(str(uuid.uuid4()), encounter_id, outcome, datetime.now(UTC), actor_id)
    connection.execute(
        outcomes.insert().values(
            id=stored.id,
            encounter_id=encounter_id,
            event=outcome.event,
            date=outcome.date,
            court=outcome.court,
            verdict=outcome.verdict,
            case_number=outcome.case_number,
            created_at=stored.created_at,
            created_by=actor_id,
        )
    )
    return stored


def insert_link(connection: Connection, from_id: str, to_id: str, kind: LinkKind, actor_id: str) -> EncounterLink:
    """Link two encounters; both records get their next version. An existing link stays.

    Raises:
        UnknownEncounter: there is none of an id.
        InvalidField: both are one and the same.
    """
    first, second = canonical_id(from_id), canonical_id(to_id)
    if first == second:
        raise InvalidField("An encounter cannot be linked with itself; name two.")
    held_by = {first: record_of(connection, from_id), second: record_of(connection, to_id)}
    for record_id in sorted(set(held_by.values())):
        lock_record_row(connection, record_id)  # of one that was merged meanwhile the encounter is not in it, either
    for encounter_id, record_id in held_by.items():
        require_in(connection, encounter_id, record_id)
    for link in load_links(connection, encounters.c.id == first).get(first, []):
        if (link.from_id, link.to_id, link.kind) == (first, second, kind):
            return link
    link = EncounterLink(str(uuid.uuid4()), first, second, kind, datetime.now(UTC), actor_id)
    connection.execute(
        encounter_links.insert().values(
            id=link.id, from_id=first, to_id=second, kind=kind, created_at=link.created_at, created_by=actor_id
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
