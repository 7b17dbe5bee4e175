"""Corrections, outcomes and links over HTTP and on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, Run, print_of

PARTICULARS = {
    "birth_date": "1990-05-06",
    "relatives": [{"relation": "father", "name": "Shyam Verma"}],
    "address": {"text": "Mill Road", "district": "Pune", "state_code": "27", "pin_code": "411001"},
    "nationality": "IND",
    "documents": [{"kind": "aadhaar", "last_four": "1234"}],
    "appearance": {
        "height_cm": 160,
        "build": "thin",
        "complexion": "fair",
        "hair": "black",
        "eyes": "brown",
        "marks": [{"kind": "scar", "part": "hand", "side": "left", "description": "burn"}],
        "languages": ["Marathi"],
    },
}
DECISION = {"event": "decision", "date": "2026-03-01", "court": "Sessions Court, Pune", "verdict": "acquitted"}


def created(client: TestClient, **fields: object) -> dict[str, object]:
    answer = client.post("/api/v1/records", json={"name": "Asha Verma", "state_code": "27"} | fields)
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
    return answer.json()


def enrolled(client: TestClient) -> dict[str, object]:
    more = {"time": "04:30:00", "place": "Pune", "device": "L Scan", "legal_basis": "cpi_2022_3_c"}
    answer = client.post(
        f"/api/v1/records/{created(client)['id']}/encounters",
        data={"encounter": json.dumps(ENCOUNTER | more)},
        files={"right_thumb": print_of(7, "right_thumb", 0)},
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["encounters"][0].items() >= (ENCOUNTER | more | {"fir_year": 2026}).items()
    return answer.json()


def test_the_particulars_of_the_form_read_back(client: TestClient) -> None:
    record = created(client, particulars=PARTICULARS)
    assert (record["particulars"], record["birth_year"]) == (PARTICULARS, 1990)
    assert client.get(f"/api/v1/records/{record['id']}").json() == record


def test_a_correction_needs_the_version_that_it_was_made_from(client: TestClient) -> None:
    record = created(client)
    path, change = f"/api/v1/records/{record['id']}", {"name": "Asha Varma"}
    missing = client.patch(path, json=change)
    assert (missing.status_code, missing.json()["code"]) == (428, "version_missing")
    other = client.patch(path, json=change, headers={"If-Match": '"7"'})
    assert (other.status_code, other.json()["code"]) == (412, "version_mismatch")
    for tag in ("*", "1", '"x"', 'W/"1"', '"1", "2"'):
        refused = client.patch(path, json=change, headers={"If-Match": tag})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_field"), tag
    assert client.get(path).json() == record
    done = client.patch(path, json=change, headers={"If-Match": client.get(path).headers["etag"]})
    assert (done.status_code, done.json()["name"], done.headers["etag"]) == (200, "Asha Varma", '"2"')
    assert [old["name"] for old in client.get(f"{path}/history").json()] == ["Asha Verma"]


def test_a_correction_changes_what_it_names_only(client: TestClient) -> None:
    record = created(client, particulars=PARTICULARS, aliases=["Guddi"], sex="female")
    change = {"particulars": {"birth_date": "1991-01-02", "nationality": "NPL"}}
    done = client.patch(f"/api/v1/records/{record['id']}", json=change, headers={"If-Match": '"1"'}).json()
    expected = record | {"version": 2, "birth_year": 1991, "particulars": PARTICULARS | change["particulars"]}
    assert done == expected


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"nmae": "x"},
        {"national_number": "2700000001"},
        {"sex": "x"},
        {"birth_year": 1700},
        {"particulars": {"documents": [{"kind": "aadhaar", "last_four": "123412341234"}]}},
        {"particulars": {"caste": "x"}},
    ],
)
def test_a_bad_correction_is_refused(client: TestClient, change: dict[str, object]) -> None:
    record = created(client)
    path = f"/api/v1/records/{record['id']}"
    answer = client.patch(path, json=change, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert client.get(path).json() == record


def test_what_courts_decide_is_added_to_an_encounter(client: TestClient) -> None:
    record = enrolled(client)
    path = f"/api/v1/encounters/{record['encounters'][0]['id']}/outcomes"
    old = client.post(path, json=DECISION, headers={"If-Match": '"1"'})
    assert (old.status_code, old.json()["code"]) == (412, "version_mismatch")
    added = client.post(path, json=DECISION, headers={"If-Match": f'"{record["version"]}"'})
    assert added.status_code == 201, added.text
    (encounter,) = client.get(f"/api/v1/records/{record['id']}").json()["encounters"]
    assert encounter["outcomes"] == [added.json()]
    assert encounter["standing"] == {
        "verdict": "acquitted",
        "since": "2026-03-01",
        "appeal_pending": False,
        "final": False,
    }
    for wrong in ({"verdict": None}, {"date": "2025-01-01"}, {"event": "appeal_decided"}):
        refused = client.post(path, json=DECISION | wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_field")
    nowhere = client.post("/api/v1/encounters/x/outcomes", json=DECISION)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_encounter")


def test_encounters_are_linked(client: TestClient) -> None:
    first, second = (enrolled(client)["encounters"][0]["id"] for _ in range(2))
    answer = client.post(f"/api/v1/encounters/{second}/links", json={"to_id": first, "kind": "follows"})
    assert (answer.status_code, answer.json()["from_id"], answer.json()["to_id"]) == (201, second, first)


def test_the_command_line_corrects_and_adds_outcomes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(print_of(0, "right_thumb", 0))
    (tmp_path / "form.json").write_text(json.dumps(PARTICULARS))
    arrest = (
        "--fir",
        "1/2026",
        "--station",
        "S1",
        "--district",
        "D1",
        "--state",
        "27",
        "--officer",
        "X",
        "--date",
        "2026-01-15",
    )
    form = (
        "--date",
        "2026-01-15",
        "--name",
        "Asha",
        "--print",
        "1=a.png",
        "--particulars",
        "form.json",
        "--time",
        "04:30",
        "--device",
        "L Scan",
    )
    code, output, errors = run("enrol", *arrest, *form)
    assert code == 0, errors
    assert "version 1" in output
    record = json.loads(run("record", "show", "2700000001", "--json")[1])
    assert (record["particulars"], record["encounters"][0]["time"]) == (PARTICULARS, "04:30:00")
    assert run("record", "correct", record["id"], "--version", 9, "--name", "Usha")[2].startswith("version_mismatch: ")
    code, output, _ = run("record", "correct", record["id"], "--version", 1, "--name", "Usha", "--alias", "Asha")
    assert (code, "Usha, national number 2700000001" in output) == (0, True)
    assert re.search("1 .*Asha.*1990", run("record", "history", record["id"])[1])
    encounter = record["encounters"][0]["id"]
    decided = ("--event", "decision", "--court", "Sessions Court", "--verdict", "discharged", "--date", "2026-03-01")
    assert run("record", "outcome", encounter, *decided)[0] == 0
    assert (
        json.loads(run("record", "show", record["id"], "--json")[1])["encounters"][0]["standing"]["since"]
        == "2026-03-01"
    )
    assert run("record", "link", encounter, encounter)[2].startswith("invalid_field: ")
    assert run("enrol", *arrest, *form, "--time", "25:99")[2].startswith("invalid_field: ")
    (tmp_path / "form.json").write_text('{"caste": "x"}')
    assert run("enrol", *arrest, *form)[2].startswith("invalid_field: ")
