"""The fast extractor is a model like another: a station begins with it, or moves to it and back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from inputs import form, thumb
from officers import Officer
from records_examples import encounter
from two_models import FIRST_MODEL

from api.app import create_app
from api.bootstrap.engine import open_engine
from api.bootstrap.recognisers import model_registry
from api.settings import Settings
from biometrics.kernel.errors import ModelNotInstalled
from biometrics.kernel.people.person import Person
from biometrics.templates.models import ModelStore
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.models.model_changes import go_back, put_in_force, remove_model
from biometrics.use_cases.models.reextract import Reextraction
from biometrics.use_cases.search.identify import SearchRequest, identify
from biometrics.use_cases.search.verify import verify
from fingerprint.identity import REDUCED, model_digest
from fingerprint.modality import FINGERPRINT

Station = Callable[..., AbstractContextManager[Engine]]


@pytest.fixture
def station(tmp_path: Path) -> Station:
    """Return what opens an engine of the system on one database, with any extractor."""

    @contextmanager
    def opened(extractor: str = "fast") -> Iterator[Engine]:
        settings = Settings(data_folder=tmp_path, extractor=extractor, allow_unsearchable=False, _env_file=None)
        with open_engine(settings) as engine:
            yield replace(engine, store=engine.store.as_system("a test"))

    return opened


@pytest.fixture
def fast_model(tmp_path: Path) -> str:
    return model_digest(model_registry(Settings(data_folder=tmp_path)), REDUCED)


def enrolled(engine: Engine, person: int) -> str:
    return enrol(engine.as_system("a request"), Person(f"Person {person}"), encounter(), [thumb(person)]).record_id


def found(engine: Engine, person: int) -> tuple[str, str]:
    """Return the first candidate of a search, and the model that found it."""
    search = identify(engine.as_system("a request"), SearchRequest([thumb(person, 1)], case_number="1/2026")).search
    return search.candidates[0].record_id, search.settings["identity"]["fingerprint"]["model"]


@pytest.mark.essential
def test_a_new_station_enrols_and_searches_by_it(station: Station, fast_model: str) -> None:
    with station() as engine:
        people = [enrolled(engine, person) for person in range(3)]
        assert [found(engine, person) for person in range(3)] == [(each, fast_model) for each in people]
        assert verify(engine.as_system("a request"), people[0], [thumb(0, 1)], 1e-3).match
        assert not verify(engine.as_system("a request"), people[0], [thumb(1, 1)], 1e-3).match
    with pytest.raises(ModelNotInstalled, match="leader-reduced"), station("leader"):
        pass


def test_a_station_of_leader_moves_to_it_and_back(station: Station, fast_model: str) -> None:
    with station("leader") as engine:
        people = [enrolled(engine, 0)]
    with station() as engine:
        people.append(enrolled(engine, 1))
        assert [found(engine, person) for person in range(2)] == [(each, FIRST_MODEL) for each in people]
        ModelStore(engine.store.database).want(FINGERPRINT, fast_model, REDUCED)
        assert Reextraction(engine).work_off() >= 2
        put_in_force(engine, REDUCED)
        people.append(enrolled(engine, 2))
        assert [found(engine, person) for person in range(3)] == [(each, fast_model) for each in people]
        assert go_back(engine, FINGERPRINT) == "leader"
        remove_model(engine, REDUCED, at_once=True)
    with station("leader") as engine:
        assert [found(engine, person) for person in range(3)] == [(each, FIRST_MODEL) for each in people]


def test_a_running_server_without_the_model_that_another_put_in_force_refuses_to_recognise(
    station: Station, fast_model: str, tmp_path: Path
) -> None:
    """It would miss whoever the others enrol, and enrol people whom they do not find."""
    settings = Settings(data_folder=tmp_path, extractor="leader", allow_unsearchable=False, _env_file=None)
    prints = {"right_thumb": ("thumb.png", thumb(0, 1).content)}
    with Officer(create_app(settings)) as client, station() as other:
        enrolled(other, 0)
        assert client.post("/api/v1/identify", files=prints).json()["candidates"]
        ModelStore(other.store.database).want(FINGERPRINT, fast_model, REDUCED)
        Reextraction(other).work_off()
        with pytest.raises(ModelNotInstalled, match=rf"do not have leader-reduced: .*process {os.getpid()}\."):
            put_in_force(other, REDUCED)
        put_in_force(other, REDUCED, force=True)
        for answer in (
            client.post("/api/v1/identify", files=prints),
            client.post("/api/v1/enrolments", data=form(), files=prints),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "model_not_installed")
        ready = client.get("/health/ready")
        assert ready.status_code == 503
        assert "leader-reduced" in ready.json()["checks"]["fingerprint_model"]
        assert client.get("/api/v1/records").status_code == 200
