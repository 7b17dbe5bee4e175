"""Whatever a session or an API key started ends with it: requests that wait, event streams, deliveries to webhooks.

The server works on no task by itself, so that a test decides when one is taken up.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator
from typing import Any, cast

import pytest
from account_examples import OPERATOR, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import form, print_of
from osia_client import encounter as osia_encounter
from osia_client import finger, key_of, serving, settings_of
from receiver import Receiver, receiving
from sqlalchemy import func, select

from api.accounts.accounts import Accounts
from api.operations.worker import Tasks
from api.v1 import tasks as task_routes
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.storage.tables.people import encounters
from biometrics.use_cases.engine.engine import Engine

HERE = {"127.0.0.1"}
V1 = "/api/v1"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    networks = frozenset({"127.0.0.0/8"})
    calls = {"webhook_hosts": frozenset(HERE), "webhook_networks": networks}
    osia = {"osia_hosts": frozenset(HERE), "osia_networks": networks}
    with serving(settings_of(tmp_path_factory.mktemp("ended"), "", task_workers=0, **calls, **osia)) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


_number = iter(range(1000))


class Officer:
    """A person of all trades who is signed in."""

    def __init__(self, service: TestClient) -> None:
        self.service, self.login = service, f"ended{next(_number)}"
        self.accounts = cast(Accounts, cast(FastAPI, service.app).state.services.accounts)
        roles = frozenset({Role.STATION_OFFICER, Role.RECORDS_CLERK})
        self.accounts.add_user(OPERATOR, NewUser(self.login, "R. Patil", roles, Unit()))
        self.headers = {"Authorization": f"Bearer {token_of(self.accounts, self.login)}"}

    def send(self, method: str, path: str, **more: Any) -> Any:
        return self.service.request(method, V1 + path, headers=self.headers | more.pop("headers", {}), **more)


ENDINGS = ["signed out", "password reset", "codes reset", "closed"]


def end(officer: Officer, how: str) -> None:
    accounts = officer.accounts
    match how:
        case "signed out":
            assert officer.send("DELETE", "/me/sessions").status_code == 204
        case "password reset":
            accounts.reset_password(OPERATOR, officer.login)
        case "codes reset":
            accounts.administration.reset_totp(OPERATOR, officer.login)
        case "closed":
            accounts.administration.disable(OPERATOR, officer.login)


def tasks_of(service: TestClient) -> Tasks:
    return cast(Tasks, cast(FastAPI, service.app).state.services.tasks)


def work_off(service: TestClient) -> None:
    """Work on all tasks that are due, as a server's threads do."""
    tasks = tasks_of(service)
    while tasks._run() or tasks._send():
        pass


def number_of_encounters(service: TestClient) -> int:
    engine = cast(Engine, cast(FastAPI, service.app).state.services.engine).as_system("a test")
    with engine.store.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(encounters)).scalar_one()


@pytest.mark.parametrize("how", ENDINGS)
def test_a_request_that_waits_ends_with_its_session(service: TestClient, how: str) -> None:
    officer = Officer(service)
    before = number_of_encounters(service)
    files = {"right_thumb": ("a.png", print_of(0, "right_thumb", 0))}
    later = {"Prefer": "respond-async"}
    fields = form() | {"accept_poor_quality": "generated"}
    accepted = officer.send("POST", "/enrolments", headers=later, data=fields, files=files)
    assert accepted.status_code == 202, accepted.text
    end(officer, how)
    work_off(service)
    assert number_of_encounters(service) == before
    if how != "closed":
        officer.headers = {"Authorization": f"Bearer {token_of(officer.accounts, officer.login)}"}
        answer = officer.send("GET", f"/tasks/{accepted.json()['id']}/response")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_request_that_waits_is_carried_out_while_its_session_goes_on(service: TestClient) -> None:
    officer = Officer(service)
    before = number_of_encounters(service)
    files = {"right_thumb": ("a.png", print_of(1, "right_thumb", 0))}
    fields = form() | {"accept_poor_quality": "generated"}
    officer.send("POST", "/enrolments", headers={"Prefer": "respond-async"}, data=fields, files=files)
    work_off(service)
    assert number_of_encounters(service) == before + 1


@pytest.mark.parametrize("how", ENDINGS)
def test_an_event_stream_ends_with_its_session(service: TestClient, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its task waits all the while, and it would listen for ever."""
    monkeypatch.setattr(task_routes, "LISTEN_SECONDS", float("inf"))
    officer = Officer(service)
    store = tasks_of(service).store
    looked, progress_of = threading.Event(), store.reader.progress_of

    def looking(task_ids: Collection[str]) -> Any:
        looked.set()
        return progress_of(task_ids)

    fields = {"purpose": "investigation", "case_number": "1/2026"}
    files = {"right_thumb": ("a.png", print_of(0, "right_thumb", 0))}
    task = officer.send("POST", "/identify", headers={"Prefer": "respond-async"}, data=fields, files=files)
    assert task.status_code == 202, task.text
    monkeypatch.setattr(store.reader, "progress_of", looking)
    events: list[Any] = []
    path = f"/tasks/{task.json()['id']}/events"
    listener = threading.Thread(target=lambda: events.append(officer.send("GET", path)), daemon=True)
    listener.start()
    assert looked.wait(60)
    end(officer, how)
    listener.join(60)
    assert not listener.is_alive()
    (answer,) = events
    states = [json.loads(line[6:])["state"] for line in answer.text.splitlines() if line.startswith("data: ")]
    assert states == ["waiting"]


def test_a_webhook_receives_nothing_after_its_api_key_has_ended(service: TestClient, receiver: Receiver) -> None:
    accounts = cast(Accounts, cast(FastAPI, service.app).state.services.accounts)
    text = key_of(accounts)
    header = {"Authorization": f"Bearer {text}"}
    made = service.post(f"{V1}/webhooks", headers=header, json={"url": receiver.url, "events": ["task.finished"]})
    assert made.status_code == 201, made.text
    path = f"{V1}/webhooks/{made.json()['webhook']['id']}"
    assert service.post(f"{path}/test", headers=header).status_code == 202
    work_off(service)
    assert len(receiver.wait(1)) == 1
    assert service.post(f"{path}/test", headers=header).status_code == 202
    key = accounts.recognition.by_header(f"Bearer {text}").key
    assert key
    accounts.administration.revoke_key(OPERATOR, key.id)
    work_off(service)
    assert len(receiver.received) == 1


def test_a_result_of_osias_interface_is_neither_made_nor_sent_once_its_api_key_has_ended(
    service: TestClient, receiver: Receiver
) -> None:
    accounts = cast(Accounts, cast(FastAPI, service.app).state.services.accounts)
    before = number_of_encounters(service)
    text = key_of(accounts)
    query = {"callback": f"{receiver.url}/here", "transactionId": "T"}
    body = osia_encounter(finger(1))
    headers = {"Authorization": f"Bearer {text}"}
    accepted = service.post("/osia/v1/persons", headers=headers, json=body, params=query)
    assert accepted.status_code == 202, accepted.text
    key = accounts.recognition.by_header(f"Bearer {text}").key
    assert key
    accounts.administration.revoke_key(OPERATOR, key.id)
    work_off(service)
    assert number_of_encounters(service) == before
    assert receiver.received == []
