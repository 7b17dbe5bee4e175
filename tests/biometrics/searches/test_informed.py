"""Whoever learned a score of a case before taking it is noted, whatever the way: all ways with its files count."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from acting import act_of
from case_examples import FOUND, ask, examine
from records_examples import encounter, print_of, search_for

from biometrics.access.blinding import require_no_case
from biometrics.cases.reader import CaseQuery
from biometrics.kernel.access import Role
from biometrics.kernel.casework.cases import CaseKind, CaseState, Conclusion, Question
from biometrics.kernel.casework.opinions import AnalysisDraft
from biometrics.kernel.errors import HiddenUntilDecided
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.searches.model import Search
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search

EXAMINER, OTHER, JUDGE = (
    act_of("27", role, name)
    for role, name in ((Role.EXAMINER, "me"), (Role.EXAMINER, "other"), (Role.SUPERVISOR, "judge"))
)


@dataclass(frozen=True)
class ExampleCase:
    """A case about two records, or about a latent; `probe` and `candidate` are the SHA-256 of one file of each side."""

    store: RecordStore
    id: str
    probe: str
    candidate: str
    record: str

    def cases(self, name: str = "me", role: Role = Role.EXAMINER) -> Casework:
        return Casework(self.store.for_actor(act_of("27", role, name)), {})

    def searched(self, digest: str, act: str = "me") -> str:
        return store_search(self.store.for_actor(act_of("27", Role.EXAMINER, act)), of_file(self.record, digest)).id

    def is_informed(self, name: str) -> bool:
        taken = self.cases(name).take(self.id).informed
        self.cases(name).give_back(self.id)
        return taken == {name}


def of_file(record_id: str, digest: str) -> Search:
    made = search_for(record_id)
    return replace(made, probes=(replace(made.probes[0], image_sha256=digest),))


def opened(store: RecordStore, question: Question) -> str:
    case_id = ask(Casework(store.for_actor(OTHER), {}), question, FOUND)
    assert case_id
    return case_id


@pytest.fixture(params=["duplicate", "latent"])
def case(request: pytest.FixtureRequest, store: RecordStore) -> ExampleCase:
    candidate = store_person(store, Person("Ram"), encounter(), [print_of("candidate")])
    own = store.people.get(candidate.record_id).encounters[0].samples[0].image_sha256
    if request.param == "latent":
        search = store_search(store.for_actor(OTHER), of_file(candidate.record_id, "7" * 64)).id
        question = Question(CaseKind.LATENT_HIT, candidate.record_id, search_id=search, unit=OTHER.actor.unit)
        return ExampleCase(store, opened(store, question), "7" * 64, own, candidate.record_id)
    probe = store_person(store, Person("Ram Lal"), encounter(), [print_of("probe")])
    question = Question(
        CaseKind.DUPLICATE, candidate.record_id, probe.record_id, probe.encounter_id, unit=OTHER.actor.unit
    )
    digest = store.people.get(probe.record_id).encounters[0].samples[0].image_sha256
    return ExampleCase(store, opened(store, question), digest, own, candidate.record_id)


def examiner(case: ExampleCase, name: str) -> RecordStore:
    return case.store.for_actor(act_of("27", Role.EXAMINER, name))


def searched(case: ExampleCase, digest: str, name: str) -> None:
    case.searched(digest, name)


def verified(case: ExampleCase, digest: str, name: str) -> None:
    examiner(case, name).note(Action.VERIFIED, case.record, files=["0" * 64, digest], decibans=50.0)


def compared(case: ExampleCase, digest: str, name: str) -> None:
    examiner(case, name).note(Action.SAMPLES_COMPARED, "", files=["0" * 64, digest], decibans=50.0)


def read(case: ExampleCase, digest: str, name: str) -> None:
    examiner(case, name).searches.get(case.searched(digest, "other"))


def listed(case: ExampleCase, digest: str, name: str) -> None:
    case.searched(digest, "other")
    examiner(case, name).searches.mentions_of(case.record)


def replayed(case: ExampleCase, digest: str, name: str) -> None:
    examiner(case, name).note(Action.SEARCH_REPLAYED, case.searched(digest, "other"), records=[])


WAYS: list[Callable[[ExampleCase, str, str], None]] = [searched, verified, compared, read, replayed]


def test_who_searched_or_compared_with_a_file_of_the_case_is_informed(case: ExampleCase) -> None:
    for way in (*WAYS, listed):
        for digest in (case.probe, case.candidate):
            name = f"{way.__name__} {digest}"
            way(case, digest, name)
            assert case.is_informed(name), name


def test_an_act_that_shows_scores_without_saying_of_what_fails(case: ExampleCase) -> None:
    store = case.store.for_actor(EXAMINER)
    for action in (Action.VERIFIED, Action.SEARCHES_LISTED, Action.CASES_LISTED, Action.CASE_READ):
        with pytest.raises(KeyError):
            store.note(action, case.record)


def test_other_files_and_other_people_inform_nobody(case: ExampleCase) -> None:
    case.searched(case.probe, "other")
    for way in WAYS:
        way(case, "9" * 64, way.__name__)
        assert not case.is_informed(way.__name__), way.__name__


def test_the_files_of_a_candidate_that_was_merged_count_too(case: ExampleCase) -> None:
    survivor = case.store.create_record(Person("Ram"), "27")
    case.store.editor.merge(survivor.id, survivor.version, case.record, "one person")
    case.searched(case.candidate)
    assert case.cases().take(case.id).informed == {"me"}
    with pytest.raises(HiddenUntilDecided):
        require_no_case(case.store.database, EXAMINER, {case.candidate})


@pytest.mark.parametrize("indent", [None, 1])
def test_who_knows_the_score_of_an_earlier_case_about_the_same_is_informed(
    case: ExampleCase, indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if indent:
        monkeypatch.setattr(audit, "plain_json", lambda content: json.dumps(content, indent=indent))
    question = case.cases("judge", Role.SUPERVISOR).case(case.id).question
    case.cases("judge", Role.SUPERVISOR).withdraw(case.id, "asked too early")
    assert case.cases().case(case.id).finding
    again = opened(case.store, question)
    assert case.cases().take(again).informed == {"me"}
    case.cases().give_back(again)
    assert case.cases("another").take(again).informed == frozenset()


def test_who_knows_the_score_of_an_earlier_case_is_informed_although_the_candidate_was_merged(
    case: ExampleCase,
) -> None:
    question = case.cases("judge", Role.SUPERVISOR).case(case.id).question
    case.cases("judge", Role.SUPERVISOR).withdraw(case.id, "asked too early")
    assert case.cases().case(case.id).finding
    survivor = case.store.create_record(Person("Ram"), "27")
    case.store.editor.merge(survivor.id, survivor.version, case.record, "one person")
    again = opened(case.store, replace(question, candidate_id=survivor.id))
    assert case.cases().take(again).informed == {"me"}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.EXAMINER])
def test_a_verifier_cannot_see_whether_there_is_an_opinion(case: ExampleCase, role: Role) -> None:
    twin = replace(
        case,
        id=opened(
            case.store,
            Question(
                CaseKind.SEARCH_HIT,
                case.record,
                search_id=case.searched("8" * 64, "third"),
                unit=OTHER.actor.unit,
            ),
        ),
    )
    examine(case.cases("other"), case.id, Conclusion.IDENTIFICATION)
    mine = case.cases("judge", role)

    def seen(case_id: str) -> tuple[object, ...]:
        view = mine.case(case_id)
        lists = [
            case_id in [entry.id for entry in mine.find(CaseQuery(state=state, mine=own)).items]
            for state in CaseState
            for own in (None, True, False)
        ]
        analysed = [(analysis.actor, analysis.notes) for analysis in view.analyses]
        return view.state, view.part, view.finding, analysed, view.opinions, view.outcome, view.pair, lists

    assert seen(case.id) == seen(twin.id)
    for step in (mine.take, lambda case_id: mine.analyse(case_id, AnalysisDraft(True, "a loop"))):
        for example in (case, twin):
            step(example.id)
        assert seen(case.id) == seen(twin.id)
