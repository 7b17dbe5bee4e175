"""A search is made among all people; those of other units are hits to call about, and take nobody's place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from acting import ELSEWHERE, HERE, act_of
from inputs import thumb
from records_examples import encounter

from api.bootstrap.engine import open_engine
from api.settings import Settings
from api.v1.searches_schemas import SearchOut
from biometrics.kernel.errors import OutOfJurisdiction
from biometrics.kernel.people.labels import Filter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.candidates import stored_candidates
from biometrics.use_cases.search.identify import SearchRequest, search
from biometrics.use_cases.search.replay import replay

EXTRACTED: dict[tuple[int, int], EnrolledSample] = {}  # by person and impression: to extract takes long


def extracted(engine: Engine, person: int, impression: int) -> list[EnrolledSample]:
    key = person, impression
    if key not in EXTRACTED:
        (EXTRACTED[key],) = engine.extract([thumb(person, impression)])
    return [EXTRACTED[key]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(Settings(data_folder=tmp_path)) as opened:
        opened = opened.as_system("a test")
        yield opened


@pytest.fixture
def people(engine: Engine) -> list[str]:
    """Enrol three people at another station, and then two here."""
    ids = []
    for person in range(5):
        station = encounter(district_code="520", station_code="27520001") if person < 3 else encounter()
        done = store_person(engine.store, Person(f"Person {person}"), station, extracted(engine, person, 0))
        ids.append(done.record_id)
    return ids


def searched(engine: Engine, person: int, limit: int = 10, fpir: float | None = 0.001, **where: object) -> StoredSearch:
    request = SearchRequest((), limit, fpir, where=Filter.of(**where))
    return search(engine, request, extracted(engine, person, 1))


def test_a_person_of_another_unit_is_a_hit_without_name_number_or_samples(engine: Engine, people: list[str]) -> None:
    here = engine.for_actor(act_of(HERE))
    result = searched(here, 0)
    answer = SearchOut.of(result)
    first = answer.candidates[-1]
    assert (first.record, first.score, first.gap, first.samples) == (None, None, None, [])
    assert (first.elsewhere.unit.path, first.above_threshold) == (ELSEWHERE, True)
    message = answer.model_dump_json()
    assert not any(people[person] in message or f"Person {person}" in message for person in range(3))
    assert all(candidate.record.id in people[3:] for candidate in answer.candidates[:-1])


@pytest.mark.parametrize("clones_at", [HERE, "27/521/27521001"])
def test_clones_of_a_person_push_no_unit_out(
    engine: Engine, people: list[str], monkeypatch: pytest.MonkeyPatch, clones_at: str
) -> None:
    monkeypatch.setattr("biometrics.matching.other_units.PEOPLE", 2)
    _, district, station = clones_at.split("/")
    for number in range(7):
        clone = encounter(district_code=district, station_code=station)
        store_person(engine.store, Person(f"Clone {number}"), clone, extracted(engine, 0, 1))
    answer = SearchOut.of(searched(engine.for_actor(act_of(HERE)), 0))
    assert ELSEWHERE in {candidate.elsewhere.unit.path for candidate in answer.candidates if candidate.elsewhere}


@pytest.mark.parametrize("fpir", [0.001, None])
def test_people_of_another_unit_who_are_no_hits_are_not_reported(
    engine: Engine, people: list[str], fpir: float | None
) -> None:
    here = engine.for_actor(act_of(HERE))
    answer = SearchOut.of(searched(here, 3, fpir=fpir))
    assert answer.candidates[0].record.id == people[3]
    assert all(candidate.elsewhere is None for candidate in answer.candidates)


def test_people_of_another_unit_take_nobody_s_place(engine: Engine, people: list[str]) -> None:
    """A list of one holds the hit elsewhere, and the one most alike among those who may be seen."""
    here = engine.for_actor(act_of(HERE))
    candidates = stored_candidates(searched(here, 0, limit=1))
    assert ([line.person.id in people[3:] for line in candidates.people], len(candidates.elsewhere)) == ([True], 1)


def test_a_national_caller_has_the_same_list_as_the_service(engine: Engine, people: list[str]) -> None:
    assert searched(engine.for_actor(act_of("national")), 0).search.candidates == searched(engine, 0).search.candidates


def test_a_reader_of_a_unit_above_sees_more_of_a_search(engine: Engine, people: list[str]) -> None:
    here, above = engine.for_actor(act_of(HERE)), engine.for_actor(act_of("27"))
    result = searched(here, 0)
    assert SearchOut.of(above.store.searches.get(result.id)).candidates[0].record.id == people[0]


def test_a_replay_makes_the_list_of_the_unit_that_searched(engine: Engine, people: list[str]) -> None:
    """Whoever asks for it; and somebody of another unit may not."""
    result = searched(engine.for_actor(act_of(HERE)), 0, limit=1)
    assert replay(engine, result.id).same
    assert replay(engine.for_actor(act_of("27")), result.id).same
    with pytest.raises(OutOfJurisdiction):
        replay(engine.for_actor(act_of(ELSEWHERE)), result.id)


def test_conditions_outside_the_own_unit_are_still_searched(engine: Engine, people: list[str]) -> None:
    here = engine.for_actor(act_of(HERE))
    answer = SearchOut.of(searched(here, 0, districts=["520"]))
    assert [candidate.elsewhere.unit.path for candidate in answer.candidates] == [ELSEWHERE]
