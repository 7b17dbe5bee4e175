"""An operation is carried out by a worker as its route carries it out: with the same answer, and under the same rules.

The server works on no task by itself, so that a test decides when one is taken up.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from account_examples import OPERATOR, token_of
from acting import ELSEWHERE, HERE
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import form, group_photo, photo_of, print_of
from made_up_transactions import file as itl_file
from made_up_transactions import fingerprint, text
from osia_client import serving, settings_of
from PIL import Image as Pillow
from sqlalchemy import select

from api.accounts.accounts import Accounts
from api.http.operations import OPERATIONS
from api.operations.worker import Tasks
from api.v1.search_terms import StatedPurpose
from api.v1.verification import VerificationInput
from biometrics.accounts.model import NewUser
from biometrics.imaging.image import decode
from biometrics.jobs.model import NewTask, TaskKind
from biometrics.kernel.access import Purpose, Role, Unit
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.audit import audit_entries
from fingerprint.modality import FINGERPRINT

V1 = "/api/v1"
VERIFY = f"POST {V1}/verify"
WHY = {"purpose": "investigation", "case_number": "0123/2026"}
LATER = {"Prefer": "respond-async"}
HEADERS = ("location", "etag", "link", "content-location", "content-type", "content-disposition", "x-transaction-type")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(settings_of(tmp_path_factory.mktemp("operations"), "", task_workers=0)) as opened:
        yield opened


class Officer:
    """A person of a role at a unit who is signed in."""

    def __init__(self, service: TestClient, unit: str = HERE, *roles: Role) -> None:
        self.service = service
        self.accounts: Accounts = cast(FastAPI, service.app).state.services.accounts
        self.tasks: Tasks = cast(FastAPI, service.app).state.services.tasks
        self.login = f"officer-{time.monotonic_ns()}"
        new = NewUser(self.login, "R. Patil", frozenset(roles or {Role.STATION_OFFICER}), Unit.of(unit))
        self.user, _ = self.accounts.add_user(OPERATOR, new)
        self.token = token_of(self.accounts, self.login)

    def change(self, role: Role | None, unit: str | None) -> None:
        roles = None if role is None else frozenset({role})
        place = None if unit is None else Unit.of(unit)
        self.accounts.administration.change_rights(OPERATOR, self.login, roles, place)
        self.token = token_of(self.accounts, self.login)

    def send(self, path: str, headers: Any = None, method: str = "POST", **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return self.service.request(method, V1 + path, headers=headers, **options)

    def later(self, path: str, headers: Any = None, **options: Any) -> str:
        answer = self.send(path, LATER | (headers or {}), **options)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def response(self, task: str) -> Any:
        """Work on all tasks that are due, as a server's threads do, and return the response of one."""
        while self.tasks._run():
            pass
        return self.send(f"/tasks/{task}/response", method="GET")

    def audited(self, action: Action) -> list[Any]:
        database = cast(FastAPI, self.service.app).state.services.engine.store.database
        query = select(audit_entries).where(audit_entries.c.actor_id == self.user.id, audit_entries.c.action == action)
        with database.reading() as connection:
            return list(connection.execute(query.order_by(audit_entries.c.number)).all())


def enrolment(person: int) -> dict[str, Any]:
    files = {"right_thumb": ("a.png", print_of(person, "right_thumb", 0)), "photo": ("b.jpg", photo_of(person))}
    return {"data": form(name=f"Person {person}") | {"accept_poor_quality": "generated"}, "files": files}


def search_of(person: int) -> dict[str, Any]:
    return {"data": WHY | {"sex": ["female"]}, "files": {"right_thumb": ("a.png", print_of(person, "right_thumb", 1))}}


@pytest.fixture(scope="module")
def record(service: TestClient) -> str:
    """Return the id of somebody's record, of HERE."""
    answer = Officer(service).send("/enrolments", **enrolment(0))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture(scope="module")
def search(service: TestClient, record: str) -> str:
    answer = Officer(service, HERE, Role.EXAMINER).send("/identify", **search_of(0))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def requests(record: str, search: str) -> dict[str, dict[str, Any]]:
    """Return a request for each operation, by its path."""
    thumb = print_of(0, "right_thumb", 1)
    size = (decode(thumb).width, decode(thumb).height)
    return {
        "/enrolments": enrolment(1),
        f"/records/{record}/encounters": {
            "data": {"encounter": form()["encounter"], "accept_poor_quality": "generated"},
            "files": {"left_index": ("a.png", print_of(0, "left_index", 0))},
        },
        "/identify": search_of(0),
        "/identify/group": {"data": WHY, "files": {"photo": ("group.png", group_photo(0, 1))}},
        "/identify/latent": {"data": WHY | {"ppi": "500"}, "files": {"image": ("latent.png", thumb)}},
        f"/searches/{search}/replay": {},
        "/verify": {"data": WHY | {"record_id": record}, "files": {"right_thumb": ("a.png", thumb)}},
        "/verify/people": {"data": WHY | {"people": record}, "files": {"right_thumb": ("a.png", thumb)}},
        "/compare": {
            "data": WHY,
            "files": {"right_thumb": ("a.png", thumb), "other_right_thumb": ("b.png", print_of(0, "right_thumb", 0))},
        },
        "/standing-searches": {
            "data": {"case_number": "7/2026", "expires_on": "2030-01-01"},
            "files": {"unknown_finger": ("scene.png", print_of(7, "right_thumb", 0))},
        },
        "/cases": {"data": {"search_id": search, "record_id": record}, "files": {"right_thumb": ("a.png", thumb)}},
        "/itl/transactions": {"content": itl_file("TPIS", text(f9="31/2026"), fingerprint(1, 1, thumb, size))},
    }


@pytest.mark.essential
def test_the_answer_of_a_worker_is_that_of_the_route(service: TestClient, record: str, search: str) -> None:
    officer = Officer(service, HERE, Role.STATION_OFFICER, Role.EXAMINER)
    sent = requests(record, search)
    assert len(sent) == len(OPERATIONS), "one request for each operation"
    for number, (path, request) in enumerate(sent.items()):
        key = {"Idempotency-Key": f"operation-{number}"}
        if "content" in request:
            key["Content-Type"] = "application/octet-stream"
        task = officer.later(path, key, **request)
        deferred, direct = officer.response(task), officer.send(path, key, **request)
        assert deferred.status_code == direct.status_code in (200, 201), (path, deferred.text, direct.text)
        shown = [{name: answer.headers.get(name) for name in HEADERS} for answer in (deferred, direct)]
        assert shown[0] == shown[1], path
        if "content" in request:
            assert deferred.content.startswith(direct.content[:20])
        else:
            assert deferred.json() == direct.json(), path


def test_what_a_request_may_send_a_deferred_one_may_send_too(service: TestClient) -> None:
    """Past what could be stored in a row of the database: 40 MB of photos."""
    large = io.BytesIO()
    Pillow.open(io.BytesIO(photo_of(0))).convert("RGB").resize((2600, 2600)).save(large, "BMP")
    files = [("photo", (name, large.getvalue(), "image/bmp")) for name in ("front.bmp", "again.bmp")]
    officer = Officer(service)
    answer = officer.response(officer.later("/identify", data=WHY, files=files))
    assert answer.status_code == 201, answer.text


def test_what_is_wrong_with_the_form_is_answered_at_once(service: TestClient) -> None:
    officer = Officer(service)
    for changed, code in (
        ({"max_candidates": "many"}, "invalid_field"),
        ({"born_from": "2001", "born_to": "2000"}, "invalid_field"),
        ({"purpos": "arrest"}, "unknown_field"),
    ):
        files = {"right_thumb": print_of(0, "right_thumb", 1)}
        answer = officer.send("/identify", LATER, data=WHY | changed, files=files)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


def test_an_account_that_has_lost_the_right_is_refused_and_that_is_audited(service: TestClient, record: str) -> None:
    officer = Officer(service)
    path = f"/records/{record}/encounters"
    content = {
        "data": {"encounter": form()["encounter"]},
        "files": {"left_thumb": ("a.png", print_of(0, "left_thumb", 0))},
    }
    task = officer.later(path, {"X-Request-Id": "the-lost-right"}, **content)
    officer.change(Role.AUDITOR, None)
    while officer.tasks._run():
        pass
    officer.change(Role.STATION_OFFICER, None)
    answer = officer.response(task)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    (entry,) = [entry for entry in officer.audited(Action.REFUSED) if entry.request_id == "the-lost-right"]
    assert (entry.address, entry.subject_id) == ("testclient", record)
    assert json.loads(entry.detail)["route"] == f"POST {V1}/records/{{record_id}}/encounters"


def test_a_deferred_act_is_audited_as_the_request_that_it_came_by(service: TestClient) -> None:
    officer = Officer(service)
    task = officer.later("/identify", {"X-Request-Id": "a-deferred-search"}, **search_of(0))
    found = officer.response(task).json()["id"]
    (entry,) = officer.audited(Action.SEARCHED)
    assert (entry.request_id, entry.address, entry.subject_id) == ("a-deferred-search", "testclient", found)
    assert (entry.purpose, entry.case_number) == (WHY["purpose"], WHY["case_number"])


def test_jurisdiction_is_that_of_the_unit_at_the_time(service: TestClient, record: str) -> None:
    officer = Officer(service)
    path = f"/records/{record}/encounters"
    content = {
        "data": {"encounter": form()["encounter"], "accept_poor_quality": "generated"},
        "files": {"left_thumb": ("a.png", print_of(0, "left_thumb", 0))},
    }
    task = officer.later(path, **content)
    officer.change(None, ELSEWHERE)
    while officer.tasks._run():
        pass
    officer.change(None, HERE)
    answer = officer.response(task)
    assert (answer.status_code, answer.json()["code"]) == (403, "out_of_jurisdiction")


def test_a_search_about_a_case_that_its_sender_has_taken_since_is_refused(service: TestClient, record: str) -> None:
    examiner, supervisor = Officer(service, HERE, Role.EXAMINER), Officer(service, HERE, Role.SUPERVISOR)
    search = supervisor.send("/identify", **search_of(0)).json()["id"]
    content = {"data": {"search_id": search, "record_id": record}, "files": search_of(0)["files"]}
    case = supervisor.send("/cases", **content).json()["id"]
    task = examiner.later("/identify", **search_of(0))
    assert examiner.send(f"/cases/{case}/take").status_code == 200
    answer = examiner.response(task)
    assert (answer.status_code, answer.json()["code"]) == (403, "hidden_until_decided")


@pytest.mark.parametrize(
    "call",
    [
        {"method": "POST", "path": f"{V1}/identify", "query": "", "headers": {}, "body": ""},  # of version 0.1.0
        {"input": {"shape": "of another version"}, "key": None, "subject": "", "weight": 1},
    ],
)
def test_a_request_that_another_version_accepted_is_to_be_sent_again(service: TestClient, call: dict[str, Any]) -> None:
    officer = Officer(service)
    credential = officer.accounts.recognition.by_header(f"Bearer {officer.token}").credential
    act = {"credential": credential, "scopes": [], "unit": HERE, "address": "", "request_id": "r"}
    act["scopes"] = sorted(officer.user.scopes)
    task = officer.tasks.accept(NewTask(TaskKind.REQUEST, f"POST {V1}/identify", officer.user.id, act, call))
    answer = officer.response(task)
    assert (answer.status_code, answer.json()["code"]) == (422, "task_outdated")


@pytest.fixture(scope="module")
def enrolled(service: TestClient) -> str:
    """Enrol a person of HERE; return the id of the record."""
    fields = form(name="Asha Verma") | {"accept_poor_quality": "generated"}
    files = {"right_thumb": ("a.png", print_of(3, "right_thumb", 0))}
    answer = Officer(service).send("/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_who_was_posted_elsewhere_does_not_read_what_the_unit_of_then_saw(service: TestClient, enrolled: str) -> None:
    officer = Officer(service)
    task = officer.later("/identify", **search_of(3))
    assert officer.response(task).json()["candidates"][0]["record"]["id"] == enrolled
    officer.change(None, ELSEWHERE)
    refused = officer.response(task)
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_jurisdiction")
    assert enrolled not in refused.text
    officer.change(None, "27/519")
    assert officer.response(task).status_code == 201


def test_a_response_with_the_score_of_a_case_is_hidden_from_its_examiner(service: TestClient, enrolled: str) -> None:
    examiner = Officer(service, "27", Role.EXAMINER)
    first = examiner.later("/identify", **search_of(3))
    search = examiner.response(first).json()["id"]
    fields = WHY | {"record_id": enrolled, "target_fmr": "0.001"}
    files = {"right_thumb": ("a.png", print_of(3, "right_thumb", 1))}
    replayed = examiner.later(f"/searches/{search}/replay")
    verified = examiner.later("/verify", data=fields, files=files)
    tasks = (first, replayed, verified)
    assert [examiner.response(task).status_code for task in tasks] == [201, 200, 200]
    fields = {"search_id": search, "record_id": enrolled}
    case = Officer(service, "27", Role.SUPERVISOR).send("/cases", data=fields, files=files).json()["id"]
    assert examiner.send(f"/cases/{case}/take").status_code == 200
    for path in (f"/searches/{search}", *(f"/tasks/{task}/response" for task in tasks)):
        refused = examiner.send(path, method="GET")
        assert (refused.status_code, refused.json()["code"]) == (403, "hidden_until_decided"), path
    assert examiner.send(f"/cases/{case}/give-back").status_code == 200
    assert examiner.response(first).status_code == 201


def test_a_stored_request_is_carried_out_with_no_more_rights_than_it_was_sent_with(
    service: TestClient, enrolled: str
) -> None:
    """Rights that its sender was given since are for later requests."""
    officer = Officer(service)
    credential = officer.accounts.recognition.by_header(f"Bearer {officer.token}").credential
    statuses = []
    sample = Sample(FINGERPRINT, print_of(3, "right_thumb", 1), position=FingerPosition.RIGHT_THUMB)
    plain, files = OPERATIONS[VERIFY].stored(
        VerificationInput(enrolled, [sample], 0.001, StatedPurpose(Purpose.CUSTODY, "7/2026", ""))
    )
    for scopes in ([], sorted(officer.user.scopes)):
        act = {"credential": credential, "scopes": scopes, "unit": HERE, "address": "", "request_id": "r"}
        call = {"input": plain, "key": None, "subject": "", "weight": 1}
        task = officer.tasks.accept(NewTask(TaskKind.REQUEST, VERIFY, officer.user.id, act, call, files=files))
        statuses.append(officer.response(task).status_code)
    assert statuses == [403, 200]
