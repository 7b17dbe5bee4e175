"""A station that is moved to an empty database of the other kind, and its images to a store of the other kind."""

from __future__ import annotations

import pytest
from moves import Moving


@pytest.fixture
def moving(request: pytest.FixtureRequest) -> Moving:
    """Return a station that has seen everything, and an empty place."""
    return Moving(request)
