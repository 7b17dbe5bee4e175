"""The stages of one partition at its real size, with generated prints."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.gallery import FINGERS, PrintGallery, labels
from biometrics.kernel.people.labels import NO_FILTER, Filter
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.matching.ports import Hits, Recogniser, SearchIndex
from biometrics.matching.ranking import LEAST_HITS
from fingerprint.features import features
from fingerprint.synthetic.mates import mate
from fingerprint.synthetic.templates import synthetic_template
from index.feature_sets import FeatureSetIndex
from index.feature_sets.index import CLOSER_EACH
from index.snapshot import load

SPACE = "0" * 64  # any, for snapshots that nobody else reads
FIRST_PROBE = 5_000_000  # seed
CHANGED = 1000  # prints of one catch-up, as `biometrics.matching.gallery.BATCH`
SHORTLIST = 200  # templates that the exact matcher sees in a search
WARM = 2  # searches that are not counted: they compile

Probes = Sequence[tuple[NDArray[np.void], Filter]]  # one search: of one print or of ten


@dataclass(frozen=True)
class PartitionTimes:
    """What a partition took: searches in core seconds and by the clock, all else in seconds.

    `unknown_before` and `ten_before` are core seconds when it held a quarter of its prints. `message_bytes` is the size
    of a search of an unknown finger and its answer.
    """

    prints: int
    fill: float
    unknown: tuple[float, ...]
    known: tuple[float, ...]
    ten: tuple[float, ...]
    unknown_wall: tuple[float, ...]
    unknown_before: tuple[float, ...]
    ten_before: tuple[float, ...]
    catch_up: float
    save: float
    snapshot_bytes: int
    restart: float
    message_bytes: int

    @property
    def change(self) -> float:
        """Seconds in which the partition takes a print."""
        return self.catch_up / CHANGED

    def at(self, prints: int, kind: str) -> tuple[float, ...]:
        """Return core seconds of searches in a partition of another size, on the line through a quarter and the whole.

        The close comparison grows more slowly than the partition, so that a larger one takes less than this.
        """
        times = getattr(self, kind)
        now, before = float(np.mean(times)), float(np.mean(getattr(self, f"{kind}_before")))
        grown = now + (now - before) / (0.75 * self.prints) * (prints - self.prints)
        return tuple(seconds * max(grown, 0.0) / now for seconds in times)


@dataclass(frozen=True)
class Searches:
    """Searches with generated impressions of generated fingers, by kind."""

    unknown: Sequence[Probes]
    known: Sequence[Probes]
    ten: Sequence[Probes]

    @classmethod
    def generated(cls, count: int) -> Searches:
        """Make `count` searches of each kind of single prints, and half as many of ten prints."""
        sets = [features(mate(synthetic_template(FIRST_PROBE + number), 1)) for number in range(count)]
        positions = [position for position in FingerPosition if position]
        where = [Filter(positions=frozenset({position})) for position in positions]
        position_known = [[(print_features, where[number % FINGERS])] for number, print_features in enumerate(sets)]
        ten = [
            [(sets[(first + number) % count], where[number]) for number in range(FINGERS)]
            for first in range(0, count, 2)
        ]
        return cls([[(print_features, NO_FILTER)] for print_features in sets], position_known, ten)


def closer_each(partitions: int) -> int:
    """Return how closely one of so many partitions looks, as `index.cluster.partitions` has it."""
    return ceil(CLOSER_EACH / partitions)


def hits_of(probes: Probes) -> int:
    """Return how many prints a search asks each partition for, as `biometrics.matching.ranking` does."""
    return max(LEAST_HITS, SHORTLIST // len(probes))


def measure(
    recogniser: Recogniser,
    prints: int,
    partitions: int,
    searches: Searches,
    folder: Path,
    whole: int,
    advance: Callable[[int], None],
) -> tuple[PartitionTimes, Path, bytes]:
    """Fill one of `partitions` partitions with prints and measure it; return also its snapshot and the key of that.

    `whole` prints are generated, others are assembled of them.
    """
    index = FeatureSetIndex(closer_each(partitions))
    gallery = PrintGallery(index, recogniser.model, whole)
    gallery.fill(prints // 4, os.cpu_count() or 1, advance)
    before = {
        name: tuple(cpu for cpu, _ in timed_searches(index, getattr(searches, name))) for name in ("unknown", "ten")
    }
    gallery.fill(prints, os.cpu_count() or 1, advance)
    timed = {name: timed_searches(index, getattr(searches, name)) for name in ("unknown", "known", "ten")}
    caught_up = _catch_up(index, prints)
    path, secret = folder / "partition.index", os.urandom(32)
    began = time.perf_counter()
    index.snapshot(path, SPACE, secret)()
    saved = time.perf_counter() - began
    answer = index.search(*searches.unknown[0][0][:1], SHORTLIST)
    message = len(pickle.dumps((searches.unknown[0], SHORTLIST, 0))) + len(pickle.dumps([answer]))
    began = time.perf_counter()
    restored(path, secret, partitions)
    restart = time.perf_counter() - began
    cpu = {name: tuple(cpu_seconds for cpu_seconds, _ in times) for name, times in timed.items()}
    wall = tuple(wall_seconds for _, wall_seconds in timed["unknown"])
    size = path.stat().st_size
    times = PartitionTimes(
        prints,
        gallery.build_s,
        **cpu,
        unknown_wall=wall,
        unknown_before=before["unknown"],
        ten_before=before["ten"],
        catch_up=caught_up,
        save=saved,
        snapshot_bytes=size,
        restart=restart,
        message_bytes=message,
    )
    return times, path, secret


def restored(path: Path, secret: bytes, partitions: int) -> SearchIndex:
    """Load a partition's snapshot as one of `partitions` does."""

    def restore(saved: object) -> FeatureSetIndex:
        return FeatureSetIndex.restored(saved, closer_each(partitions))  # type: ignore[arg-type]

    return load(path, SPACE, {FeatureSetIndex.KIND: restore}, secret)


def timed_searches(index: SearchIndex, searches: Sequence[Probes]) -> list[tuple[float, float]]:
    """Search one after another as a partition does; return core seconds and seconds of each."""
    for probes in searches[:WARM]:
        search(index, probes)
    return [_timed(index, probes) for probes in searches]


def _timed(index: SearchIndex, probes: Probes) -> tuple[float, float]:
    cpu, began = time.process_time(), time.perf_counter()
    search(index, probes)
    return time.process_time() - cpu, time.perf_counter() - began


def search(index: SearchIndex, probes: Probes) -> list[Hits]:
    """Search with each probe, one after another, as a partition does."""
    return [index.search(probe, hits_of(probes), where) for probe, where in probes]


def _catch_up(index: SearchIndex, first: int) -> float:
    """Add prints as a catch-up does, and remove them again; return the seconds of the first."""
    ids = np.arange(first, first + CHANGED)
    sets = [features(synthetic_template(FIRST_PROBE + number)) for number in range(CHANGED)]
    began = time.perf_counter()
    index.add(ids, sets, labels(ids))
    seconds = time.perf_counter() - began
    index.remove(ids)
    return seconds
