"""One slow remote host stops nobody: who waits for a place in the queue of work, tasks, and other deliveries go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mosip_client import MosipClient, message
from officers import new_key
from osia_client import OsiaClient, client_of, encounter, serving, settings_of
from receiver import Receiver, content, receiving, status

from biometrics.kernel.access import Role

PATIENCE = 60  # seconds
HERE: dict[str, Any] = {
    f"{who}_{what}": frozenset({value})
    for who in ("webhook", "mosip", "osia")
    for what, value in (("hosts", "127.0.0.1"), ("networks", "127.0.0.0/8"))
}
SLOW = {f"{who}_timeout_seconds": 2 * PATIENCE for who in ("webhook", "mosip", "osia")}
FEW = {
    "work_at_once": 1,
    "work_waiting": 20,
    "client_work": 20,
    "work_wait_seconds": 5,
    "task_workers": 2,
    "task_account_limit": 1,
    "delivery_workers": 2,
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application, with one place for work, and room for one delivery to a host at a time."""
    folder: Path = tmp_path_factory.mktemp("slow")
    settings = settings_of(folder, "", delivery_host_limit=1, check_at_once=False, **HERE, **SLOW, **FEW)
    with serving(settings) as opened:
        yield opened


@pytest.fixture
def fast() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def go() -> threading.Event:
    return threading.Event()


@pytest.fixture
def slow(go: threading.Event) -> Iterator[Receiver]:
    """A server that answers nobody until `go` is set."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        assert go.wait(PATIENCE)
        status(204)(handler)

    with receiving() as opened:
        opened.answers = [answer]
        try:
            yield opened
        finally:
            go.set()


@contextmanager
def hanging(count: int, send: Callable[[], Any], slow: Receiver, go: threading.Event) -> Iterator[list[Future[Any]]]:
    """Have some requests wait for the slow server."""
    with ThreadPoolExecutor(count) as pool:
        sent = [pool.submit(send) for _ in range(count)]
        slow.wait(count, PATIENCE)
        try:
            yield sent
        finally:
            go.set()


def test_a_data_share_is_fetched_before_a_place_is_taken(
    service: TestClient, slow: Receiver, fast: Receiver, go: threading.Event
) -> None:
    waiting, other = MosipClient(service, slow), MosipClient(service, fast)
    fast.answers = [content(b"<no CBEFF/>")]

    def insert() -> Any:
        return waiting.send("insert", message("insert", referenceId="a", referenceURL=f"{slow.url}/share")).json()

    with hanging(3, insert, slow, go) as sent:
        assert service.app.state.services.work.running == 0  # type: ignore[attr-defined]
        done = other.send("insert", message("insert", referenceId="b", referenceURL=f"{fast.url}/share"))
        assert (done.status_code, done.json()["returnValue"]) == (200, "2")  # carried out: what is there is no CBEFF
        assert not any(item.done() for item in sent)
    assert {item.result(PATIENCE)["returnValue"] for item in sent} == {"2"}


def test_an_image_is_fetched_before_a_place_is_taken(
    service: TestClient, slow: Receiver, fast: Receiver, go: threading.Event
) -> None:
    waiting, other = client_of(service), client_of(service)
    fast.answers = [content(b"no image")]

    def create(client: OsiaClient, url: str) -> Any:
        item = {"biometricType": "FINGER", "biometricSubType": "RIGHT_THUMB", "imageRef": url}
        return client.post("/persons", encounter(item))

    with hanging(3, lambda: create(waiting, f"{slow.url}/image"), slow, go) as sent:
        assert service.app.state.services.work.running == 0  # type: ignore[attr-defined]
        assert create(other, f"{fast.url}/image").status_code == 400  # carried out: what is there is no image
        assert not any(item.done() for item in sent)
    assert {item.result(PATIENCE).status_code for item in sent} == {400}


def test_tasks_of_one_account_that_wait_for_a_slow_host_leave_room_for_those_of_others(
    service: TestClient, slow: Receiver, fast: Receiver, go: threading.Event
) -> None:
    waiting, other = client_of(service), client_of(service)
    fast.paths = {"/image": content(b"no image")}

    def create(client: OsiaClient, url: str) -> None:
        item = {"biometricType": "FINGER", "biometricSubType": "RIGHT_THUMB", "imageRef": url}
        accepted = client.post("/persons", encounter(item), callback=f"{fast.url}/done")
        assert accepted.status_code == 202, accepted.text

    for _ in range(3):
        create(waiting, f"{slow.url}/image")
    slow.wait(1, PATIENCE)
    create(other, f"{fast.url}/image")
    assert [item.path for item in fast.wait(2, PATIENCE)] == ["/image", "/done"]
    assert len(slow.received) == 1
    go.set()
    fast.wait(5, PATIENCE)


def test_requests_of_one_account_that_wait_for_others_are_bounded(
    service: TestClient, slow: Receiver, go: threading.Event
) -> None:
    client = MosipClient(service, slow)

    def insert() -> Any:
        return client.send("insert", message("insert", referenceId="a", referenceURL=f"{slow.url}/share"))

    with hanging(8, insert, slow, go):
        refused = insert()
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
        assert int(refused.headers["Retry-After"]) > 0


def test_a_slow_receiver_holds_up_neither_tasks_nor_other_deliveries(
    service: TestClient, slow: Receiver, fast: Receiver, go: threading.Event
) -> None:
    key = {"Authorization": new_key(cast(FastAPI, service.app).state.services.accounts, Role.STATION_OFFICER)}
    hooks = []
    for receiver in (slow, fast):
        made = service.post(
            "/api/v1/webhooks", headers=key, json={"url": f"{receiver.url}/here", "events": ["task.finished"]}
        )
        assert made.status_code == 201, made.text
        hooks.append(made.json()["webhook"]["id"])
    for _ in range(4):
        assert service.post(f"/api/v1/webhooks/{hooks[0]}/test", headers=key).status_code == 202
    slow.wait(1, PATIENCE)
    assert service.post(f"/api/v1/webhooks/{hooks[1]}/test", headers=key).status_code == 202
    fast.wait(1, PATIENCE)
    later = {"Prefer": "respond-async"}
    task = service.post("/api/v1/identify", headers=key | later, files={"photo": b"no image"}).json()["id"]
    until = time.monotonic() + PATIENCE
    while service.get(f"/api/v1/tasks/{task}", headers=key).json()["state"] != "failed":
        assert time.monotonic() < until
        time.sleep(0.05)
    fast.wait(2, PATIENCE)  # of the task's end
    assert len(slow.received) == 1  # as many as one host may keep
    go.set()
    slow.wait(5, PATIENCE)
