"""Whatever an interface accepts can be read by every other: values are checked before the write, never after it."""

from __future__ import annotations

import json
from typing import Any, cast

from fastapi.testclient import TestClient
from inputs import ENCOUNTER, form, print_of
from made_up_transactions import file, fingerprint, text
from officers import WHY, store_of
from osia_client import client_of, encounter, finger
from removing import remove_record
from sqlalchemy import update

from biometrics.imaging.image import decode
from biometrics.kernel.people.encounter import NO_FIR
from biometrics.storage.tables.people import encounters as encounter_rows

V1 = "/api/v1"
FUTURE = "12/2062"
GENERATED = {"accept_poor_quality": "generated"}
PRINT = [("right_thumb", ("thumb.png", print_of(0, "right_thumb", 0)))]


def read_everywhere(client: TestClient, record_id: str) -> dict[str, Any]:
    """Read a record over every interface; return it as our own shows it."""
    answer = client.get(f"{V1}/records/{record_id}")
    assert answer.status_code == 200, answer.text
    record = cast(dict[str, Any], answer.json())
    listed = client.get(f"{V1}/records", params={"national_number": record["national_number"]})
    assert [entry["id"] for entry in listed.json()["records"]] == [record_id]
    for path in (f"records/{record_id}/history", f"records/{record_id}/provenance", f"records/{record_id}/retention"):
        assert client.get(f"{V1}/{path}").status_code == 200
    assert client.get(f"{V1}/retention/due").status_code == 200
    osia = client_of(client).get(f"/persons/{record['national_number']}/encounters")
    assert osia.status_code == 200, osia.text
    assert len(osia.json()) == len(record["encounters"])
    return record


def booking() -> bytes:
    content = print_of(0, "right_thumb", 0)
    image = decode(content)
    words = text(f9=FUTURE, f18="VERMA, ASHA", f22="19880314", f24="F", f73="27519004")
    return file("CAR", words, fingerprint(1, 1, content, (image.width, image.height)))


def test_a_fir_of_a_year_to_come_is_refused_before_the_write(client: TestClient) -> None:
    kept = client.post(f"{V1}/records", json={"name": "Asha Verma", "state_code": "27"}).json()["id"]
    before = store_of(client).counts()
    wrong = ENCOUNTER | {"fir_number": FUTURE}
    enrolment = form() | {"encounter": json.dumps(wrong)} | GENERATED
    for path in ("enrolments", f"records/{kept}/encounters"):
        fields = enrolment if path == "enrolments" else {k: v for k, v in enrolment.items() if k != "record"}
        answer = client.post(f"{V1}/{path}", data=fields, files=PRINT)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
        assert "2062" in answer.json()["detail"]
    item = {"key": "k", "record": {"name": "A"}, "encounter": wrong, "samples": [{"file": 0, "position": 1}]}
    answer = client.post(
        f"{V1}/batches", data={"items": json.dumps([item | GENERATED])}, files=[("files", PRINT[0][1])]
    )
    assert json.loads(answer.text)["problem"]["code"] == "invalid_field"
    answer = client.post(f"{V1}/itl/transactions", content=booking())
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["2.009"]
    assert store_of(client).counts() == before


def test_osia_keeps_client_data_with_an_invalid_fir_number(client: TestClient) -> None:
    osia = client_of(client)
    answer = osia.post("/persons", encounter(finger(0), contextualData={"firNumber": FUTURE}))
    assert answer.status_code == 200, answer.text
    person = answer.json()["personId"]
    (read,) = osia.get(f"/persons/{person}/encounters").json()
    assert read["contextualData"]["firNumber"] == FUTURE
    record = store_of(client).people.get(person)
    assert (record.encounters[0].encounter.fir_number, record.problems()) == (NO_FIR, ())
    remove_record(store_of(client), record.id)


def test_a_stored_row_that_breaks_a_rule_is_shown_flagged_and_found(client: TestClient) -> None:
    enrolled = client.post(f"{V1}/enrolments", data=form() | GENERATED, files=PRINT).json()
    with store_of(client).database.writing() as connection:
        mine = encounter_rows.c.record_id == enrolled["id"]
        connection.execute(update(encounter_rows).where(mine).values(fir_number=FUTURE, fir_year=2062))
    (problem,) = read_everywhere(client, enrolled["id"])["problems"]
    assert problem["encounter_id"] == enrolled["encounter_id"]
    assert FUTURE in problem["message"]
    searched = client.post(f"{V1}/identify", data=WHY, files=PRINT)
    assert enrolled["id"] in [candidate["record"]["id"] for candidate in searched.json()["candidates"]]
    assert client.get(searched.headers["Location"]).json()["candidates"] == searched.json()["candidates"]
    remove_record(store_of(client), enrolled["id"])
