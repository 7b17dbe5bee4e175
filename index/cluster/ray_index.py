"""The index of prints divided among the machines of a Ray cluster.

Every server follows the database and sends what it finds there to the partitions; a search asks all of them.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.domain.errors import ExtraMissing, InvalidVector, PartitionsMissing, StoreUnavailable
from biometrics.domain.labels import LABEL, NO_FILTER, Filter, Labels
from biometrics.matching.local_features import LOCAL_FEATURE, MOST
from biometrics.matching.ports import Hits
from index.cluster.partition import Changes, Partition
from index.feature_sets.index import CLOSER_EACH, FeatureSetIndex
from index.rows import check_ids

NAMESPACE = "pehchan"
OPENING_SECONDS = 600.0  # to load a snapshot, or to start a process on another machine
LEAST_CPUS = 0.001  # without any, Ray does not spread the partitions over the machines
REACHING_SECONDS = 10.0  # to connect to the cluster
_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))  # of SplitMix64 (Steele and others, OOPSLA 2014)


log = logging.getLogger("pehchan")


class _Seen(threading.local):
    """The number that a thread saw last: at least so far must have come what answers it."""

    sequence = 0


def partition_of(people: NDArray[np.int64], partitions: int) -> NDArray[np.int64]:
    """Return the partition of each person, by a hash of the national number that never changes."""
    mixed = people.astype(np.uint64)
    for shift, factor in _MIXING:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(partitions)).astype(np.int64)


def snapshot_path(folder: Path, name: str) -> Path:
    """Return where a partition keeps its snapshot."""
    return folder / f"{name}.index"


class RayIndex:
    """A `biometrics.matching.ports.SearchIndex` for prints in partitions, each a process on some machine.

    A person's prints are in one partition. Changes are kept until `sequence` is set, then each partition makes them all
    or none: none where another server was faster, or where it was started again. `sequence` is that of the partition
    that is the furthest behind, so that the gallery reads again what this one lacks.

    Layouts of different numbers of partitions have their own processes and do not touch each other: servers can change
    one after the other, and both layouts answer meanwhile.

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
        self._names = [f"{name}-{number}-of-{partitions}" for number in range(partitions)]
        actor = self._ray.remote(Partition)
        options = {"namespace": NAMESPACE, "get_if_exists": True, "lifetime": "detached", "max_restarts": -1}
        closer_each = -(-CLOSER_EACH // partitions)  # of all together as many as of the embedded index
        self._actors = [
            actor.options(name=each, num_cpus=LEAST_CPUS, scheduling_strategy="SPREAD", **options).remote(closer_each)
            for each in self._names
        ]
        self._lock = threading.Lock()
        self.method = f"{FeatureSetIndex.method}, {partitions} partitions"  # each selects its part
        self._pending: dict[int, tuple[NDArray[Any], Labels] | None] = {}  # None: to be removed
        self._seen = _Seen()
        if max(self._open()) > self._newest():
            log.warning("The index of prints in the cluster is ahead of the database, which was restored; rebuilding.")
            self.clear()

    @property
    def sequence(self) -> int:
        """Number of the last database change that every partition holds.

        What this thread sets next leads on from there, and what it searches next must hold all that.
        """
        self._seen.sequence = min(self._opened())
        return self._seen.sequence

    @sequence.setter
    def sequence(self, number: int) -> None:
        with self._lock:
            self._send([self._seen.sequence] * len(self._names), number)

    def __len__(self) -> int:
        """Count the templates held."""
        with self._lock:
            self._flush()
            return sum(state.templates for state in self._ask("state"))

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[Any]], labels: Labels) -> None:
        """Add prints, replacing ids that are present.

        Raises:
            InvalidVector: not features of prints, an id given twice, or lengths that differ.
        """
        ids = check_ids(ids, labels)
        if len(features) != len(ids):
            raise InvalidVector(f"The index takes one print for each id, not {len(features)} for {len(ids)}.")
        copies = [_checked(each).copy() for each in features]
        with self._lock:
            for id_, print_, label in zip(ids.tolist(), copies, labels.copy(), strict=True):
                self._pending[id_] = (print_, label)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones; return how many were present."""
        ids = np.unique(np.asarray(ids, np.int64))
        with self._lock:
            unchanged = np.array([id_ for id_ in ids.tolist() if id_ not in self._pending], np.int64)
            present = sum(self._pending.get(id_) is not None for id_ in ids.tolist())
            if len(unchanged):
                present += len({id_ for held in self._ask("held", unchanged, 0) for id_ in held or ()})
            self._pending.update(dict.fromkeys(ids.tolist()))
        return present

    def held(self, ids: NDArray[np.int64]) -> list[int]:
        """Return those of some ids whose templates the index holds."""
        wanted = np.asarray(ids, np.int64)
        with self._lock:
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
        with self._lock:
            self._flush()
        return [_merged(of_probe, k) for of_probe in zip(*self._complete("search_all", checked, k), strict=True)]

    def save(self, path: Path, model: str, secret: bytes | None = None) -> None:
        """Have every partition write its snapshot on its own machine; `path` is not used.

        Raises:
            StoreUnavailable: one cannot be written.
        """
        self._each("save", [(self._path(name), self._layout(name), secret) for name in self._names], OPENING_SECONDS)

    def clear(self) -> None:
        """Drop all data, the sequence and the snapshots too, and start over."""
        with self._lock:
            self._pending.clear()
            self._opened()
            self._each("clear", [(self._path(name),) for name in self._names], self._deadline)
            self._seen.sequence = 0

    def drop(self) -> None:
        """End the processes of this layout for good, once no server uses it. Their snapshots stay."""
        for actor in self._actors:
            self._ray.kill(actor)

    def _opened(self) -> list[int]:
        """Return the sequence of every partition, and open those that are not open."""
        sequences = [state.sequence for state in self._ask("state")]
        return self._open() if None in sequences else sequences

    def _open(self) -> list[int]:
        secret, newest = self._secret(), self._newest()
        arguments = [(self._path(name), self._layout(name), secret, newest) for name in self._names]
        return [state.sequence for state in self._each("open", arguments, OPENING_SECONDS)]

    def _complete(self, method: str, *arguments: Any) -> list[Any]:
        """Return the answers of all partitions, each of which holds what this thread saw last.

        Raises:
            PartitionsMissing: one does not answer, or was started again in the meantime and does not hold it yet.
        """
        answers = self._ask(method, *arguments, self._seen.sequence)
        complete = sum(answer is not None for answer in answers)
        if complete < len(answers):
            raise PartitionsMissing(
                f"{complete} of {len(answers)} partitions of the index of prints are complete; the others were started "
                "again and are catching up. Try again in a moment."
            )
        return answers

    def _flush(self) -> None:
        """Send what is not followed by a number, as the changes of a benchmark."""
        if self._pending:
            self._send(self._opened(), None)

    def _send(self, after: Sequence[int], until: int | None) -> None:
        """Send the changes that are kept, which lead on from a number of each partition; None: to the same one."""
        pending, self._pending = self._pending, {}
        ids = np.array(list(pending), np.int64)
        added = np.array([id_ for id_, change in pending.items() if change is not None], np.int64)
        prints = [change[0] for change in pending.values() if change is not None]
        labels = np.array([change[1] for change in pending.values() if change is not None], LABEL)
        home = partition_of(labels["person"], len(self._names))
        arguments = []
        for number, sequence in enumerate(after):
            mine = np.flatnonzero(home == number)
            changes = Changes(ids, added[mine], [prints[i] for i in mine.tolist()], labels[mine])
            arguments.append((changes, sequence, sequence if until is None else until))
        self._each("apply", arguments, self._deadline)

    def _ask(self, method: str, *arguments: Any) -> list[Any]:
        return self._each(method, [arguments] * len(self._names), self._deadline)

    def _each(self, method: str, arguments: Sequence[tuple[Any, ...]], seconds: float) -> list[Any]:
        """Call a method of every partition with its own arguments; return the answers.

        Raises:
            PartitionsMissing: a partition has not answered in so many seconds.
            PehchanError: what a partition raised.
        """
        errors = self._ray.exceptions
        calls = [
            getattr(actor, method).remote(*of_partition)
            for actor, of_partition in zip(self._actors, arguments, strict=True)
        ]
        done = set(self._ray.wait(calls, num_returns=len(calls), timeout=seconds)[0])
        answered, missing = {}, []
        for call in calls:
            try:
                if call in done:
                    answered[call] = self._ray.get(call)
                else:
                    missing.append(call)
            except errors.RayTaskError as error:
                raise error.cause or error from error
            except errors.RayError:
                missing.append(call)
        if missing:
            raise PartitionsMissing(
                f"{len(answered)} of {len(calls)} partitions of the index of prints answered within {seconds:g} "
                "seconds. The others come back by themselves; if they do not, look at the machines of the cluster."
            )
        return [answered[call] for call in calls]

    def _path(self, name: str) -> Path:
        return snapshot_path(self._folder, name)

    def _layout(self, name: str) -> str:
        """Name the feature space and the partition, so that a snapshot of another layout is not taken for this one."""
        return f"{self._space} {name}"


def _merged(hits: Sequence[Hits], k: int) -> Hits:
    ids, people, scores = (np.concatenate(parts) for parts in zip(*hits, strict=True))
    order = np.lexsort((ids, -scores))[: max(k, 0)]
    return Hits(ids[order], people[order], scores[order])


def _checked(features: NDArray[Any]) -> NDArray[np.void]:
    if features.dtype != LOCAL_FEATURE or features.ndim != 1 or len(features) > MOST:
        raise InvalidVector(
            f"The index takes at most {MOST} features of a print, not {features.dtype} of shape {features.shape}."
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
