"""A real server, killed without warning, loses nothing that it answered."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx
import pytest
from inputs import form, print_of
from server import Server, running

SECONDS = 120


def enrol(server: Server, number: int, prints: dict[str, bytes]) -> httpx.Response:
    data = form(name=f"Person {number}", national_number=f"27{number:08d}")
    return server.http.post(f"{server.url}/enrolments", data=data, files=prints, timeout=SECONDS)


def candidates(server: Server, files: dict[str, bytes]) -> list[dict[str, object]]:
    answer = server.http.post(f"{server.url}/identify", files=files, timeout=SECONDS)
    assert answer.status_code == 201, answer.text
    return [
        {"id": candidate["record"]["id"], "score": candidate["score"]["decibans"]}
        for candidate in answer.json()["candidates"]
    ]


@pytest.mark.essential
def test_kill_9_loses_nothing_that_was_answered(tmp_path: Path, database_url: str) -> None:
    folder = tmp_path / "data"
    with running(folder, database_url) as server:
        for person in range(3):
            prints = {"right_thumb": print_of(person, "right_thumb", 0)}
            assert enrol(server, person, prints).status_code == 201
        before = candidates(server, {"right_thumb": print_of(1, "right_thumb", 1)})
        server.kill()

    with running(folder, database_url) as server:
        assert candidates(server, {"right_thumb": print_of(1, "right_thumb", 1)}) == before
        answered = kill_during_enrolments(server)

    with running(folder, database_url) as server:
        body = server.http.get(f"{server.url}/records", params={"limit": 200}, timeout=SECONDS).json()["records"]
        stored = {record["national_number"]: record["id"] for record in body}
        assert answered.items() <= stored.items()
        for record_id in stored.values():
            record = server.http.get(f"{server.url}/records/{record_id}", timeout=SECONDS).json()
            samples = record["encounters"][0]["samples"]
            assert samples
            for sample in samples:
                image = server.http.get(f"{server.url}/samples/{sample['id']}/image", timeout=SECONDS)
                assert image.status_code == 200
        assert candidates(server, {"right_thumb": print_of(1, "right_thumb", 1)})[0] == before[0]


def kill_during_enrolments(server: Server) -> dict[str, str]:
    """Kill the server while enrolments run; return record ids by national number of those that were answered."""
    answered: dict[str, str] = {}

    def client() -> None:
        for number in range(100, 200):
            try:
                answer = enrol(server, number, {"left_thumb": print_of(0, "left_thumb", 0)})
            except httpx.TransportError:
                return
            record = answer.json()
            answered[record["national_number"]] = record["id"]

    thread = threading.Thread(target=client)
    thread.start()
    while len(answered) < 2:
        time.sleep(0.01)
    time.sleep(0.2)  # any moment will do; most are in the middle of the next
    server.kill()
    thread.join()
    assert 2 <= len(answered) < 100
    return answered
