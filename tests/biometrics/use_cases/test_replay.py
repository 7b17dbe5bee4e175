"""A search says what answered it, and is answered in the same way again on the gallery as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from inputs import print_of
from records_examples import encounter
from removing import remove_record

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.kernel.errors import ReplayImpossible
from biometrics.kernel.people.labels import NO_FILTER, Filter
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.matching.gallery import Gallery
from biometrics.searches.model import StoredSearch
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.search.candidates import Hint
from biometrics.use_cases.search.identify import SearchRequest, search
from biometrics.use_cases.search.replay import replay
from fingerprint.modality import FINGERPRINT

EXTRACTED: dict[tuple[int, int], EnrolledSample] = {}  # by person and impression: to extract takes long


def thumb(engine: Engine, person: int, impression: int) -> list[EnrolledSample]:
    key = person, impression
    if key not in EXTRACTED:
        content = print_of(person, "right_thumb", impression)
        sample = Sample(FINGERPRINT, content, "thumb.png", FingerPosition.RIGHT_THUMB)
        (EXTRACTED[key],) = engine.extract([sample])
    return [EXTRACTED[key]]


def enrolled(engine: Engine, person: int, sex: Sex = Sex.UNKNOWN, impression: int = 0) -> str:
    samples = thumb(engine, person, impression)
    return store_person(engine.store, Person(f"Person {person}", sex), encounter(), samples).record_id


def searched_for(
    engine: Engine, person: int, where: Filter = NO_FILTER, target_fpir: float | None = 0.001
) -> StoredSearch:
    """Search with the second impression of a thumb."""
    return search(engine, SearchRequest((), target_fpir=target_fpir, where=where), thumb(engine, person, 1))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(Settings(data_folder=tmp_path)) as opened:
        opened = opened.as_system("a test")
        yield opened


@pytest.fixture
def people(engine: Engine) -> list[str]:
    return [enrolled(engine, person, Sex.FEMALE if person % 2 else Sex.MALE) for person in range(4)]


@pytest.mark.essential
def test_a_replay_gives_the_same_list_though_others_came_since(engine: Engine, people: list[str]) -> None:
    searched = searched_for(engine, 2)
    assert searched.search.candidates[0].record_id == people[2]
    twin = enrolled(engine, 2, impression=2)
    assert twin in {candidate.record_id for candidate in searched_for(engine, 2).search.candidates[:2]}
    replayed = replay(engine, searched.id)
    assert replayed.candidates == searched.search.candidates
    assert (replayed.same, replayed.removed, replayed.meanwhile) == (True, 0, 0)


def test_a_sample_that_was_added_to_a_record_since_has_no_part_in_a_replay(engine: Engine, people: list[str]) -> None:
    searched = searched_for(engine, 1)
    store_encounter(engine.store, people[1], encounter(), thumb(engine, 1, 1))  # the very probe
    assert searched_for(engine, 1).search.candidates[0].score > searched.search.candidates[0].score
    assert replay(engine, searched.id).same


def test_a_replay_keeps_the_conditions(engine: Engine, people: list[str]) -> None:
    where = Filter.of(sexes=[Sex.FEMALE], born=(1950, 2000), stations=["27519004"], without=["9999999999"])
    searched = searched_for(engine, 1, where)
    assert people[1] == searched.search.candidates[0].record_id
    assert not {people[0], people[2]} & {candidate.record_id for candidate in searched.search.candidates}
    assert replay(engine, searched.id).same


def test_templates_removed_since_the_search_are_counted(engine: Engine, people: list[str]) -> None:
    searched = searched_for(engine, 3)
    remove_record(engine.store, people[3])
    replayed = replay(engine, searched.id)
    assert (replayed.same, replayed.removed) == (False, 1)
    assert people[3] not in {candidate.record_id for candidate in replayed.candidates}


def test_a_merge_changes_names_in_a_list_and_not_the_list(engine: Engine, people: list[str]) -> None:
    searched = searched_for(engine, 2)
    number = engine.store.people.get(people[2]).national_number
    other = engine.store.create_record(Person("Person 2"), "27")
    engine.store.editor.merge(other.id, 1, people[2], "same prints")
    replayed = replay(engine, searched.id)
    assert (replayed.same, replayed.candidates[0].record_id) == (True, other.id)
    left_out = searched_for(engine, 2, Filter.of(without=[number]))
    assert other.id not in [candidate.record_id for candidate in left_out.search.candidates]


def test_a_search_says_by_what_it_was_answered(engine: Engine, people: list[str]) -> None:
    search = searched_for(engine, 0).search
    channel = engine.channels[FINGERPRINT]
    assert search.settings["identity"] == {
        "fingerprint": {
            "model": channel.recogniser.model,
            "feature_space": channel.recogniser.feature_space,
            "calibration": channel.calibration.digest,
        }
    }
    assert len(channel.calibration.digest) == 64
    assert (search.settings["shortlist"], search.settings["sequence_after"]) == (engine.shortlist, search.sequence)


def test_a_replay_reports_that_the_index_selects_in_another_way(
    engine: Engine, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a list that differs for that reason would look tampered with."""
    searched = searched_for(engine, 0)
    assert searched.search.settings["index"] == {"fingerprint": engine.channels[FINGERPRINT].gallery.method}
    assert not replay(engine, searched.id).index_differs
    monkeypatch.setattr(Gallery, "method", "another 1")
    assert replay(engine, searched.id).index_differs


def test_a_search_by_another_calibration_is_not_replayed(
    engine: Engine, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = searched_for(engine, 0)
    calibration = engine.channels[FINGERPRINT].calibration
    object.__setattr__(calibration, "digest", "0" * 64)
    with pytest.raises(ReplayImpossible, match="another model, index or calibration"):
        replay(engine, searched.id)


def test_a_search_by_an_earlier_scale_is_replayed_with_it(engine: Engine, people: list[str]) -> None:
    searched = searched_for(engine, 0)
    channel = engine.channels[FINGERPRINT]
    then, curve = channel.calibration, channel.calibration.curve
    halved = replace(curve, decibans=curve.decibans / 2)
    today = replace(channel, calibration=replace(then, curve=halved, digest="0" * 64))
    without = replace(engine, channels={**engine.channels, FINGERPRINT: today})
    with pytest.raises(ReplayImpossible, match="another model, index or calibration"):
        replay(without, searched.id)
    kept = replace(today, earlier={then.digest: then})
    replayed = replay(replace(engine, channels={**engine.channels, FINGERPRINT: kept}), searched.id)
    assert replayed.same
    assert replayed.candidates[0].score == searched.search.candidates[0].score


def test_candidates_have_a_lead_and_a_hint(engine: Engine, people: list[str]) -> None:
    mate, *others = searched_for(engine, 2).search.candidates
    assert mate.record_id == people[2]
    assert mate.detail["hint"] == Hint.LIKELY
    assert mate.detail["gap"] == pytest.approx(mate.score - others[0].score)
    assert {other.detail["hint"] for other in others} <= {Hint.NONE, Hint.INSPECT}
    assert others[-1].detail["gap"] is None
    score = mate.detail["score"]
    assert score["low"] <= score["decibans"] == mate.score <= score["high"]


def test_one_person_under_two_names_is_to_be_inspected(engine: Engine, people: list[str]) -> None:
    enrolled(engine, 2)
    first, second, *_ = searched_for(engine, 2).search.candidates
    assert (first.score, first.detail["hint"]) == (pytest.approx(second.score, abs=3), Hint.INSPECT)


def test_an_investigation_has_no_threshold(engine: Engine, people: list[str]) -> None:
    searched = searched_for(engine, 40, target_fpir=None)
    assert searched.search.threshold is None
    assert len(searched.search.candidates) == len(people)
    assert replay(engine, searched.id).same
