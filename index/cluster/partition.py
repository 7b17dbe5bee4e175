"""One copy of a partition of the prints, as it runs in a process of its own on some machine of a Ray cluster."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import ModelMismatch, SnapshotDamaged
from biometrics.kernel.people.labels import Filter, Labels
from biometrics.matching.ports import Hits
from index import snapshot
from index.feature_sets import FeatureSetIndex
from index.feature_sets.index import CLOSER_EACH
from index.snapshot_file import receive

METHODS = 2  # counts up where servers could not call the partitions of an earlier version, or of a later one
PIECE = 1 << 24  # bytes of a snapshot that one copy sends another at a time
FETCHING_SECONDS = 600.0  # for another copy to write its snapshot, or to send a piece
# Methods that Ray runs in a thread for each group, while searches and changes go on.
ASKING, SAVING = "asking", "saving"
GROUPS = {"state": ASKING, "node": ASKING, "lease": ASKING, "save": SAVING, "fetch": SAVING, "piece": SAVING}


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
        self._sent: IO[bytes] | None = None
        self._cleared = 0  # how often
        self._lease: tuple[str, float] = "", 0.0
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
            loaded = self._loaded(path, space, secret, newest)
            with self._changing:
                if not self._opened:  # `fetch` was faster
                    self._index, self._space, self._opened = loaded, space, True
        return self.state()

    def _loaded(self, path: Path, space: str, secret: bytes | None, newest: int | None) -> FeatureSetIndex:
        empty = FeatureSetIndex(self._closer_each)
        try:
            restored = partial(FeatureSetIndex.restored, closer_each=self._closer_each)
            loaded = snapshot.load(path, space, {FeatureSetIndex.KIND: restored}, secret)
        except SnapshotDamaged:
            return empty
        return loaded if newest is None or loaded.sequence <= newest else empty

    def fetch(
        self, sibling: Any, enough: int, path: Path, space: str, secret: bytes | None, newest: int
    ) -> PartitionState:
        """Come to the number `enough`: by `open`, or by taking over what another copy of the partition holds.

        The snapshot of that one is written now, and copied to `path`. What this copy held is dropped first, so that
        both need not be in memory.

        Raises:
            StoreUnavailable: the snapshot cannot be written, on either machine.
            ray.exceptions.RayError: the other copy has ended.
        """
        cleared = self._cleared
        self.open(path, space, secret, newest)
        if self._come_to(enough) is not None:
            return self.state()
        _call(sibling, "save", path, space, secret)
        receive(path, lambda offset: _call(sibling, "piece", path, offset))
        with self._changing:
            self._index, self._opened = FeatureSetIndex(self._closer_each), False
        loaded = self._loaded(path, space, secret, None)
        source = _call(sibling, "state").sequence or 0
        with self._changing:
            if source < loaded.sequence or self._cleared != cleared:  # it was cleared: the database was restored
                path.unlink(missing_ok=True)
            elif not self._opened:
                self._index, self._space, self._opened = loaded, space, True
        return self.state()

    def piece(self, path: Path, offset: int) -> bytes:
        """Return the bytes from an offset of the snapshot as it was when its first piece was read; at the end none."""
        if self._sent is None or offset == 0:
            self._sent = path.open("rb")
        self._sent.seek(offset)
        sent = self._sent.read(PIECE)
        if not sent:
            self._sent.close()
            self._sent = None
        return sent

    def clear(self, path: Path) -> None:
        """Drop everything, the sequence too, and the snapshot, which may hold what the database does not."""
        with self._saving, self._changing:
            path.unlink(missing_ok=True)
            self._index, self._saved = FeatureSetIndex(self._closer_each), None
            self._cleared += 1

    def state(self) -> PartitionState:
        """Return how far the partition has come."""
        with self._changing:
            sequence = self._index.sequence if self._opened else None
            return PartitionState(sequence, len(self._index), self._successor)

    def node(self) -> str:
        """Return the id of the machine that it runs on, in a cluster."""
        import ray  # here, because it comes with an extra

        return str(ray.get_runtime_context().get_node_id())

    def lease(self, holder: str, seconds: float) -> bool:
        """Let one server at a time look after the copies, until its time is over; say whether it is this one."""
        if self._lease[0] != holder and time.monotonic() < self._lease[1]:
            return False
        self._lease = holder, time.monotonic() + seconds
        return True

    def name_successor(self, successor: Successor | None) -> None:
        """Have servers switch to another layout; None: have them stay. A restart forgets it."""
        self._successor = successor

    def apply(self, changes: Changes, after: int, until: int) -> PartitionState:
        """Make changes that lead from one number of the database's sequence to another; return the state then.

        They are left out where the partition is at another number: they were read from the database before another node
        changed the partition, or before it was started again, and may be out of date.
        """
        with self._changing:
            if self._opened and self._index.sequence == after:
                self._index.remove(changes.removed)
                self._index.add(changes.ids, changes.features, changes.labels)
                self._index.sequence = until
        return self.state()

    def ids_present(self, ids: NDArray[np.int64], at_least: int) -> list[int] | None:
        """Return those of some ids that the partition holds; None where it has not come to a number yet."""
        index = self._come_to(at_least)
        return None if index is None else index.ids_present(ids)

    def search_all(self, probes: Sequence[tuple[NDArray[Any], Filter]], k: int, at_least: int) -> list[Hits] | None:
        """Return for each probe the k most similar prints; None where the partition has not come to a number yet."""
        index = self._come_to(at_least)
        return None if index is None else [index.search(features, k, where) for features, where in probes]

    def save(self, path: Path, space: str, secret: bytes | None) -> None:
        """Write a snapshot on the disk of the machine that the partition runs on, unless there is the same already.

        Ray runs it in a thread of its own (`SAVING`), so that searches and changes go on meanwhile.

        Raises:
            StoreUnavailable: it cannot be written.
        """
        with self._saving:
            with self._changing:
                snapshot_key = (path, self._index.sequence, secret)
                if not self._opened or (self._saved == snapshot_key and path.exists()):
                    return
                write = self._index.snapshot(path, space, secret)
            write()
            self._saved = snapshot_key

    def _come_to(self, number: int) -> FeatureSetIndex | None:
        with self._changing:
            return self._index if self._opened and self._index.sequence >= number else None


def _call(sibling: Any, method: str, *arguments: Any) -> Any:
    import ray  # here, because it comes with an extra

    return ray.get(
        getattr(sibling, method).options(concurrency_group=GROUPS[method]).remote(*arguments), timeout=FETCHING_SECONDS
    )
