"""The whole application on an embedded database, with real models."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from inputs import form, photo_of, print_of
from officers import Officer

from api.app import create_app
from api.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        data_folder=tmp_path_factory.mktemp("data"), database_url="", requests_per_minute=100_000, _env_file=None
    )


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    """A client of the whole application, which answers faults as a server does."""
    with Officer(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def station(client: TestClient) -> dict[int, str]:
    """Enrol three people with two prints each, the first two with a photo; record ids by person."""
    ids = {}
    for person in range(3):
        files = [(finger, (f"{finger}.png", print_of(person, finger, 0))) for finger in ("right_thumb", "left_index")]
        if person < 2:
            files.append(("photo", ("front.jpg", photo_of(person))))
        answer = client.post("/api/v1/enrolments", data=form(name=f"Person {person}"), files=files)
        assert answer.status_code == 201, answer.text
        ids[person] = answer.json()["id"]
    return ids
