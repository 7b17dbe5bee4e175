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
        "facial_hair": "clean_shaven",
        "glasses": "worn",
        "headgear": "turban",
    },
}


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
    [old] = client.get(f"{path}/history").json()
    assert (old["name"], old["changed_by_name"]) == ("Asha Verma", "R. Patil")
    assert old["changed_by"] not in ("", "R. Patil")


def test_a_correction_changes_what_it_names_only(client: TestClient) -> None:
    record = created(client, particulars=PARTICULARS, aliases=["Guddi"], sex="female")
    change = {"particulars": {"birth_date": "1991-01-02", "nationality": "NPL"}}
    done = client.patch(f"/api/v1/records/{record['id']}", json=change, headers={"If-Match": '"1"'}).json()
    expected = record | {"version": 2, "birth_year": 1991, "particulars": PARTICULARS | change["particulars"]}
    assert done == expected


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "invalid_field"),
        ({"nmae": "x"}, "unknown_field"),
        ({"national_number": "2700000001"}, "unknown_field"),
        ({"sex": "x"}, "invalid_field"),
        ({"birth_year": 1700}, "invalid_field"),
        ({"particulars": {"documents": [{"kind": "aadhaar", "last_four": "123412341234"}]}}, "invalid_field"),
        ({"particulars": {"caste": "x"}}, "unknown_field"),
    ],
)
def test_a_bad_correction_is_refused(client: TestClient, change: dict[str, object], code: str) -> None:
    record = created(client)
    path = f"/api/v1/records/{record['id']}"
    answer = client.patch(path, json=change, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert client.get(path).json() == record


def test_records_are_merged_and_separated_again(client: TestClient) -> None:
    first, second = enrolled(client), enrolled(client)
    path = f"/api/v1/records/{first['id']}/merges"
    body = {"other_id": second["id"], "reason": "same prints"}
    assert client.post(path, json=body).json()["code"] == "version_missing"
    merged = client.post(path, json=body, headers={"If-Match": f'"{first["version"]}"'})
    assert (merged.status_code, merged.json()["merged_id"]) == (201, second["id"]), merged.text
    survivor = client.get(f"/api/v1/records/{second['id']}")
    assert (survivor.json()["id"], len(survivor.json()["encounters"])) == (first["id"], 2)
    assert survivor.headers["content-location"] == f"/api/v1/records/{first['id']}"
    content = client.get("/api/v1/records", params={"national_number": second["national_number"]}).json()["records"]
    assert [record["id"] for record in content] == [first["id"]]
    again = client.post(path, json=body, headers={"If-Match": survivor.headers["etag"]})
    assert (again.status_code, again.json()["code"]) == (409, "merge_refused")
    undo = f"/api/v1/merges/{merged.json()['id']}/undo"
    undone = client.post(undo, json={"reason": "twins"}, headers={"If-Match": survivor.headers["etag"]})
    assert (undone.status_code, undone.json()["undone_because"]) == (200, "twins")
    for record in (first, second):
        now = client.get(f"/api/v1/records/{record['id']}").json()
        assert now | {"version": 0} == {name: record[name] for name in now} | {"version": 0}
    seen = client.get(f"/api/v1/records/{second['id']}/provenance").json()
    assert (len(seen["merges"]), len(seen["moves"])) == (1, 2)
    [merge] = seen["merges"]
    assert (merge["created_by_name"], merge["undone_by_name"]) == ("R. Patil", "R. Patil")
    assert {move["created_by_name"] for move in seen["moves"]} == {"R. Patil"}


def test_records_are_found_by_how_a_name_sounds_and_by_the_charge(client: TestClient) -> None:
    created(client, name="Lakshmi Choudhary")
    charged = enrolled(client)
    body = client.get("/api/v1/records", params={"name": "लक्ष्मी चौधरी"}).json()
    assert ([record["name"] for record in body["records"]], body["incomplete"]) == (["Lakshmi Choudhary"], False)
    request = {"section": "303(2)", "act": "BNS 2023", "first_date": "2026-01-15", "last_date": "2026-01-15"}
    records = client.get("/api/v1/records", params=request).json()["records"]
    assert charged["id"] in [record["id"] for record in records]
    for wrong in ({"act": "BNS 2023"}, {"first_date": "2026-01-16", "last_date": "2026-01-15"}, {"first_date": "x"}):
        answer = client.get("/api/v1/records", params=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")


def test_the_command_line_merges_and_moves(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(print_of(0, "right_thumb", 0))
    arrest = ("--fir", "1/2026", "--station", "S1", "--district", "D1", "--state", "27", "--officer", "X")
    for name in ("Asha", "Usha"):
        assert run("enrol", *arrest, "--name", name, "--print", "1=a.png")[0] == 0
    code, output, _ = run("record", "merge", "2700000001", "2700000002", "--version", 1, "--reason", "same prints")
    assert (code, output[:6]) == (0, "merge ")
    assert "2700000001" in run("record", "show", "2700000002")[1]
    assert "same prints" in run("record", "provenance", "2700000001")[1]
    assert run("record", "list", "--name", "आशा")[1].count("2700000001") == 1
    result = run("record", "list", "--fir", "1/2026", "--limit", 1)[1]
    assert ("2700000001" in result, "--after" in result) == (True, False)
    assert run("record", "undo-merge", output.split()[1], "--version", 2, "--reason", "twins")[0] == 0
    record = json.loads(run("record", "show", "2700000002", "--json")[1])
    encounter = record["encounters"][0]["id"]
    into = json.loads(run("record", "show", "2700000001", "--json")[1])["id"]
    moved = ("api", "POST", f"encounters/{encounter}/moves", "-F", f"to_id={into}", "-F", "reason=x", "--version")
    assert run(*moved, 7)[2].startswith("version_mismatch: ")
    code, _, errors = run(*moved, record["version"])
    assert code == 0, errors


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
    decided = {"event": "decision", "court": "Sessions Court", "verdict": "discharged", "date": "2026-03-01"}
    fields = [word for name, value in decided.items() for word in ("-F", f"{name}={value}")]
    code, _, errors = run("api", "POST", f"encounters/{encounter}/outcomes", *fields)
    assert code == 0, errors
    now = json.loads(run("record", "show", record["id"], "--json")[1])["encounters"][0]
    assert now["standing"]["since"] == "2026-03-01"
    assert run("enrol", *arrest, *form, "--time", "25:99")[2].startswith("invalid_field: ")
    (tmp_path / "form.json").write_text('{"caste": "x"}')
    assert run("enrol", *arrest, *form)[2].startswith("invalid_field: ")
