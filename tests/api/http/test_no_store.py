"""No answer of any interface may be kept by a browser or a proxy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from officers import new_key
from starlette.routing import Mount

from api.accounts.throttle import Throttle


def operations(app: FastAPI, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the method and a path of every route, of the application and of all mounted in it."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            for method in sorted(route.methods or set()):
                yield method, prefix + re.sub(r"\{[^}]*\}", "1", str(route.path))
    for mount in app.routes:
        if isinstance(mount, Mount) and isinstance(mount.app, FastAPI):
            yield from operations(mount.app, mount.path)


@pytest.mark.parametrize("known", [True, False], ids=["an officer", "a stranger"])
def test_every_route_of_every_mount_answers_no_store(client: TestClient, known: bool) -> None:
    walked = set()
    plain = TestClient(client.app, raise_server_exceptions=False, follow_redirects=False)
    app = cast(FastAPI, client.app)
    headers = (
        {"Authorization": new_key(app.state.services.accounts)} if known else {}
    )  # one of the routes ends the session
    for method, path in operations(app):
        answer = plain.request(method, path, headers=headers)
        assert answer.headers.get("cache-control") == "no-store", (method, path, answer.status_code)
        walked.add(path.split("/")[1])
    assert {"api", "osia", "mosip", "app"} <= walked


@pytest.mark.essential
def test_answers_about_people_are_not_stored(client: TestClient) -> None:
    made = client.post("/api/v1/records", json={"name": "A", "sex": "female", "state_code": "27"})
    assert made.status_code == 201, made.text
    for answer in (made, client.get(f"/api/v1/records/{made.json()['id']}"), client.get("/api/v1/records")):
        assert (answer.is_success, answer.headers["cache-control"]) == (True, "no-store"), answer.url


def test_refusals_and_faults_are_not_stored(client: TestClient) -> None:
    app = cast(FastAPI, client.app)
    kept = app.state.services
    app.state.services = replace(kept, account_throttle=Throttle(1, clock=lambda: 0.0))
    try:
        answers = [client.get("/api/v1/me") for _ in range(2)]
    finally:
        app.state.services = kept
    assert [answer.status_code for answer in answers] == [200, 429]
    answers.append(client.get("/nowhere"))
    kept = app.state.services
    app.state.services = replace(kept, engine=None)
    try:
        answers.append(client.get("/api/v1/records"))
    finally:
        app.state.services = kept
    assert [answer.status_code for answer in answers[2:]] == [404, 500]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store", answer.url
