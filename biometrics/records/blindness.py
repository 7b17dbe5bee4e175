"""What is kept from whoever examines a case until they have given their opinion: what searches found of it.

A search is about a case where it is the one that asks, and where it was made with a file that the case is about: the
same print scores the same, whoever searches with it. The rule is one condition, so that lists and reads can have it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Subquery, and_, exists, false, or_, select, union_all

from biometrics.access import Act
from biometrics.cases import CaseState, Part
from biometrics.errors import HiddenUntilDecided
from biometrics.records.audit import Action
from biometrics.records.audit_tables import audit_entries
from biometrics.records.case_tables import case_parts, cases
from biometrics.records.database import Database
from biometrics.records.people import canonical_id
from biometrics.records.tables import encounters, samples, search_probes, searches

_ANSWERS = (Action.SEARCHED, Action.SEARCH_READ, Action.SEARCH_REPLAYED)

_WHY = (
    "You examine a case that this search is about, and have given no opinion yet. What it found is shown to you after "
    "that; give the case back where somebody else should decide it."
)
_NOT_AGAIN = (
    "You examine a case about this very file, and have given no opinion yet: a score would sway you. Decide first, or "
    "give the case back."
)


def hidden(act: Act | None) -> ColumnElement[bool]:
    """Return the condition that what a row of `searches` found is kept from whoever is acting."""
    if act is None:
        return false()
    held = _undecided(act.actor.id)
    asking = select(held.c.search_id).where(held.c.search_id.is_not(None))
    own = search_probes.alias()
    made_with = exists().where(own.c.search_id == searches.c.id, own.c.image_sha256.in_(_files(held)))
    return or_(searches.c.id.in_(asking), made_with)


def require_shown(connection: Connection, act: Act | None, search_id: str) -> None:
    """Refuse to say what a stored search found to whoever examines a case that it is about.

    Raises:
        HiddenUntilDecided: they do, and have given no opinion.
    """
    kept = select(searches.c.id).where(searches.c.id == search_id, hidden(act))
    if act is not None and connection.execute(kept).first():
        raise HiddenUntilDecided(_WHY)


def require_no_case(database: Database, act: Act | None, digests: Collection[str]) -> None:
    """Refuse to compare files, by their SHA-256 (hex), for whoever examines a case about one of them.

    Raises:
        HiddenUntilDecided: they do, and have given no opinion.
    """
    if act is None:
        return
    about = _files(_undecided(act.actor.id)).subquery()
    with database.reading() as connection:
        known = set(connection.execute(select(about.c.image_sha256)).scalars())
    if known & set(digests):
        raise HiddenUntilDecided(_NOT_AGAIN)


def has_read_answer(connection: Connection, act: Act, case_id: str) -> bool:
    """Say whether somebody has made, read or replayed the search that asks in a case, by the audit log.

    It counts, too, that they were told of it among the searches that named the candidate.
    """
    told = and_(
        audit_entries.c.subject_id == cases.c.candidate_id,
        audit_entries.c.action == Action.SEARCHES_LISTED,
        audit_entries.c.detail.contains(cases.c.search_id),
    )
    read = and_(audit_entries.c.subject_id == cases.c.search_id, audit_entries.c.action.in_(_ANSWERS))
    known = cases.c.id == canonical_id(case_id)
    query = select(audit_entries.c.number).where(audit_entries.c.actor_id == act.actor.id)
    asked = [query.join(cases, condition).where(known).limit(1) for condition in (read, told)]
    return any(connection.execute(one).first() for one in asked)


def _undecided(actor_id: str) -> Subquery:
    """Return the cases of somebody who has given no opinion: they have taken it, and it is in their hands."""
    in_hand = or_(
        and_(cases.c.state == CaseState.ASSIGNED, case_parts.c.part == Part.EXAMINER),
        and_(cases.c.state == CaseState.VERIFICATION, case_parts.c.part == Part.VERIFIER),
    )
    query = select(cases.c.search_id, cases.c.encounter_id, cases.c.candidate_id)
    query = query.join(case_parts, case_parts.c.case_id == cases.c.id)
    return query.where(case_parts.c.actor == actor_id, in_hand).subquery()


def _files(held: Subquery) -> CompoundSelect[tuple[str]]:
    """Return the SHA-256 of the files that cases are about: of what asks, and of the candidate."""
    return union_all(
        select(search_probes.c.image_sha256).join(held, held.c.search_id == search_probes.c.search_id),
        select(samples.c.image_sha256).join(held, held.c.encounter_id == samples.c.encounter_id),
        select(samples.c.image_sha256)
        .join(encounters, encounters.c.id == samples.c.encounter_id)
        .join(held, held.c.candidate_id == encounters.c.record_id),
    )
