"""People who work on cases, and questions for them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from records_examples import detail_of

from biometrics.cases.case import Case
from biometrics.kernel.access import Act, Actor, Purpose, Role, Scope, Unit
from biometrics.kernel.casework.annotations import (
    Adjustment,
    CaseMark,
    Drawing,
    DrawingKind,
    FeatureKind,
    ImageSetting,
    PairMarks,
    WorkingMarks,
)
from biometrics.kernel.casework.cases import CaseKind, Conclusion, Finding, Question, Side
from biometrics.kernel.casework.opinions import Agreement, AnalysisDraft, Basis, Differences, OpinionDraft
from biometrics.kernel.errors import Conflict
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.people import encounters
from biometrics.people import rows as people
from biometrics.people.search_columns import refresh_search_columns
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.casework.examine import OPEN

# The grounds of each opinion about prints.
AGREES = Basis(Agreement.AGREES, Agreement.NOT_VISIBLE, Differences.NONE)
DIFFERS = Basis(Agreement.DIFFERS, Agreement.NOT_VISIBLE, Differences.NONE)
GROUNDS = {Conclusion.IDENTIFICATION: AGREES, Conclusion.EXCLUSION: DIFFERS}
BUREAU = Unit("27")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
RECORD, CANDIDATE = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
PAIR = ("sample 1", "sample 2")
SEARCH = "00000000-0000-4000-8000-000000000003"


def somebody(name: str, role: Role = Role.EXAMINER, unit: Unit = BUREAU) -> Act:
    """Return the act of somebody of a role, who may enrol people as well."""
    scopes = role.scopes | {Scope.ENCOUNTER_WRITE}
    return Act(Actor(name, name, frozenset({role}), scopes, unit), Purpose.INVESTIGATION, "1/2026")


def question(kind: CaseKind = CaseKind.DUPLICATE, **changed: object) -> Question:
    probe = {"record_id": RECORD} if kind is CaseKind.DUPLICATE else {"search_id": SEARCH}
    fields = {"candidate_id": CANDIDATE, "unit": Unit("27", "519", "27519004"), "owner": "owner"}
    return Question(kind, **probe | fields | changed)


STATION = Unit("27", "519", "27519004")


def keep_records(database: Database, *record_ids: str) -> None:
    """Store records of these ids, each with an encounter at a station, so that its units see cases about them."""
    with database.writing() as connection:
        for record_id in record_ids or (RECORD, CANDIDATE):
            number = f"27{int(record_id[-8:], 16) % 10**8:08}"
            people.insert_person(connection, Person(f"Asha {number}", national_number=number), None, record_id)
            codes = {"station_code": STATION.station, "district_code": STATION.district, "state_code": STATION.state}
            visit = Encounter(fir_number="1/2024", date=date(2024, 3, 9), officer="R. Patil", sections=(), **codes)
            encounters.insert_encounter(connection, record_id, visit, "")
            refresh_search_columns(connection, [record_id])


FOUND = Finding(61.5, 1, "likely", detail_of(61.5, gap=20.0))


def ask(cases: Casework, question: Question, finding: Finding) -> str | None:
    """Open a case, as the use case does; None where it was asked already."""
    try:
        with cases._records.begin(OPEN) as work:
            if work.is_first:
                case_id = work.cases.open(question, finding, frozenset({Conclusion.IDENTIFICATION}))
                work.audit(Action.CASE_OPENED, case_id, kind=question.kind)
                work.remember(case_id)
            return str(work.answer)
    except Conflict:
        return None


def case(**changed: object) -> Case:
    return Case("c", "27519004-2026-0001", question(), **{"finding": FOUND, "created_at": NOON} | changed)


def compared(case: Case, who: str) -> Case:
    """Return the case after somebody took it, analysed and looked at both sides."""
    case = case.take(who, NOON).analyse(who, AnalysisDraft(True, "ulnar loop, clear"), NOON)
    return case.look(who, Side.PROBE, "sample 1", NOON).look(who, Side.CANDIDATE, "sample 2", NOON)


def decided(case: Case, who: str, conclusion: Conclusion) -> Case:
    pair = PAIR if conclusion is Conclusion.IDENTIFICATION else None
    return compared(case, who).decide(who, OpinionDraft(conclusion, "twelve points agree", *(pair or ())), NOON)


def examine(mine: Casework, case_id: str, conclusion: Conclusion, pair: tuple[str, str] = PAIR) -> None:
    """Have an examiner take a case, analyse its probe, look at both sides and give an opinion."""
    mine.take(case_id)
    mine.analyse(case_id, AnalysisDraft(conclusion is not Conclusion.NO_VALUE, "ulnar loop"))
    if conclusion is Conclusion.NO_VALUE:
        mine.decide(case_id, OpinionDraft(conclusion, "smudged"))
        return
    for side, image in zip((Side.PROBE, Side.CANDIDATE), pair, strict=True):
        mine.look(case_id, side, image)
    basis = GROUNDS.get(conclusion, Basis())
    mine.decide(case_id, OpinionDraft(conclusion, "compared", *pair, unmarked_because="by eye", basis=basis))


def decide(store: Casework, case_id: str, who: str, conclusion: Conclusion) -> None:
    examine(store.for_actor(somebody(who)), case_id, conclusion)


PAIRS = (PairMarks(PAIR[0], (CaseMark(FeatureKind.DELTA, (1.5, 2.5), (3.5, 4.5), 90.0),), PAIR[1]),)
COUNT = Drawing(DrawingKind.RIDGE_COUNT, PAIR[0], ((1.5, 2.5), (9.0, 2.5)), 2, ((4.0, 2.5),), 1, 2)
DRAWN = (COUNT, Drawing(DrawingKind.TRACING, PAIR[1], ((3.5, 4.5), (6.0, 4.5), (9.0, 5.5))))
MARKED = WorkingMarks(0, PAIRS, (Adjustment(ImageSetting.CONTRAST, 150.0),), DRAWN)


def at_work(cases: Casework, case_id: str, who: str) -> Casework:
    """Have somebody take a case in the store, compare its images and mark them."""
    mine = cases.for_actor(somebody(who))
    mine.take(case_id)
    mine.analyse(case_id, AnalysisDraft(True, "ulnar loop"))
    mine.look(case_id, Side.PROBE, PAIR[0])
    mine.look(case_id, Side.CANDIDATE, PAIR[1])
    mine.mark(case_id, MARKED)
    return mine
