"""A request that is sent again under its idempotency key is carried out once, over HTTP and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi.testclient import TestClient
from inputs import Run, form, print_of
from officers import counts


def enrol(client: TestClient, key: str, finger: str = "right_thumb", **record: object) -> tuple[int, dict[str, object]]:
    files = {finger: ("a.png", print_of(3, "right_thumb", 0))}
    answer = client.post("/api/v1/enrolments", data=form(**record), files=files, headers={"Idempotency-Key": key})
    return answer.status_code, answer.json()


def test_a_station_that_sends_an_enrolment_again_gets_the_first_answer(client: TestClient) -> None:
    first = enrol(client, "enrolment-1")
    assert first[0] == 201, first
    before = counts(client)
    assert enrol(client, "enrolment-1") == first
    assert counts(client) == before
    for changed in ({"finger": "left_thumb"}, {"name": "Usha Verma"}):
        status, problem = enrol(client, "enrolment-1", **changed)
        assert (status, problem["code"]) == (422, "idempotency_key_reused")
    assert counts(client) == before


def test_the_same_words_in_another_order_are_the_same_request(client: TestClient) -> None:
    bodies = ('{"name": "Ram", "state_code": "27"}', '{ "state_code":"27", "name":"Ram" }')
    headers = {"Idempotency-Key": "create-1", "Content-Type": "application/json"}
    first, second = (client.post("/api/v1/records", content=body, headers=headers) for body in bodies)
    assert (first.status_code, first.json(), first.headers["location"]) == (
        second.status_code,
        second.json(),
        second.headers["location"],
    )


def test_a_search_that_is_sent_again_is_stored_once(client: TestClient) -> None:
    files = {"right_thumb": print_of(3, "right_thumb", 1)}
    headers = {"Idempotency-Key": "search-1"}
    first, second = (client.post("/api/v1/identify", files=files, headers=headers) for _ in range(2))
    assert first.status_code == 201, first.text
    assert first.json()["id"] == second.json()["id"]


# What needs no key: it does the same however often it is sent, only reads, or is of one's own session.
WITHOUT_A_KEY = {
    "POST /api/v1/verify",
    "POST /api/v1/verify/people",
    "POST /api/v1/compare",
    "POST /api/v1/inspections",
    "POST /api/v1/identify/faces",
    "POST /api/v1/latents/readings",
    "POST /api/v1/latents/minutiae",
    "POST /api/v1/latents/layers",
    "POST /api/v1/latents/files",
    "POST /api/v1/clearances/verification",
    "POST /api/v1/searches/{search_id}/comparisons",
    "POST /api/v1/searches/{search_id}/replay",
    "POST /api/v1/national/searches",
    "POST /api/v1/itl/transactions",  # has the sender's control number instead
    "POST /api/v1/notifications/{number}/read",
    "POST /api/v1/retention/run",
    "PUT /api/v1/units",
    "PUT /api/v1/cases/{case_id}/working-marks",  # it names the version that it replaces
    "POST /api/v1/users/{user}/unlock",
    "DELETE /api/v1/api-keys/{key}",
    "DELETE /api/v1/account-requests/{request_id}",
    "POST /api/v1/tokens",
    "POST /api/v1/tokens/refresh",
    "POST /api/v1/tokens/revoke",
    "PUT /api/v1/me/qualification",
    "POST /api/v1/me/password",
    "POST /api/v1/me/totp",
    "POST /api/v1/me/totp/confirm",
    "POST /api/v1/me/paper-code",  # a new code replaces the earlier one
    "POST /api/v1/me/identity/confirm",  # confirmed again, it is refused
    "DELETE /api/v1/me/sessions",
    "DELETE /api/v1/me/record-filters/{filter_id}",
    "POST /api/v1/batches",  # each item has a key of its own
    "DELETE /api/v1/tasks/{task_id}",
    "POST /api/v1/webhooks/{webhook_id}/test",
    "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    "DELETE /api/v1/webhooks/{webhook_id}",
}


def test_every_write_takes_a_key(client: TestClient) -> None:
    """A route that a station may repeat, and that forgot the key, would do a thing twice."""
    paths = client.get("/openapi.json").json()["paths"]
    without = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "get" and not any(item["name"] == "Idempotency-Key" for item in operation.get("parameters", ()))
    }
    assert without == WITHOUT_A_KEY


def test_a_command_that_is_given_again_does_nothing_twice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(print_of(0, "right_thumb", 0))
    arrest = ("--fir", "1/2026", "--station", "S1", "--district", "D1", "--state", "27", "--officer", "X")
    command = ("enrol", *arrest, "--name", "Asha", "--print", "1=a.png", "--idempotency-key", "k-1")
    first, second = (run(*command) for _ in range(2))
    assert first[0] == 0
    assert first == second
    assert run(*command, "--alias", "Guddi")[2].startswith("idempotency_key_reused: ")
    correct = ("record", "correct", "2700000001", "--version", 1, "--name", "Usha", "--idempotency-key", "k-2")
    assert run(*correct) == run(*correct)
    assert json.loads(run("record", "show", "2700000001", "--json")[1])["version"] == 2
