"""A server that is told to stop finishes what it has begun."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from inputs import form, print_of
from server import free_port, running

from api.demo.people import FINGERS

SECONDS = 60


@pytest.mark.slow
def test_sigterm_in_the_middle_of_a_search_answers_it_and_hands_back_what_waits(tmp_path: Path) -> None:
    """The search that runs is answered, the one that waits can be sent to another server, and the exit code is 0."""
    prints = {finger.name.lower(): print_of(3, finger.name, 0) for finger in FINGERS}
    port = free_port()
    folder = tmp_path / "data"
    with (
        running(folder, metrics_port=str(port), work_at_once="1", work_waiting="1") as server,
        ThreadPoolExecutor(2) as clients,
    ):
        enrolled = server.http.post(f"{server.url}/enrolments", data=form(), files=prints, timeout=SECONDS)
        assert enrolled.status_code == 201, enrolled.text

        def search() -> httpx.Response:
            return server.http.post(f"{server.url}/identify", files=prints, timeout=SECONDS)

        first = clients.submit(search)
        wait_for("pehchan_work_running", port, first)
        answered: list[Future[httpx.Response]] = []
        with nothing_stored(folder):
            second = clients.submit(search)
            wait_for("pehchan_work_waiting", port, first)
            for sent in (first, second):
                sent.add_done_callback(answered.append)
            server._process.send_signal(signal.SIGTERM)
            handed_back = second.result()
        assert (handed_back.status_code, handed_back.json()["code"]) == (503, "stopping")
        assert int(handed_back.headers["retry-after"]) >= 1
        answer = first.result()
        assert answered == [second, first]
        assert answer.status_code == 201, answer.text
        assert answer.json()["candidates"][0]["record"]["id"] == enrolled.json()["id"]
        assert server._process.wait(SECONDS) == 0
    assert {"face", "fingerprint"} <= {path.name.split("-")[0] for path in (folder / "index").glob("*.index")}


@contextmanager
def nothing_stored(folder: Path) -> Iterator[None]:
    """Let the service's writing wait, so that what runs does not end before."""
    with closing(sqlite3.connect(next(folder.glob("*.db")), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def wait_for(figure: str, port: int, search: Future[httpx.Response]) -> None:
    """Wait until a figure is 1; not longer than a search runs."""
    while f"\n{figure} 1.0" not in httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=SECONDS).text:
        assert not search.done()
        time.sleep(0.01)
