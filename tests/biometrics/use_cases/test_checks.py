"""An enrolment is searched for, with what was extracted anyway; nothing of it is lost, and the station never waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from case_examples import decide, somebody
from inputs import photo_of, print_of
from records_examples import encounter
from sqlalchemy import update
from two_models import made_by

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.cases.reader import CaseQuery
from biometrics.kernel.casework.cases import CaseKind, Conclusion
from biometrics.kernel.errors import InvalidField, StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.matching.channel import Channel
from biometrics.notifications.model import NotificationKind
from biometrics.notifications.repository import NotificationStore
from biometrics.storage.tables.watchlist import enrolment_checks
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment import check_enrolment as checks
from biometrics.use_cases.enrolment.check_enrolment import check_enrolment, work_off
from biometrics.use_cases.enrolment.enrol import add_encounter, enrol
from biometrics.use_cases.search import standing_hits
from biometrics.use_cases.search.identify import SearchRequest
from biometrics.use_cases.search.standing_search import NewStandingSearch, add_standing_search
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.model import StandingKind
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

OWNER = somebody("owner")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(Settings(data_folder=tmp_path, _env_file=None)) as opened:
        opened = opened.as_system("a test")
        yield opened.for_actor(OWNER)


def prints(person: int, impression: int, *fingers: str) -> list[Sample]:
    return [
        Sample(FINGERPRINT, print_of(person, finger, impression), "a.png", FingerPosition[finger.upper()])
        for finger in fingers or ("right_thumb", "left_index")
    ]


def latent_of(engine: Engine, person: int) -> NewStandingSearch:
    content = print_of(person, "right_thumb", 1)
    sample = Sample(FINGERPRINT, content, "scene.png", FingerPosition.UNKNOWN)
    return add_standing_search(engine, SearchRequest([sample]), StandingKind.LATENT)


def cases(engine: Engine) -> Casework:
    return Casework(engine.store.for_actor(OWNER), {})


def test_somebody_who_is_enrolled_again_is_a_case_and_the_enrolment_stands(engine: Engine) -> None:
    others = [enrol(engine, Person(f"Other {person}"), encounter(), prints(person, 0)) for person in (1, 2)]
    first = enrol(engine, Person("Asha"), encounter(), prints(0, 0))
    assert [enrolment.cases for enrolment in (*others, first)] == [()] * 3
    second = enrol(engine, Person("Usha"), encounter(), prints(0, 1))
    [case_id] = second.cases
    question = cases(engine).case(case_id).question
    assert (question.kind, question.record_id, question.candidate_id) == (
        CaseKind.DUPLICATE,
        second.record_id,
        first.record_id,
    )
    assert (question.encounter_id, question.owner) == (second.encounter_id, "owner")
    assert engine.store.people.get(second.record_id).person.name == "Usha"


def test_a_pair_that_examiners_excluded_is_not_a_case_again(engine: Engine) -> None:
    enrol(engine, Person("Asha"), encounter(), prints(0, 0))
    second = enrol(engine, Person("Usha"), encounter(), prints(0, 1))
    decide(cases(engine), second.cases[0], "a", Conclusion.EXCLUSION)
    finding = cases(engine).for_actor(somebody("a")).case(second.cases[0]).finding
    assert finding
    assert finding.people == 1  # on record, whom the enrolment was compared with: courts ask
    assert add_encounter(engine, second.record_id, encounter(fir_number="2"), prints(0, 2)).cases == ()


def test_the_images_are_extracted_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    extracted = []
    recogniser = engine.channels[FINGERPRINT].recogniser
    extract = recogniser.extract
    monkeypatch.setattr(
        recogniser, "extract", lambda image, *impression: extracted.append(image) or extract(image, *impression)
    )
    enrol(engine, Person("Asha"), encounter(), prints(0, 0))
    assert len(extracted) == 2


def test_a_standing_search_is_for_an_unsolved_offence_unless_it_says_otherwise(engine: Engine) -> None:
    photo = Sample(FACE, photo_of(0), "scene.jpg")
    latent = replace(prints(0, 0, "right_thumb")[0], position=FingerPosition.UNKNOWN)
    for samples, kind in (([photo], StandingKind.OFFENCE), ([latent], StandingKind.LATENT)):
        assert add_standing_search(engine, SearchRequest(samples)).standing.kind is kind
    with pytest.raises(InvalidField, match="A latent is a print"):
        add_standing_search(engine, SearchRequest([photo]), StandingKind.LATENT)


def test_a_standing_latent_is_hit_by_the_enrolment_of_its_person(engine: Engine) -> None:
    latents = [latent_of(engine, person) for person in (3, 0)]
    assert [latent.searched.search.candidates for latent in latents] == [(), ()]
    assert enrol(engine, Person("Other"), encounter(), prints(1, 0)).cases == ()
    done = enrol(engine, Person("Asha"), encounter(), prints(0, 0))
    [case_id] = done.cases
    question = cases(engine).case(case_id).question
    assert (question.kind, question.standing_id, question.candidate_id) == (
        CaseKind.STANDING_HIT,
        latents[1].standing.id,
        done.record_id,
    )
    [notification] = NotificationStore(engine.store.database, OWNER).find().items
    assert (notification.kind, notification.about, notification.standing_id) == (
        NotificationKind.STANDING_HIT,
        case_id,
        latents[1].standing.id,
    )
    kept = engine.store.searches.image(latents[1].standing.search_id or "", 0)
    assert kept is not None
    assert kept.content == print_of(0, "right_thumb", 1)


@pytest.mark.parametrize("has_scale", [True, False])
def test_many_standing_searches_for_one_person_hide_none(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, *, has_scale: bool
) -> None:
    monkeypatch.setattr(standing_hits, "RESCORED" if has_scale else "ORDERED", 1)
    wanted = {latent_of(engine, 0).standing.id for _ in range(6)} | {latent_of(engine, 3).standing.id}
    monkeypatch.setattr(Channel, "has_scale", has_scale)
    done = enrol(engine, Person("Asha"), encounter(), prints(0, 0))
    assert len({cases(engine).case(case_id).question.standing_id for case_id in done.cases} & wanted) == 6


def test_a_new_latent_is_searched_among_all_records(engine: Engine) -> None:
    done = enrol(engine, Person("Asha"), encounter(), prints(0, 0))
    latent = latent_of(engine, 0)
    [case] = cases(engine).find(CaseQuery(kind=CaseKind.LATENT_HIT)).items
    assert (case.question.search_id, case.question.candidate_id) == (latent.searched.id, done.record_id)


def test_a_check_that_fails_waits_and_the_enrolment_stands(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    enrol(engine, Person("Asha"), encounter(), prints(0, 0))
    for error in (StoreUnavailable("away"), ValueError("a bug")):
        with monkeypatch.context() as away:

            def fails(*_: object, error: Exception = error) -> None:
                raise error

            away.setattr(checks, "check_enrolment", fails)
            assert enrol(engine, Person("Usha"), encounter(), prints(0, 1)).cases == ()
    assert "made later" in caplog.text
    store = CheckReader(engine.store.database)
    assert store.count() == 2
    assert work_off(engine, stopped=lambda: True) == 0
    assert work_off(engine) == 2
    assert store.count() == 0
    assert len(cases(engine).find().items) == 3  # of three records that are one person's, each pair


def test_a_check_of_a_template_of_another_model_is_kept_and_counted(engine: Engine) -> None:
    later = replace(engine, rules=replace(engine.rules, at_once=False))
    first = enrol(later, Person("Asha"), encounter(), prints(0, 0))
    assert work_off(later) == 1
    second = enrol(later, Person("Usha"), encounter(), prints(0, 1))
    store, model = CheckReader(engine.store.database), engine.channels[FINGERPRINT].recogniser.model
    made_by(engine, second, "e" * 64)
    work_off(later)
    assert (store.count(), store.waiting_for_models(engine.models), store.waiting(9)) == (1, 1, [])
    assert cases(engine).find().items == ()
    made_by(engine, second, model)
    with engine.store.database.writing() as connection:
        connection.execute(update(enrolment_checks).values(model=model))
    assert work_off(later) == 1
    assert (store.count(), store.waiting_for_models(engine.models)) == (0, 0)
    [case] = cases(engine).find().items
    assert {case.question.record_id, case.question.candidate_id} == {first.record_id, second.record_id}


def test_one_check_that_always_fails_keeps_no_other_waiting(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    later = replace(engine, rules=replace(engine.rules, at_once=False))
    bad, good = (enrol(later, Person(name), encounter(), prints(0, 0)) for name in ("Asha", "Usha"))
    real = check_enrolment

    def fails(engine: Engine, encounter_id: str, **_: object) -> tuple[str, ...]:
        if encounter_id == bad.encounter_id:
            raise ValueError("damaged")
        return real(engine, encounter_id)

    monkeypatch.setattr(checks, "check_enrolment", fails)
    assert work_off(later) == 1
    assert CheckReader(engine.store.database).waiting(9) == [bad.encounter_id]
    assert good.cases == ()
