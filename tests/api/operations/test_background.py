"""Background work goes on whatever it meets, waits longer each time, and readiness says which fails and since when."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from waiting import wait_for

from api.app import create_app
from api.bootstrap.store import open_store
from api.operations.background import Background, Loop
from api.settings import Settings
from biometrics.kernel.errors import StoreUnavailable
from biometrics.storage.blobs.folder import ImageFolder

PATIENCE = 60  # seconds
LOOPS = {
    "snapshots",
    "index updates",
    "enrolment checks",
    "latent links",
    "removal of leftovers",
    "server registration",
    "audit signatures",
    "notifications",
    "progress of tasks",
    "re-extraction",
    "tasks 0",
    "deliveries 0",
    "leases of tasks",
    "removal of old tasks",
    "deletions",
    "key copies",
}


class Breakable:
    """The step of a loop, which raises while it is broken."""

    def __init__(self, loop: Loop, error: BaseException) -> None:
        self._step, self._error = loop.step, error
        self.broken = threading.Event()
        self.worked = threading.Event()
        loop.step = self

    def __call__(self) -> object:
        if self.broken.is_set():
            raise self._error
        done = self._step()
        self.worked.set()
        return done


def test_a_start_does_not_wait_for_the_image_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listing millions of files takes an hour."""
    listing, ended, in_time = threading.Event(), threading.Event(), []

    def slowly(*_: object) -> Iterator[str]:
        listing.set()
        in_time.append(ended.wait(PATIENCE))
        yield from ()

    settings = Settings(data_folder=tmp_path, database_url="", task_workers=1, delivery_workers=1, _env_file=None)
    open_store(settings).close()  # a new database looks for the first file
    monkeypatch.setattr(ImageFolder, "names", slowly)
    with TestClient(create_app(settings)) as client:
        background = cast(Background, cast(FastAPI, client.app).state.services.background)
        next(loop for loop in background.loops if loop.name == "removal of leftovers").wake()
        try:
            assert listing.wait(PATIENCE)
            assert client.get("/health/ready").status_code == 200
        finally:
            ended.set()
    assert all(in_time)


def test_every_loop_survives_any_error_and_readiness_reports_it(tmp_path: Path) -> None:
    settings = Settings(
        data_folder=tmp_path, database_url="", task_workers=1, delivery_workers=1, follow_seconds=0.2, _env_file=None
    )
    with TestClient(create_app(settings)) as client:
        background = cast(Background, cast(FastAPI, client.app).state.services.background)
        loops = {loop.name: loop for loop in background.loops}
        assert loops.keys() == LOOPS
        assert client.get("/health/ready").json()["checks"]["background"] == "ok"
        errors: tuple[BaseException, ...] = (ZeroDivisionError("x"), SystemExit(1), StoreUnavailable("x"))
        steps = {name: Breakable(loop, errors[at % 3]) for at, (name, loop) in enumerate(sorted(loops.items()))}
        for step in steps.values():
            step.broken.set()
        for loop in loops.values():
            loop.wake()
        wait_for(lambda: background.failing().keys() == LOOPS)
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()["status"]) == (200, "partial")  # others would fail at it, too
        body = answer.json()["checks"]["background"]
        for name, loop in loops.items():
            failure = loop.failure
            assert failure is not None
            assert f"{name}, since {failure.since:%Y-%m-%dT%H:%M:%SZ}" in body
        for step in steps.values():
            step.broken.clear()
        for step in steps.values():
            assert step.worked.wait(PATIENCE)
        wait_for(lambda: not background.failing())
        assert client.get("/health/ready").json()["status"] == "ready"
    assert background.loops == []


class Recorder(threading.Event):
    """An event that nobody waits for: it keeps how long they would."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


def test_a_failing_loop_backs_off_and_resets_after_a_success() -> None:
    ended = Recorder()
    outcomes = iter([False, False, False, False, True, False])

    def step() -> bool:
        try:
            works = next(outcomes)
        except StopIteration:
            ended.set()
            return False
        if not works:
            raise ValueError
        return True

    Loop("test", step, 0, at_once=True, first=1, longest=5, ended=ended).run()
    assert ended.waits == [1, 2, 4, 5, 1]


def test_a_failure_states_since_when_and_how_often(caplog: pytest.LogCaptureFixture) -> None:
    ended = Recorder()
    seen: list[tuple[str, int]] = []

    def step() -> None:
        if loop.failure is not None:
            seen.append((loop.failure.kind, loop.failure.times))
        if len(seen) == 2:
            ended.set()
        raise StoreUnavailable("The disk is full.") if seen else KeyError("a secret")

    loop = Loop("test", step, 0, at_once=True, ended=ended)
    loop.run()
    assert seen == [("KeyError", 1), ("store_unavailable", 2)]
    assert "test: The disk is full." in caplog.messages
