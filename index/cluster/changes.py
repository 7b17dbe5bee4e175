"""Divide a server's changes among partitions; all prints of a person go to the same one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.people.labels import LABEL, Labels
from index.cluster.partition import Changes

_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))  # of SplitMix64 (Steele and others, OOPSLA 2014)

Pending = dict[int, tuple[NDArray[Any], Labels] | None]  # templates to add by their ids, or None: to be removed


def partition_of(people: NDArray[np.int64], partitions: int) -> NDArray[np.int64]:
    """Return the partition of each person, by a hash of the national number that never changes."""
    mixed = people.astype(np.uint64)
    for shift, factor in _MIXING:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(partitions)).astype(np.int64)


def divided(pending: Pending, partitions: int) -> list[Changes]:
    """Return the changes for each partition; ids are removed from every one, since their person may have changed."""
    ids = np.array(list(pending), np.int64)
    added = np.array([id_ for id_, change in pending.items() if change is not None], np.int64)
    prints = [change[0] for change in pending.values() if change is not None]
    labels = np.array([change[1] for change in pending.values() if change is not None], LABEL)
    home = partition_of(labels["person"], partitions)
    of_each = [np.flatnonzero(home == number) for number in range(partitions)]
    return [Changes(ids, added[mine], [prints[i] for i in mine.tolist()], labels[mine]) for mine in of_each]
