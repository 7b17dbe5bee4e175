"""No answer of any interface may be kept by a browser or a proxy."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from walking import Walker

from api.accounts.throttle import Throttle


@pytest.mark.slow
def test_a_proper_request_to_every_route_is_answered_no_store_as_documented(walker: Walker) -> None:
    for route in walker.routes:
        walker.send(route, walker.proper(route))
    assert {route.application for route in walker.routes} == {"", "/osia", "/mosip", "/app"}


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
