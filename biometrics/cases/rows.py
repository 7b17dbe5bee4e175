"""Cases as rows: writing a question, reading a case, and writing what a step added to it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Table, delete, or_, select, update

from biometrics.access.case_access import other_owners, units_of_latents, units_of_searches
from biometrics.access.jurisdiction import unit_at
from biometrics.access.persons import ids_of
from biometrics.cases.case import Case
from biometrics.cases.working_marks import forget_marks
from biometrics.kernel.access import Purpose, Unit
from biometrics.kernel.casework.annotations import Adjustment, CaseMark, Drawing, ProbeMark
from biometrics.kernel.casework.cases import (
    Allocation,
    Assignment,
    CaseKind,
    CaseState,
    Comment,
    Conclusion,
    Finding,
    Look,
    Part,
    PatternClass,
    Question,
    Side,
    Withdrawal,
    case_number,
    clean_number,
    number_prefix,
)
from biometrics.kernel.casework.opinions import Analysis, Basis, Opinion
from biometrics.kernel.errors import UnknownCase
from biometrics.kernel.technique.clock import today
from biometrics.kernel.technique.entry import from_json
from biometrics.kernel.technique.ids import canonical_id
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import notify, notify_unit
from biometrics.storage.database.counters import CASE_COUNTER, advance, case_counter
from biometrics.storage.database.locks import Lock, acquire
from biometrics.storage.database.rows import from_row
from biometrics.storage.tables.cases import (
    FOLLOW_UP,
    MERGE,
    case_allocations,
    case_analyses,
    case_comments,
    case_looks,
    case_opinions,
    case_parts,
    cases,
)
from biometrics.storage.tables.people import encounters
from biometrics.storage.tables.searches import searches
from biometrics.subscriptions.rows import notify_subscribers

MOST_MERGED = 100  # records of one person, far more than there ever are

_COLUMNS: Final = {"probe_image": "probe", "candidate_image": "candidate"}  # by the fields of an opinion

# What may be asked again, where a new print or photo gives a better chance of an answer.
_UNANSWERED = (Conclusion.INCONCLUSIVE, Conclusion.NO_VALUE)


def key_of(question: Question) -> str:
    """Return the key of a question: the same for two records or two latents in either order."""
    if question.candidate_search_id:
        return "latents {} {}".format(*sorted((question.search_id or "", question.candidate_search_id)))
    if question.record_id:
        return "records {} {}".format(*sorted((question.record_id, question.candidate_id)))
    return f"search {question.search_id} {question.candidate_id}"


def insert_case(
    connection: Connection, question: Question, finding: Finding, verified: frozenset[Conclusion]
) -> str | None:
    """Open a case and return its id; None where the question was asked already.

    Its number is the next of the unit that asks and of the year. The counter of all cases is locked first: two
    transactions that number cases of several units cannot wait for each other, and no number is lost to a question
    that was asked already. A unit whose record it is about, and that the asking unit does not see, is notified.
    A second examiner confirms the conclusions `verified`; every one where the search was made for a clearance.
    """
    assert (question.record_id is None) != (question.search_id is None), "either a record or a search asks"
    advance(connection, CASE_COUNTER, 0)
    if case_asked(connection, question):
        return None
    advance(connection, CASE_COUNTER)
    prefix = number_prefix(question.unit, today().year)
    case_id = str(uuid.uuid4())
    values = {
        "id": case_id,
        "number": case_number(prefix, advance(connection, case_counter(prefix))),
        "asked": key_of(question),
        "kind": question.kind,
        "state": CaseState.NEW,
        "created_at": datetime.now(UTC),
        "candidate_id": question.candidate_id,
        "record_id": question.record_id,
        "encounter_id": question.encounter_id,
        "search_id": question.search_id,
        "candidate_search_id": question.candidate_search_id,
        "standing_id": question.standing_id,
        "owner": question.owner,
        "state_code": question.unit.state,
        "district_code": question.unit.district,
        "station_code": question.unit.station,
        "score": finding.score,
        "rank": finding.rank,
        "hint": finding.hint,
        "detail": dict(finding.detail),
        "verified": ",".join(sorted(Conclusion if _is_for_clearance(connection, question) else verified)),
        "version": 1,
        "is_urgent": question.is_urgent,
    }
    connection.execute(cases.insert().values(**values))
    _notify_owners(connection, case_id, question, NotificationKind.CROSS_UNIT_CASE)
    return case_id


def lock_case_numbers(connection: Connection, units: Iterable[Unit]) -> None:
    """Lock the counters of the case numbers of units, before the first of several cases is opened for them.

    Opening a case notifies, and notifications come after case numbers in the order of locks.
    """
    advance(connection, CASE_COUNTER, 0)
    for prefix in sorted({number_prefix(unit, today().year) for unit in units}):
        advance(connection, case_counter(prefix), 0)


def case_asked(connection: Connection, question: Question) -> str | None:
    """Return the case in which a question was asked and which still counts; None where there is none.

    One about a record is also about those that were merged with it.
    """
    query = select(cases.c.id).where(cases.c.asked.in_(_keys_of(connection, question)))
    return connection.execute(query.limit(1)).scalar()


def known_different(connection: Connection, question: Question) -> bool:
    """Return whether examiners have already excluded that the candidate is the probe's person.

    A decision about a record also holds for the record that it was merged into.
    """
    keys = _keys_of(connection, question)
    query = select(cases.c.id).where(cases.c.asked.in_(keys), cases.c.outcome == Conclusion.EXCLUSION)
    return connection.execute(query.limit(1)).first() is not None


def _keys_of(connection: Connection, question: Question) -> list[str]:
    """Return the keys of a question, with those about records that were merged with its records."""
    if question.candidate_search_id:
        return [key_of(question)]
    candidates = _with_merged(connection, question.candidate_id)
    probe_ids = _with_merged(connection, question.record_id) if question.record_id else [None]
    return [
        key_of(replace(question, candidate_id=candidate_id, record_id=other))
        for candidate_id in candidates
        for other in probe_ids
    ]


def id_of(connection: Connection, reference: str) -> str:
    """Return the id of a case that is named by id or number; "" where a number names none."""
    if case_id := canonical_id(reference):
        return case_id
    query = select(cases.c.id).where(cases.c.number == clean_number(reference))
    return connection.execute(query).scalar() or ""


def numbers_of(connection: Connection, case_ids: Sequence[str]) -> dict[str, str]:
    """Return the numbers of cases (few enough for one IN list) by their ids."""
    rows = connection.execute(select(cases.c.id, cases.c.number).where(cases.c.id.in_(case_ids)))
    return {row.id: row.number for row in rows}


def hold_case(connection: Connection, case_id: str) -> Case:
    """Return a case, locked against changes until the transaction ends.

    Raises:
        UnknownCase: there is none of this id.
    """
    row_id = id_of(connection, case_id)
    acquire(connection, Lock.CASE, row_id)
    connection.execute(update(cases).where(cases.c.id == row_id).values(version=cases.c.version + 1))
    loaded = load_cases(connection, [row_id])
    if not loaded:
        raise unknown_case()
    return loaded[0]


def load_cases(connection: Connection, case_ids: Sequence[str]) -> list[Case]:
    """Return cases (few enough for one IN list) in the order of their ids, without those that do not exist."""
    rows = {row.id: row for row in connection.execute(select(cases).where(cases.c.id.in_(case_ids)))}
    parts = _parts(connection, case_parts, case_parts.c.at, case_ids)
    allocations = _parts(connection, case_allocations, case_allocations.c.ordinal, case_ids)
    comments = _parts(connection, case_comments, case_comments.c.ordinal, case_ids)
    analyses = _parts(connection, case_analyses, case_analyses.c.ordinal, case_ids)
    looks = _parts(connection, case_looks, case_looks.c.ordinal, case_ids)
    opinions = _parts(connection, case_opinions, case_opinions.c.ordinal, case_ids)
    fir_numbers = _fir_numbers(connection, list(rows.values()))
    return [
        Case(
            id=row.id,
            number=row.number,
            fir_number=fir_numbers.get(row.search_id or row.encounter_id),
            candidate_fir_number=fir_numbers.get(row.candidate_search_id),
            question=_question(row),
            finding=Finding(row.score, row.rank, row.hint, row.detail),
            created_at=row.created_at,
            verified=frozenset(map(Conclusion, filter(None, row.verified.split(",")))),
            merge_pending=row.due == FOLLOW_UP,
            assignments=tuple(_assignment(part) for part in parts[row.id]),
            allocations=tuple(from_row(Allocation, allocation) for allocation in allocations[row.id]),
            comments=tuple(from_row(Comment, comment) for comment in comments[row.id]),
            analyses=tuple(_analysis(analysis) for analysis in analyses[row.id]),
            looks=tuple(Look(look.actor, Side(look.side), look.image, look.at) for look in looks[row.id]),
            opinions=tuple(_opinion(opinion) for opinion in opinions[row.id]),
            withdrawal=None
            if row.withdrawn_by is None
            else Withdrawal(row.withdrawn_by, row.withdrawn_because, row.ended_at),
        )
        for row in (rows[case_id] for case_id in case_ids if case_id in rows)
    ]


def save_step(connection: Connection, before: Case, after: Case) -> None:
    """Write what a step added to a case that is held."""
    for removed in set(before.assignments) - set(after.assignments):
        part = (case_parts.c.case_id == after.id, case_parts.c.part == removed.part)
        connection.execute(delete(case_parts).where(*part))
    for assignment in after.assignments:
        if assignment not in before.assignments:
            connection.execute(case_parts.insert().values(case_id=after.id, **vars(assignment)))
    _append(connection, case_allocations, after.id, before.allocations, after.allocations)
    _append(connection, case_comments, after.id, before.comments, after.comments)
    _append(connection, case_analyses, after.id, before.analyses, after.analyses)
    _append(connection, case_looks, after.id, before.looks, after.looks)
    _append(connection, case_opinions, after.id, before.opinions, after.opinions)
    for allocation in after.allocations[len(before.allocations) :]:
        notify(connection, allocation.examiner, NotificationKind.CASE_ASSIGNED, after.id)
    decided = {opinion.actor for opinion in after.opinions[len(before.opinions) :]}
    forget_marks(connection, after.id, after.markers - decided)
    values: dict[str, Any] = {"state": after.state, "outcome": None if after.withdrawal else after.outcome}
    if after.over:
        values["ended_at"] = after.withdrawal.at if after.withdrawal else after.opinions[-1].at
        if after.withdrawal or after.outcome in _UNANSWERED:
            values["asked"] = None
        elif after.outcome is Conclusion.IDENTIFICATION and after.question.record_id:
            values["due"] = MERGE
    if after.withdrawal:
        values |= {"withdrawn_by": after.withdrawal.actor, "withdrawn_because": after.withdrawal.because}
    connection.execute(update(cases).where(cases.c.id == after.id).values(**values))
    if after.over and not before.over and not after.withdrawal:
        question = after.question
        identified_id = question.candidate_id if after.outcome is Conclusion.IDENTIFICATION else None
        closed = NotificationKind.CASE_CLOSED
        notify(connection, question.owner, closed, after.id, question.standing_id, identified_id or None)
        _notify_owners(connection, after.id, question, NotificationKind.CROSS_UNIT_DECIDED)
        if after.outcome is Conclusion.IDENTIFICATION:
            people = [record_id for record_id in (question.candidate_id, question.record_id) if record_id]
            identified = NotificationKind.PERSON_IDENTIFIED
            notify_subscribers(connection, identified, people, after.id, question.unit, question.owner)
            if question.search_id and question.candidate_id:
                _tell_linked(connection, question.search_id)


def unknown_case() -> UnknownCase:
    """Return the error for an unknown case and for a hidden one: the same, so that it does not reveal which exist."""
    return UnknownCase("There is no case of this number that you may see; check the number.")


def _notify_owners(connection: Connection, case_id: str, question: Question, kind: NotificationKind) -> None:
    """Notify the units that keep a record or a latent which the asking unit does not see."""
    for record_id, unit in other_owners(connection, question).items():
        notify_unit(connection, unit, kind, case_id, record_id)
    for unit in units_of_latents(connection, question):
        if not question.unit.covers(unit):
            notify_unit(connection, unit, kind, case_id)


def _tell_linked(connection: Connection, search_id: str) -> None:
    """Notify the units whose latents examiners have linked with one in which a person is now identified.

    The notification names the case of the link: it says which unit to call, and not who the person is.
    """
    columns = cases.c
    closed = (columns.kind == CaseKind.LATENT_LINK, columns.outcome == Conclusion.IDENTIFICATION)
    about = or_(columns.search_id == search_id, columns.candidate_search_id == search_id)
    linked = connection.execute(
        select(columns.id, columns.search_id, columns.candidate_search_id).where(*closed, about)
    ).all()
    for case_id, first, second in sorted(linked):
        for unit in units_of_searches(connection, [second if first == search_id else first]):
            notify_unit(connection, unit, NotificationKind.LINK_IDENTIFIED, case_id)


def _is_for_clearance(connection: Connection, question: Question) -> bool:
    """Return whether a case is about a search for a clearance certificate."""
    purpose = connection.execute(select(searches.c.purpose).where(searches.c.id == question.search_id)).scalar()
    return bool(purpose == Purpose.CLEARANCE)


def _with_merged(connection: Connection, record_id: str) -> list[str]:
    return ids_of(connection, record_id)[:MOST_MERGED]


def _fir_numbers(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, str]:
    """Return the FIR numbers of the searches and encounters that cases are about, by their ids."""
    search_ids = {search_id for row in rows for search_id in (row.search_id, row.candidate_search_id) if search_id}
    visits = {row.encounter_id for row in rows if row.encounter_id and not row.search_id}
    of_searches = select(searches.c.id, searches.c.case_number).where(searches.c.id.in_(search_ids))
    of_visits = select(encounters.c.id, encounters.c.fir_number).where(encounters.c.id.in_(visits))
    numbers = [*connection.execute(of_searches).all(), *connection.execute(of_visits).all()]
    return {row_id: number for row_id, number in numbers if number}


def _append(connection: Connection, table: Table, case_id: str, before: Sequence[Any], after: Sequence[Any]) -> None:
    for ordinal, entry in enumerate(after):
        if ordinal >= len(before):
            values = {_COLUMNS.get(name, name): value for name, value in asdict(entry).items()}
            connection.execute(table.insert().values(case_id=case_id, ordinal=ordinal, **values))


def _parts(
    connection: Connection, table: Table, order: Column[Any], case_ids: Sequence[str]
) -> defaultdict[str, list[Row[Any]]]:
    parts: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(table).where(table.c.case_id.in_(case_ids)).order_by(order)):
        parts[row.case_id].append(row)
    return parts


def _question(row: Row[Any]) -> Question:
    return from_row(Question, row, kind=CaseKind(row.kind), unit=unit_at(row))


def _assignment(row: Row[Any]) -> Assignment:
    return Assignment(Part(row.part), row.actor, row.at, row.informed)


def _analysis(row: Row[Any]) -> Analysis:
    pattern = PatternClass(row.pattern) if row.pattern else None
    marks = None if row.marks is None else from_json(tuple[ProbeMark, ...], row.marks)  # NULL once erased
    return from_row(Analysis, row, marks=marks, pattern=pattern, drawings=_drawings(row.drawings))


def _opinion(row: Row[Any]) -> Opinion:
    return from_row(
        Opinion,
        row,
        part=Part(row.part),
        conclusion=Conclusion(row.conclusion),
        probe_image=row.probe,
        candidate_image=row.candidate,
        looked_at=tuple(row.looked_at),
        marks=from_json(tuple[CaseMark, ...], row.marks or ()),
        adjustments=from_json(tuple[Adjustment, ...], row.adjustments),
        basis=from_json(Basis, row.basis or {}),
        drawings=_drawings(row.drawings),
    )


def _drawings(content: Any) -> tuple[Drawing, ...]:
    return from_json(tuple[Drawing, ...], content or ())  # NULL once erased
