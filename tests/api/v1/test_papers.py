"""The papers of a station and the notice to a court: what they state, how they look, and what the audit log keeps."""

from __future__ import annotations

import json
import re
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from examiners import V1, caller
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, photo_of, print_of
from pdf_pages import faults_of, pictures_of
from pdf_text import text_of

from api.localisation.languages import language
from api.localisation.value_labels import word
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role
from biometrics.kernel.recognition.capture import FingerPosition

PERSON = {
    "name": "मोहन लाल",
    "aliases": ["Mohan Lal"],
    "sex": "male",
    "particulars": {"birth_date": "1990-03-09"},
}
VISIT = ENCOUNTER | {
    "fir_number": "0713/2026",
    "time": "09:40",
    "place": "शिवाजी नगर",
    "device": "Scanner 7",
    "legal_basis": "cpi_2022_3_c",
    "missing_fingers": [{"position": 10, "reason": "amputated"}],
}
FINGERS = [finger for finger in FingerPosition if finger not in (FingerPosition.UNKNOWN, FingerPosition.LEFT_LITTLE)]

THUMBS = ("right_thumb", "left_thumb")

Enrolled = dict[str, Any]


@pytest.fixture(scope="module")
def enrolled(client: TestClient) -> Enrolled:
    """Enrol a person with a photo, seven plain prints, and the thumbs rolled."""
    names = [finger.name.lower() for finger in FINGERS]
    files = [(name, (f"{name}.png", print_of(61, name, 0))) for name in names]
    files += [("photo", ("front.jpg", photo_of(0)))]
    fields = {"record": json.dumps(PERSON), "encounter": json.dumps(VISIT), "accept_poor_quality": "generated"}
    fields |= {"ppi": "500", "details": json.dumps({thumb: [{"impression": 1}] for thumb in THUMBS})}
    answer = client.post(f"{V1}/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def path_of(enrolled: Enrolled, paper: str) -> str:
    return f"/records/{enrolled['id']}/encounters/{enrolled['encounters'][0]['id']}/{paper}"


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.debian_packages
@pytest.mark.parametrize(
    ("paper", "code"),
    [
        ("fingerprint-slip", "en"),
        ("receipt", "hi"),
        pytest.param("fingerprint-slip", "hi", marks=pytest.mark.reach),
        pytest.param("receipt", "en", marks=pytest.mark.reach),
    ],
)
def test_a_paper_of_a_station_states_the_particulars_and_nothing_is_cut(
    client: TestClient, enrolled: Enrolled, paper: str, code: str
) -> None:
    officer, locale = caller(client, Role.STATION_OFFICER), language(code)
    answer = officer("GET", path_of(enrolled, paper), params={"language": code})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content == officer("GET", path_of(enrolled, paper), params={"language": code}).content
    text = text_of(answer.content)
    values = [PERSON["name"], "Mohan Lal", VISIT["fir_number"], VISIT["officer"], "09:40", "शिवाजी नगर", "Scanner 7"]
    values += [enrolled["national_number"], "BNS 2023: 303(2)", "27/519/27519004"]
    values += [locale.day(date(1990, 3, 9)), locale.day(date(2026, 1, 15))]
    fingers = FingerPosition if paper == "fingerprint-slip" else [FingerPosition.RIGHT_THUMB]
    values += [locale.translations.gettext(word(each)) for each in fingers if each is not FingerPosition.UNKNOWN]
    for value in values:
        assert squeezed(str(value)) in text, value
    assert "UTC" not in text
    assert faults_of(answer.content) == []


@pytest.mark.debian_packages
def test_prints_have_their_life_size(client: TestClient, enrolled: Enrolled) -> None:
    officer = caller(client, Role.STATION_OFFICER)
    height, width = (25.4 * side / 500 for side in decode(print_of(61, "right_thumb", 0)).pixels.shape)
    slip = pictures_of(officer("GET", path_of(enrolled, "fingerprint-slip")).content)
    assert len(slip) == 1 + len(FINGERS)  # the photo first
    receipt = pictures_of(officer("GET", path_of(enrolled, "receipt")).content)
    assert len(receipt) == 2
    for left, bottom, right, top in (slip[1], receipt[1]):
        assert (right - left, top - bottom) == (pytest.approx(width, abs=0.05), pytest.approx(height, abs=0.05))


def test_who_made_a_paper_and_saw_its_images_is_audited(client: TestClient, enrolled: Enrolled) -> None:
    officer, auditor = caller(client, Role.STATION_OFFICER), caller(client, Role.AUDITOR, "national")
    me = officer("GET", "/me").json()["user"]["id"]
    officer("GET", path_of(enrolled, "receipt"))
    entries = auditor("GET", "/audit/entries", params={"person": enrolled["id"], "actor": me}).json()["entries"]
    shown = [entry["detail"].get("sample") for entry in entries if entry["action"] == "image.export"]
    assert len(shown) == 2
    [made] = [entry for entry in entries if entry["action"] == "paper.make"]
    assert made["detail"] == {"encounter": enrolled["encounters"][0]["id"], "paper": "receipt"}


def test_a_paper_is_of_an_encounter_of_that_record(client: TestClient, enrolled: Enrolled) -> None:
    path = path_of(enrolled, "receipt").replace(enrolled["encounters"][0]["id"], "0" * 8 + enrolled["id"][8:])
    assert caller(client, Role.STATION_OFFICER)("GET", path).json()["code"] == "unknown_encounter"


@pytest.mark.debian_packages
@pytest.mark.parametrize("code", ["en", pytest.param("hi", marks=pytest.mark.reach)])
def test_the_notice_states_all_that_the_certificate_does_and_names_nobody(client: TestClient, code: str) -> None:
    clerk = caller(client, Role.RECORDS_CLERK)
    number = f"{code}-7/2026"
    fields = {"record": json.dumps({"name": f"Nobody {code}"}), "encounter": json.dumps(ENCOUNTER)}
    finger = {"en": "left_thumb", "hi": "right_index"}[code]
    files = {finger: ("a.png", print_of(62, finger, 0))}
    record = client.post(f"{V1}/enrolments", data=fields | {"accept_poor_quality": "generated"}, files=files).json()
    order = {"kind": "destroy", "authority": "JMFC Pune", "reference": number, "date": "2026-02-01"}
    visit = record["encounters"][0]["id"]
    for person in (clerk, caller(client, Role.SUPERVISOR)):
        assert person("POST", f"/encounters/{visit}/retention-orders", json=order).status_code == 201
    [certificate] = [
        each for each in clerk("POST", "/retention/run").json() if each["content"]["record"] == record["id"]
    ]
    content, locale = certificate["content"], language(code)
    answer = clerk("GET", f"/expungements/{content['id']}/notice", params={"language": code})
    assert answer.status_code == 200, answer.text
    text = text_of(answer.content)
    due = [entry["due"] for entry in content["encounters"]]
    assert visit not in text  # a court files by FIR, station and its own order
    values = [content["id"], content["station"], content["record"], *content["files"], content["public_key"]]
    values += ["JMFC Pune", number, record["national_number"], f"{ENCOUNTER['fir_number']}", "27/519/27519004"]
    values += [certificate["signature"], *content["dead_keys"].values(), *map(locale.day, map(date.fromisoformat, due))]
    values += [locale.translations.gettext(entry["basis"]) for entry in content["encounters"]]
    for value in values:
        assert squeezed(value) in text, value
    assert squeezed(f"Nobody {code}") not in text
    assert faults_of(answer.content) == []
    assert caller(client, Role.STATION_OFFICER)("GET", f"/expungements/{content['id']}/notice").status_code == 403


STATED = {
    "device": "server",
    "make_and_model": "Dell R760",
    "serial_number": "SN-4711",
    "identifier": "00:1B:44:11:3A:B7",
    "control": ["operated", "maintained"],
    "used_since": "2025-04-01",
    "in_charge": "Inspector Asha Kale",
    "relative": "Vijay Kale",
    "address": "State Crime Records Bureau, Pune",
}


@pytest.mark.debian_packages
@pytest.mark.parametrize("code", ["en", pytest.param("hi", marks=pytest.mark.reach)])
def test_a_paper_has_its_certificate_of_section_63_with_the_hash_of_the_paper_and_of_each_file(
    client: TestClient, enrolled: Enrolled, code: str
) -> None:
    """What the unit above stated is filled in; nobody states anything of a unit that names none."""
    officer, locale = caller(client, Role.STATION_OFFICER), language(code)
    administrator = caller(client, Role.ADMINISTRATOR, "national")
    about = {"language": code, "document": "certificate"}
    blank = text_of(officer("GET", path_of(enrolled, "receipt"), params=about).content)
    office = {"unit": "27", "name": "SCRB", "court_details": STATED}
    answer = administrator("PUT", "/units", json=office)
    assert answer.json()["court_details"]["control"] == ["maintained", "operated"]
    assert (
        administrator("PUT", "/units", json={"unit": "27", "name": "SCRB"}).json()["court_details"]
        == (answer.json()["court_details"])
    )
    station_officer = caller(client, Role.STATION_OFFICER, "27/519/27519004")
    paper = station_officer("GET", path_of(enrolled, "receipt"), params={"language": code}).content
    certificate = station_officer("GET", path_of(enrolled, "receipt"), params=about).content
    text = text_of(certificate)
    shown = [
        sample["id"]
        for sample in enrolled["encounters"][0]["samples"]
        if sample["modality"] == "face" or (sample["position"] == 1 and sample["impression"] == 0)
    ]
    files = [officer("GET", f"/samples/{sample}/image").content for sample in shown]
    for value in ("DellR760", "SN-4711", "00:1B:44:11:3A:B7", "InspectorAshaKale", "VijayKale", "01/04/2025"):
        assert value in text, value
        assert value not in blank
    assert text.count(sha256(paper).hexdigest()) == 3  # in both parts and in the hash report
    for content in files:
        assert sha256(content).hexdigest() in text
    for control in ("Maintained", "Operated"):
        assert squeezed(f"[X] {locale.translations.gettext(control)}") in text
    assert re.search(r"\d\d:\d\d:\d\dIST", text)
    assert faults_of(certificate) == []
    office["court_details"] = STATED | {"used_since": "2999-01-01"}
    assert administrator("PUT", "/units", json=office).status_code == 422
    assert administrator("PUT", "/units", json=office | {"court_details": {}}).status_code == 200
