"""Whoever learned a score of a case before taking it is noted, whatever the way: all ways with its files count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from acting import act_of
from case_examples import FOUND, ask
from records_examples import encounter, print_of, search_for

from biometrics.domain.access import Role
from biometrics.domain.cases import CaseKind, CaseState, Conclusion, Question, Side
from biometrics.domain.errors import HiddenUntilDecided
from biometrics.domain.person import Person
from biometrics.records.audit.log import Action
from biometrics.records.cases.repository import CaseQuery
from biometrics.records.searches.blinding import require_no_case
from biometrics.records.store import RecordStore
from biometrics.records.values import Search
from biometrics.use_cases.casework import Casework
from biometrics.use_cases.enrol import store_person
from biometrics.use_cases.identify import store_search

EXAMINER, OTHER, JUDGE = (
    act_of("27", role, name)
    for role, name in ((Role.EXAMINER, "me"), (Role.EXAMINER, "other"), (Role.SUPERVISOR, "judge"))
)


@dataclass(frozen=True)
class Asked:
    """A case about two records, or about a latent; `probe` and `candidate` are the SHA-256 of one file of each side."""

    store: RecordStore
    id: str
    probe: str
    candidate: str
    record: str

    def cases(self, name: str = "me", role: Role = Role.EXAMINER) -> Casework:
        return Casework(self.store.for_actor(act_of("27", role, name)))

    def searched(self, digest: str, act: str = "me") -> str:
        return store_search(self.store.for_actor(act_of("27", Role.EXAMINER, act)), of_file(self.record, digest)).id

    def is_informed(self) -> bool:
        return self.cases().take(self.id).informed == {"me"}


def of_file(record_id: str, digest: str) -> Search:
    made = search_for(record_id)
    return replace(made, probes=(replace(made.probes[0], image_sha256=digest),))


def opened(store: RecordStore, question: Question) -> str:
    case_id = ask(Casework(store.for_actor(OTHER)), question, FOUND)
    assert case_id
    return case_id


@pytest.fixture(params=["duplicate", "latent"])
def asked(request: pytest.FixtureRequest, store: RecordStore) -> Asked:
    candidate = store_person(store, Person("Ram"), encounter(), [print_of("candidate")])
    own = store.people.get(candidate.record_id).encounters[0].samples[0].image_sha256
    if request.param == "latent":
        search = store_search(store.for_actor(OTHER), of_file(candidate.record_id, "7" * 64)).id
        question = Question(CaseKind.LATENT_HIT, candidate.record_id, search_id=search, unit=OTHER.actor.unit)
        return Asked(store, opened(store, question), "7" * 64, own, candidate.record_id)
    probe = store_person(store, Person("Ram Lal"), encounter(), [print_of("probe")])
    question = Question(
        CaseKind.DUPLICATE, candidate.record_id, probe.record_id, probe.encounter_id, unit=OTHER.actor.unit
    )
    digest = store.people.get(probe.record_id).encounters[0].samples[0].image_sha256
    return Asked(store, opened(store, question), digest, own, candidate.record_id)


def verified(asked: Asked, digest: str) -> None:
    asked.store.for_actor(EXAMINER).note(Action.VERIFIED, asked.record, files=["0" * 64, digest], decibans=50.0)


def read(asked: Asked, digest: str) -> None:
    asked.store.for_actor(EXAMINER).searches.get(asked.searched(digest, "other"))


def listed(asked: Asked, digest: str) -> None:
    asked.searched(digest, "other")
    asked.store.for_actor(EXAMINER).searches.mentions_of(asked.record)


def replayed(asked: Asked, digest: str) -> None:
    asked.store.for_actor(EXAMINER).note(Action.SEARCH_REPLAYED, asked.searched(digest, "other"), records=[])


WAYS: list[Callable[[Asked, str], object]] = [
    lambda asked, digest: asked.searched(digest),
    verified,
    read,
    listed,
    replayed,
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("side", ["probe", "candidate"])
def test_who_searched_or_compared_with_a_file_of_the_case_is_informed(
    asked: Asked, way: Callable[[Asked, str], object], side: str
) -> None:
    way(asked, getattr(asked, side))
    assert asked.is_informed()


@pytest.mark.parametrize("way", [way for way in WAYS if way is not listed])  # a list tells of the case's own search
def test_other_files_and_other_people_inform_nobody(asked: Asked, way: Callable[[Asked, str], object]) -> None:
    way(asked, "9" * 64)
    asked.searched(asked.probe, "other")
    assert not asked.is_informed()


def test_the_files_of_a_candidate_that_was_merged_count_too(asked: Asked) -> None:
    """Its samples are the survivor's by then: blindness follows them, before the case is taken and after."""
    survivor = asked.store.create_record(Person("Ram"), "27")
    asked.store.editor.merge(survivor.id, survivor.version, asked.record, "one person")
    asked.searched(asked.candidate)
    assert asked.is_informed()
    with pytest.raises(HiddenUntilDecided):
        require_no_case(asked.store.database, EXAMINER, {asked.candidate})


def test_who_knows_the_score_of_an_earlier_case_about_the_same_is_informed(asked: Asked) -> None:
    """Asked again after no answer, and read after it was withdrawn."""
    question = asked.cases("judge", Role.SUPERVISOR).case(asked.id).question
    asked.cases("judge", Role.SUPERVISOR).withdraw(asked.id, "asked too early")
    assert asked.cases().case(asked.id).finding
    again = opened(asked.store, question)
    assert asked.cases().take(again).informed == {"me"}
    asked.cases().give_back(again)
    assert asked.cases("another").take(again).informed == frozenset()


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.EXAMINER])
def test_nobody_who_can_verify_can_tell_a_first_opinion(asked: Asked, role: Role) -> None:
    """Not by reading, not by any list, and not by what a step answers: two cases, of which one has an opinion."""
    twin = replace(
        asked,
        id=opened(
            asked.store,
            Question(
                CaseKind.SEARCH_HIT,
                asked.record,
                search_id=asked.searched("8" * 64, "third"),
                unit=OTHER.actor.unit,
            ),
        ),
    )
    first = asked.cases("other")
    first.take(asked.id)
    first.analyse(asked.id, True, "a loop")
    for image in ((Side.PROBE, "probe-0"), (Side.CANDIDATE, "sample-1")):
        first.look(asked.id, *image)
    first.decide(asked.id, Conclusion.IDENTIFICATION, "agree", ("probe-0", "sample-1"))
    mine = asked.cases("judge", role)

    def seen(case_id: str) -> tuple[object, ...]:
        view = mine.case(case_id)
        lists = [
            case_id in [one.id for one in mine.find(CaseQuery(state=state, mine=own)).items]
            for state in CaseState
            for own in (None, True, False)
        ]
        analysed = [(one.actor, one.notes) for one in view.analyses]
        return view.state, view.part, view.finding, analysed, view.opinions, view.outcome, view.pair, lists

    assert seen(asked.id) == seen(twin.id)
    for step in (mine.take, lambda case_id: mine.analyse(case_id, True, "a loop")):
        for one in (asked, twin):
            step(one.id)
        assert seen(asked.id) == seen(twin.id)
