"""A request that is refused while its body is read has the status of the cause, on every mount."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from officers import new_key
from sqlalchemy import text
from starlette.routing import Mount

from api.accounts.accounts import Accounts
from api.accounts.throttle import Throttle
from api.app import create_app
from api.http.uploads import STRANGERS_BYTES
from api.operations.work_queue import Work
from api.settings import Settings
from biometrics.kernel.access import Role
from biometrics.use_cases.engine import Engine

READS_NOTHING = {"/app/sign-out"}  # its body is not read, whoever sends it
LARGE = b"x=" + b"x" * (2 * STRANGERS_BYTES)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a service of its own, whose accounts a test takes away."""
    settings = Settings(data_folder=tmp_path_factory.mktemp("early"), database_url="", _env_file=None)
    with TestClient(create_app(settings), raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def app_of(client: TestClient) -> FastAPI:
    return cast(FastAPI, client.app)


def reading_routes(app: FastAPI, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the method and a path of every route that takes a body, of the application and of all mounted in it."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in sorted((route.methods or set()) & {"POST", "PUT", "PATCH"}):
                yield method, prefix + re.sub(r"\{[^}]*\}", "1", str(route.path))
    for mount in app.routes:
        if isinstance(mount, Mount) and isinstance(mount.app, FastAPI):
            yield from reading_routes(mount.app, mount.path)


def statuses(client: TestClient, authorization: str) -> dict[tuple[str, str], Any]:
    """Send a large body to each route; return the answers."""
    headers = {"Authorization": authorization, "Origin": "http://testserver"}
    result = {}
    for method, path in reading_routes(app_of(client)):
        if path in READS_NOTHING:
            continue
        media_type = "application/x-www-form-urlencoded" if path.startswith("/app/") else "application/json"
        sent = headers | {"Content-Type": media_type}
        result[method, path] = client.request(method, path, content=LARGE, headers=sent)
    mounts = {path.split("/")[1] for _, path in result}
    assert {"api", "osia", "mosip", "app"} <= mounts, mounts
    return result


def test_an_empty_json_body_is_refused_or_taken_on_every_mount(client: TestClient) -> None:
    """It is no JSON, and no fault of the service."""
    known = new_key(cast(Accounts, app_of(client).state.services.accounts))
    for authorization in ("", known):
        headers = {"Authorization": authorization, "Origin": "http://testserver", "Content-Type": "application/json"}
        for method, path in reading_routes(app_of(client)):
            for body in (b"", b" ", b"null"):
                answer = client.request(method, path, content=body, headers=headers)
                assert answer.status_code < 500, (method, path, body, answer.text)


def test_a_request_without_room_is_refused_before_its_body_is_read(client: TestClient) -> None:
    app = app_of(client)
    known = new_key(cast(Accounts, app.state.services.accounts))
    kept, stopping = app.state.services, Work(1, 0, 1, 100)
    stopping.stop()
    app.state.services = replace(kept, work=stopping)
    headers = {"Authorization": known, "Content-Type": "multipart/form-data; boundary=x"}
    try:
        refused = client.post("/api/v1/identify", content=LARGE, headers=headers)
    finally:
        app.state.services = kept
    assert (refused.status_code, refused.json()["code"]) == (503, "stopping")
    assert "retry-after" in refused.headers


def test_a_stranger_who_sends_much_is_answered_401_on_every_mount(client: TestClient) -> None:
    for where, answer in statuses(client, "Bearer pehchan_made_up").items():
        if where[1].startswith("/app/"):
            assert (answer.status_code, answer.headers["location"][:12]) == (303, "/app/sign-in"), where
        else:
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), (where, answer.text)
            assert "unauthenticated" in answer.text, where


def test_too_many_large_requests_are_answered_429_on_every_mount(client: TestClient) -> None:
    """A client that is told 401 would throw its key away instead of waiting."""
    app = app_of(client)
    known = new_key(cast(Accounts, app.state.services.accounts))
    kept = app.state.services
    app.state.services = replace(kept, account_throttle=Throttle(1, clock=lambda: 0.0))
    try:
        client.get("/api/v1/me", headers={"Authorization": known})
        for where, answer in statuses(client, known).items():
            assert answer.status_code == 429, (where, answer.text)
            assert int(answer.headers["retry-after"]) > 0, where
            assert "too_many_requests" in answer.text, where
    finally:
        app.state.services = kept


def test_large_requests_are_answered_503_on_every_mount_while_accounts_cannot_be_read(client: TestClient) -> None:
    app = app_of(client)
    known = new_key(cast(Accounts, app.state.services.accounts), Role.MACHINE_CLIENT)
    database = cast(Engine, app.state.services.engine).store.database
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE api_keys RENAME TO api_keys_away"))
    try:
        for where, answer in statuses(client, known).items():
            assert answer.status_code == 503, (where, answer.text)
            assert int(answer.headers["retry-after"]) > 0, where
            assert "store_unavailable" in answer.text, where
    finally:
        with database.writing() as connection:
            connection.execute(text("ALTER TABLE api_keys_away RENAME TO api_keys"))
