"""An identification rests on a pair of images that both examiners opened, and names it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_examples import NOON, case

from biometrics.cases.case import Case
from biometrics.cases.view import CaseView
from biometrics.kernel.casework.cases import CaseState, Conclusion, Pair, Part, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import InvalidField, PairNotOpened

IDENTIFICATION = Conclusion.IDENTIFICATION
THUMB, INDEX = ("sample 1", "sample 11"), ("sample 2", "sample 12")


def opened(case: Case, who: str, *pairs: Pair) -> Case:
    """Return the case after somebody took it, analysed, and opened both images of some pairs."""
    case = case.take(who, NOON, supervises=True)
    if case.part_of(who) is not Part.SUPERVISOR:
        case = case.analyse(who, AnalysisDraft(True, "a loop"), NOON)
    for probe, candidate in pairs:
        case = case.look(who, Side.PROBE, probe, NOON).look(who, Side.CANDIDATE, candidate, NOON)
    return case


def identified(case: Case, who: str, pair: Pair, *pairs: Pair) -> Case:
    return opened(case, who, pair, *pairs).decide(who, OpinionDraft(IDENTIFICATION, "agree", *pair), NOON)


def test_an_identification_names_a_pair() -> None:
    with pytest.raises(InvalidField, match="Name the pair"):
        opened(case(), "a", THUMB).decide("a", OpinionDraft(IDENTIFICATION, "agree"), NOON)
    first = opened(case(), "a", THUMB).decide("a", OpinionDraft(Conclusion.INCONCLUSIVE, "smudged"), NOON)
    assert first.state is CaseState.CLOSED
    with pytest.raises(InvalidField, match="Name the pair"):
        identified(case(), "a", THUMB).supersede(
            "a", OpinionDraft(IDENTIFICATION, "agree", because="the other finger"), NOON
        )


@pytest.mark.parametrize(
    "pair", [INDEX, ("sample 1", "sample 12"), ("sample 2", "sample 11"), ("sample 11", "sample 1")]
)
def test_a_pair_that_its_author_has_not_opened_is_refused(pair: Pair) -> None:
    for conclusion in (IDENTIFICATION, Conclusion.EXCLUSION):
        with pytest.raises(PairNotOpened):
            opened(case(), "a", THUMB).decide("a", OpinionDraft(conclusion, "x", *pair), NOON)
    with pytest.raises(PairNotOpened):
        identified(case(), "a", THUMB).supersede("a", OpinionDraft(IDENTIFICATION, "x", *pair, because="y"), NOON)


def test_another_examiners_view_does_not_count() -> None:
    with pytest.raises(PairNotOpened):
        opened(identified(case(), "a", THUMB), "b", INDEX).decide("b", OpinionDraft(IDENTIFICATION, "x", *THUMB), NOON)


def test_images_viewed_before_the_analysis_are_opened_again_to_compare() -> None:
    taken = case().take("a", NOON).look("a", Side.PROBE, "sample 1", NOON)
    later = NOON + timedelta(minutes=1)
    compared = taken.analyse("a", AnalysisDraft(True, "a loop"), later).look("a", Side.CANDIDATE, "sample 11", later)
    with pytest.raises(PairNotOpened):
        compared.decide("a", OpinionDraft(IDENTIFICATION, "x", *THUMB), later)
    again = compared.look("a", Side.PROBE, "sample 1", later)
    opinion = again.decide("a", OpinionDraft(IDENTIFICATION, "x", *THUMB), later).opinion(Part.EXAMINER)
    assert opinion
    assert (opinion.pair, opinion.looked_at) == (THUMB, ("probe sample 1", "candidate sample 11"))


def test_two_identifications_close_a_case_on_a_pair_that_both_opened() -> None:
    for first, second, pair in (
        ([THUMB], [THUMB], THUMB),
        ([THUMB, INDEX], [INDEX], INDEX),
        ([THUMB], [INDEX, THUMB], THUMB),
    ):
        closed = identified(identified(case(), "a", *first), "b", *second)
        assert (closed.state, closed.outcome, closed.pair) == (CaseState.CLOSED, IDENTIFICATION, pair)
        assert CaseView.of(closed, "c").pair == pair


def test_identifications_on_different_pairs_are_a_conflict() -> None:
    conflict = identified(identified(case(), "a", THUMB), "b", INDEX)
    assert (conflict.state, conflict.outcome, conflict.pair) == (CaseState.CONFLICT, None, None)
    judged = opened(conflict, "s", THUMB)
    assert judged.decide("s", OpinionDraft(IDENTIFICATION, "agree", *THUMB), NOON).pair == THUMB
    assert judged.decide("s", OpinionDraft(Conclusion.EXCLUSION, "differ"), NOON).outcome is Conclusion.EXCLUSION


def test_a_supervisor_identifies_on_a_pair_that_an_examiner_has_opened_too() -> None:
    conflict = opened(identified(case(), "a", THUMB), "b", THUMB).decide(
        "b", OpinionDraft(Conclusion.EXCLUSION, "differ"), NOON
    )
    with pytest.raises(PairNotOpened, match="No examiner"):
        opened(conflict, "s", INDEX).decide("s", OpinionDraft(IDENTIFICATION, "agree", *INDEX), NOON)
    with pytest.raises(PairNotOpened, match="You have not"):
        opened(conflict, "s", INDEX).decide("s", OpinionDraft(IDENTIFICATION, "agree", *THUMB), NOON)
    closed = opened(conflict, "s", THUMB).decide("s", OpinionDraft(IDENTIFICATION, "agree", *THUMB), NOON)
    assert (closed.outcome, closed.pair) == (IDENTIFICATION, THUMB)


def test_the_pair_is_not_shown_before_the_end() -> None:
    first = identified(case(), "a", THUMB)
    assert CaseView.of(first, "b").pair is None
    assert CaseView.of(first, "b").opinions == ()


def test_a_supervisor_does_not_see_the_first_opinion_before_verifying() -> None:
    new, first = case(), identified(case(), "a", THUMB)
    assert CaseView.of(new, "s") == CaseView.of(first, "s")
    assert CaseView.of(opened(new, "s", THUMB), "s") == CaseView.of(opened(first, "s", THUMB), "s")
    assert CaseView.of(first, "a").state is CaseState.FIRST_OPINION
