"""A case is decided in the steps of ACE-V, by people who do not influence each other."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from case_examples import NOON, PAIR, case, compared, decided, question
from records_examples import detail_of

from biometrics.cases.case import Case
from biometrics.cases.view import CaseView
from biometrics.kernel.casework.annotations import MOST_MARKS, CaseMark, FeatureKind, ProbeMark
from biometrics.kernel.casework.cases import (
    CaseKind,
    CaseState,
    Conclusion,
    Dispute,
    Finding,
    Part,
    PatternClass,
    Side,
)
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import CaseTaken, GroundsMissing, InvalidField, NotIndependent, WrongStep
from biometrics.kernel.technique.entry import from_json

IDENTIFICATION, EXCLUSION = Conclusion.IDENTIFICATION, Conclusion.EXCLUSION
CORE = FeatureKind.CORE


SCORE = detail_of(2.0)["score"] | {"ratio": -1.0}
AGAINST = {"score": SCORE}
UNSCALED = {"score": SCORE | {"calibrated": False}}


@pytest.mark.parametrize(
    ("about", "ratio", "contrary"),
    [
        ({"finding": Finding(2.0, 1, "none", AGAINST)}, None, True),
        ({}, -0.5, True),
        ({}, 3.0, False),
        ({}, None, False),
        ({"finding": Finding(2.0, 1, "none", UNSCALED)}, -0.5, False),
        ({"question": question(CaseKind.LATENT_HIT)}, -0.5, False),
    ],
)
def test_an_identification_against_the_ratio_goes_to_a_supervisor_who_gives_grounds(
    about: dict[str, Any], ratio: float | None, contrary: bool
) -> None:
    first = compared(replace(case(), **about), "a").decide(
        "a", OpinionDraft(IDENTIFICATION, "agree", *PAIR), NOON, ratio=ratio
    )
    assert CaseView.of(first, "b").state is CaseState.WAITING
    second = compared(first, "b").decide("b", OpinionDraft(IDENTIFICATION, "agree", *PAIR), NOON, ratio=ratio)
    assert second.state is (CaseState.CONFLICT if contrary else CaseState.CLOSED)
    if not contrary:
        return
    held = second.take("s", NOON, supervises=True)
    held = held.look("s", Side.PROBE, PAIR[0], NOON).look("s", Side.CANDIDATE, PAIR[1], NOON)
    assert [opinion.against_ratio for opinion in CaseView.of(held, "s").opinions] == [True, True]
    for missing in ("", " "):
        with pytest.raises(GroundsMissing):
            held.decide("s", OpinionDraft(IDENTIFICATION, "agree", *PAIR, grounds=missing), NOON, ratio=ratio)
    closed = held.decide(
        "s", OpinionDraft(IDENTIFICATION, "agree", *PAIR, grounds="a scar at the delta"), NOON, ratio=ratio
    )
    assert (closed.outcome, closed.opinions[-1].grounds) == (IDENTIFICATION, "a scar at the delta")
    assert held.decide("s", OpinionDraft(EXCLUSION, "differs"), NOON).outcome is EXCLUSION


def test_an_exclusion_against_strong_support_for_one_source_goes_to_a_supervisor_who_gives_grounds() -> None:
    def with_ratio(ratio: float) -> Case:
        score = detail_of(61.5)["score"] | {"bound": 61.5, "ratio": ratio}
        return case(finding=Finding(61.5, 1, "likely", {"score": score}))

    first = decided(with_ratio(3.0), "a", EXCLUSION)
    assert first.state is CaseState.FIRST_OPINION
    held = decided(first, "b", EXCLUSION).take("s", NOON, supervises=True)
    assert held.state is CaseState.CONFLICT
    with pytest.raises(GroundsMissing):
        held.decide("s", OpinionDraft(EXCLUSION, "the delta differs"), NOON)
    assert held.decide("s", OpinionDraft(EXCLUSION, "differs", grounds="a second core"), NOON).outcome is EXCLUSION
    assert decided(with_ratio(2.9), "a", EXCLUSION).outcome is EXCLUSION


@pytest.mark.parametrize(
    ("patterns", "is_disputed"),
    [
        ((PatternClass.LEFT_LOOP, PatternClass.PLAIN_WHORL), True),
        ((PatternClass.PLAIN_WHORL, PatternClass.DOUBLE_LOOP), True),
        ((PatternClass.WHORL, PatternClass.PLAIN_WHORL), False),
        ((PatternClass.LEFT_LOOP, PatternClass.UNABLE_TO_CLASSIFY), False),
        ((PatternClass.LEFT_LOOP, None), False),
    ],
)
def test_analyses_that_contradict_each_other_go_to_a_supervisor_who_explains_them(
    patterns: tuple[PatternClass | None, ...], is_disputed: bool
) -> None:
    about = case()
    for who, pattern in zip("ab", patterns, strict=True):
        about = about.take(who, NOON).analyse(who, AnalysisDraft(True, "clear", pattern=pattern), NOON)
        about = about.look(who, Side.PROBE, PAIR[0], NOON).look(who, Side.CANDIDATE, PAIR[1], NOON)
        about = about.decide(who, OpinionDraft(IDENTIFICATION, "agree", *PAIR), NOON)
    assert about.outcome is (None if is_disputed else IDENTIFICATION)
    if not is_disputed:
        return
    held = about.take("s", NOON, supervises=True)
    assert (CaseView.of(held, "s").disputes, CaseView.of(held, "a").disputes) == ((Dispute.PATTERN,), ())
    with pytest.raises(GroundsMissing, match="patterns"):
        held.decide("s", OpinionDraft(EXCLUSION, "differs"), NOON)
    closed = held.decide("s", OpinionDraft(EXCLUSION, "differs", grounds="a whorl: two deltas"), NOON)
    assert (closed.outcome, closed.opinions[-1].grounds) == (EXCLUSION, "a whorl: two deltas")
    assert held.decide("s", OpinionDraft(Conclusion.INCONCLUSIVE, "unclear"), NOON).state is CaseState.CLOSED


def test_an_examiner_who_marks_nothing_does_not_rest_on_the_marks_of_another() -> None:
    def given(about: Case, who: str, **stated: Any) -> Case:
        return compared(about, who).decide(who, OpinionDraft(IDENTIFICATION, "agree", *PAIR, **stated), NOON)

    for reason in ("Shown on the chart of the first examiner.", "see my colleague's marks", "पहले परीक्षक का चार्ट"):
        for part in (case(), given(case(), "z")):  # the same answer to a first examiner and to a verifier
            with pytest.raises(InvalidField, match="another examiner"):
                given(part, "a", unmarked_because=reason)
    marked = given(case(), "a", marks=(CaseMark(FeatureKind.ENDING, (10.0, 20.0), (30.0, 40.0)),))
    assert given(marked, "b", unmarked_because="by eye").disputes == (Dispute.MARKS,)
    assert given(given(case(), "a", unmarked_because="by eye"), "b", unmarked_because="a scar alone").disputes == ()


@pytest.mark.parametrize("conclusion", [EXCLUSION, Conclusion.INCONCLUSIVE])
def test_a_conclusion_that_needs_no_verification_closes_the_case(conclusion: Conclusion) -> None:
    assert decided(case(), "a", conclusion).outcome is conclusion


def test_an_exclusion_is_verified_where_that_is_wanted() -> None:
    strict = case(verified=frozenset({IDENTIFICATION, EXCLUSION}))
    first = decided(strict, "a", EXCLUSION)
    assert first.state is CaseState.FIRST_OPINION
    assert decided(first, "b", EXCLUSION).outcome is EXCLUSION


def test_two_who_disagree_are_decided_between_by_a_supervisor_who_took_no_part() -> None:
    conflict = decided(decided(case(), "a", IDENTIFICATION), "b", Conclusion.INCONCLUSIVE)
    assert (conflict.state, conflict.outcome) == (CaseState.CONFLICT, None)
    for took_part in ("a", "b"):
        with pytest.raises(NotIndependent):
            conflict.take(took_part, NOON, supervises=True)
    with pytest.raises(WrongStep, match="supervisor"):
        conflict.take("c", NOON)
    held = conflict.take("s", NOON, supervises=True)
    with pytest.raises(CaseTaken):
        held.take("s2", NOON, supervises=True)
    closed = held.decide("s", OpinionDraft(EXCLUSION, "the delta differs"), NOON)
    assert (closed.state, closed.outcome) == (CaseState.CLOSED, EXCLUSION)


def test_marked_minutiae_lie_on_the_pair_that_an_opinion_names() -> None:
    marks = [CaseMark(FeatureKind.ENDING, (10.0, 20.0), (30.5, 40.0)), CaseMark(FeatureKind.OTHER, (1.0, 2.0), None)]
    decided = compared(case(), "a").decide("a", OpinionDraft(EXCLUSION, "differs", *PAIR, marks=tuple(marks)), NOON)
    assert decided.opinions[-1].marks == tuple(marks)
    stored = json.loads(json.dumps(list(map(asdict, marks))))
    assert from_json(tuple[CaseMark, ...], stored) == tuple(marks)
    nowhere = CaseMark(FeatureKind.ENDING, None, None)
    outside = CaseMark(FeatureKind.ENDING, (-1.0, 2.0), None)
    for pair, refused in ((None, marks), (PAIR, [nowhere]), (PAIR, [outside]), (PAIR, marks * MOST_MARKS)):
        with pytest.raises(InvalidField):
            compared(case(), "a").decide(
                "a", OpinionDraft(EXCLUSION, "differs", *(pair or ()), marks=tuple(refused)), NOON
            )


def test_marks_made_after_the_analysis_are_told_from_those_of_the_analysis() -> None:
    """The analysis marks images of the probe that were opened; once the candidate's were, it cannot change."""
    ending, core = ProbeMark(PAIR[0], (10.0, 20.0), FeatureKind.ENDING, 90.0), ProbeMark(PAIR[0], (30.0, 40.0), CORE)
    taken = case().take("a", NOON)
    with pytest.raises(InvalidField, match="not opened"):
        taken.analyse("a", AnalysisDraft(True, "a loop", marks=(ending,)), NOON)
    taken = taken.look("a", Side.PROBE, PAIR[0], NOON)
    with pytest.raises(InvalidField, match="direction"):
        taken.analyse("a", AnalysisDraft(True, "a loop", marks=(replace(ending, direction=360.0),)), NOON)
    analysed = taken.analyse("a", AnalysisDraft(True, "a loop", (ending,)), NOON)
    analysed = analysed.analyse("a", AnalysisDraft(True, "a loop", (ending, core)), NOON)
    seen = analysed.look("a", Side.PROBE, PAIR[0], NOON).look("a", Side.CANDIDATE, PAIR[1], NOON)
    with pytest.raises(WrongStep, match="no longer change"):
        seen.analyse("a", AnalysisDraft(True, "a loop", marks=(ending,)), NOON)
    marks = [
        CaseMark(FeatureKind.ENDING, (10.0, 20.0), (11.0, 20.0), 90.0, 80.0),
        CaseMark(CORE, (30.0, 40.1), (31.0, 40.0)),
        CaseMark(FeatureKind.ENDING, (50.0, 60.0), (51.0, 60.0)),
        CaseMark(FeatureKind.ENDING, None, (70.0, 80.0)),
    ]
    closed = seen.decide("a", OpinionDraft(EXCLUSION, "differs", *PAIR, marks=tuple(marks)), NOON)
    view = CaseView.of(closed, "c")
    assert view.in_analysis(view.opinions[0]) == (True, False, False, None)
    assert view.after_analysis(view.opinions[0]) == {2, 3}
    erased = replace(view, analyses=(replace(view.analyses[-1], marks=None),))
    assert erased.in_analysis(view.opinions[0]) == (None,) * 4


def test_nobody_verifies_their_own() -> None:
    with pytest.raises(NotIndependent):
        decided(case(), "a", IDENTIFICATION).take("a", NOON, supervises=True)


def test_a_case_is_one_examiners_at_a_time() -> None:
    taken = case().take("a", NOON)
    with pytest.raises(CaseTaken):
        taken.take("b", NOON)
    for step in (
        lambda: taken.analyse("b", AnalysisDraft(True, "x"), NOON),
        lambda: taken.decide("b", OpinionDraft(EXCLUSION, "x"), NOON),
    ):
        with pytest.raises(CaseTaken, match="not yours"):
            step()
    assert taken.give_back("a").take("b", NOON).holder(Part.EXAMINER) == "b"
    with pytest.raises(WrongStep, match="cannot release"):
        decided(case(), "a", IDENTIFICATION).give_back("a")


def test_the_candidate_is_not_shown_before_the_analysis() -> None:
    taken = case().take("a", NOON)
    assert not CaseView.of(taken, "a").shows_candidate
    with pytest.raises(WrongStep, match="Analyse"):
        taken.look("a", Side.CANDIDATE, "sample 2", NOON)
    with pytest.raises(WrongStep, match="Analyse"):
        taken.decide("a", OpinionDraft(EXCLUSION, "x"), NOON)
    analysed = taken.look("a", Side.PROBE, "sample 1", NOON).analyse("a", AnalysisDraft(True, "loop"), NOON)
    assert CaseView.of(analysed, "a").shows_candidate
    assert not CaseView.of(analysed, "b").shows_candidate


def test_an_analysis_is_not_changed_by_what_the_candidate_shows() -> None:
    with pytest.raises(WrongStep, match="no longer change"):
        compared(case(), "a").analyse("a", AnalysisDraft(True, "a second delta after all"), NOON)


def test_a_decision_follows_from_the_analysis_and_a_comparison() -> None:
    no_value = case().take("a", NOON).analyse("a", AnalysisDraft(False, "smudged"), NOON)
    with pytest.raises(WrongStep, match="contradicts"):
        no_value.decide("a", OpinionDraft(IDENTIFICATION, "x"), NOON)
    assert no_value.decide("a", OpinionDraft(Conclusion.NO_VALUE, "smudged"), NOON).outcome is Conclusion.NO_VALUE
    with pytest.raises(WrongStep, match="contradicts"):
        compared(case(), "a").decide("a", OpinionDraft(Conclusion.NO_VALUE, "x"), NOON)
    with pytest.raises(WrongStep, match="not opened an image"):
        case().take("a", NOON).analyse("a", AnalysisDraft(True, "loop"), NOON).decide(
            "a", OpinionDraft(EXCLUSION, "x"), NOON
        )
    for nothing in ("", "  \n ", "x" * 4001, "a\x00b"):
        with pytest.raises(InvalidField):
            compared(case(), "a").decide("a", OpinionDraft(EXCLUSION, nothing), NOON)


def test_a_score_is_hidden_until_the_reader_has_given_an_opinion() -> None:
    waiting = case()
    assert CaseView.of(waiting, "a").finding is None
    assert CaseView.of(compared(waiting, "a"), "a").finding is None
    first = decided(waiting, "a", IDENTIFICATION)
    assert CaseView.of(first, "a").finding is not None
    assert CaseView.of(compared(first, "b"), "b").finding is None
    assert CaseView.of(decided(first, "b", EXCLUSION), "b").finding is not None


def test_a_verifier_sees_what_a_first_examiner_sees() -> None:
    new, first = case(), decided(case(), "a", IDENTIFICATION)
    assert CaseView.of(new, "b") == CaseView.of(first, "b")
    assert CaseView.of(new, "b").state is CaseState.WAITING
    alone, verifying = compared(new, "b"), compared(first, "b")
    assert CaseView.of(alone, "b") == CaseView.of(verifying, "b")
    assert CaseView.of(verifying, "b").part is Part.EXAMINER
    done = verifying.decide("b", OpinionDraft(EXCLUSION, "differs"), NOON)
    assert [opinion.actor for opinion in CaseView.of(done, "b").opinions] == ["b"]
    assert [opinion.actor for opinion in CaseView.of(done, "a").opinions] == ["a"]
    judged = done.take("s", NOON, supervises=True)
    assert [opinion.actor for opinion in CaseView.of(judged, "s").opinions] == ["a", "b"]
    assert len(CaseView.of(judged.decide("s", OpinionDraft(EXCLUSION, "x"), NOON), "a").opinions) == 3


def test_an_opinion_is_superseded_and_kept() -> None:
    first = decided(case(), "a", IDENTIFICATION)
    with pytest.raises(WrongStep, match="supersede"):
        first.decide("a", OpinionDraft(EXCLUSION, "x"), NOON)
    with pytest.raises(InvalidField, match="reason"):
        first.supersede("a", OpinionDraft(EXCLUSION, "x", because=""), NOON)
    changed = first.supersede(
        "a", OpinionDraft(EXCLUSION, "the core differs", because="looked at the wrong finger"), NOON
    )
    assert [opinion.conclusion for opinion in changed.opinions] == [IDENTIFICATION, EXCLUSION]
    assert changed.outcome is EXCLUSION
    with pytest.raises(WrongStep, match="has continued"):
        compared(first, "b").supersede("a", OpinionDraft(EXCLUSION, "x", because="y"), NOON)


def test_the_images_viewed_are_kept_with_the_opinion() -> None:
    assert decided(case(), "a", EXCLUSION).opinions[0].looked_at == ("probe sample 1", "candidate sample 2")


def test_nothing_is_done_about_a_case_that_is_over() -> None:
    closed = decided(case(), "a", EXCLUSION)
    withdrawn = case().withdraw("s", "the record was removed", NOON)
    assert withdrawn.state is CaseState.WITHDRAWN
    for over in (closed, withdrawn):
        for step in (
            lambda over=over: over.take("b", NOON),
            lambda over=over: over.give_back("a"),
            lambda over=over: over.decide("a", OpinionDraft(EXCLUSION, "x"), NOON),
            lambda over=over: over.supersede("a", OpinionDraft(EXCLUSION, "x", because="y"), NOON),
            lambda over=over: over.withdraw("a", "x", NOON),
        ):
            with pytest.raises(WrongStep, match="cannot be changed"):
                step()


def test_an_opinion_shows_whether_its_author_knew_the_search_result() -> None:
    """Of others nothing is told as long as their opinion is not: it would say that there is one."""
    taken = case().take("a", NOON, informed=True)
    assert CaseView.of(taken, "a").informed == {"a"}
    assert CaseView.of(taken, "b").informed == frozenset()
    first = taken.analyse("a", AnalysisDraft(True, "x"), NOON).look("a", Side.PROBE, "sample 1", NOON)
    first = first.look("a", Side.CANDIDATE, "sample 2", NOON)
    first = first.decide("a", OpinionDraft(Conclusion.IDENTIFICATION, "x", *PAIR), NOON)
    second = first.take("b", NOON)
    assert CaseView.of(second, "b").informed == frozenset()
    conflict = second.analyse("b", AnalysisDraft(True, "x"), NOON).look("b", Side.CANDIDATE, "sample 2", NOON)
    conflict = conflict.decide("b", OpinionDraft(Conclusion.EXCLUSION, "x"), NOON)
    assert CaseView.of(conflict, "b").informed == frozenset()
    assert CaseView.of(conflict.take("s", NOON, supervises=True), "s").informed == {"a"}


def test_the_pair_that_matched_is_named_from_the_analysis_on_without_a_score() -> None:
    samples = [{"probe": "a", "sample_id": 7, "score": {"decibans": 3.0}}]
    samples += [{"probe": "b", "sample_id": 9, "score": {"decibans": 40.0}}]
    request = case(finding=Finding(40.0, 1, "likely", {"samples": samples}))
    taken = request.take("a", NOON)
    assert CaseView.of(taken, "a").best_sample is None
    analysed = taken.analyse("a", AnalysisDraft(True, "a loop"), NOON)
    assert (CaseView.of(analysed, "a").best_sample, CaseView.of(analysed, "a").finding) == (9, None)
    assert CaseView.of(analysed, "b").best_sample is None, "another examiner has not analysed it"


def test_opened_candidate_images_are_marked_for_their_viewer_alone() -> None:
    seen = compared(case(), "a")
    assert (CaseView.of(seen, "a").opened, CaseView.of(seen, "b").opened) == ({"sample 2"}, frozenset())
