"""The stored response of a deferred request is read only by those who may still see what it shows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from account_examples import OPERATOR, token_of
from acting import ELSEWHERE, HERE
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import form, print_of
from osia_client import serving, settings_of

from api.accounts.accounts import Accounts
from api.http.operations import OPERATIONS
from api.operations.worker import Tasks
from api.v1.search_terms import StatedPurpose
from api.v1.verification import VerificationInput
from biometrics.accounts.model import NewUser
from biometrics.jobs.model import NewTask, TaskKind
from biometrics.kernel.access import Purpose, Role, Unit
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from fingerprint.modality import FINGERPRINT

V1 = "/api/v1"
VERIFY = f"POST {V1}/verify"
WHY = {"purpose": "investigation", "case_number": "0123/2026"}
LATER = {"Prefer": "respond-async"}
PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(settings_of(tmp_path_factory.mktemp("stored"), "")) as opened:
        yield opened


class Officer:
    """An account that sends requests in a session of its own."""

    def __init__(self, service: TestClient, role: Role, unit: str) -> None:
        self.service = service
        self.accounts: Accounts = cast(FastAPI, service.app).state.services.accounts
        self.login = f"{role.value.replace('_', '-')}-{time.monotonic_ns()}"
        new = NewUser(self.login, "R. Patil", frozenset({role}), Unit.of(unit))
        self.user, _ = self.accounts.add_user(OPERATOR, new)
        self.token = token_of(self.accounts, self.login)

    def post_to(self, unit: str) -> None:
        self.accounts.administration.change_rights(OPERATOR, self.login, None, Unit.of(unit))
        self.token = token_of(self.accounts, self.login)

    def send(self, method: str, path: str, headers: Any = None, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return self.service.request(method, V1 + path, headers=headers, **options)

    def response(self, task_id: str) -> Any:
        until = time.monotonic() + PATIENCE
        while (answer := self.send("GET", f"/tasks/{task_id}/response")).status_code == 409:
            assert time.monotonic() < until
            time.sleep(0.05)
        return answer

    def search_later(self, person: int) -> str:
        files = {"right_thumb": ("a.png", print_of(person, "right_thumb", 1))}
        return str(self.send("POST", "/identify", LATER, data=WHY, files=files).json()["id"])


@pytest.fixture(scope="module")
def enrolled(service: TestClient) -> str:
    """Enrol a person of HERE; return the id of the record."""
    fields = form(name="Asha Verma") | {"accept_poor_quality": "generated"}
    files = {"right_thumb": ("a.png", print_of(1, "right_thumb", 0))}
    answer = Officer(service, Role.STATION_OFFICER, HERE).send("POST", "/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_who_was_posted_elsewhere_does_not_read_what_the_unit_of_then_saw(service: TestClient, enrolled: str) -> None:
    officer = Officer(service, Role.STATION_OFFICER, HERE)
    task = officer.search_later(1)
    assert officer.response(task).json()["candidates"][0]["record"]["id"] == enrolled
    officer.post_to(ELSEWHERE)
    refused = officer.response(task)
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_jurisdiction")
    assert enrolled not in refused.text
    officer.post_to("27/519")
    assert officer.response(task).status_code == 201


def test_a_response_with_the_score_of_a_case_is_hidden_from_its_examiner(service: TestClient, enrolled: str) -> None:
    examiner = Officer(service, Role.EXAMINER, "27")
    first = examiner.search_later(1)
    search = examiner.response(first).json()["id"]
    fields = WHY | {"record_id": enrolled, "target_fmr": "0.001"}
    files = {"right_thumb": ("a.png", print_of(1, "right_thumb", 1))}
    replayed = str(examiner.send("POST", f"/searches/{search}/replay", LATER).json()["id"])
    verified = str(examiner.send("POST", "/verify", LATER, data=fields, files=files).json()["id"])
    tasks = (first, replayed, verified)
    assert [examiner.response(task).status_code for task in tasks] == [201, 200, 200]
    fields = {"search_id": search, "record_id": enrolled}
    case = Officer(service, Role.SUPERVISOR, "27").send("POST", "/cases", data=fields, files=files).json()["id"]
    assert examiner.send("POST", f"/cases/{case}/take").status_code == 200
    for path in (f"/searches/{search}", *(f"/tasks/{task}/response" for task in tasks)):
        refused = examiner.send("GET", path)
        assert (refused.status_code, refused.json()["code"]) == (403, "hidden_until_decided"), path
    assert examiner.send("POST", f"/cases/{case}/give-back").status_code == 200
    assert examiner.response(first).status_code == 201


def test_a_stored_request_is_carried_out_with_no_more_rights_than_it_was_sent_with(
    service: TestClient, enrolled: str
) -> None:
    """Rights that its sender was given since are for later requests."""
    officer = Officer(service, Role.STATION_OFFICER, HERE)
    credential = officer.accounts.recognition.by_header(f"Bearer {officer.token}").credential
    tasks: Tasks = cast(FastAPI, service.app).state.services.tasks
    statuses = []
    sample = Sample(FINGERPRINT, print_of(1, "right_thumb", 1), position=FingerPosition.RIGHT_THUMB)
    plain, files = OPERATIONS[VERIFY].stored(
        VerificationInput(enrolled, [sample], 0.001, StatedPurpose(Purpose.CUSTODY, "7/2026", ""))
    )
    for scopes in ([], sorted(officer.user.scopes)):
        act = {"credential": credential, "scopes": scopes, "unit": HERE, "address": "", "request_id": "r"}
        call = {"input": plain, "key": None, "subject": "", "weight": 1}
        task = tasks.accept(NewTask(TaskKind.REQUEST, VERIFY, officer.user.id, act, call, files=files))
        statuses.append(officer.response(task).status_code)
    assert statuses == [403, 200]
