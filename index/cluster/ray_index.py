"""The index of prints divided among the machines of a Ray cluster.

Every server follows the database and sends what it finds there to the partitions; a search asks all of them.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import ExtraMissing, InvalidVector, PartitionsMissing, StoreUnavailable
from biometrics.kernel.labels import LABEL, NO_FILTER, Filter, Labels
from biometrics.matching.local_features import LOCAL_FEATURE, MOST_HELD
from biometrics.matching.ports import Hits
from index.cluster.partition import Changes, PartitionState, Successor
from index.cluster.partitions import NAMESPACE, Partitions, snapshot_path
from index.feature_sets.index import FeatureSetIndex
from index.rows import check_ids

OPENING_SECONDS = 600.0  # to load a snapshot, or to start a process on another machine
FARTHEST_BEHIND = 1000  # changes that a layout to switch to may lack: they are sent within the next search
RETRY_SECONDS = 60.0  # between two attempts to switch to a layout that does not answer, or lacks more
REACHING_SECONDS = 10.0  # to connect to the cluster
_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))  # of SplitMix64 (Steele and others, OOPSLA 2014)


log = logging.getLogger("pehchan")


class _OfThread(threading.local):
    """What a thread saw and began.

    `sequence` is the number that it saw last, and `layout` in which one: at least so far must have come what answers
    it. `pending` are changes that it has not sent, None for an id to be removed: no other thread may send them, since
    they lead on from the number that this thread saw.
    """

    def __init__(self) -> None:
        self.sequence = 0
        self.layout: Partitions | None = None
        self.pending: dict[int, tuple[NDArray[Any], Labels] | None] = {}


def partition_of(people: NDArray[np.int64], partitions: int) -> NDArray[np.int64]:
    """Return the partition of each person, by a hash of the national number that never changes."""
    mixed = people.astype(np.uint64)
    for shift, factor in _MIXING:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(partitions)).astype(np.int64)


class RayIndex:
    """A `biometrics.matching.ports.SearchIndex` for prints in partitions, each a process on some machine.

    A person's prints are in one partition. A thread keeps the changes that it makes until it sets `sequence`, then each
    partition makes them all or none: none where another server was faster, or where it was started again. `sequence` is
    that of the partition that is the furthest behind, so that the gallery reads again what this one lacks.

    Layouts of different numbers of partitions have their own processes and do not touch each other: servers can change
    one after the other, and both layouts answer meanwhile. A server switches by itself where the partitions name a
    layout that succeeds theirs (`index.cluster.layouts.switch_servers`), once that one is nearly as far. What another
    thread does meanwhile it finishes in the layout in which it began.

    Every method raises PartitionsMissing where a partition does not answer before the deadline. Ray starts it again,
    and the next use opens its snapshot.
    """

    def __init__(
        self,
        address: str,
        name: str,
        partitions: int,
        space: str,
        folder: Path,
        secret: Callable[[], bytes | None] = lambda: None,
        newest: Callable[[], int] = lambda: 2**62,
        deadline: float = 30.0,
    ) -> None:
        """Join the cluster, and find or start the partitions.

        Args:
            address: of the cluster; "local" starts one on this machine that ends with this process.
            name: what the partitions are called in the cluster: one name for each database and feature space.
            partitions: how many there are.
            space: the `feature_space` of the recogniser.
            folder: where each partition keeps its snapshots, on the disk of its machine.
            secret: returns what snapshots are encrypted with.
            newest: returns the last number of the database; a snapshot that is ahead of it is ignored.
            deadline: seconds after which a partition that has not answered counts as missing.

        Raises:
            StoreUnavailable: there is no cluster at the address.
            ExtraMissing: Ray is not installed.
            PartitionsMissing: a partition does not start.
            ModelMismatch: the partitions of this name are of another feature space.
        """
        self._ray = join_cluster(address)
        self._space, self._folder, self._secret, self._newest = space, folder, secret, newest
        self._deadline = deadline
        self._name = name
        self._layout = Partitions(self._ray, name, partitions)
        self._switching = threading.Lock()
        self._here_since = 0  # when it was ordered to switch to this layout: an older order does not lead back
        self._not_before = 0.0  # of the clock that only goes on: when to try again to switch
        self._seen = _OfThread()
        self._templates = 0
        if max(state.sequence or 0 for state in self._open(self._layout)) > self._newest():
            log.warning("The index of prints in the cluster is ahead of the database, which was restored; rebuilding.")
            self.clear()

    @property
    def sequence(self) -> int:
        """Number of the last database change that every partition holds.

        What this thread sets next leads on from there, and what it searches next must hold all that. Changes that the
        thread has not sent are dropped: they lead on from an earlier number, and are read from the database again.
        """
        self._seen.pending = {}
        layout = self._layout
        states = self._states(layout)
        newer = [state.successor for state in states if state.successor and state.successor.since > self._here_since]
        if newer and self._switch(layout, max(newer), _furthest_behind(states)):
            layout = self._layout
            states = self._states(layout)
        self._seen.layout, self._seen.sequence = layout, _furthest_behind(states)
        return self._seen.sequence

    @sequence.setter
    def sequence(self, number: int) -> None:
        layout = self._seen.layout or self._layout
        self._send(layout, [self._seen.sequence] * len(layout), number)

    @property
    def method(self) -> str:
        """How templates are selected; see `SearchIndex`: each partition selects its part."""
        return f"{FeatureSetIndex.method}, {len(self._layout)} partitions"

    def __len__(self) -> int:
        """Count the templates that the partitions held when they last answered this server."""
        return self._templates

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[Any]], labels: Labels) -> None:
        """Add prints, replacing ids that are present.

        Raises:
            InvalidVector: not features of prints, an id given twice, or lengths that differ.
        """
        ids = check_ids(ids, labels)
        if len(features) != len(ids):
            raise InvalidVector(f"The index takes one print for each id, not {len(features)} for {len(ids)}.")
        copies = [_checked(each).copy() for each in features]
        for id_, print_, label in zip(ids.tolist(), copies, labels.copy(), strict=True):
            self._seen.pending[id_] = (print_, label)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones; return how many were present."""
        ids = np.unique(np.asarray(ids, np.int64))
        pending = self._seen.pending
        unchanged = np.array([id_ for id_ in ids.tolist() if id_ not in pending], np.int64)
        present = sum(pending.get(id_) is not None for id_ in ids.tolist())
        if len(unchanged):
            answers = self._layout.ask("held", unchanged, 0, seconds=self._deadline)
            present += len({id_ for held in answers for id_ in held or ()})
        pending.update(dict.fromkeys(ids.tolist()))
        return present

    def held(self, ids: NDArray[np.int64]) -> list[int]:
        """Return those of some ids whose templates the index holds."""
        wanted = np.asarray(ids, np.int64)
        self._flush()
        answers = self._complete("held", wanted)
        held = {id_ for of_partition in answers for id_ in of_partition}
        return [id_ for id_ in wanted.tolist() if id_ in held]

    def search(self, features: NDArray[Any], k: int, where: Filter = NO_FILTER) -> Hits:
        """Return the k most similar prints whose labels meet a filter, best first, ties by id.

        Raises:
            InvalidVector: not features of a print.
        """
        return self.search_all([(features, where)], k)[0]

    def search_all(self, probes: Sequence[tuple[NDArray[Any], Filter]], k: int) -> list[Hits]:
        """Do for each probe and its filter as `search` does, in one call of each partition.

        Raises:
            InvalidVector: not features of a print.
        """
        checked = [(_checked(features), where) for features, where in probes]
        self._flush()
        return [_merged(of_probe, k) for of_probe in zip(*self._complete("search_all", checked, k), strict=True)]

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Return what has every partition write its snapshot, of when it is called, on its machine, not to `path`."""
        layout = self._layout
        arguments = [(self._path(name), self._space_of(name), secret) for name in layout.names]
        return partial(layout.each, "save", arguments, OPENING_SECONDS)  # type: ignore[return-value]

    def clear(self) -> None:
        """Drop all data, the sequence and the snapshots too, and start over."""
        layout = self._layout
        self._states(layout)
        layout.each("clear", [(self._path(name),) for name in layout.names], self._deadline)
        self._templates = 0
        self._seen.pending, self._seen.layout, self._seen.sequence = {}, layout, 0

    def drop(self) -> None:
        """End the processes of this layout for good, once no server uses it. Their snapshots stay."""
        self._layout.end()

    def _states(self, layout: Partitions) -> list[PartitionState]:
        """Return the state of every partition, and open those that are not open."""
        states = self._counted(layout, layout.ask("state", seconds=self._deadline))
        return self._open(layout) if any(state.sequence is None for state in states) else states

    def _open(self, layout: Partitions) -> list[PartitionState]:
        secret, newest = self._secret(), self._newest()
        arguments = [(self._path(name), self._space_of(name), secret, newest) for name in layout.names]
        return self._counted(layout, layout.each("open", arguments, OPENING_SECONDS))

    def _counted(self, layout: Partitions, states: list[PartitionState]) -> list[PartitionState]:
        if layout is self._layout:
            self._templates = sum(state.templates for state in states)
        return states

    def _switch(self, layout: Partitions, successor: Successor, sequence: int) -> bool:
        """Use another layout instead, if it answers and is nearly as far; say whether that was done.

        Else this one goes on answering, as it does for other threads meanwhile.
        """
        if time.monotonic() < self._not_before or not self._switching.acquire(blocking=False):
            return False
        try:
            if self._layout is not layout:  # another thread was faster
                return True
            wanted = Partitions(self._ray, self._name, successor.partitions)
            behind = sequence - _furthest_behind(self._states(wanted))
            if behind <= FARTHEST_BEHIND:
                self._layout, self._here_since = wanted, successor.since
                log.info("The index of prints is now used in %d partitions instead of %d.", len(wanted), len(layout))
                return True
            reason = f"it lacks {behind} changes; run 'pehchan cluster resize' again"
        except PartitionsMissing as error:
            reason = str(error)
        finally:
            self._switching.release()
        self._not_before = time.monotonic() + RETRY_SECONDS
        log.warning("The index of prints stays in %d partitions, not %d: %s", len(layout), successor.partitions, reason)
        return False

    def _complete(self, method: str, *arguments: Any) -> list[Any]:
        """Return the answers of all partitions, each of which holds what this thread saw last.

        Raises:
            PartitionsMissing: one does not answer, or was started again in the meantime and does not hold it yet.
        """
        layout = self._seen.layout or self._layout
        answers = layout.ask(method, *arguments, self._seen.sequence, seconds=self._deadline)
        complete = sum(answer is not None for answer in answers)
        if complete < len(answers):
            raise PartitionsMissing(
                f"{complete} of {len(answers)} partitions of the index of prints are complete; the others were started "
                "again and are catching up. Try again in a moment."
            )
        return answers

    def _flush(self) -> None:
        """Send what this thread changed and no number follows, as the changes of a benchmark."""
        if self._seen.pending:
            layout = self._layout
            self._send(layout, [state.sequence or 0 for state in self._states(layout)], None)

    def _send(self, layout: Partitions, after: Sequence[int], until: int | None) -> None:
        """Send the changes that are kept, which lead on from a number of each partition; None: to the same one."""
        pending, self._seen.pending = self._seen.pending, {}
        ids = np.array(list(pending), np.int64)
        added = np.array([id_ for id_, change in pending.items() if change is not None], np.int64)
        prints = [change[0] for change in pending.values() if change is not None]
        labels = np.array([change[1] for change in pending.values() if change is not None], LABEL)
        home = partition_of(labels["person"], len(layout))
        arguments = []
        for number, sequence in enumerate(after):
            mine = np.flatnonzero(home == number)
            changes = Changes(ids, added[mine], [prints[i] for i in mine.tolist()], labels[mine])
            arguments.append((changes, sequence, sequence if until is None else until))
        self._counted(layout, layout.each("apply", arguments, self._deadline))

    def _path(self, name: str) -> Path:
        return snapshot_path(self._folder, name)

    def _space_of(self, name: str) -> str:
        """Name the feature space and the partition, so that a snapshot of another layout is not taken for this one."""
        return f"{self._space} {name}"


def _furthest_behind(states: Sequence[PartitionState]) -> int:
    return min(state.sequence or 0 for state in states)


def _merged(hits: Sequence[Hits], k: int) -> Hits:
    ids, people, scores = (np.concatenate(parts) for parts in zip(*hits, strict=True))
    order = np.lexsort((ids, -scores))[: max(k, 0)]
    return Hits(ids[order], people[order], scores[order])


def _checked(features: NDArray[Any]) -> NDArray[np.void]:
    if features.dtype != LOCAL_FEATURE or features.ndim != 1 or len(features) > MOST_HELD:
        raise InvalidVector(
            f"The index takes at most {MOST_HELD} features of a print, not {features.dtype} of shape {features.shape}."
        )
    return features


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
