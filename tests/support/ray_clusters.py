"""A Ray cluster of two nodes on this machine, for the tests of the divided index of prints; one for each process."""

from __future__ import annotations

import atexit
import os
import tempfile
import uuid
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from index.ray_index import RayIndex

SPACE = "ab" * 32
NODE = {
    "num_cpus": 2,
    "object_store_memory": 80_000_000,
    "include_dashboard": False,
}
ENVIRONMENT = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # all of Ray then listens on the loopback address only
    "RAY_USAGE_STATS_ENABLED": "0",
}
STARTS = 8


@cache
def shared_cluster() -> Any:
    """Return the cluster that tests share, and join it."""
    return new_cluster(nodes=2)


def new_cluster(nodes: int) -> Any:
    """Start a cluster; it ends with this process at the latest."""
    os.environ.update(ENVIRONMENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Ray's own modules
        from ray.cluster_utils import Cluster
    cluster = Cluster()

    def stop() -> None:
        import ray

        ray.shutdown()
        cluster.shutdown()

    atexit.register(stop)
    for _ in range(nodes):
        add_node(cluster)
    return cluster


def add_node(cluster: Any) -> Any:
    """Start another node. Ray gives up where a node's helpers need more than 15 seconds, as on a loaded machine."""
    for _ in range(STARTS - 1):
        try:
            return cluster.add_node(**NODE)
        except Exception as error:  # Ray raises nothing more particular
            if "timed out during startup" not in str(error):
                raise
    return cluster.add_node(**NODE)


def new_ray_index(
    partitions: int, folder: Path, name: str | None = None, space: str = SPACE, **settings: Any
) -> RayIndex:
    """Return an index in partitions of a name, or in new ones."""
    address, name = shared_cluster().address, name or f"test-{uuid.uuid4().hex}"
    return RayIndex(address, name, partitions, space, folder, **{"deadline": 300.0, **settings})


@cache
def _kept() -> RayIndex:
    return new_ray_index(2, Path(tempfile.mkdtemp(prefix="pehchan-ray-")))


def empty_ray_index() -> RayIndex:
    """Return an index in partitions that one test has after the other: starting processes takes seconds."""
    index = _kept()
    index.clear()
    return index
