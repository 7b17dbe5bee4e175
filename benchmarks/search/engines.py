"""The index of prints that is measured: the embedded one, or one divided among the processes of a Ray cluster."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.figure import resident_mb_of_started
from biometrics.kernel.people.labels import NO_FILTER, Filter, Labels
from biometrics.matching.ports import Hits, SearchIndex
from index.cluster.ray_index import RayIndex
from index.feature_sets import FeatureSetIndex

_PARTITION = "ray::Partition"  # what Ray calls the processes of the partitions


class PrintEngine(StrEnum):
    """Where the prints are: in this process, or in a cluster on this machine."""

    EMBEDDED = "embedded"
    RAY = "ray"


class ComparedIndex:
    """A divided index, a `SearchIndex` that also fills an embedded one, and counts how many of its hits it finds.

    `embedded_s` is the time in seconds that the embedded one took to take prints; who reads it sets it to 0.
    """

    def __init__(self, partitions: int, folder: Path, cluster: str = "local") -> None:
        self._divided = RayIndex(cluster, f"bench-{uuid.uuid4().hex}", partitions, "0" * 64, folder, deadline=600)
        self.embedded: SearchIndex = FeatureSetIndex()
        self.method = self._divided.method
        self.embedded_s = 0.0
        self.sequence = 0

    def __len__(self) -> int:
        """Count the templates held."""
        self._send()
        return len(self._divided)

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[Any]], labels: Labels) -> None:
        """Add prints to both."""
        began = time.perf_counter()
        self.embedded.add(ids, features, labels)
        self.embedded_s += time.perf_counter() - began
        self._divided.add(ids, features, labels)
        self._send()  # so that the time of a search is not that of the changes before it

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove prints from both."""
        self.embedded.remove(ids)
        return self._divided.remove(ids)

    def ids_present(self, ids: NDArray[np.int64]) -> list[int]:
        """Return those of some ids that the divided index holds."""
        return self._divided.ids_present(ids)

    def search(self, features: NDArray[Any], k: int, where: Filter = NO_FILTER) -> Hits:
        """Search the divided index."""
        return self._divided.search(features, k, where)

    def search_all(self, probes: Sequence[tuple[NDArray[Any], Filter]], k: int) -> list[Hits]:
        """Search the divided index with all probes at once."""
        return self._divided.search_all(probes, k)

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Return what has the partitions write their snapshots."""
        return self._divided.snapshot(path, model, secret)

    def _send(self) -> None:
        self._divided.ids_present(np.array([], np.int64))  # what is kept is sent before the partitions are asked

    def resident_mb(self) -> float:
        """Return the megabytes of memory that the partitions hold, in a cluster that this process started (Linux)."""
        return resident_mb_of_started(_PARTITION)

    def recall(self, probes: Sequence[NDArray[np.void]], k: int) -> tuple[int, int]:
        """Return how many of the embedded index's first k hits the divided one finds, and how many there are."""
        both = 0
        total = 0
        for probe in probes:
            expected = self.embedded.search(probe, k).ids
            both += len(np.intersect1d(self._divided.search(probe, k).ids, expected))
            total += len(expected)
        return both, total
