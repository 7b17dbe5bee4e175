"""OSIA's interface: identification and verification in galleries, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of
from osia_client import OsiaClient, client_of, databases, encounter, finger, portrait, serving, settings_of

from biometrics.kernel.errors import ReplayImpossible
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.clock import today
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.search.replay import replay
from fingerprint.modality import FINGERPRINT

pytestmark = pytest.mark.when_changed("api.standards.osia")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application, once on each database, with four people."""
    folder = tmp_path_factory.mktemp("osia")
    url = contextmanager(databases)(folder, request.param, lambda: request.getfixturevalue("postgresql_server"))
    with url as database_url, serving(settings_of(folder, database_url)) as opened:
        osia = client_of(opened)
        for person, gallery in enumerate(("VIP", "CRIMINAL", "CRIMINAL")):
            items = [finger(person), finger(person, "left_index")] + ([portrait(person)] if person < 2 else [])
            born = {"name": f"Person {person}", "gender": "M" if person else "F", "yearOfBirth": 1980 + person}
            sent = encounter(*items, galleries=[gallery], biographicData=born)
            assert osia.post(f"/persons/P-{person}/encounters/E", sent).status_code == 200
        engine = engine_of(opened)
        sample = Sample(FINGERPRINT, print_of(3, "right_thumb", 0), "", FingerPosition.RIGHT_THUMB)
        enrol(engine, Person("Person 3"), Encounter("1/2026", "1", "2", "27", today(), "SI"), [sample])
        yield opened


@pytest.fixture(scope="module")
def osia(client: TestClient) -> OsiaClient:
    return client_of(client)


def engine_of(client: TestClient) -> Engine:
    return cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")


def identify(osia: OsiaClient, path: str, body: Any = None, **query: Any) -> list[str]:
    answer = osia.post(f"/identify/{path}", body, **query)
    assert answer.status_code == 200, answer.text
    return [candidate["personId"] for candidate in answer.json()]


def query(*items: dict[str, Any], **conditions: Any) -> dict[str, Any]:
    return {"filter": conditions, "biometricData": list(items)}


def test_a_gallery_is_searched_as_if_there_were_no_other(osia: OsiaClient) -> None:
    probe = finger(1, impression=1)
    assert identify(osia, "CRIMINAL", query(probe)) == ["P-1"]
    assert identify(osia, "ALL", query(probe)) == ["P-1"]
    assert identify(osia, "VIP", query(probe)) == []
    (other,) = identify(osia, "VIP", query(probe), threshold=-100)
    assert other == "P-0"
    assert len(identify(osia, "arrest", query(finger(3, impression=1)))) == 1
    assert len(identify(osia, "ALL", query(probe), threshold=-1000)) == 4
    assert len(identify(osia, "ALL", query(probe), threshold=-1000, maxNbCand=2)) == 2
    assert osia.post("/identify/NOBODY", query(probe)).status_code == 404


def test_a_candidate_says_what_matched_where(osia: OsiaClient) -> None:
    probes = [finger(1, impression=1), finger(1, "left_index", impression=1), portrait(1)]
    (candidate,) = osia.post("/identify/ALL", query(*probes)).json()
    assert (candidate["personId"], candidate["rank"]) == ("P-1", 1)
    assert candidate["others"]["evidence"].startswith("beyond 1 in ")
    assert candidate["score"] > max(score["score"] for score in candidate["scores"])
    assert [(score["biometricType"], score["biometricSubType"]) for score in candidate["scores"]] == [
        ("FINGER", "RIGHT_THUMB"),
        ("FINGER", "LEFT_INDEX"),
        ("FACE", "PORTRAIT"),
    ]
    assert all((score["encounterId"], score["galleries"]) == ("E", ["CRIMINAL"]) for score in candidate["scores"])


def test_a_filter_narrows_down_and_one_that_is_not_understood_is_refused(osia: OsiaClient) -> None:
    """To leave a condition out would find other people."""
    probe = finger(1, impression=1)
    assert identify(osia, "ALL", query(probe, gender="M", yearOfBirthMin=1981, dateOfBirthMax="1981-12-31")) == ["P-1"]
    assert identify(osia, "ALL", query(probe, gender="F")) == []
    assert identify(osia, "ALL", query(probe, yearOfBirthMin=1990)) == []
    assert identify(osia, "ALL", query(probe, portrait(0), biometricType=["FACE"])) == ["P-0"]
    for wrong in ({"region": "x"}, {"gender": "?"}, {"yearOfBirthMin": "x"}, {"biometricType": ["IRIS"]}):
        assert osia.post("/identify/ALL", query(probe, **wrong)).status_code == 400


def test_a_person_or_an_encounter_is_searched_for_and_not_found_itself(client: TestClient, osia: OsiaClient) -> None:
    again = encounter(finger(2, impression=1), galleries=["VIP"])
    assert osia.post("/persons/TWIN/encounters/E", again).status_code == 200
    assert identify(osia, "ALL/P-2", {}) == ["TWIN"]
    assert identify(osia, "ALL/P-2/encounters/E") == ["TWIN"]
    assert identify(osia, "CRIMINAL/TWIN", {}) == ["P-2"]
    assert identify(osia, "CRIMINAL/P-2", {}) == []
    assert osia.post("/identify/ALL/NOBODY", {}).status_code == 404
    assert osia.post("/identify/ALL/P-2/encounters/X", {}).status_code == 404
    assert osia.delete("/persons/TWIN").status_code == 204
    assert identify(osia, "ALL/P-2", {}) == []


def test_an_inactive_encounter_is_not_found_until_it_is_active_again(client: TestClient, osia: OsiaClient) -> None:
    probe = finger(0, impression=1)
    assert osia.put("/persons/P-0/encounters/E/status", status="INACTIVE").status_code == 204
    assert identify(osia, "ALL", query(probe)) == []
    store = engine_of(client).store
    (record,) = store.people.find(RecordQuery(name="Person 0")).items
    store.editor.correct_person(record.id, replace(record.person, birth_year=1970), record.version)
    assert identify(osia, "ALL", query(probe)) == []
    assert osia.post("/verify/ALL/P-0", {"biometricData": [probe]}).status_code == 400
    assert osia.get("/persons/P-0/encounters/E").json()["status"] == "INACTIVE"
    assert osia.put("/persons/P-0/encounters/E/status", status="ACTIVE").status_code == 204
    assert identify(osia, "ALL", query(probe)) == ["P-0"]
    assert osia.put("/persons/P-0/encounters/E/status", status="GONE").status_code == 400

    sent = encounter(finger(8), status="INACTIVE")
    assert osia.post("/persons/ASIDE/encounters/E", sent).status_code == 200
    assert identify(osia, "ALL", query(finger(8, impression=1))) == []
    assert osia.put("/persons/ASIDE/encounters/E", encounter(finger(8))).status_code == 200
    assert identify(osia, "ALL", query(finger(8, impression=1))) == ["ASIDE"]
    assert osia.delete("/persons/ASIDE/encounters/E").status_code == 204
    assert identify(osia, "ALL", query(finger(8, impression=1))) == []


def test_verification_decides_at_a_threshold_and_within_a_gallery(osia: OsiaClient) -> None:
    mated = {"biometricData": [finger(1, impression=1)]}
    answer = osia.post("/verify/CRIMINAL/P-1", mated).json()
    assert answer["decision"] is True
    assert answer["scores"][1]["encounterId"] == "E"
    assert osia.post("/verify/CRIMINAL/P-1", mated, threshold=100_000).json()["decision"] is False
    assert osia.post("/verify/CRIMINAL/P-2", mated).json()["decision"] is False
    assert osia.post("/verify/VIP/P-1", mated).status_code == 404
    assert osia.post("/verify/ALL/NOBODY", mated).status_code == 404
    assert osia.post("/verify/ALL/P-1", {"biometricData": [finger(1, "right_index")]}).status_code == 400

    pair = {"biometricData1": [finger(4), portrait(0)], "biometricData2": [finger(4, impression=1), portrait(0)]}
    answer = osia.post("/verify", pair).json()
    assert answer["decision"] is True
    assert [score.get("biometricType") for score in answer["scores"]] == [None, "FINGER", "FACE"]
    pair = {"biometricData1": [finger(4)], "biometricData2": [finger(5)]}
    assert osia.post("/verify", pair).json()["decision"] is False
    assert osia.post("/verify", pair | {"biometricData2": [portrait(0)]}).status_code == 400


def test_a_search_of_one_gallery_is_stored_and_not_replayed(client: TestClient, osia: OsiaClient) -> None:
    (candidate,) = osia.post("/identify/CRIMINAL", query(finger(1, impression=1)), transactionId="case 7").json()
    engine = engine_of(client)
    stored = engine.store.searches.get(candidate["others"]["search"])
    assert (stored.search.case_number, stored.search.settings["gallery"]) == ("case 7", "CRIMINAL")
    with pytest.raises(ReplayImpossible):
        replay(engine, stored.id)
    (candidate,) = osia.post("/identify/ALL", query(finger(1, impression=1))).json()
    assert replay(engine, candidate["others"]["search"]).same
