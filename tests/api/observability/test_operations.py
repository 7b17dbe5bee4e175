"""What an operator sees of the service: health, figures, logs, ids of requests; and what nobody sees there."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from alerts import alert_expressions
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from inputs import form, photo_of, print_of
from officers import PATIENCE, Officer, new_key
from server import free_port
from sqlalchemy import delete, func, select
from two_models import FIRST_MODEL
from waiting import wait_for

from api.app import create_app
from api.http.turns import IN_TURN
from api.observability import logs
from api.settings import Settings
from api.settings.operation import LogFormat, LogLevel
from biometrics.kernel.access import Role
from biometrics.kernel.recognition.modality import Modality
from biometrics.storage.tables.templates import templates

NAME = "Farida Begum"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> Settings:
    folder = tmp_path_factory.mktemp("data")
    return Settings(
        data_folder=folder, database_url="", metrics_port=metrics_port, follow_seconds=3600, ready_lag=0, _env_file=None
    )


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Log JSON lines, as a server does, and put the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("logging.raiseExceptions", True)  # to be put back
    logs.configure(LogFormat.JSON, LogLevel.INFO)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def figures(port: int) -> dict[str, float]:
    """Return the value of every sample of /metrics, by its name and labels."""
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE).text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def enrol(client: TestClient, name: str = NAME) -> None:
    files = {"right_thumb": print_of(0, "right_thumb", 0), "photo": photo_of(0)}
    answer = client.post("/api/v1/enrolments", data=form(name=name), files=files)
    assert answer.status_code == 201, answer.text


def test_a_server_that_runs_is_live_and_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    ready = client.get("/health/ready")
    assert ready.status_code == 200, ready.text
    assert ready.json()["checks"].keys() == {
        "server",
        "threads",
        "sign_in_provider",
        "image_store",
        "background",
        "matcher",
        "database",
        "disk",
        *(f"{modality}_{what}" for modality in Modality.registered() for what in ("model", "index")),
    }


def test_a_server_whose_index_is_behind_is_not_ready_until_it_has_caught_up(
    client: TestClient, settings: Settings
) -> None:
    with Officer(create_app(settings.model_copy(update={"metrics_port": 0}))) as other:
        enrol(other)
    behind = client.get("/health/ready")
    assert (behind.status_code, behind.json()["code"]) == (503, "not_ready")
    assert "1 changes" in behind.json()["checks"]["face_index"]
    assert client.post("/api/v1/identify", files={"photo": photo_of(0)}).status_code == 201
    assert "1 changes" in client.get("/health/ready").json()["checks"]["fingerprint_index"]
    client.post("/api/v1/identify", files={"right_thumb": print_of(0, "right_thumb", 0)})
    assert client.get("/health/ready").status_code == 200


def test_a_server_whose_database_is_gone_is_live_and_not_ready(tmp_path: Path) -> None:
    own = Settings(data_folder=tmp_path / "data", database_url="", _env_file=None)
    with Officer(create_app(own), raise_server_exceptions=False) as client:
        database = tmp_path / "data" / "pehchan.db"
        client.app.state.services.engine.store.close()  # type: ignore[attr-defined]
        for path in tmp_path.glob("data/pehchan.db*"):
            path.unlink()
        database.mkdir()
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert "database" in answer.json()["checks"]["database"]
        assert client.get("/health/live").status_code == 200


def test_the_figures_follow_what_is_done(client: TestClient, metrics_port: int) -> None:
    before = figures(metrics_port)
    enrol(client)
    client.post("/api/v1/identify", files={"photo": photo_of(0)})
    client.post("/api/v1/identify", data={"mode": "investigation"}, files={"photo": photo_of(0)})
    client.post("/api/v1/identify", files={"photo": b"no image"})
    client.get("/api/v1/records/no-such")
    client.get("/api/v1/nowhere/at/all")
    after = figures(metrics_port)
    grown = {name: after[name] - before.get(name, 0) for name in after if "bucket" not in name}

    def counted(name: str, **labels: str) -> float:
        message = ",".join(f'{key}="{value}"' for key, value in labels.items())
        return grown[f"{name}{{{message}}}"]

    for outcome in ("found", "listed", "refused"):
        assert counted("pehchan_searches_total", kind="face", outcome=outcome) == 1
    post = {"method": "POST", "route": "/api/v1/identify"}
    assert counted("pehchan_request_seconds_count", **post, status="201") == 2
    assert counted("pehchan_request_seconds_count", **post, status="415") == 1
    by_id = {"method": "GET", "route": "/api/v1/records/{record_id}", "status": "404"}
    assert counted("pehchan_request_seconds_count", **by_id) == 1
    assert counted("pehchan_request_seconds_count", method="GET", route="none", status="404") == 1
    # An enrolment of two samples with its search for duplicates, and two searches; a refused one was to be decoded.
    stages = {"decode": 5, "extract": 4, "assess": 2, "index": 3, "match": 3, "score": 3, "store": 3}
    assert {stage: counted("pehchan_stage_seconds_count", stage=stage) for stage in stages} == stages
    assert counted("pehchan_sample_quality_count", modality="face") == 1
    assert (grown["pehchan_records"], after["pehchan_database_up"], after["pehchan_work_running"]) == (1, 1, 0)
    assert after['pehchan_index_templates{modality="face"}'] >= 1
    assert after['pehchan_index_lag{modality="face"}'] == 0
    assert "pehchan_audit_entries_total" in after
    assert after['pehchan_background_failing_seconds{loop="snapshots"}'] == 0
    assert after['pehchan_disk_free_bytes{folder="data"}'] > 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_figures_are_answered_while_the_database_hangs(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.observability.metrics.DATABASE_SECONDS", 0.5)
    port = free_port()
    settings = Settings(data_folder=tmp_path, database_url=database_url, metrics_port=port, _env_file=None)
    with TestClient(create_app(settings)), psycopg.connect(database_url) as holder:
        assert figures(port)["pehchan_database_up"] == 1
        holder.execute("LOCK TABLE templates IN ACCESS EXCLUSIVE MODE")  # whoever reads it waits for half a minute
        hanging = figures(port)
        assert (hanging["pehchan_database_up"], "pehchan_records" in hanging) == (0, False)
        assert hanging["pehchan_work_waiting"] == 0
        holder.rollback()
        wait_for(lambda: figures(port)["pehchan_database_up"] == 1)


def test_every_alert_watches_figures_that_there_are(client: TestClient, metrics_port: int) -> None:
    enrol(client)
    client.post("/api/v1/identify", files={"photo": photo_of(0)})
    there = {name.partition("{")[0] for name in figures(metrics_port)} | {"pehchan_turned_away_total"}  # once it counts
    watched = {name for each in alert_expressions() for name in re.findall(r"\bpehchan_\w+", each)}
    assert watched
    assert watched <= there


def test_people_whom_no_search_finds_are_counted_everywhere(client: Officer, metrics_port: int) -> None:
    operator = {"Authorization": new_key(client.application.state.services.accounts, Role.ADMINISTRATOR)}

    def counted() -> list[float]:
        states = client.get("/api/v1/system", headers=operator).json()["model_states"]
        of_prints = next(state for state in states if state["modality"] == "fingerprint" and state["in_force"])
        return [figures(metrics_port)['pehchan_people_unsearchable{modality="fingerprint"}'], of_prints["unsearchable"]]

    enrol(client, "Lost")
    assert counted() == [0, 0]
    database = client.application.state.services.engine.store.database
    with database.writing() as connection:
        newest = select(func.max(templates.c.id)).where(templates.c.model == FIRST_MODEL).scalar_subquery()
        connection.execute(delete(templates).where(templates.c.id == newest))
    assert counted() == [1, 1]


def test_a_request_keeps_the_id_that_it_came_with_and_is_given_one_otherwise(client: TestClient) -> None:
    assert client.get("/health/live", headers={"X-Request-Id": "state-27.a"}).headers["x-request-id"] == "state-27.a"
    response = {
        client.get("/health/live", headers={"X-Request-Id": id_}).headers["x-request-id"] for id_ in ("", "a b")
    }
    assert len(response) == 2
    assert all(len(item) == 32 for item in response)


def test_a_line_is_logged_for_each_request_and_says_nothing_of_people(client: TestClient, logged: io.StringIO) -> None:
    enrol(client, NAME)
    headers = {"X-Request-Id": "one"}
    response = client.get("/api/v1/records", params={"name": NAME}, headers=headers)
    assert len(response.json()["records"]) >= 1
    err = logged.getvalue()
    lines = [line for line in map(json.loads, err.splitlines()) if line["logger"] == "pehchan.requests"]
    assert [line["route"] for line in lines] == ["/api/v1/enrolments", "/api/v1/records"]
    assert (lines[1]["request_id"], lines[1]["method"], lines[1]["status"]) == ("one", "GET", 200)
    assert lines[1]["ms"] > 0
    assert "Farida" not in err


def test_a_fault_is_logged_without_what_was_sent(
    client: TestClient, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(f"cannot handle {NAME}")

    monkeypatch.setattr("api.v1.records.RecordPage.of", broken)
    answer = client.get("/api/v1/records", params={"name": NAME}, headers={"X-Request-Id": "two"})
    assert (answer.status_code, answer.json()["incident"], answer.headers["x-request-id"]) == (500, "two", "two")
    err = logged.getvalue()
    assert "Farida" not in err
    (line,) = (line for line in map(json.loads, err.splitlines()) if "exception" in line)
    assert "builtins.ValueError" in line["exception"]
    assert "in broken" in line["exception"]


def test_every_route_that_takes_images_is_queued(client: Officer) -> None:
    """Else somebody could keep the processor busy past the queue."""
    operations = client.get("/openapi.json").json()["paths"]
    contents = {path: post["post"].get("requestBody", {}) for path, post in operations.items() if "post" in post}
    takes_files = {
        path for path, body in contents.items() if body.get("content", {}).keys() - {"application/json", FORM}
    }
    routes = (
        context
        for context in iter_route_contexts(client.application.routes)
        if isinstance(context.original_route, APIRoute)
    )
    in_turn = {str(route.path) for route in routes if IN_TURN in route.dependencies}
    assert len(takes_files) >= 6
    each_by_itself = {"/api/v1/batches"}  # each item of a batch takes its turn
    assert takes_files - each_by_itself <= in_turn
