"""A station's queue over HTTP: each item has its own answer, whatever others are, and is enrolled once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, print_of
from sqlalchemy import select

from api.operations.work_queue import Work
from api.v1.batches import MAX_ITEMS
from biometrics.storage.tables.audit import audit_entries

BATCHES = "/api/v1/batches"
GENERATED = {"accept_poor_quality": "generated"}


def item(key: str, file: int, name: str = "Asha Verma", **changed: Any) -> dict[str, Any]:
    """Return an item with one print of the right thumb; `changed` are fields of the encounter."""
    sample = {"file": file, "position": 1}
    return {"key": key, "record": {"name": name}, "encounter": ENCOUNTER | changed, "samples": [sample]} | GENERATED


def sent(client: TestClient, items: object, *prints: bytes, **more: Any) -> list[dict[str, Any]]:
    files = [("files", (f"{place}.png", content)) for place, content in enumerate(prints)]
    headers = more.pop("headers", {})
    answer = client.post(BATCHES, data={"items": json.dumps(items)} | more, files=files, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def people(client: TestClient) -> int:
    return int(client.get("/api/v1/health").json()["records"])


def delivered(client: TestClient) -> list[dict[str, Any]]:
    """Return what the audit log tells of deliveries."""
    with client.app.state.services.engine.store.database.reading() as connection:  # type: ignore[attr-defined]
        query = select(audit_entries.c.detail).where(audit_entries.c.action == "encounter.deliver")
        return [json.loads(scalar) for scalar in connection.execute(query.order_by(audit_entries.c.number)).scalars()]


def test_each_item_of_a_batch_has_its_own_answer(client: TestClient) -> None:
    before = people(client)
    good = item("each-1", 0) | {"queued_at": "2026-01-15T23:59:00+05:30"}
    results = sent(
        client,
        [
            good,
            item("each-2", 1),
            item("each-3", 0, nonsense=1),
            item("each-4", 0, date="2999-01-01"),
            item("each-5", 7),
            {"key": "each-6"},
            item("each-7", 2, "Ravi Rao", date="2025-12-31"),
        ],
        print_of(20, "right_thumb", 0),
        b"no image",
        print_of(21, "right_thumb", 0),
        clock_ahead="-86400",
    )
    assert [result["key"] for result in results] == [f"each-{number}" for number in range(1, 8)]
    assert [result["status"] for result in results] == [201, 415, 422, 422, 422, 422, 201]
    codes = [result["problem"]["code"] for result in results if result["problem"]]
    assert codes == ["unsupported_image", "unknown_field", "invalid_field", "invalid_field", "invalid_field"]
    (unknown,) = results[2]["problem"]["errors"]
    assert unknown["field"] == "encounter.nonsense"
    assert unknown["message"].startswith("There is no property 'nonsense' here")
    assert people(client) == before + 2
    late = client.get(f"/api/v1/records/{results[6]['record_id']}").json()
    assert (late["name"], late["encounters"][0]["date"]) == ("Ravi Rao", "2025-12-31")
    reported = {item["encounter"]: item for item in delivered(client)}
    assert reported[results[0]["encounter_id"]] == {
        "encounter": results[0]["encounter_id"],
        "is_new": True,
        "queued_at": "2026-01-15T23:59:00+05:30",
        "clock_ahead": -86400,
    }


def test_a_batch_that_is_sent_again_is_answered_the_same_and_enrols_nobody(client: TestClient) -> None:
    items = [item("again-1", 0), item("again-2", 1), item("again-3", 2, "Bela Rao", fir_number="7/2026")]
    prints = (print_of(22, "right_thumb", 0), b"no image", print_of(23, "right_thumb", 0))
    first = sent(client, items, *prints)
    assert [item["status"] for item in first] == [201, 415, 201]
    before = people(client)
    assert sent(client, items, *prints) == first
    with client.app.state.services.engine.store.database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("DELETE FROM once_keys")
    assert sent(client, items, *prints) == first
    (other,) = sent(client, [item("again-1", 0, "Somebody Else")], prints[2])
    assert other["status"] == 201  # its key was forgotten, and it is somebody else
    (reused,) = sent(client, [item("again-1", 0, "Nobody")], prints[2])
    assert (reused["status"], reused["problem"]["code"]) == (422, "idempotency_key_reused")
    assert people(client) == before + 1


def test_an_item_of_a_known_number_is_added_to_that_record(client: TestClient) -> None:
    first, second = (item(f"known-{visit}", 0, fir_number=f"{visit}/2025") for visit in (1, 2))
    first["record"]["national_number"] = second["record"]["national_number"] = "2799999901"
    single, other = sent(client, [first, second], print_of(22, "right_thumb", 0))
    assert (single["record_id"], other["status"]) == (other["record_id"], 201)
    assert single["encounter_id"] != other["encounter_id"]


def test_an_item_for_which_there_is_no_place_can_be_sent_again(client: TestClient) -> None:
    items, thumb = [item("busy-1", 0), item("busy-2", 0, nonsense=1)], print_of(25, "right_thumb", 0)
    state = client.app.state  # type: ignore[attr-defined]
    kept = state.services
    work = Work(at_once=1, most_waiting=1, patience=0.1, per_client=10)
    state.services = replace(kept, work=work)
    try:
        assert client.portal
        with client.portal.wrap_async_context_manager(work.turn("another client")):
            busy, wrong = sent(client, items, thumb)
    finally:
        state.services = kept
    assert (busy["status"], busy["problem"]["code"], wrong["status"]) == (503, "busy", 422)
    assert [item["status"] for item in sent(client, items, thumb)] == [201, 422]


def test_a_file_can_be_one_sample_of_an_item_only(client: TestClient) -> None:
    """Else a small request could ask for work without end."""
    many = item("many", 0)
    many["samples"] *= 1000
    (refused,) = sent(client, [many], print_of(25, "right_thumb", 0))
    assert (refused["status"], refused["problem"]["code"]) == (422, "invalid_field")


@pytest.mark.parametrize(
    "items",
    [
        "[]",
        "{}",
        "no json",
        '[{"key": 1}]',
        '[{"key": "a b"}]',
        '[{"key": "a"}, {"key": "a"}]',
        json.dumps([{"key": f"many-{number}"} for number in range(MAX_ITEMS + 1)]),
    ],
)
def test_a_batch_with_ambiguous_answers_is_refused_whole(client: TestClient, items: str) -> None:
    answer = client.post(BATCHES, data={"items": items})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
