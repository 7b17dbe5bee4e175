"""Accounts over HTTP: from the operator's first administrator to an officer whose key was stolen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from account_examples import OPERATOR, PASSWORD
from fastapi import FastAPI
from fastapi.testclient import TestClient
from phones import Phone

from api.accounts.accounts import Accounts
from api.accounts.throttle import Throttle
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Scope, Unit

STATION = "27/519/27519004"
V1 = "/api/v1"


@pytest.fixture(autouse=True)
def unthrottled(client: TestClient) -> Iterator[None]:
    """Let each test send what it needs; the limits have tests of their own."""
    app = cast(FastAPI, client.app)
    kept = app.state.services
    app.state.services = replace(app.state.services, client_throttle=Throttle(10_000))
    yield
    app.state.services = kept


def accounts_of(client: TestClient) -> Accounts:
    return cast(Accounts, cast(FastAPI, client.app).state.services.accounts)


class Caller:
    """Somebody who signs in over HTTP, with a phone."""

    def __init__(self, client: TestClient, login: str, once: str) -> None:
        self.client = client
        self.login = login
        self.headers: dict[str, str] = {}
        first = self.post("/tokens", login=login, password=once, new_password=PASSWORD)
        assert first.status_code == 201, first.text
        self.take(first.json())
        assert self.tokens["must_enrol_totp"]
        self.phone = Phone(self.post("/me/totp").json()["secret"])
        assert self.post("/me/totp/confirm", code=self.code()).status_code == 204

    def take(self, tokens: dict[str, Any]) -> None:
        self.tokens = tokens
        self.headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    def code(self) -> str:
        return self.phone.code()

    def send(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.request(method, V1 + path, json=body, headers=self.headers)

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        return self.send("POST", path, body or None)


_number = iter(range(1000))


def first_administrator(client: TestClient, unit: str = "national") -> Caller:
    """Return an administrator whom the operator appointed, as `pehchan user add` does."""
    login = f"admin{next(_number)}"
    new = NewUser(login, "Head of the bureau", frozenset({Role.ADMINISTRATOR}), Unit.of(unit))
    return Caller(client, login, accounts_of(client).add_user(OPERATOR, new)[1])


def approved(requested: Any, by: Caller) -> tuple[dict[str, Any], str]:
    """Let another administrator approve a request; return what it made, and the whole secret."""
    assert requested.status_code == 202, requested.text
    assert requested.headers["cache-control"] == "no-store"
    answer = by.post(f"/account-requests/{requested.json()['request']['id']}/approve")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    done = answer.json()
    return done, (requested.json()["first_half"] or "") + (done["second_half"] or "")


def appointed(admin: Caller, role: str = "station_officer", unit: str = STATION) -> Caller:
    login = f"officer{next(_number)}"
    requested = admin.post("/users", login=login, name="SI R. Patil", roles=[role], unit=unit)
    return Caller(admin.client, login, approved(requested, first_administrator(admin.client))[1])


def test_an_officer_signs_in_for_the_first_time(client: TestClient) -> None:
    officer = appointed(first_administrator(client))
    me = officer.get("/me").json()
    assert (me["user"]["login"], me["user"]["unit"], me["user"]["roles"]) == (
        officer.login,
        STATION,
        ["station_officer"],
    )
    assert Scope.IDENTIFY in me["scopes"]
    assert (me["must_enrol_totp"], me["api_key"]) == (False, None)
    again = officer.post("/tokens", login=officer.login, password=PASSWORD)
    assert (again.status_code, again.json()["code"]) == (401, "code_required")
    again = officer.post("/tokens", login=officer.login, password=PASSWORD, code=officer.code())
    assert (again.status_code, again.headers["cache-control"]) == (201, "no-store")
    assert "set-cookie" not in again.headers


def test_signing_out_ends_the_session_at_once(client: TestClient) -> None:
    officer = appointed(first_administrator(client))
    assert officer.post("/tokens/revoke", refresh_token=officer.tokens["refresh_token"]).status_code == 204
    assert officer.get("/me").status_code == 401
    assert officer.post("/tokens/revoke", refresh_token="never given").status_code == 204


def test_a_secret_is_shown_once_even_if_the_request_is_repeated(client: TestClient) -> None:
    admin, second = first_administrator(client), first_administrator(client)
    new = {"login": "gate7", "name": "Gate", "roles": ["station_officer"], "unit": "27"}
    proof = {"password": PASSWORD, "code": admin.code()}
    robot = new | {"login": "gate8", "roles": ["machine_client"]}
    for number, (path, body) in enumerate(
        (
            ("/users", new),
            ("/users/gate7/password-reset", None),
            ("/users", robot),
            ("/api-keys", {"owner": "gate8", "label": "camera", "days": 1} | proof),
        )
    ):
        headers = admin.headers | {"Idempotency-Key": f"secret-{number}"}
        one, again = (client.post(V1 + path, json=body, headers=headers) for _ in range(2))
        assert one.status_code == 202, one.text
        request = f"{V1}/account-requests/{one.json()['request']['id']}/approve"
        headers = second.headers | {"Idempotency-Key": f"approval-{number}"}
        done, done_again = (client.post(request, headers=headers) for _ in range(2))
        assert done.status_code == 200, done.text
        if body == robot:  # which has no password
            assert (one.json(), done.json()) == (again.json(), done_again.json())
        else:
            for answer in (again, done_again):
                assert (answer.status_code, answer.json()["code"]) == (409, "secret_shown_before")
    assert len(admin.get("/api-keys?owner=gate8").json()["api_keys"]) == 1
    waiting = {request["login"] for request in admin.get("/account-requests").json()["requests"]}
    assert not waiting & {"gate7", "gate8"}


def test_guessing_is_answered_with_how_long_to_wait(client: TestClient) -> None:
    admin = first_administrator(client)
    officer = appointed(admin)
    for _ in range(5):
        wrong = officer.post("/tokens", login=officer.login, password="wrong")
        assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
    locked = officer.post("/tokens", login=officer.login, password=PASSWORD)
    assert (locked.status_code, locked.json()["code"]) == (429, "account_locked")
    assert 0 < int(locked.headers["retry-after"]) <= 31
    assert admin.post(f"/users/{officer.login}/unlock").status_code == 204
    assert officer.post("/tokens", login=officer.login, password=PASSWORD).json()["code"] == "code_required"


def test_too_many_sign_ins_from_one_address_are_put_off(client: TestClient) -> None:
    state = cast(FastAPI, client.app).state
    state.services = replace(state.services, client_throttle=Throttle(3, clock=lambda: 0.0))
    answers = [client.post(f"{V1}/tokens", json={"login": f"x{n}", "password": "y"}) for n in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[-1].json()["code"] == "too_many_requests"
    assert answers[-1].headers["retry-after"] == "20"


def test_too_many_requests_of_one_account_are_put_off(client: TestClient) -> None:
    admin = first_administrator(client)
    app = cast(FastAPI, client.app)
    kept = app.state.services
    app.state.services = replace(kept, account_throttle=Throttle(2, clock=lambda: 0.0))
    try:
        answers = [admin.get("/me") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer.headers["ratelimit-policy"] for answer in answers[:2]] == ['"requests";q=2;w=60'] * 2
        assert [answer.headers["ratelimit"] for answer in answers[:2]] == ['"requests";r=1;t=30', '"requests";r=0;t=60']
        assert answers[2].headers["retry-after"] == "30"
    finally:
        app.state.services = kept


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"login": "x"},
        {"login": "x" * 2000, "password": "y"},
        {"login": "x", "password": "y" * 2000},
        {"login": None, "password": 3},
    ],
)
def test_a_sign_in_of_a_wrong_form_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post(f"{V1}/tokens", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")
    assert "yyyyy" not in answer.text
