"""Requests that are answered later, what is said of them meanwhile, and webhooks; on both databases."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import form, print_of
from officers import new_key
from osia_client import databases, serving, settings_of
from receiver import Receiver, receiving, status
from server import running

from api.accounts.factory import accounts_of
from api.app import create_app
from api.bootstrap.store import open_store
from api.operations.work_queue import Work
from api.settings import Settings
from api.v1 import tasks as task_routes
from biometrics.jobs.model import Task
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.access import Role

HERE = {"webhook_hosts": frozenset({"127.0.0.1"}), "webhook_networks": frozenset({"127.0.0.0/8"})}
QUICK = {"delivery_retry_seconds": 0.1, "delivery_attempts": 3}
LATER = {"Prefer": "respond-async"}
POOR = {"accept_poor_quality": "generated"}
WHY = {"purpose": "investigation", "case_number": "0123/2026"}
PATIENCE = 60  # seconds


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application, once on each database; it may call this machine."""
    folder = tmp_path_factory.mktemp("tasks")
    url = contextmanager(databases)(folder, request.param, lambda: request.getfixturevalue("postgresql_server"))
    with (
        url as database_url,
        serving(settings_of(folder, database_url, follow_seconds=0.2, **QUICK, **HERE)) as opened,
    ):
        yield opened


class Client:
    def __init__(self, service: TestClient, *roles: Role) -> None:
        self.service = service
        accounts = cast(FastAPI, service.app).state.services.accounts
        self.headers = {"Authorization": new_key(accounts, *(roles or (Role.STATION_OFFICER,)))}

    def send(self, method: str, path: str, headers: Any = None, **options: Any) -> httpx.Response:
        answer = self.service.request(method, f"/api/v1{path}", headers=self.headers | (headers or {}), **options)
        return cast(httpx.Response, answer)

    def enrol(self, person: int, headers: Any = None) -> httpx.Response:
        files = {"right_thumb": ('thumb "right".png', print_of(person, "right_thumb", 0), "image/png")}
        return self.send("POST", "/enrolments", headers, data=form() | POOR, files=files)

    def ended(self, task: str) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            shown = self.send("GET", f"/tasks/{task}").json()
            if shown["state"] in ("succeeded", "failed"):
                return dict(shown)
            time.sleep(0.05)
        raise AssertionError(f"not ended: {shown}")


@pytest.fixture
def client(service: TestClient) -> Client:
    return Client(service)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def accepted(answer: httpx.Response) -> str:
    assert answer.status_code == 202, answer.text
    assert answer.headers["Preference-Applied"] == "respond-async"
    task = str(answer.json()["id"])
    assert answer.headers["Location"] == f"/api/v1/tasks/{task}"
    return task


def test_a_response_is_the_one_that_waiting_would_have_had(client: Client) -> None:
    task = accepted(client.enrol(1, LATER))
    shown = client.ended(task)
    assert (shown["request"], shown["state"]) == ("POST /api/v1/enrolments", "succeeded")
    response = client.send("GET", f"/tasks/{task}/response")
    assert response.status_code == 201
    record = response.json()["id"]
    assert response.headers["Location"] == f"/api/v1/records/{record}"
    assert client.send("GET", f"/records/{record}").json()["name"] == "Asha Verma"

    files = {"right_thumb": print_of(1, "right_thumb", 1)}
    result = accepted(client.send("POST", "/identify", LATER, data=WHY, files=files))
    client.ended(result)
    assert client.send("GET", f"/tasks/{result}/response").json()["candidates"][0]["record"]["id"] == record
    listed = client.send("GET", "/tasks?limit=1").json()
    assert [task["id"] for task in listed["tasks"]] == [result]
    rest = client.send("GET", f"/tasks?after={listed['next']}").json()
    assert ([task["id"] for task in rest["tasks"]], rest["next"]) == ([task], None)


def test_a_request_that_is_refused_has_its_problem_as_response(client: Client) -> None:
    """Whatever is wrong with it is told as it would have been at once, but for what it needs of its sender."""
    task = accepted(client.send("POST", "/identify", LATER, files={"right_thumb": print_of(1, "right_thumb", 1)}))
    assert client.ended(task)["state"] == "failed"
    response = client.send("GET", f"/tasks/{task}/response")
    assert (response.status_code, response.json()["code"]) == (422, "purpose_missing")
    assert response.headers["Content-Type"] == "application/problem+json"
    empty = accepted(client.send("POST", "/identify", LATER, data=WHY))
    client.ended(empty)
    assert client.send("GET", f"/tasks/{empty}/response").json()["code"] == "no_samples"
    auditor = Client(client.service, Role.AUDITOR)
    assert auditor.enrol(2, LATER).status_code == 403
    assert client.service.post("/api/v1/identify", headers=LATER, files={"photo": b"x"}).status_code == 401


def test_a_request_that_comes_twice_enrols_once(client: Client) -> None:
    key = {"Idempotency-Key": "one-and-the-same"}
    tasks = [accepted(client.enrol(3, LATER | key)) for _ in range(2)]
    for task in tasks:
        client.ended(task)
    records = {client.send("GET", f"/tasks/{task}/response").json()["id"] for task in tasks}
    assert records == {client.enrol(3, key).json()["id"]}


def test_how_far_a_task_is_can_be_listened_to(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_routes, "LISTEN_SECONDS", float("inf"))
    task = accepted(client.enrol(4, LATER))
    events = client.send("GET", f"/tasks/{task}/events")
    assert events.headers["Content-Type"].startswith("text/event-stream")
    messages = [json.loads(line[6:]) for line in events.text.splitlines() if line.startswith("data: ")]
    assert messages[-1]["state"] == "succeeded"
    assert messages[-1]["response"] == f"/api/v1/tasks/{task}/response"
    assert {message["state"] for message in messages} <= {"waiting", "running", "succeeded"}


def test_a_stream_ends_where_its_task_is_removed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    store = cast(FastAPI, client.service.app).state.services.tasks.store
    looked = threading.Event()
    progress_of = store.reader.progress_of

    def watched(task_ids: Collection[str]) -> Any:
        found = progress_of(task_ids)
        looked.set()
        return found

    with monkeypatch.context() as held:
        held.setattr(store, "take", lambda *_: None)  # nothing is taken up
        task = accepted(client.enrol(10, LATER))
        assert client.send("GET", f"/tasks/{task}/response").json()["code"] == "task_unfinished"
        held.setattr(store.reader, "progress_of", watched)
        with ThreadPoolExecutor(1) as pool:
            stream = pool.submit(client.send, "GET", f"/tasks/{task}/events")
            assert looked.wait(PATIENCE)
            assert client.send("DELETE", f"/tasks/{task}").status_code == 204
            answer = stream.result(PATIENCE)
    assert (answer.status_code, answer.text.splitlines()[-2]) == (200, "data: {}")
    assert "event: removed" in answer.text


def test_a_task_is_its_accounts_own(client: Client) -> None:
    task = accepted(client.enrol(5, LATER))
    client.ended(task)
    other = Client(client.service)
    for method, path in (("GET", ""), ("GET", "/response"), ("GET", "/events"), ("DELETE", "")):
        assert other.send(method, f"/tasks/{task}{path}").json()["code"] == "unknown_task"
    assert client.send("DELETE", f"/tasks/{task}").status_code == 204
    assert client.send("GET", f"/tasks/{task}").status_code == 404


def verified(secret: str, received: Any) -> Any:
    """Check a delivery as its receiver does, and return the event."""
    headers = {name.lower(): value for name, value in received.headers.items()}
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(time.time() - int(headers["webhook-timestamp"])) < PATIENCE
    return json.loads(received.body)


def test_a_webhook_is_called_when_a_task_has_ended(client: Client, receiver: Receiver) -> None:
    made = client.send("POST", "/webhooks", json={"url": f"{receiver.url}/here", "events": ["task.finished"]})
    assert made.status_code == 201, made.text
    webhook, secret = made.json()["webhook"]["id"], made.json()["secret"]
    assert secret not in client.send("GET", f"/webhooks/{webhook}").text
    receiver.answers = [status(500), status(204)]
    task = accepted(client.enrol(7, LATER))
    first, second = receiver.wait(2, PATIENCE)
    event = verified(secret, second)
    assert verified(secret, first) == event
    assert (event["type"], event["data"]) == ("task.finished", {"task_id": task, "failed": False})
    assert first.headers["Webhook-Id"] == second.headers["Webhook-Id"]

    (delivery,) = client.send("GET", f"/webhooks/{webhook}/deliveries").json()["deliveries"]
    assert (delivery["event"], delivery["attempts"]) == ("task.finished", 1)
    again = client.send("POST", f"/webhooks/{webhook}/deliveries/{delivery['id']}/redeliver")
    assert again.status_code == 202
    assert verified(secret, receiver.wait(3, PATIENCE)[2]) == event
    assert client.send("POST", f"/webhooks/{webhook}/test").status_code == 202
    assert verified(secret, receiver.wait(4, PATIENCE)[3])["type"] == "test"

    assert client.send("DELETE", f"/webhooks/{webhook}").status_code == 204
    assert client.send("GET", "/webhooks").json() == []
    client.ended(accepted(client.enrol(8, LATER)))
    assert len(receiver.received) == 4


def test_a_webhook_is_called_for_notifications(service: TestClient, receiver: Receiver) -> None:
    client = Client(service, Role.STATION_OFFICER, Role.EXAMINER)
    made = client.send("POST", "/webhooks", json={"url": receiver.url, "events": ["notification.created"]})
    files = {"unknown_finger": print_of(9, "right_thumb", 1)}
    created = client.send(
        "POST", "/standing-searches", data={"kind": "latent", "case_number": WHY["case_number"]}, files=files
    )
    assert created.status_code == 201, created.text
    client.enrol(9)
    (received,) = receiver.wait(1, PATIENCE)
    event = verified(made.json()["secret"], received)
    (message,) = client.send("GET", "/notifications").json()["notifications"]
    assert event["data"] == {"number": message["number"], "kind": message["kind"], "about": message["about"]}


def test_a_webhook_is_its_accounts_own_and_on_an_allowed_host(client: Client, receiver: Receiver) -> None:
    for url in ("http://169.254.169.254/latest", "file:///etc/passwd", "https://example.org/", ""):
        answer = client.send("POST", "/webhooks", json={"url": url, "events": ["task.finished"]})
        assert (answer.status_code, answer.json()["code"]) == (422, "address_refused"), url
    for events in ([], ["test"], ["person.found"]):
        answer = client.send("POST", "/webhooks", json={"url": receiver.url, "events": events})
        assert answer.json()["code"] == "invalid_field", events
    made = client.send("POST", "/webhooks", json={"url": receiver.url, "events": ["task.finished"]}).json()
    other = Client(client.service)
    path = f"/webhooks/{made['webhook']['id']}"
    for method, of in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/deliveries")):
        assert other.send(method, path + of).json()["code"] == "unknown_webhook"


def test_a_webhook_that_is_asked_for_again_is_one(client: Client, receiver: Receiver) -> None:
    new, key = {"url": receiver.url, "events": ["task.finished"]}, {"Idempotency-Key": "webhook"}
    first, second = (client.send("POST", "/webhooks", key, json=new) for _ in range(2))
    assert first.status_code == 201, first.text
    assert (second.status_code, second.json()["code"]) == (409, "secret_shown_before")
    made = first.json()["webhook"]
    assert made["id"] in second.json()["detail"]
    assert client.send("GET", "/webhooks").json() == [made]
    other = client.send("POST", "/webhooks", key, json=new | {"url": f"{receiver.url}/other"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.slow
def test_an_accepted_task_is_carried_out_once_after_kill_9(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever serves next, and nobody is enrolled twice."""
    folder = tmp_path / "data"
    settings = Settings(data_folder=folder, database_url=database_url, _env_file=None)
    with open_store(settings).as_system("a test") as store:
        headers = {"Authorization": new_key(accounts_of(settings, store), Role.STATION_OFFICER)}
    monkeypatch.setenv("PEHCHAN_TASK_LEASE_SECONDS", "2")
    tasks = []
    with running(folder, database_url) as server:
        for person in range(4):
            files = {"right_thumb": print_of(person, "right_thumb", 0)}
            sent = {"data": form() | POOR, "files": files, "headers": headers | LATER, "timeout": PATIENCE}
            tasks.append(accepted(httpx.post(f"{server.url}/enrolments", **sent)))  # type: ignore[arg-type]
        server.kill()
    with (
        running(folder, database_url) as server,
        httpx.Client(base_url=server.url, headers=headers, timeout=PATIENCE) as client,
    ):
        until = time.monotonic() + PATIENCE
        while any(client.get(f"/tasks/{task}").json()["state"] != "succeeded" for task in tasks):
            assert time.monotonic() < until
            time.sleep(0.1)
        records = {client.get(f"/tasks/{task}/response").json()["id"] for task in tasks}
        server.stop()
    with open_store(settings).as_system("a test") as store:
        assert (len(records), store.record_count(), store.counts().encounters) == (4, 4, 4)


def test_a_deferred_request_without_room_waits_as_long_as_it_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    with TestClient(create_app(Settings(data_folder=tmp_path, database_url="", _env_file=None))) as service:
        app = cast(FastAPI, service.app)
        officer = Client(service)
        put_off = TaskStore.put_off

        def noted(store: TaskStore, task: Task, wait: timedelta) -> Any:
            waits.append(wait.total_seconds())
            work.__dict__.update(roomy)
            return put_off(store, task, timedelta(0))

        monkeypatch.setattr(TaskStore, "put_off", noted)
        work: Work = app.state.services.work
        roomy = dict(work.__dict__)
        work.__dict__.update(_at_once=1, _most_waiting=0, _usual_seconds=9.0, _running=1, _taken=1)
        files = {"right_thumb": print_of(0, "right_thumb", 1)}
        task = officer.send("POST", "/identify", LATER, data=WHY, files=files).json()["id"]
        assert officer.ended(task)["state"] == "succeeded"
    assert waits == [9.0]
