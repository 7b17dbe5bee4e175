"""Renderings decode images, so that they wait for their turn as searches do, in a queue of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from examiners import caller
from fastapi.testclient import TestClient

from api.operations.work_queue import Work


@contextmanager
def full(client: TestClient, name: str) -> Iterator[None]:
    """Let a queue take nothing on."""
    state = client.app.state  # type: ignore[attr-defined]
    kept = state.services
    state.services = replace(kept, **{name: Work(1, 0, 1, per_client=0)})
    try:
        yield
    finally:
        state.services = kept


@pytest.mark.parametrize(
    "path", ["/cases/none/thumbnail", "/cases/none/images/probe-0/rendering", "/samples/9999/rendering"]
)
def test_a_rendering_waits_for_its_turn_and_not_for_searches(client: TestClient, path: str) -> None:
    examiner = caller(client)
    with full(client, "renderings"):
        answer = examiner("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_at_once")
    with full(client, "work"):
        assert examiner("GET", path).status_code == 404
