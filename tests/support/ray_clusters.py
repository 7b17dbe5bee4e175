"""A Ray cluster of two nodes on this machine, for the tests of the divided index of prints; one for each file."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import pytest

from biometrics.kernel.errors import PartitionsMissing
from index.cluster.ray_index import RayIndex

SPACE = "ab" * 32
NODE = {
    "num_cpus": 1,
    "object_store_memory": 80_000_000,
    "include_dashboard": False,
    "include_log_monitor": False,
    "no_monitor": True,
}
ENVIRONMENT = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # all of Ray then listens on the loopback address only
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",  # else a partition waits until nothing else needs the processors
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": uuid.uuid4().hex,
    # How long the parts of Ray wait for each other to start, for a loaded machine.
    "RAY_raylet_start_wait_time_s": "300",
    "RAY_gcs_server_request_timeout_seconds": "300",
    "RAY_worker_register_timeout_seconds": "300",
    "RAY_agent_register_timeout_ms": "300000",
    "RAY_gcs_rpc_server_reconnect_timeout_s": "300",  # the processes of a cluster then end, this one too
}
STARTS = 5
PATIENCE = 300.0  # seconds, on a loaded machine
PAUSE = 0.2
UNUSED_BY_RAY = "rfc3987_syntax"  # imported by jsonschema if the development tools are installed: 5 seconds a process

_clusters: list[Any] = []

T = TypeVar("T")


@cache
def shared_cluster() -> Any:
    """Return the cluster that a file's tests share."""
    return new_cluster(nodes=2)


@cache
def folder() -> Path:
    """Return a folder for the clusters' sockets, logs and snapshots; the path of a socket must be short."""
    made = Path(tempfile.mkdtemp(prefix="pehchan-ray-"))
    (made / f"{UNUSED_BY_RAY}.py").write_text("raise ImportError")
    return made


@contextmanager
def ray_environment() -> Iterator[None]:
    """Set what Ray's processes read from the environment, and those that join a cluster."""
    path = os.pathsep.join(filter(None, (str(folder()), os.environ.get("PYTHONPATH"))))
    with patch.dict(os.environ, {**ENVIRONMENT, "PYTHONPATH": path, "RAY_TMPDIR": str(folder())}):
        yield


def new_cluster(nodes: int) -> Any:
    """Start a cluster, which `end_clusters` ends."""
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed: pip install 'pehchan[cluster]'")
    with ray_environment():
        cluster = _new()
        _clusters.append(cluster)
    for _ in range(nodes):
        add_node(cluster)
    return cluster


def _new() -> Any:
    absent = UNUSED_BY_RAY not in sys.modules
    if absent:
        sys.modules[UNUSED_BY_RAY] = None  # type: ignore[assignment]  # so that its import fails
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Ray's own modules
            from ray.cluster_utils import Cluster
    finally:
        if absent:
            del sys.modules[UNUSED_BY_RAY]
    return Cluster()


def add_node(cluster: Any) -> Any:
    """Start another node. Ray gives up where a node's helpers need more than 30 seconds, as on a loaded machine."""
    with ray_environment():
        for _ in range(STARTS - 1):
            try:
                return cluster.add_node(**NODE)
            except Exception as error:  # Ray raises nothing more particular
                if "timed out" not in str(error).lower():
                    raise
        return cluster.add_node(**NODE)


def end_clusters() -> None:
    """End all clusters, with all of their processes."""
    if not _clusters:
        return
    import ray

    ray.shutdown()
    while _clusters:
        _clusters.pop().shutdown()
    _kill_others()
    shutil.rmtree(folder(), ignore_errors=True)
    for made in (shared_cluster, _kept, folder):
        made.cache_clear()


def _kill_others() -> None:
    """Kill what a node left that was killed or did not start."""
    mine = f"RAY_TMPDIR={folder()}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or belongs to somebody else
            if mine in (process / "environ").read_bytes().split(b"\0") and int(process.name) != os.getpid():
                os.kill(int(process.name), signal.SIGKILL)


def new_ray_index(
    partitions: int, folder: Path, name: str | None = None, space: str = SPACE, **settings: Any
) -> RayIndex:
    address, name = shared_cluster().address, name or f"test-{uuid.uuid4().hex}"
    with ray_environment():
        return RayIndex(address, name, partitions, space, folder, **{"deadline": 300.0, **settings})


@cache
def _kept() -> RayIndex:
    return new_ray_index(2, folder() / "kept")


def empty_ray_index() -> RayIndex:
    """Return an index in partitions that one test has after the other: starting processes takes seconds."""
    index = _kept()
    eventually(index.clear)  # another test may have killed its partitions
    return index


def eventually(use: Callable[[], T]) -> T:
    """Try until all partitions answer."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return use()
        except PartitionsMissing:
            if time.monotonic() > end:
                raise
        time.sleep(PAUSE)
