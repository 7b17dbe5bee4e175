"""The layouts of the index of prints in a Ray cluster: listed, switched between, and ended when unused."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from biometrics.kernel.errors import PartitionsMissing
from index.cluster.partition import Successor
from index.cluster.partitions import NAMESPACE, Partitions, partition_names, snapshot_path
from index.cluster.ray_index import join_cluster

_NAME = re.compile(r"(?P<name>.+)-(?P<number>\d+)-of-(?P<partitions>\d+)")
DEADLINE = 60.0  # seconds, for a partition to remove its snapshot, or to learn of a successor


class PartitionLayout(NamedTuple):
    """A layout: what its partitions are called (one name for each database and feature space), and how many there are.

    `running` counts those that the cluster knows, which are fewer where one has ended for good.
    """

    name: str
    partitions: int
    running: int


def layouts(address: str, database: str) -> list[PartitionLayout]:
    """Return the layouts of a database in a cluster, those of every feature space.

    Raises:
        StoreUnavailable: there is no cluster at the address.
        ExtraMissing: Ray is not installed.
    """
    return [PartitionLayout(*layout, running) for layout, running in sorted(Counter(_named(address, database)).items())]


def end_layout(address: str, layout: PartitionLayout, folder: Path) -> int:
    """End the processes of a layout for good, and remove its snapshots in `folder` on their machines.

    Return how many have ended. Servers that still use the layout would start it again, empty.

    Raises:
        PartitionsMissing: a partition does not answer, so that its snapshot may be left; it goes on running.
        StoreUnavailable, ExtraMissing: as for `layouts`.
    """
    ray = join_cluster(address)
    actors: dict[str, Any] = {}
    for name in partition_names(layout.name, layout.partitions):
        try:
            actors[name] = ray.get_actor(name, namespace=NAMESPACE)
        except ValueError:
            continue  # it does not run
    cleared = {actor.clear.remote(snapshot_path(folder, name)): actor for name, actor in actors.items()}
    answered, silent = ray.wait(list(cleared), num_returns=len(cleared), timeout=DEADLINE) if cleared else ([], [])
    ended = 0
    for call in answered:
        try:
            ray.get(call)
        except ray.exceptions.RayActorError:  # it is being started again
            silent.append(call)
            continue
        ray.kill(cleared[call])
        ended += 1
    if silent:
        raise PartitionsMissing(
            f"{ended} of {len(actors)} partitions of {layout.name} have ended; the others do not answer. Run it again."
        )
    return ended


def switch_servers(address: str, database: str, name: str, partitions: int) -> list[int]:
    """Have the servers that use other layouts of a name switch to that of so many partitions, which must run.

    Each does so before its next search. Return the numbers of partitions of the layouts that they leave.

    Raises:
        PartitionsMissing: a partition does not answer: some servers stay; run it again.
        StoreUnavailable, ExtraMissing: as for `layouts`.
    """
    ray = join_cluster(address)
    others = [layout.partitions for layout in layouts(address, database) if layout.name == name]
    others.remove(partitions)
    # The one to stay in first, or servers would go to and fro.
    Partitions(ray, name, partitions).ask("name_successor", None, seconds=DEADLINE)
    successor = Successor(time.time_ns(), partitions)
    for other in others:
        Partitions(ray, name, other).ask("name_successor", successor, seconds=DEADLINE)
    return others


def _named(address: str, database: str) -> list[tuple[str, int]]:
    """Return for each partition of a database that runs the name and the number of partitions of its layout."""
    join_cluster(address)
    from ray.util import list_named_actors

    names = [actor["name"] for actor in list_named_actors(all_namespaces=True) if actor["namespace"] == NAMESPACE]
    matches = [match for name in names if name.startswith(f"{database}-") and (match := _NAME.fullmatch(name))]
    return [(match["name"], int(match["partitions"])) for match in matches]
