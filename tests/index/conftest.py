"""Fixtures of the tests of search indexes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import ray_clusters

from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from fingerprint.recogniser import FingerprintRecogniser
from models.registry import ModelRegistry


@pytest.fixture(scope="module", autouse=True)
def ray_of_one_file() -> Iterator[None]:
    """Let a file's tests share a Ray cluster, and end it with them."""
    yield
    ray_clusters.end_clusters()


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> FingerprintRecogniser:
    return FingerprintRecogniser(ModelRegistry(tmp_path_factory.mktemp("models")))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with RecordStore.open(f"sqlite:///{tmp_path / 'pehchan.db'}", ImageFolder(tmp_path / "images")) as opened:
        yield opened
