"""Who is given a case, and who reads comments on it: nothing of it tells an examiner of another's work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_examples import NOON, case, compared, decided

from biometrics.cases.case import Case
from biometrics.cases.view import CaseView
from biometrics.kernel.casework.cases import MOST_COMMENTS, Conclusion, Part
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import InvalidField, NotIndependent, WrongStep

EXCLUSION, IDENTIFICATION = Conclusion.EXCLUSION, Conclusion.IDENTIFICATION


def assigned(case: Case, examiner: str, by: str = "s", *, supervises: bool = False, informed: bool = False) -> Case:
    return case.assign(examiner, by, NOON, supervises=supervises, informed=informed)


def refusal(case: Case, examiner: str, *, informed: bool = False, supervises: bool = False) -> str:
    with pytest.raises(NotIndependent) as refused:
        assigned(case, examiner, informed=informed, supervises=supervises)
    return str(refused.value)


def test_a_supervisor_gives_the_open_part_to_an_examiner_and_takes_it_from_one_who_has_not_decided() -> None:
    given = assigned(case(), "a")
    assert (given.part_of("a"), given.worked_on_by) == (Part.EXAMINER, "a")
    moved = assigned(given.analyse("a", AnalysisDraft(True, "a loop"), NOON), "b")
    assert (moved.part_of("a"), moved.part_of("b"), len(moved.allocations)) == (None, Part.EXAMINER, 2)
    verified = assigned(decided(case(), "a", IDENTIFICATION), "b")
    assert (verified.part_of("a"), verified.part_of("b")) == (Part.EXAMINER, Part.VERIFIER)


def test_a_refused_examiner_does_not_reveal_that_there_is_an_opinion() -> None:
    """Who knows the search result, and who has given the first opinion, are refused with the same words."""
    first = decided(case(), "a", IDENTIFICATION)
    assert refusal(first, "a") == refusal(case(), "a", informed=True)


def test_who_assigns_a_case_sees_who_works_on_it_and_cannot_examine_it() -> None:
    given = assigned(case(), "a")
    assert (CaseView.of(given, "s").worked_on_by, CaseView.of(given, "other").worked_on_by) == ("a", None)
    free = given.give_back("a")
    with pytest.raises(NotIndependent):
        free.take("s", NOON, supervises=True)
    with pytest.raises(NotIndependent):
        assigned(free, "s", by="t")
    assert free.take("b", NOON).part_of("b") is Part.EXAMINER


def test_who_assigned_a_case_may_decide_its_conflict() -> None:
    first = decided(assigned(case(), "a").give_back("a"), "a", IDENTIFICATION)
    conflict = decided(first, "b", EXCLUSION)
    assert conflict.take("s", NOON, supervises=True).part_of("s") is Part.SUPERVISOR
    assert assigned(conflict, "t", by="u", supervises=True, informed=True).part_of("t") is Part.SUPERVISOR
    with pytest.raises(WrongStep):
        assigned(conflict, "t", by="u")


def test_nobody_assigns_a_case_to_themselves_or_a_case_that_they_have_a_part_in() -> None:
    with pytest.raises(InvalidField):
        assigned(case(), "s")
    with pytest.raises(NotIndependent):
        assigned(decided(case(), "s", IDENTIFICATION), "a")


def test_comments_reach_no_examiner_before_they_can_influence_one() -> None:
    def said(case: Case, who: str, hours: int, *, informed: bool = False) -> Case:
        return case.comment(who, f"by {who} at {hours}", NOON + timedelta(hours=hours), informed=informed)

    def read(case: Case, viewer: str) -> list[str]:
        return [comment.text for comment in CaseView.of(case, viewer).comments]

    before = said(said(case(), "clerk", -2), "owner", -2, informed=True)
    first = said(compared(before, "a"), "a", -1)
    assert read(first, "a") == ["by clerk at -2", "by a at -1"]
    assert read(first, "b") == []
    waiting = first.decide("a", OpinionDraft(IDENTIFICATION, "agree", "sample 1", "sample 2"), NOON)
    second = said(compared(waiting, "b"), "clerk", 1)
    assert read(second, "b") == ["by clerk at 1"]  # an earlier one would reveal that there was an examiner
    assert read(second, "a") == ["by a at -1"]
    conflict = second.decide("b", OpinionDraft(EXCLUSION, "differ"), NOON + timedelta(hours=2))
    everything = ["by clerk at -2", "by owner at -2", "by a at -1", "by clerk at 1"]
    judged = conflict.take("s", NOON, supervises=True)
    assert read(judged, "s") == everything
    closed = judged.decide("s", OpinionDraft(EXCLUSION, "differ"), NOON + timedelta(hours=3))
    assert read(closed, "anybody") == everything
    with pytest.raises(WrongStep):
        said(closed, "clerk", 4)


def test_a_case_takes_so_many_comments() -> None:
    full = case()
    for _ in range(MOST_COMMENTS):
        full = full.comment("clerk", "x", NOON, informed=False)
    for refused in (
        lambda: full.comment("clerk", "x", NOON, informed=False),
        lambda: case().comment("a", " ", NOON, informed=False),
    ):
        with pytest.raises(InvalidField):
            refused()
