"""People who work on cases, and questions for them."""

from __future__ import annotations

from datetime import UTC, datetime

from biometrics.access import Act, Actor, Purpose, Role, Unit
from biometrics.cases import Case, CaseKind, Conclusion, Finding, Question, Side
from biometrics.records.cases import CaseStore

BUREAU = Unit("27")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
RECORD, CANDIDATE = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
SEARCH = "00000000-0000-4000-8000-000000000003"


def somebody(name: str, role: Role = Role.EXAMINER, unit: Unit = BUREAU) -> Act:
    return Act(Actor(name, name, frozenset({role}), role.scopes, unit), Purpose.INVESTIGATION, "1/2026")


def question(kind: CaseKind = CaseKind.DUPLICATE, **changed: object) -> Question:
    asking = {"record_id": RECORD} if kind is CaseKind.DUPLICATE else {"search_id": SEARCH}
    fields = {"candidate_id": CANDIDATE, "unit": Unit("27", "519", "27519004"), "owner": "owner"}
    return Question(kind, **asking | fields | changed)


FOUND = Finding(61.5, 1, "likely", {"gap": 20.0})


def case(**changed: object) -> Case:
    return Case("c", question(), FOUND, NOON, **changed)


def compared(case: Case, who: str) -> Case:
    """Return the case after somebody took it, analysed and looked at both sides."""
    case = case.take(who, NOON).analyse(who, True, "ulnar loop, clear", NOON)
    return case.look(who, Side.PROBE, "sample 1", NOON).look(who, Side.CANDIDATE, "sample 2", NOON)


def decided(case: Case, who: str, conclusion: Conclusion) -> Case:
    return compared(case, who).decide(who, conclusion, "twelve points agree", NOON)


def decide(store: CaseStore, case_id: str, who: str, conclusion: Conclusion) -> None:
    """Take a case in the store, and decide it as `who`."""
    mine = store.acting(somebody(who))
    mine.take(case_id)
    mine.analyse(case_id, conclusion is not Conclusion.NO_VALUE, "ulnar loop")
    if conclusion is not Conclusion.NO_VALUE:
        mine.look(case_id, Side.CANDIDATE, "sample 2")
    mine.decide(case_id, conclusion, "compared")
