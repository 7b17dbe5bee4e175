"""Corrections of encounters and their history over HTTP, on the command line and on the record's page."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient
from inputs import form, print_of
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
