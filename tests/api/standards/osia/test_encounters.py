"""OSIA's interface: people, encounters, templates and galleries, on both databases."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, photo_of, print_of
from officers import new_key, store_of
from osia_client import OsiaClient, client_of, databases, encounter, finger, portrait, serving, settings_of, text
from PIL import Image as Pillow
from removing import remove_record

from biometrics.kernel.access import Scope
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.retention.certificates import CertificateStore
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.audit import audit_entries
from biometrics.use_cases.retention.destruction_check import check
from biometrics.use_cases.retention.retention import Retention

pytestmark = pytest.mark.when_changed("api.standards.osia")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application, once on each database."""
    folder = tmp_path_factory.mktemp("osia")
    url = contextmanager(databases)(folder, request.param, lambda: request.getfixturevalue("postgresql_server"))
    with url as database_url, serving(settings_of(folder, database_url)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def empty(client: TestClient) -> Iterator[None]:
    """Leave nobody behind for the next test."""
    yield
    for record in store_of(client).people.find(RecordQuery(), 200).items:
        remove_record(store_of(client), record.id)


@pytest.fixture
def osia(client: TestClient) -> OsiaClient:
    return client_of(client)


def actions(client: TestClient) -> list[str]:
    with store_of(client).database.reading() as connection:
        return [row.action for row in connection.execute(audit_entries.select().order_by(audit_entries.c.number))]


def error(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == status
    assert answer.json()["message"].startswith(f"{code}: "), answer.text


def test_an_encounter_is_created_read_updated_and_deleted(client: TestClient, osia: OsiaClient) -> None:
    sent = encounter(finger(0, instance="1", comment="left of the desk"), portrait(0), clientData="QUJD")
    sent["integrity"] = [{"scope": "$", "alg": "SHA256", "hash": "x"}]
    created = osia.post("/persons/P-1/encounters/E-1", sent)
    assert created.status_code == 200, created.text
    assert (created.json()["personId"], created.json()["encounterId"]) == ("P-1", "E-1")
    assert [quality["acceptable"] for quality in created.json()["others"]["quality"]] == [True, True]

    read = osia.get("/persons/P-1/encounters/E-1").json()
    assert read.pop("createdDate")
    assert read.pop("updatedDate")
    assert read == sent | {"encounterId": "E-1"}

    (record,) = store_of(client).people.find(RecordQuery()).items
    assert (record.person.name, record.person.sex, record.person.birth_year) == ("Asha Verma", "female", 1988)
    assert record.encounters[0].encounter.fir_number == "0123/2026"

    changed = encounter(finger(0, "left_index"), galleries=["VIP", "WANTED"], biographicData={"name": "Asha Rao"})
    assert osia.put("/persons/P-1/encounters/E-1", changed).status_code == 200
    everything = osia.get("/persons/P-1/encounters").json()
    assert [entry["galleries"] for entry in everything] == [["VIP", "WANTED"]]
    assert [biometric["biometricSubType"] for biometric in everything[0]["biometricData"]] == ["LEFT_INDEX"]
    assert store_of(client).people.get(record.id).person.name == "Asha Rao"

    assert osia.delete("/persons/P-1/encounters/E-1").status_code == 204
    error(osia.get("/persons/P-1/encounters"), 404, "unknown_record")
    assert store_of(client).record_count() == 0
    done = actions(client)
    for action in ("record.enrol", "record.read", "encounter.replace", "record.correct", "retention.expunge"):
        assert action in done


def test_ids_may_be_left_to_the_service_or_given_and_none_is_taken_twice(osia: OsiaClient) -> None:
    ids = osia.post("/persons", encounter(finger(1))).json()
    read = osia.get(f"/persons/{ids['personId']}/encounters/{ids['encounterId']}")
    assert read.json()["encounterId"] == ids["encounterId"]
    more = osia.post(f"/persons/{ids['personId']}/encounters", encounter(finger(1, "left_index"))).json()
    assert more["personId"] == ids["personId"]
    assert len(osia.get(f"/persons/{ids['personId']}/encounters").json()) == 2

    assert osia.post("/persons/P-1/encounters/E-1", encounter()).status_code == 200
    error(osia.post("/persons/P-1/encounters/E-1", encounter()), 409, "encounter_exists")
    assert osia.post("/persons/P-2/encounters/E-1", encounter()).status_code == 200
    assert len(osia.get("/persons/P-1/encounters").json()) == 1


def test_a_national_number_leads_to_a_record_of_our_own_and_the_other_way_round(
    client: TestClient, osia: OsiaClient
) -> None:
    assert osia.post("/persons/2700000077/encounters/E", encounter(finger(2))).status_code == 200
    assert store_of(client).people.by_national_number("2700000077").person.name == "Asha Verma"
    own = store_of(client).people.by_national_number("2700000077")

    for person_id in (own.id, "2700000077"):
        assert osia.get(f"/persons/{person_id}/encounters").json()[0]["encounterId"] == "E"


def test_missing_fingers_and_what_is_not_compared_are_kept(osia: OsiaClient) -> None:
    items = [
        {"biometricType": "IRIS", "biometricSubType": "EYE_BOTH", "image": text(b"two irises"), "bitdepth": 8},
        {"biometricType": "FINGER", "biometricSubType": "LEFT_FULL_PALM", "image": text(b"a palm")},
        {"biometricType": "SIGNATURE", "image": text(b"a signature")},
        {
            "biometricType": "FINGER",
            "biometricSubType": "PLAIN_LEFT_FOUR_FINGERS",
            "missing": [
                {"biometricSubType": "LEFT_RING", "presence": "AMPUTATED"},
                {"biometricSubType": "LEFT_LITTLE", "presence": "BANDAGED"},
                {"biometricSubType": "LEFT_INDEX", "presence": "DAMAGED"},
            ],
        },
        finger(3, "right_index", impressionType="LIVE_SCAN_OPTICAL_CONTACTLESS_PLAIN"),
    ]
    created = osia.post("/persons/P/encounters/E", encounter(*items))
    assert created.status_code == 200, created.text
    assert len(created.json()["others"]["quality"]) == 1
    assert len(created.json()["others"]["notes"]) == 3
    assert osia.get("/persons/P/encounters/E").json()["biometricData"] == items


def test_missing_fingers_and_views_are_stored_and_shown_of_our_own_encounters(
    client: TestClient, osia: OsiaClient
) -> None:
    def with_missing(*fingers: tuple[str, str | None]) -> dict[str, Any]:
        missing = [{"biometricSubType": finger} | ({"presence": why} if why else {}) for finger, why in fingers]
        return {"biometricType": "FINGER", "biometricSubType": "LEFT_THUMB", "missing": missing}

    items = [
        with_missing(
            ("LEFT_RING", "AMPUTATED"), ("LEFT_LITTLE", "BANDAGED"), ("RIGHT_THUMB", "DAMAGED"), ("LEFT_THUMB", None)
        ),
        {"biometricType": "IRIS", "missing": [{"biometricSubType": "EYE_RIGHT", "presence": "AMPUTATED"}]},
        finger(3, "right_thumb"),
        portrait(0),
        portrait(1) | {"biometricSubType": "UNKNOWN"},
    ]
    assert osia.post("/persons/P/encounters/E", encounter(*items)).status_code == 200
    assert osia.get("/persons/P/encounters/E").json()["biometricData"] == items
    [record] = store_of(client).people.find(RecordQuery()).items
    [stored] = record.encounters
    reasons = {
        missing_finger.position.value: str(missing_finger.reason) for missing_finger in stored.encounter.missing_fingers
    }
    assert reasons == {1: "damaged", 6: "unable", 9: "amputated", 10: "bandaged", 101: "amputated"}
    assert [sample.view for sample in stored.samples] == [None, "frontal", None]

    error(osia.post("/persons/P/encounters/F", encounter(items[0], finger(3, "left_ring"))), 400, "invalid_field")
    changed = encounter(with_missing(("LEFT_THUMB", None)), finger(3, "left_ring"))
    assert osia.put("/persons/P/encounters/E", changed).status_code == 200
    [stored] = store_of(client).people.get(record.id).encounters
    assert [missing_finger.position.value for missing_finger in stored.encounter.missing_fingers] == [6]

    views = [{"view": view} for view in ("left_profile", "right_profile", "angled", "frontal")] + [{}]
    visit = ENCOUNTER | {
        "missing_fingers": [
            {"position": 9, "reason": "bandaged"},
            {"position": 1, "reason": "unable"},
            {"position": 102, "reason": "damaged"},
        ]
    }
    fields = {"encounter": json.dumps(visit), "details": json.dumps({"photo": views})}
    files = [("photo", ("a.png", photo_of(0)))] * len(views)
    officer = {"Authorization": new_key(cast(FastAPI, client.app).state.services.accounts)}
    answer = client.post(f"/api/v1/records/{record.id}/encounters", data=fields, files=files, headers=officer)
    assert answer.status_code == 201, answer.text
    shown = osia.get(f"/persons/P/encounters/{answer.json()['encounter_id']}").json()["biometricData"]
    names = ["LEFT_PROFILE", "RIGHT_PROFILE", "UNKNOWN", "PORTRAIT", "PORTRAIT"]
    assert [biometric["biometricSubType"] for biometric in shown] == [*names, "RIGHT_THUMB", "LEFT_RING", "EYE_LEFT"]
    assert [biometric.get("missing") for biometric in shown[len(names) :]] == [
        [{"biometricSubType": "RIGHT_THUMB"}],
        [{"biometricSubType": "LEFT_RING", "presence": "BANDAGED"}],
        [{"biometricSubType": "EYE_LEFT", "presence": "DAMAGED"}],
    ]


@pytest.mark.parametrize("compression", ["NONE", "JPEG", "JPEG2000", "PNG", "WSQ"])
def test_every_compression_is_read(compression: str, osia: OsiaClient) -> None:
    picture = Pillow.open(io.BytesIO(print_of(4, "right_thumb", 0))).convert("L")
    file = io.BytesIO()
    if compression == "NONE":
        content = picture.tobytes()
    elif compression == "WSQ":
        wsq = pytest.importorskip("wsq")
        assert wsq
        picture.save(file, "WSQ")
        content = file.getvalue()
    else:
        picture.save(file, compression, dpi=(500, 500))
        content = file.getvalue()
    item = finger(4) | {"image": text(content), "compression": compression, "resolution": 500}
    item |= {"width": picture.width, "height": picture.height, "bitdepth": 8}
    created = osia.post("/persons/P/encounters/E", encounter(item))
    assert created.status_code == 200, created.text
    assert osia.get("/persons/P/encounters/E").json()["biometricData"] == [item]
    candidates = osia.post("/identify/ALL", {"filter": {}, "biometricData": [finger(4, impression=1)]}).json()
    assert [candidate["personId"] for candidate in candidates] == ["P"]


def test_templates_are_standard_records_and_can_be_enrolled_again(osia: OsiaClient) -> None:
    osia.post("/persons/P/encounters/E", encounter(finger(5), portrait(0)))
    listed = osia.get("/persons/P/encounters/E/templates").json()
    assert [(template["biometricType"], template["biometricSubType"]) for template in listed] == [
        ("FINGER", "RIGHT_THUMB"),
        ("FACE", "PORTRAIT"),
    ]
    assert listed[0]["templateFormat"] == "ISO_19794_2"
    assert listed[0]["qualityFormat"] == "NFIQ2"
    for name in ("ISO_19794_2", "ISO_19794_2_2011", "ANSI_378", "ANSI_378_2009"):
        (template,) = osia.get("/persons/P/encounters/E/templates", templateFormat=name).json()
        item = {"biometricType": "FINGER", "biometricSubType": "RIGHT_THUMB"}
        item |= {"template": template["template"], "templateFormat": name}
        assert osia.post(f"/persons/{name}/encounters/E", encounter(item)).status_code == 200
        assert osia.get(f"/persons/{name}/encounters/E").json()["biometricData"] == [item]
        answer = osia.post(f"/verify/ALL/{name}", {"biometricData": [finger(5, impression=1)]}).json()
        assert answer["decision"] is True
    assert osia.get("/persons/P/encounters/E/templates", templateFormat="ISO_19794_2_CS").json() == []
    assert len(osia.get("/persons/P/encounters/E/templates", biometricType="FACE").json()) == 1
    error(osia.get("/persons/P/encounters/X/templates"), 404, "unknown_encounter")


def test_galleries_are_listed_with_who_is_in_them_as_json_and_csv(client: TestClient, osia: OsiaClient) -> None:
    for place, galleries in enumerate((["VIP"], ["VIP", "CRIMINAL"], ["CRIMINAL"])):
        osia.post(f"/persons/P-{place}/encounters/E", encounter(galleries=galleries))
    assert osia.get("/galleries").json() == ["CRIMINAL", "VIP"]
    assert [person["personId"] for person in osia.get("/galleries/VIP").json()] == ["P-0", "P-1"]
    assert [person["personId"] for person in osia.get("/galleries/ALL", offset=1, limit=1).json()] == ["P-1"]
    listed = osia.send("GET", "/galleries/CRIMINAL", headers={"Accept": "text/csv"})
    assert listed.headers["content-type"].startswith("text/csv")
    assert listed.text == "PersonId, encounterId\nP-1,E\nP-2,E\n"
    error(osia.get("/galleries/NOBODY"), 404, "unknown_gallery")
    error(osia.get("/galleries/ALL", offset=-1), 400, "invalid_field")

    assert osia.put("/persons/P-0/encounters/E/galleries", ["WANTED"]).status_code == 204
    assert [person["personId"] for person in osia.get("/galleries/VIP").json()] == ["P-1"]
    assert osia.get("/persons/P-0/encounters/E").json()["galleries"] == ["WANTED"]
    for wrong in ([], ["A", "A"], ["ALL"], [" A"]):
        assert osia.put("/persons/P-0/encounters/E/galleries", wrong).status_code == 400
    error(osia.put("/persons/P-9/encounters/E/galleries", ["A"]), 400, "unknown_record")


def test_two_people_become_one_and_encounters_move(osia: OsiaClient) -> None:
    for person, sent in (("A", "1"), ("B", "2"), ("C", "1"), ("C", "3")):
        printed = encounter(finger(int(sent)), clientData=text(f"{person} {sent}".encode()))
        assert osia.post(f"/persons/{person}/encounters/{sent}", printed).status_code == 200
    assert osia.post("/persons/A/merge/B").status_code == 204
    for person in ("A", "B"):
        read = osia.get(f"/persons/{person}/encounters").json()
        assert [entry["encounterId"] for entry in read] == ["1", "2"]
        assert [entry["clientData"] for entry in read] == [text(b"A 1"), text(b"B 2")]
    probe = {"filter": {}, "biometricData": [finger(2, impression=1)]}
    assert [candidate["personId"] for candidate in osia.post("/identify/ALL", probe).json()] == ["A"]
    error(osia.post("/persons/A/merge/B"), 409, "merge_refused")
    error(osia.post("/persons/A/merge/C"), 409, "encounter_exists")
    error(osia.post("/persons/A/merge/X"), 404, "unknown_record")
    error(osia.delete("/persons/B"), 404, "unknown_record")

    error(osia.post("/persons/A/move/C/encounters/1"), 409, "encounter_exists")
    error(osia.post("/persons/A/move/C/encounters/9"), 404, "unknown_encounter")
    error(osia.post("/persons/X/move/C/encounters/3"), 404, "unknown_record")
    assert osia.post("/persons/A/move/C/encounters/3").status_code == 204
    assert [entry["encounterId"] for entry in osia.get("/persons/A/encounters").json()] == ["1", "2", "3"]
    assert osia.get("/persons/A/encounters/3").json()["biometricData"] == [finger(3)]
    assert [entry["encounterId"] for entry in osia.get("/persons/C/encounters").json()] == ["1"]


def test_an_invalid_request_is_answered_in_the_interfaces_shape_and_stores_nothing(
    client: TestClient, osia: OsiaClient
) -> None:
    good = encounter(finger(6))
    wrong: list[dict[str, Any]] = [
        good | {"unknown": 1},
        good | {"status": "DEAD"},
        good | {"galleries": []},
        good | {"encounterType": ""},
        good | {"encryption": {"type": "JWE", "scope": "$"}},
        encounter(finger(6) | {"width": "5"}),
        encounter(finger(6) | {"image": "not base64!"}),
        encounter(finger(6) | {"image": text(b"not an image")}),
        encounter(finger(6) | {"biometricSubType": "PORTRAIT"}),
        encounter(finger(6) | {"captureDate": "yesterday"}),
        encounter({"biometricType": "FINGER", "imageRef": "http://169.254.169.254/latest"}),
    ]
    for body in wrong:
        answer = osia.post("/persons/P/encounters/E", body)
        assert answer.status_code == 400, (answer.text, body)
        assert set(answer.json()) == {"code", "message"}
    assert osia.client.post("/osia/v1/persons", json=good, headers=osia.headers).status_code == 400  # no transaction
    error(osia.put("/persons/P/encounters/E", good), 404, "unknown_record")
    assert store_of(client).record_count() == 0


def test_a_client_cannot_remove_an_encounter_under_a_hold(client: TestClient, osia: OsiaClient) -> None:
    assert osia.post("/persons/HELD/encounters/E", encounter(finger(9))).status_code == 200
    (record,) = store_of(client).people.find(RecordQuery()).items
    retention, day = Retention(store_of(client)), record.encounters[0].encounter.date
    hold_id = retention.order(record.encounters[0].id, Order(OrderKind.HOLD, "JMFC", "1/2026", day))
    error(osia.delete("/persons/HELD"), 400, "expungement_refused")
    error(osia.delete("/persons/HELD/encounters/E"), 400, "expungement_refused")
    error(osia.put("/persons/HELD/encounters/E", encounter()), 400, "expungement_refused")
    retention.order(record.encounters[0].id, Order(OrderKind.RELEASE, "JMFC", "2/2026", day, hold_id=hold_id))
    certified = CertificateStore(store_of(client).database, None)
    retention.finish()
    before = len(list(certified.everything()))
    assert osia.delete("/persons/HELD").status_code == 204
    retention.finish()
    *_, certificate = certified.everything()
    assert len(list(certified.everything())) == before + 1
    assert [entry["basis"] for entry in certificate.content["encounters"]] == ["deleteAll of OSIA's interface"]
    assert not [result for result in check(store_of(client), certificate) if result.problems]


def test_an_id_with_a_line_break_is_the_interfaces_to_refuse(osia: OsiaClient) -> None:
    error(osia.get("/persons/a%0Ab/encounters"), 404, "unknown_record")
    error(osia.post("/persons/a%0Ab/encounters", encounter()), 400, "invalid_field")
    assert "422" not in osia.client.get("/osia/openapi.json").text


def test_each_operation_needs_its_scope(client: TestClient) -> None:
    """401 for nobody, 403 for a key that may only read."""
    reader = client_of(client, scopes=frozenset({Scope.ENCOUNTER_READ}))
    nobody = client.get("/osia/v1/persons/P/encounters?transactionId=T")
    assert nobody.status_code == 401
    assert set(nobody.json()) == {"code", "message"}
    error(reader.post("/persons", encounter()), 403, "forbidden")
    error(reader.post("/identify/ALL", {"filter": {}, "biometricData": []}), 403, "forbidden")
    error(reader.get("/galleries"), 403, "forbidden")
    error(reader.get("/persons/P/encounters"), 404, "unknown_record")
    assert actions(client).count(Action.REFUSED) >= 3


def test_a_clients_unit_bounds_what_it_sees_and_where_it_writes(client: TestClient, osia: OsiaClient) -> None:
    here, there = client_of(client, "27"), client_of(client, "29")
    assert here.post("/persons/P/encounters/E", encounter(finger(7))).status_code == 200
    (record,) = store_of(client).people.find(RecordQuery()).items
    assert record.encounters[0].encounter.state_code == "27"
    error(there.get("/persons/P/encounters/E"), 404, "unknown_record")
    error(there.put("/persons/P/encounters/E/status", status="INACTIVE"), 400, "unknown_record")
    assert there.get("/galleries/ALL").json() == []
    elsewhere = {"stateCode": "29", "districtCode": "1", "stationCode": "2"}
    error(here.post("/persons", encounter(contextualData=elsewhere)), 403, "out_of_jurisdiction")
