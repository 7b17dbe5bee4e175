"""A station that is moved or backed up, with empty places of the other kind."""

from __future__ import annotations

import pytest
from moves import Moving
from restoring_station import BackUps


@pytest.fixture
def moving(request: pytest.FixtureRequest) -> Moving:
    """Return a station that has seen everything, and an empty place."""
    return Moving(request)


@pytest.fixture
def backups(request: pytest.FixtureRequest) -> BackUps:
    """Return where a station is backed up to, and an empty station to restore to."""
    return BackUps(request)
