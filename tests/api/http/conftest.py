"""One application for all tests of this folder; each makes people of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from officers import Officer
from osia_client import settings_of
from walking import Walker

from api.app import create_app
from api.settings import Settings


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    limits = {"client_requests": 1000, "client_work": 1000, "work_waiting": 1000, "sign_ins_per_minute": 1_000_000}
    return settings_of(tmp_path_factory.mktemp("walked"), "", task_workers=0, **limits)


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[Officer]:
    with Officer(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def walker(client: Officer) -> Walker:
    return Walker(client)
