"""Renderings decode images, so that they wait for their turn as searches do, in a queue of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from examiners import caller, enrolled_twice
from fastapi.testclient import TestClient

from api.admission.queue import Work


@contextmanager
def full(client: TestClient, name: str) -> Iterator[None]:
    """Let a queue take nothing on."""
    state = client.app.state  # type: ignore[attr-defined]
    kept = getattr(state, name)
    setattr(state, name, Work(1, 0, 1, per_client=0))
    try:
        yield
    finally:
        setattr(state, name, kept)


@pytest.fixture(scope="module")
def paths(client: TestClient) -> tuple[str, ...]:
    """Enrol somebody twice; the renderings of the case and of a sample."""
    case = enrolled_twice(client, 3)
    examiner = caller(client)
    assert examiner("POST", f"/cases/{case}/take").status_code == 200
    return f"/cases/{case}/thumbnail", f"/cases/{case}/images/probe-0/rendering", "/samples/1/rendering"


def test_a_rendering_waits_for_its_turn(client: TestClient, paths: tuple[str, ...]) -> None:
    for path in paths:
        with full(client, "renderings"):
            answer = client.get(f"/api/v1{path}")
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_at_once"), path


def test_a_rendering_does_not_wait_for_searches(client: TestClient, paths: tuple[str, ...]) -> None:
    with full(client, "work"):
        answer = client.get(f"/api/v1{paths[2]}?side=64")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
