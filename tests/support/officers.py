"""Clients who are recognised: an officer of the national bureau who is signed in, and has a case to search for."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Self, cast

import httpx
from account_examples import quick_passwords, token_of
from documented import check
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts.accounts import Accounts
from api.accounts.factory import accounts_of
from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.kernel.access import Role, Unit, local_operator
from biometrics.records.store import RecordStore

WHY = {"purpose": "investigation", "case_number": "0123/2026"}  # what every search must say
PATIENCE = 120  # seconds for an answer of a server on a loaded machine; httpx waits 5 by itself
ROLES = (Role.STATION_OFFICER, Role.EXAMINER, Role.SUPERVISOR, Role.RECORDS_CLERK)


def new_key(accounts: Accounts, *roles: Role, unit: str = "national") -> str:
    """Make an account; return an Authorization header of it: a person's session, or a program's API key."""
    act = local_operator("test")
    login = f"test-{uuid.uuid4().hex[:12]}"
    accounts.add_user(act, NewUser(login, "R. Patil", frozenset(roles or ROLES), Unit.of(unit)))
    if not any(role.is_machine for role in roles):
        return f"Bearer {token_of(accounts, login)}"
    _, key = accounts.add_key(act, login, NewApiKey("tests", timedelta(days=1)))
    return f"Bearer {key}"


def key_for(settings: Settings) -> str:
    """Make an account with an API key in the database of a server that may run or not."""
    with open_store(settings).as_system("a test") as store:
        return new_key(accounts_of(settings, store))


def store_of(client: TestClient) -> RecordStore:
    """Return the store of the application that a client calls."""
    return cast(RecordStore, cast(FastAPI, client.app).state.services.engine.store).as_system("a test")


def counts(client: TestClient) -> tuple[int, int]:
    """Return how many records there are, and the number of the last change of a template."""
    health = client.get("/api/v1/health").json()
    return health["records"], health["sequence"]


class Officer(TestClient):
    """A client of the whole application, recognised while the application runs; a search says what it is for.

    Whatever it is answered must be documented.
    """

    def __init__(self, app: FastAPI, **options: Any) -> None:
        super().__init__(app, **options)
        self.application = app

    def __enter__(self) -> Self:
        super().__enter__()
        accounts = cast(Accounts, self.application.state.services.accounts)
        accounts._passwords = quick_passwords()
        self.headers["Authorization"] = new_key(accounts)
        return self

    def send(self, request: Any, **options: Any) -> Any:
        answer = super().send(request, **options)
        if not options.get("stream"):
            check(self.application, request.method, request.url.path, answer)
        return answer

    def post(self, url: Any, **options: Any) -> Any:
        return super().post(url, **_with_purpose(str(url), options))


class OfficerOverHttp(httpx.Client):
    """The same, of a server in another process."""

    def __init__(self, authorization: str) -> None:
        limits = httpx.Limits(max_keepalive_connections=0)  # each request finds out by itself whether the server lives
        super().__init__(headers={"Authorization": authorization}, limits=limits, timeout=PATIENCE)

    def post(self, url: Any, **options: Any) -> httpx.Response:
        return super().post(url, **_with_purpose(str(url), options))


def _with_purpose(url: str, options: dict[str, Any]) -> dict[str, Any]:
    if url.endswith(("/identify", "/identify/group", "/api/v1/verify", "/verify/people", "/compare")):
        return options | {"data": WHY | dict(options.get("data") or {})}
    return options
