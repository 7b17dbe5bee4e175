"""A station that is moved or backed up, with empty places of the other kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from moves import Moving
from restoring_station import BackUps

from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder


@pytest.fixture
def moving(request: pytest.FixtureRequest, station: RecordStore, database_url: str, target_url: str) -> Moving:
    """Return a station that has seen everything, and an empty place."""
    return Moving(request, station, database_url, target_url)


@pytest.fixture
def backups(database_url: str, images: ImageFolder, tmp_path: Path) -> BackUps:
    """Return where a station is backed up to, and an empty station to restore to."""
    return BackUps(database_url, images, tmp_path)
