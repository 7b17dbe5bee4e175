"""The benchmark of searches measures a divided index as it does the embedded one, and compares both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import ray_clusters
from ray_clusters import shared_cluster
from search_indexes import labels_of, minutiae

from benchmarks.search.engines import ComparedIndex

IDS = np.arange(50)


@pytest.mark.reach
def test_the_benchmark_counts_the_hits_of_the_embedded_index_that_the_partitions_find(tmp_path: Path) -> None:
    with ray_clusters.ray_environment():
        compared = ComparedIndex(1, tmp_path, shared_cluster().address)
    compared.add(IDS, [minutiae(n) for n in range(50)], labels_of(IDS))
    assert compared.remove(np.array([3])) == 1
    assert len(compared) == 49
    probes = [minutiae(1), minutiae(2)]
    assert compared.recall(probes, 50) == (98, 98)
    compared._divided.remove(np.array([1, 4]))
    assert compared.recall(probes, 50) == (94, 98)
    compared._divided.drop()
