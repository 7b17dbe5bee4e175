"""Partitions opened: each copy loads the snapshot of its machine, and none holds what the database does not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.cluster.copies import States, near
from index.cluster.copy_names import snapshot_path
from index.cluster.partition import PartitionState
from index.cluster.partitions import Partitions

OPENING_SECONDS = 600.0  # to load a snapshot, or to start a process on another machine

log = logging.getLogger("pehchan")


@dataclass(frozen=True)
class Opening:
    """How partitions are opened: see `index.cluster.ray_index.RayIndex` for the arguments."""

    space: str
    folder: Path
    secret: Callable[[], bytes | None]
    newest: Callable[[], int]

    def path(self, name: str) -> Path:
        """Return where the copies of a partition keep their snapshot."""
        return snapshot_path(self.folder, name)

    def space_of(self, name: str) -> str:
        """Name the feature space and the partition, so that a snapshot of another layout is not taken for this one."""
        return f"{self.space} {name}"

    def arguments(self, layout: Partitions) -> list[tuple[Path, str, bytes | None, int]]:
        """Return the arguments of `Partition.open`, for each partition."""
        secret, newest = self.secret(), self.newest()
        return [(self.path(name), self.space_of(name), secret, newest) for name in layout.names]

    def states(self, layout: Partitions, seconds: float) -> States:
        """Return the states of the copies that answer, and open partitions that have no open copy.

        Raises:
            PartitionsMissing: no copy of a partition answers.
        """
        states = layout.ask_all("state", [()] * len(layout), seconds)
        self.check(layout, states)
        closed = [number for number, of_partition in enumerate(states) if not near(of_partition.values())]
        if not closed:
            return states
        return [opened or of_partition for opened, of_partition in zip(self.open(layout, closed), states, strict=True)]

    def open(self, layout: Partitions, numbers: Iterable[int]) -> States:
        """Open the copies of some partitions; return their states, and none of the others.

        Raises:
            PartitionsMissing: no copy of a partition answers.
            ModelMismatch: the partitions of this name are of another feature space.
        """
        to_open = set(numbers)
        arguments: list[tuple[Any, ...] | None] = [
            partition_arguments if number in to_open else None
            for number, partition_arguments in enumerate(self.arguments(layout))
        ]
        states = layout.ask_all("open", arguments, OPENING_SECONDS)
        self.check(layout, states)
        return states

    def check(self, layout: Partitions, states: States) -> None:
        """Clear copies that hold more than the database, unless this server has checked them before.

        `states` then says that they are empty.
        """
        new = [
            (number, name)
            for number, of_partition in enumerate(states)
            for name in of_partition
            if name not in layout.fit
        ]
        newest = self.newest() if new else 0
        for number, name in new:
            actor = layout.copies[number].get(name)
            if actor is None:  # it has just ended
                del states[number][name]
                continue
            if (states[number][name].sequence or 0) > newest:
                log.warning("%s in the cluster is ahead of the database, which was restored; rebuilding it.", name)
                layout.result(layout.call(actor, "clear", self.path(layout.names[number])), OPENING_SECONDS)
                states[number][name] = PartitionState(0, 0, None)
            layout.fit.add(name)
