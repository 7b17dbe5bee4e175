"""The connection of this process to a Ray cluster."""

from __future__ import annotations

import logging
import os
import socket
from typing import Any

from biometrics.kernel.errors import ExtraMissing, StoreUnavailable

NAMESPACE = "pehchan"
REACHING_SECONDS = 10.0  # to connect to the cluster


def join_cluster(address: str) -> Any:
    """Join a cluster, unless this process has; return the package `ray`.

    Raises:
        StoreUnavailable: nothing answers at the address, or it is not a cluster of this version with this token.
        ExtraMissing: Ray is not installed.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_worker_niceness", "0")  # of a cluster that starts here; Ray's default is 15
    try:
        import ray
    except ModuleNotFoundError as error:
        raise ExtraMissing("PEHCHAN_CLUSTER_URL needs Ray; install 'pehchan[cluster]'.") from error
    of_own: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    try:
        if not of_own:
            host, _, port = address.rpartition(":")
            socket.create_connection((host, int(port)), REACHING_SECONDS).close()  # Ray would try for minutes
        if not ray.is_initialized():
            ray.init(address, namespace=NAMESPACE, log_to_driver=False, logging_level=logging.WARNING, **of_own)
    except (OSError, RuntimeError, ValueError, OverflowError) as error:
        raise StoreUnavailable(
            f"There is no Ray cluster at {address}: {error} Start one there, or correct PEHCHAN_CLUSTER_URL."
        ) from error
    return ray
