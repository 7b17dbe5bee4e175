"""Fixtures of the tests of search indexes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import ray_clusters


@pytest.fixture(scope="module", autouse=True)
def ray_of_one_file() -> Iterator[None]:
    """Let a file's tests share a Ray cluster, and end it with them."""
    yield
    ray_clusters.end_clusters()
