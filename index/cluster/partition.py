"""One partition of the prints, as it runs in a process of its own on some machine of a Ray cluster."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import ModelMismatch, SnapshotDamaged
from biometrics.kernel.labels import Filter, Labels
from biometrics.matching.ports import Hits
from index import snapshot
from index.feature_sets import FeatureSetIndex
from index.feature_sets.index import CLOSER_EACH


class Changes(NamedTuple):
    """Templates to add, with their features and labels, and ids to remove; an id may be removed and then added."""

    removed: NDArray[np.int64]
    ids: NDArray[np.int64]
    features: Sequence[NDArray[Any]]
    labels: Labels


class Successor(NamedTuple):
    """Since when servers are to switch to another layout, in nanoseconds since 1970, and its number of partitions."""

    since: int
    partitions: int


class PartitionState(NamedTuple):
    """The number of the last change in a partition, None before it was opened, and how many templates it holds.

    `successor` is the layout that servers are to switch to.
    """

    sequence: int | None
    templates: int
    successor: Successor | None


class Partition:
    """A `FeatureSetIndex` of some people's prints. Ray starts it again, empty and not open, when its process dies."""

    def __init__(self, closer_each: int = CLOSER_EACH) -> None:
        """Make an empty partition, which looks closely at so many prints for each hit, and at more among very many."""
        self._closer_each = closer_each
        self._index = FeatureSetIndex(closer_each)
        self._opened, self._space = False, ""
        self._successor: Successor | None = None
        self._saved: tuple[Path, int, bytes | None] | None = None
        self._changing, self._saving = threading.Lock(), threading.Lock()

    def open(self, path: Path, space: str, secret: bytes | None, newest: int) -> PartitionState:
        """Load the snapshot where there is a sound one of this space, not ahead of the database; else start empty.

        What is open already stays as it is.

        Raises:
            ModelMismatch: it is open and of another space or layout.
        """
        if self._opened and space != self._space:
            raise ModelMismatch(
                f"The partition {path.stem} of the index of prints in the cluster is of another model or layout "
                f"({self._space[:12]}, not {space[:12]}). Stop the servers that use it, or give this one another name."
            )
        if not self._opened:
            try:
                restored = partial(FeatureSetIndex.restored, closer_each=self._closer_each)
                loaded = snapshot.load(path, space, {FeatureSetIndex.KIND: restored}, secret)
            except SnapshotDamaged:
                loaded = FeatureSetIndex(self._closer_each)
            self._index = loaded if loaded.sequence <= newest else FeatureSetIndex(self._closer_each)
            self._space, self._opened = space, True
        return self.state()

    def clear(self, path: Path) -> None:
        """Drop everything, the sequence too, and the snapshot, which may hold what the database does not."""
        with self._saving:
            path.unlink(missing_ok=True)
            self._index, self._saved = FeatureSetIndex(self._closer_each), None

    def state(self) -> PartitionState:
        """Return how far the partition has come."""
        return PartitionState(self._index.sequence if self._opened else None, len(self._index), self._successor)

    def name_successor(self, successor: Successor | None) -> None:
        """Have servers switch to another layout; None: have them stay. A restart forgets it."""
        self._successor = successor

    def apply(self, changes: Changes, after: int, until: int) -> PartitionState:
        """Make changes that lead from one number of the database's sequence to another; return the state then.

        They are left out where the partition is at another number: they were read from the database before another node
        changed the partition, or before it was started again, and may be out of date.
        """
        if self._opened and self._index.sequence == after:
            with self._changing:
                self._index.remove(changes.removed)
                self._index.add(changes.ids, changes.features, changes.labels)
                self._index.sequence = until
        return self.state()

    def held(self, ids: NDArray[np.int64], at_least: int) -> list[int] | None:
        """Return those of some ids that the partition holds; None where it has not come to a number yet."""
        return self._index.held(ids) if self._has_come_to(at_least) else None

    def search_all(self, probes: Sequence[tuple[NDArray[Any], Filter]], k: int, at_least: int) -> list[Hits] | None:
        """Return for each probe the k most similar prints; None where the partition has not come to a number yet."""
        if not self._has_come_to(at_least):
            return None
        return [self._index.search(features, k, where) for features, where in probes]

    def save(self, path: Path, space: str, secret: bytes | None) -> None:
        """Write a snapshot on the disk of the machine that the partition runs on, unless there is the same already.

        Ray runs it in a thread of its own (`SAVING`), so that searches and changes go on meanwhile.

        Raises:
            StoreUnavailable: it cannot be written.
        """
        with self._saving:
            with self._changing:
                wanted = (path, self._index.sequence, secret)
                if not self._opened or (self._saved == wanted and path.exists()):
                    return
                write = self._index.snapshot(path, space, secret)
            write()
            self._saved = wanted

    def _has_come_to(self, number: int) -> bool:
        return self._opened and self._index.sequence >= number
