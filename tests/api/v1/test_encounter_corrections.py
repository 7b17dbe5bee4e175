"""Corrections of encounters and their history over HTTP, on the command line and on the record's page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from inputs import Run, form, print_of
from sqlalchemy import update

from biometrics.storage.tables.people import encounters

V1 = "/api/v1"


def enrolled(client: TestClient) -> dict[str, Any]:
    files = {"right_thumb": print_of(0, "right_thumb", 0)}
    answer = client.post(f"{V1}/enrolments", data=form() | {"accept_poor_quality": "generated"}, files=files)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_flagged_fir_number_is_corrected_and_its_history_shown(client: TestClient) -> None:
    record = enrolled(client)
    visit = record["encounters"][0]
    with client.app.state.services.engine.store.database.writing() as connection:  # type: ignore[attr-defined]
        wrong = {"fir_number": "12/2062", "fir_year": 2062}
        connection.execute(update(encounters).where(encounters.c.id == visit["id"]).values(wrong))
    shown = client.get(f"{V1}/records/{record['id']}")
    assert [problem["encounter_id"] for problem in shown.json()["problems"]] == [visit["id"]]
    path, tag = f"{V1}/encounters/{visit['id']}", {"If-Match": shown.headers["etag"]}
    for wrong_change in ({"place": "Pune"}, {"fir_number": "1/2063"}, {"date": None}):
        refused = client.patch(path, json=wrong_change, headers=tag)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_field"), wrong_change
    assert client.patch(path, json={"fir_number": "12/2026"}).status_code == 428
    done = client.patch(path, json={"fir_number": "12/2026", "place": "Pune"}, headers=tag)
    assert done.status_code == 200, done.text
    assert client.patch(path, json={"place": "Mumbai"}, headers=tag).status_code == 412
    after = done.json()
    assert (after["problems"], after["encounters"][0]["samples"]) == ([], visit["samples"])
    changed = {"fir_number": "12/2026", "fir_year": 2026, "place": "Pune"}
    assert after["encounters"][0] == visit | changed
    assert done.headers["etag"] != tag["If-Match"]
    (version,) = client.get(f"{path}/history").json()
    assert version["content"] == {name: value for name, value in version["content"].items() if value}
    assert version["content"]["fir_number"] == "12/2062"
    assert (version["number"], version["sample_ids"]) == (1, [])
    assert version["changed_by"]
    assert client.get(f"{V1}/encounters/00000000-0000-4000-8000-000000000000/history").status_code == 404


def test_the_record_s_page_shows_what_an_encounter_was(client: TestClient) -> None:
    record = enrolled(client)
    visit = record["encounters"][0]
    tag = {"If-Match": f'"{record["version"]}"'}
    change = {"officer": "SI Kulkarni", "sections": [], "kind": "wanted"}
    assert client.patch(f"{V1}/encounters/{visit['id']}", json=change, headers=tag).status_code == 200
    page = client.get(f"/app/records/{record['id']}")
    assert page.status_code == 200, page.text
    for text in (
        "Corrections of arrests and events",
        "SI R. Patil",
        "SI Kulkarni",
        "BNS 2023: 303(2)",
        "Correct this arrest or event",
    ):
        assert text in page.text, text


def test_an_encounter_is_corrected_at_the_command_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(print_of(0, "right_thumb", 0))
    place = ("--fir", "1/2026", "--station", "27519004", "--district", "519", "--state", "27", "--date", "2026-01-15")
    values = ("--name", "Asha", "--officer", "SI Patil", "--print", "1=a.png", "--accept-poor-quality", "generated")
    assert run("enrol", *place, *values)[0] == 0
    record = json.loads(run("record", "show", "2700000001", "--json")[1])
    visit = record["encounters"][0]["id"]
    corrected = ("encounter", "correct", visit, "--version", 1)
    assert run(*corrected, "--fir", "1/2063")[2].startswith("invalid_field: ")
    right = ("--fir", "2/2026", "--date", "2026-01-14", "--kind", "wanted", "--section", "BNS 2023:303(2)")
    code, _, errors = run(*corrected, *right)
    assert code == 0, errors
    (after,) = json.loads(run("record", "show", "2700000001", "--json")[1])["encounters"]
    assert (after["fir_number"], after["date"], after["kind"]) == ("2/2026", "2026-01-14", "wanted")
    assert after["sections"] == [{"act": "BNS 2023", "section": "303(2)"}]
    (before,) = json.loads(run("encounter", "history", visit, "--json")[1])
    assert before["content"]["fir_number"] == "1/2026"
    assert "fir_number: 1/2026" in run("encounter", "history", visit)[1]
    assert run(*corrected, "--fir", "3/2026")[2].startswith("version_mismatch: ")
