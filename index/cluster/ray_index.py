"""The index of prints divided among the machines of a Ray cluster.

Every server follows the database and sends what it finds there to all copies of the partitions; a search asks one copy
of each.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import PartitionsMissing
from biometrics.kernel.people.labels import NO_FILTER, Filter, Labels
from biometrics.matching.ports import Hits
from index.cluster.changes import Pending, divided
from index.cluster.connection import join_cluster
from index.cluster.copies import FARTHEST_BEHIND, States, furthest_behind, near, orders
from index.cluster.opening import OPENING_SECONDS, Opening
from index.cluster.partition import Successor
from index.cluster.partitions import Partitions
from index.cluster.tending import Tender
from index.feature_sets.index import FeatureSetIndex, checked_features, checked_prints

RETRY_SECONDS = 60.0  # between two attempts to switch to a layout that does not answer, or lacks more

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
        self.pending: Pending = {}


class RayIndex:
    """A `biometrics.matching.ports.SearchIndex` for prints in partitions, each a process on some machine.

    A person's prints are in one partition, which may have copies on several machines. A thread keeps the changes that
    it makes until it sets `sequence`, then each copy makes them all or none: none where another server was faster, or
    where it was started again. `sequence` is that of the copy that is the furthest behind, so that the gallery reads
    again what this one lacks. Copies that do not answer, or lack much of what the best one of their partition holds, do
    not count there: searches go on with the others, and `tend` brings these back.

    Layouts of different numbers of partitions have their own processes and do not touch each other: servers can change
    one after the other, and both layouts answer meanwhile. A server switches by itself where the partitions name a
    layout that succeeds theirs (`index.cluster.layouts.switch_servers`), once that one is nearly as far. What another
    thread does meanwhile it finishes in the layout in which it began.

    Every method raises PartitionsMissing where no copy of a partition answers before the deadline. Ray starts them
    again, and the next use opens their snapshots.
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
        copies: int = 1,
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
            deadline: seconds after which a partition that has not answered counts as missing; another copy is asked
                after a tenth of them.
            copies: of each partition, on different machines; `tend` sees to it.

        Raises:
            StoreUnavailable: there is no cluster at the address.
            ExtraMissing: Ray is not installed.
            PartitionsMissing: a partition does not start.
            ModelMismatch: the partitions of this name are of another feature space.
        """
        self._ray = join_cluster(address)
        self._opening = Opening(space, folder, secret, newest)
        self._deadline = deadline
        self._name, self._copies = name, copies
        self._tender = Tender()
        self._layout = Partitions(self._ray, name, partitions, copies)
        self._switching = threading.Lock()
        self._here_since = 0  # when it was ordered to switch to this layout: an older order does not lead back
        self._not_before = 0.0  # of the clock that only goes on: when to try again to switch
        self._seen = _OfThread()
        self._templates = 0
        self._opening.open(self._layout, range(partitions))

    @property
    def sequence(self) -> int:
        """Number of the last database change that every partition holds, in all copies that answer and lack little.

        What this thread sets next leads on from there, and what it searches next must hold all that. Changes that the
        thread has not sent are dropped: they lead on from an earlier number, and are read from the database again.
        """
        self._seen.pending = {}
        layout = self._layout
        states = self._states(layout)
        newer = [order for order in orders(states) if order.since > self._here_since]
        if newer and self._switch(layout, max(newer), furthest_behind(states)):
            layout = self._layout
            states = self._states(layout)
        self._seen.layout, self._seen.sequence = layout, furthest_behind(states)
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
        ids, prints = checked_prints(ids, features, labels)
        for id_, print_, label in zip(ids.tolist(), prints, labels.copy(), strict=True):
            self._seen.pending[id_] = (print_.copy(), label)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones; return how many were present."""
        ids = np.unique(np.asarray(ids, np.int64))
        pending = self._seen.pending
        unchanged = np.array([id_ for id_ in ids.tolist() if id_ not in pending], np.int64)
        present = sum(pending.get(id_) is not None for id_ in ids.tolist())
        if len(unchanged):
            answers = self._layout.ask("ids_present", unchanged, 0, seconds=self._deadline)
            present += len({id_ for of_partition in answers for id_ in of_partition or ()})
        pending.update(dict.fromkeys(ids.tolist()))
        return present

    def ids_present(self, ids: NDArray[np.int64]) -> list[int]:
        """Return the ids of `ids` whose templates are in the index."""
        id_array = np.asarray(ids, np.int64)
        self._flush()
        answers = self._complete("ids_present", id_array)
        present = {id_ for of_partition in answers for id_ in of_partition}
        return [id_ for id_ in id_array.tolist() if id_ in present]

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
        checked = [(checked_features(features), where) for features, where in probes]
        self._flush()
        return [_merged(of_probe, k) for of_probe in zip(*self._complete("search_all", checked, k), strict=True)]

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Return what has every copy write its snapshot, of when it is called, on its machine, not to `path`."""
        layout = self._layout
        arguments = [(self._opening.path(name), self._opening.space_of(name), secret) for name in layout.names]
        return partial(layout.ask_all, "save", arguments, OPENING_SECONDS)  # type: ignore[return-value]

    def clear(self) -> None:
        """Drop all data, the sequence and the snapshots too, and start over."""
        layout = self._layout
        self._states(layout)
        layout.ask_every("clear", [(self._opening.path(name),) for name in layout.names], self._deadline)
        self._templates = 0
        self._seen.pending, self._seen.layout, self._seen.sequence = {}, layout, 0

    def drop(self) -> None:
        """End the processes of this layout for good, once no server uses it. Their snapshots stay."""
        self._layout.end_all()

    def tend(self) -> bool:
        """Bring lost copies back, and have as many on each machine; say whether to look again at once.

        Searches go on meanwhile. One server at a time does it; the others learn which copies there are.

        Raises:
            StoreUnavailable: a copy could not be filled.
        """
        return self._tender.tend(self._layout, self._opening, self._copies, self._deadline)

    def _states(self, layout: Partitions) -> States:
        states = self._opening.states(layout, self._deadline)
        self._count(layout, states)
        return states

    def _count(self, layout: Partitions, states: States) -> None:
        if layout is self._layout:
            counts = ([state.templates for state in near(of_partition.values())] for of_partition in states)
            self._templates = sum(max(of_partition, default=0) for of_partition in counts)

    def _switch(self, layout: Partitions, successor: Successor, sequence: int) -> bool:
        """Use another layout instead, if it answers and is nearly as far; say whether that was done.

        Else this one goes on answering, as it does for other threads meanwhile.
        """
        if time.monotonic() < self._not_before or not self._switching.acquire(blocking=False):
            return False
        try:
            if self._layout is not layout:  # another thread was faster
                return True
            successor_layout = Partitions(self._ray, self._name, successor.partitions, self._copies)
            behind = sequence - furthest_behind(self._states(successor_layout))
            if behind <= FARTHEST_BEHIND:
                self._layout, self._here_since = successor_layout, successor.since
                log.info(
                    "The index of prints is now used in %d partitions instead of %d.",
                    len(successor_layout),
                    len(layout),
                )
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
        seen_copies = {name for of_partition in layout.copies for name in of_partition}
        try:
            answers = layout.ask(method, *arguments, self._seen.sequence, seconds=self._deadline)
        except PartitionsMissing:
            layout.look(self._deadline)
            if (seen_copies & layout.fit).issuperset(name for of_partition in layout.copies for name in of_partition):
                raise
            self._states(layout)  # copies have moved since
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
            self._send(layout, [furthest_behind([of_partition]) for of_partition in self._states(layout)], None)

    def _send(self, layout: Partitions, after: Sequence[int], until: int | None) -> None:
        """Send the changes that are kept, which lead on from a number of each partition; None: to the same one."""
        pending, self._seen.pending = self._seen.pending, {}
        arguments = [
            (changes, sequence, sequence if until is None else until)
            for changes, sequence in zip(divided(pending, len(layout)), after, strict=True)
        ]
        self._count(layout, layout.ask_all("apply", arguments, self._deadline))


def _merged(hits: Sequence[Hits], k: int) -> Hits:
    ids, people, scores = (np.concatenate(parts) for parts in zip(*hits, strict=True))
    order = np.lexsort((ids, -scores))[: max(k, 0)]
    return Hits(ids[order], people[order], scores[order])
