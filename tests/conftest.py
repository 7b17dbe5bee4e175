"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real test images, which lies beside the checkout and is never committed."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real images are not here: no ../shared/data beside the checkout")
    return SHARED_DATA
