"""List, switch and end the layouts of the index of prints in a Ray cluster."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from biometrics.kernel.errors import PartitionsMissing
from index.cluster.connection import NAMESPACE, join_cluster
from index.cluster.copies import near
from index.cluster.copy_names import CopyName, copies_in, machines, snapshot_path
from index.cluster.partition import Successor
from index.cluster.partitions import Partitions

DEADLINE = 60.0  # seconds, for a partition to remove its snapshot, or to learn of a successor
ANSWER_SECONDS = 5.0  # for copies to say where they are


class PartitionLayout(NamedTuple):
    """A layout: what its partitions are called (one name for each database and feature space), and how many there are.

    `running` counts the copies of partitions that the cluster knows.
    """

    name: str
    partitions: int
    running: int


class Spread(NamedTuple):
    """Copies of a layout on each machine, by its address; `complete`: the fewest complete copies of a partition."""

    machines: dict[str, int]
    complete: int | None


def layouts(address: str, database: str) -> list[PartitionLayout]:
    """Return the layouts of a database in a cluster, those of every feature space.

    Raises:
        StoreUnavailable: there is no cluster at the address.
        ExtraMissing: Ray is not installed.
    """
    running_copies = Counter((copy.name, copy.partitions) for copy in copies_in(join_cluster(address), f"{database}-"))
    return [PartitionLayout(*layout, running) for layout, running in sorted(running_copies.items())]


def spread(address: str, layout: PartitionLayout) -> Spread:
    """Return the machines that the copies of a layout run on; copies that do not answer are left out.

    Raises:
        StoreUnavailable, ExtraMissing: as for `layouts`.
    """
    ray = join_cluster(address)
    layout_partitions, places = Partitions(ray, layout.name, layout.partitions, 0), machines(ray)
    arguments: list[tuple[Any, ...]] = [()] * layout.partitions
    states = layout_partitions.ask_all("state", arguments, ANSWER_SECONDS, lenient=True)
    nodes = layout_partitions.ask_all("node", arguments, ANSWER_SECONDS, lenient=True)
    on = Counter(places.get(node, node) for of_partition in nodes for node in of_partition.values())
    return Spread(dict(sorted(on.items())), min(len(near(of_partition.values())) for of_partition in states))


def end_layout(address: str, layout: PartitionLayout, folder: Path) -> int:
    """End the processes of a layout for good, and remove its snapshots in `folder` on their machines.

    Return how many have ended. Servers that still use the layout would start it again, empty.

    Raises:
        PartitionsMissing: a partition does not answer, so that its snapshot may be left; it goes on running.
        StoreUnavailable, ExtraMissing: as for `layouts`.
    """
    ray = join_cluster(address)
    actors: dict[CopyName, Any] = {}
    for copy in copies_in(ray, f"{layout.name}-"):
        if (copy.name, copy.partitions) != (layout.name, layout.partitions):
            continue
        try:
            actors[copy] = ray.get_actor(str(copy), namespace=NAMESPACE)
        except ValueError:
            continue  # it does not run
    paths = {copy: snapshot_path(folder, str(copy._replace(copy=0))) for copy in actors}
    cleared = {actor.clear.remote(paths[copy]): actor for copy, actor in actors.items()}
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
    other_counts = [layout.partitions for layout in layouts(address, database) if layout.name == name]
    other_counts.remove(partitions)
    # The one to stay in first, or servers would go to and fro.
    _order(Partitions(ray, name, partitions), None)
    successor = Successor(time.time_ns(), partitions)
    for other in other_counts:
        _order(Partitions(ray, name, other), successor)
    return other_counts


def _order(layout: Partitions, successor: Successor | None) -> None:
    layout.ask_every("name_successor", [(successor,)] * len(layout), DEADLINE)
