"""The names of copies of partitions in the cluster: list the copies there, and the machines that can hold them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from index.cluster.connection import NAMESPACE

_NAME = re.compile(r"(?P<name>.+)-(?P<number>\d+)-of-(?P<partitions>\d+)(?:-copy-(?P<copy>\d+))?")


class CopyName(NamedTuple):
    """What the name of a copy in the cluster says: its layout's name and number of partitions, and which copy it is."""

    name: str
    number: int
    partitions: int
    copy: int

    def __str__(self) -> str:
        """Return the name; that of the first copy is the partition's."""
        partition = f"{self.name}-{self.number}-of-{self.partitions}"
        return f"{partition}-copy-{self.copy}" if self.copy else partition


def copies_in(ray: Any, prefix: str) -> list[CopyName]:
    """Return the copies in the cluster whose names begin with `prefix`."""
    actors = ray.util.list_named_actors(all_namespaces=True)
    names = [actor["name"] for actor in actors if actor["namespace"] == NAMESPACE]
    matches = [match for name in names if name.startswith(prefix) and (match := _NAME.fullmatch(name))]
    return sorted(CopyName(parts[1], int(parts[2]), int(parts[3]), int(parts[4] or 0)) for parts in matches)


def machines(ray: Any) -> dict[str, str]:
    """Return the machines that can take copies: their addresses by their ids in Ray."""
    alive = [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU", 0) > 0]
    return {node["NodeID"]: node["NodeManagerAddress"] for node in sorted(alive, key=lambda node: node["NodeID"])}


def partition_names(name: str, partitions: int) -> list[str]:
    """Return the names of a layout's partitions in the cluster."""
    return [str(CopyName(name, number, partitions, 0)) for number in range(partitions)]


def snapshot_path(folder: Path, name: str) -> Path:
    """Return where the copies of a partition keep their snapshot, each on its machine."""
    return folder / f"{name}.index"
