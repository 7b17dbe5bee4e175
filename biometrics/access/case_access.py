"""Who may see a case: one condition on its row, evaluated at every access.

A case belongs to the lowest unit at or above the one that asks (its station, then the district, the state, the national
bureau) that sees in full every record that the case is about, by `jurisdiction.visible`, and covers the unit of a
candidate that is another latent. That unit and those above it examine the case. The unit that asks, those above it, and
any unit that sees one of the records, or keeps one of two latents, learn only that there is a case, which unit to call,
and its outcome. Because merges, moves and removals change what a unit sees, nothing of this is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, true

from biometrics.access import jurisdiction
from biometrics.access.authorisation import of_unauthorised
from biometrics.access.jurisdiction import at_or_below, unit_at, visible
from biometrics.access.persons import ids_of_people, merge_chain, resolve_merged_ids
from biometrics.kernel.access import EVERYWHERE, Act, Scope, Unit
from biometrics.kernel.casework.cases import CaseState, Question, Referral
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.people import records
from biometrics.storage.tables.watchlist import standing_searches


def examined_by(unit: Unit) -> ColumnElement[bool]:
    """Return the condition that a unit may work on the case of a row of `cases`, and sees all of it."""
    return and_(~of_unauthorised(), _examined_by(unit))


def _examined_by(unit: Unit) -> ColumnElement[bool]:
    if not unit.state:
        return true()
    probe = or_(cases.c.record_id.is_(None), _sees(unit, cases.c.record_id, "probe"))
    candidate = or_(_sees(unit, cases.c.candidate_id, "candidate"), _keeps(unit, cases.c.candidate_search_id))
    return and_(at_or_below(unit, cases), candidate, probe)


def may_be_known_to(unit: Unit) -> ColumnElement[bool]:
    """Return the condition that a unit may know that the case in a row of `cases` exists, and its outcome.

    A case of a search that is not authorised is known to nobody.
    """
    return and_(~of_unauthorised(), concerns(unit))


def concerns(unit: Unit) -> ColumnElement[bool]:
    """Return the condition that the case in a row of `cases` is a unit's, or about what it keeps."""
    if not unit.state:
        return true()
    return or_(
        at_or_below(unit, cases),
        _sees(unit, cases.c.candidate_id, "candidate"),
        _sees(unit, cases.c.record_id, "probe"),
        _keeps(unit, cases.c.candidate_search_id),
        and_(cases.c.candidate_search_id.is_not(None), _keeps(unit, cases.c.search_id)),
    )


def may_examine(connection: Connection, unit: Unit, case_id: str) -> bool:
    """Say whether a unit may work on a case now."""
    return _holds(connection, case_id, examined_by(unit))


def may_know(connection: Connection, unit: Unit, case_id: str) -> bool:
    """Return whether a unit may know that a case exists, and its outcome."""
    return _holds(connection, case_id, may_be_known_to(unit))


def open_candidates(connection: Connection, act: Act, record_ids: Collection[str]) -> set[str]:
    """Return the records (leads, few enough for one IN list) that must be hidden from an actor now.

    They are candidates of open cases that the actor may examine, which are hidden before an analysis.
    """
    if not record_ids or not act.actor.may(Scope.CASE_EXAMINE):
        return set()
    is_open = cases.c.state.not_in((CaseState.CLOSED, CaseState.WITHDRAWN))
    about = cases.c.candidate_id.in_(ids_of_people(connection, record_ids))
    query = select(cases.c.candidate_id).where(about, is_open, examined_by(act.actor.unit))
    return set(resolve_merged_ids(connection, list(connection.execute(query).scalars())).values())


def refer(connection: Connection, unit: Unit, case_id: str, question: Question) -> Referral:
    """Return the referral of a case to a unit that may not examine it."""
    question_seen = _seen_question(connection, unit, question)
    examining = examining_unit(connection, case_id, question)
    hidden = _existing(connection, question, but=question_seen)
    owners = [contact.unit for contact in jurisdiction.elsewhere(connection, hidden).values()]
    owners += [owner for owner in units_of_latents(connection, question) if not unit.covers(owner)]
    owner_of_question = [] if unit.covers(question.unit) else [question.unit]
    units = list(dict.fromkeys([*owners, *owner_of_question, examining]))
    contacts = jurisdiction.contacts(connection, units)
    return Referral(question_seen, examining, tuple(contacts[unit] for unit in units))


def examining_unit(connection: Connection, case_id: str, question: Question) -> Unit:
    """Return the unit that a case belongs to: the lowest at or above the one that asks that may work on it."""
    *above, _ = question.unit.lineage
    return next((unit for unit in above if may_examine(connection, unit, case_id)), EVERYWHERE)


def other_owners(connection: Connection, question: Question) -> dict[str, Unit]:
    """Return the records of a question that the asking unit does not see, each with the unit that keeps it."""
    ids = _existing(connection, question)
    hidden = set(ids) - jurisdiction.visible_ids(connection, question.unit, ids)
    return {
        record_id: contact.unit for record_id, contact in jurisdiction.elsewhere(connection, sorted(hidden)).items()
    }


def units_of_latents(connection: Connection, question: Question) -> list[Unit]:
    """Return the units of the latents of a question about two of them; none of another question."""
    if not question.candidate_search_id:
        return []
    return units_of_searches(connection, [question.search_id or "", question.candidate_search_id])


def units_of_searches(connection: Connection, search_ids: Sequence[str]) -> list[Unit]:
    """Return the units of the standing searches of stored ones, each once."""
    query = select(standing_searches).where(standing_searches.c.search_id.in_(search_ids))
    rows = connection.execute(query.order_by(standing_searches.c.number))
    return list(dict.fromkeys(unit_at(row) for row in rows))


def _holds(connection: Connection, case_id: str, condition: ColumnElement[bool]) -> bool:
    return connection.execute(select(cases.c.id).where(cases.c.id == case_id, condition)).first() is not None


def _sees(unit: Unit, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a unit sees the record that the id in a column of `cases` leads to."""
    chain = merge_chain(select(column.label("id")).correlate(cases), f"{name}_chain", nesting=True)
    surviving = select(records.c.id).where(records.c.id == chain.c.id, records.c.merged_into.is_(None), visible(unit))
    return exists(surviving)


def _keeps(unit: Unit, search_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the latent of the search in a column of `cases` is one of a unit or below it."""
    of_search = standing_searches.c.search_id == search_id
    return exists().where(of_search, at_or_below(unit, standing_searches)).correlate(cases)


def _existing(connection: Connection, question: Question, but: Question | None = None) -> list[str]:
    """Return the ids of the records that a question is about, as merges lead to them, without those removed."""
    excluded = {but.candidate_id, but.record_id} if but else set()
    ids = [
        record_id
        for record_id in (question.candidate_id, question.record_id)
        if record_id and record_id not in excluded
    ]
    return list(dict.fromkeys(resolve_merged_ids(connection, ids).values()))


def _seen_question(connection: Connection, unit: Unit, question: Question) -> Question:
    """Return a question without the records, and the search, that a unit does not see."""
    ids = [record_id for record_id in (question.candidate_id, question.record_id) if record_id]
    lead_of = resolve_merged_ids(connection, ids)
    seen_ids = jurisdiction.visible_ids(connection, unit, list(lead_of.values()))
    candidate = lead_of.get(question.candidate_id) in seen_ids
    covers_question = unit.covers(question.unit)
    probe = covers_question if question.record_id is None else lead_of.get(question.record_id) in seen_ids
    of_encounter = candidate if question.record_id is None else probe
    other = units_of_searches(connection, [question.candidate_search_id or ""])
    return replace(
        question,
        candidate_id=question.candidate_id if candidate else "",
        record_id=question.record_id if probe else None,
        encounter_id=question.encounter_id if of_encounter else None,
        search_id=question.search_id if covers_question else None,
        standing_id=question.standing_id if covers_question else None,
        candidate_search_id=question.candidate_search_id if all(map(unit.covers, other)) else None,
    )
