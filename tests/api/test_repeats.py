"""A request that is sent again under its idempotency key is carried out once, over HTTP and on the command line."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from inputs import ENCOUNTER, Run, form, print_of


def counts(client: TestClient) -> tuple[int, int]:
    health = client.get("/api/v1/health").json()
    return health["records"], health["sequence"]


def enrol(client: TestClient, key: str, finger: str = "right_thumb", **record: object) -> tuple[int, dict[str, object]]:
    files = {finger: ("a.png", print_of(3, "right_thumb", 0))}
    answer = client.post("/api/v1/enrolments", data=form(**record), files=files, headers={"Idempotency-Key": key})
    return answer.status_code, answer.json()


def test_a_station_that_sends_an_enrolment_again_gets_the_first_answer(client: TestClient) -> None:
    """Each time the client parts the form by another boundary; what it says is the same."""
    first = enrol(client, "enrolment-1")
    assert first[0] == 201, first
    before = counts(client)
    assert enrol(client, "enrolment-1") == first
    assert counts(client) == before
    for changed in ({"finger": "left_thumb"}, {"name": "Usha Verma"}):
        status, problem = enrol(client, "enrolment-1", **changed)
        assert (status, problem["code"]) == (422, "idempotency_key_reused")
    assert counts(client) == before


def test_an_enrolment_that_is_sent_many_times_at_once_is_one(client: TestClient) -> None:
    before = counts(client)
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: enrol(client, "enrolment-2"), range(5)))
    assert {status for status, _ in answers} - {429} == {201}  # one client may have only so many requests at once
    assert len({answer["id"] for status, answer in answers if status == 201}) == 1
    assert counts(client)[0] == before[0] + 1


def test_the_same_words_in_another_order_are_the_same_request(client: TestClient) -> None:
    bodies = ('{"name": "Ram", "state_code": "27"}', '{ "state_code":"27", "name":"Ram" }')
    headers = {"Idempotency-Key": "create-1", "Content-Type": "application/json"}
    first, second = (client.post("/api/v1/records", content=body, headers=headers) for body in bodies)
    assert (first.status_code, first.json(), first.headers["location"]) == (
        second.status_code,
        second.json(),
        second.headers["location"],
    )


def test_a_correction_that_is_sent_again_is_no_mismatch(client: TestClient) -> None:
    """The station's first answer was lost: the version that it names is an old one by now."""
    record = client.post("/api/v1/records", json={"name": "Ram", "state_code": "27"}).json()
    path, headers = f"/api/v1/records/{record['id']}", {"Idempotency-Key": "correct-1", "If-Match": '"1"'}
    first, second = (client.patch(path, json={"name": "Rama"}, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.json()["version"] == 2
    other = client.patch(path, json={"name": "Rama"}, headers=headers | {"If-Match": '"2"'})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_search_that_is_sent_again_is_stored_once(client: TestClient) -> None:
    files = {"right_thumb": print_of(3, "right_thumb", 1)}
    headers = {"Idempotency-Key": "search-1"}
    first, second = (client.post("/api/v1/identify", files=files, headers=headers) for _ in range(2))
    assert first.status_code == 201, first.text
    assert first.json()["id"] == second.json()["id"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    answer = client.post("/api/v1/records", json={"name": "A", "state_code": "27"}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")


def test_every_write_of_records_takes_a_key(client: TestClient) -> None:
    """A route that a station may repeat, and that forgot the key, would enrol twice."""
    paths = client.get("/openapi.json").json()["paths"]
    without = [
        f"{method} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "get" and not any(one["name"] == "idempotency-key" for one in operation.get("parameters", ()))
    ]
    writes = ("/enrolments", "/records", "/encounters", "/merges", "/moves")
    assert not [one for one in without if any(word in one for word in writes)]


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


def test_the_encounter_form_takes_a_key_too(client: TestClient) -> None:
    record = client.post("/api/v1/records", json={"name": "Ram", "state_code": "27"}).json()
    request = {
        "data": {"encounter": json.dumps(ENCOUNTER)},
        "files": {"right_thumb": print_of(6, "right_thumb", 0)},
        "headers": {"Idempotency-Key": "encounter-1"},
    }
    answers = [client.post(f"/api/v1/records/{record['id']}/encounters", **request) for _ in range(2)]
    assert [len(answer.json()["encounters"]) for answer in answers] == [1, 1]
