"""A server is not ready that has too little room on its disks, or another database file than it opened."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from inputs import form, print_of
from officers import Officer

from api.app import create_app
from api.observability.disks import shortage
from api.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "data", database_url="", _env_file=None)


def checks(client: TestClient) -> tuple[int, dict[str, str]]:
    answer = client.get("/health/ready")
    return answer.status_code, answer.json()["checks"]


def test_a_server_with_a_nearly_full_disk_is_not_ready(settings: Settings) -> None:
    free = shutil.disk_usage(settings.data_folder.parent).free
    needed = settings.model_copy(update={"ready_free_mb": 10 * free // 1_000_000})
    with Officer(create_app(needed)) as client:
        status, result = checks(client)
        assert (status, result["database"]) == (503, "ok")
        assert result["disk"].endswith(f"{needed.ready_free_mb:,} MB are needed.")


def test_a_server_whose_database_file_was_replaced_is_not_ready_and_takes_no_enrolment(settings: Settings) -> None:
    with Officer(create_app(settings), raise_server_exceptions=False) as client:
        assert checks(client)[0] == 200
        database = settings.data_folder / "pehchan.db"
        shutil.copy(database, database.with_name("copy.db"))
        database.with_name("copy.db").replace(database)
        status, result = checks(client)
        assert status == 503
        assert "was replaced or removed" in result["database"]
        answer = client.post("/api/v1/enrolments", data=form(), files={"right_thumb": print_of(0, "right_thumb", 0)})
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")


@pytest.mark.parametrize(
    ("statistics", "expected"),
    [
        ({"f_bavail": 10, "f_favail": 1000}, "has 0 MB left; 100 MB are needed"),
        ({"f_bavail": 10**9, "f_favail": 3}, "has room for 3 files only"),
        ({"f_bavail": 10**9, "f_favail": 0, "f_files": 0}, None),
    ],
)
def test_each_fault_of_a_disk_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statistics: dict[str, int], expected: str | None
) -> None:
    state = SimpleNamespace(**({"f_frsize": 4096, "f_files": 1000} | statistics))
    monkeypatch.setattr(os, "statvfs", lambda _: state)
    message = shortage([tmp_path], 100)
    assert message is None if expected is None else expected in (message or "")


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    assert "cannot be used" in (shortage([tmp_path / "gone"], 0) or "")


def test_a_folder_in_which_nobody_can_write_is_reported() -> None:
    assert "cannot be written" in (shortage([Path("/proc/self")], 0) or "")
