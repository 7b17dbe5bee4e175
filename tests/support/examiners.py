"""Examiners and their supervisors over HTTP, and an enrolment that they are asked about."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, cast

from account_examples import OPERATOR, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import form, print_of

from api.accounts.accounts import Accounts
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit

V1 = "/api/v1"
FINGERS = ("right_thumb", "left_index")

# The grounds of each opinion about prints, as a request has them.
GROUNDS = {
    conclusion: {"pattern": found, "cores_deltas": "not_visible", "differences": "none"}
    for conclusion, found in (("identification", "agrees"), ("exclusion", "differs"))
}

_number = count()

Call = Callable[..., Any]


def caller(client: TestClient, role: Role = Role.EXAMINER, unit: str = "27", name: str = "X") -> Call:
    """Return what sends requests in a session of a new account."""
    accounts = cast(Accounts, cast(FastAPI, client.app).state.services.accounts)
    login = f"case{next(_number)}"
    accounts.add_user(OPERATOR, NewUser(login, name, frozenset({role}), Unit.of(unit)))
    key = token_of(accounts, login)

    def call(method: str, path: str, more: dict[str, str] | None = None, **its: Any) -> Any:
        return client.request(method, V1 + path, headers={"Authorization": f"Bearer {key}"} | (more or {}), **its)

    return call


def enrolled(client: TestClient, person: int, impression: int) -> str:
    """Enrol a generated person with two prints; return the record's id."""
    files = [(finger, ("a.png", print_of(person, finger, impression))) for finger in FINGERS]
    fields = form(name=f"Person {person}") | {"accept_poor_quality": "generated"}
    answer = client.post(f"{V1}/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def enrolled_twice(client: TestClient, person: int) -> str:
    """Enrol a generated person twice; return the id of the case that comes of it."""
    enrolled(client, person, 0)
    second = enrolled(client, person, 1)
    everything = caller(client, Role.SUPERVISOR)("GET", "/cases", params={"kind": "duplicate", "limit": 200}).json()
    [result] = [case for case in everything["cases"] if case["record_id"] == second]
    assert result["candidate_id"] is None
    return str(result["id"])
