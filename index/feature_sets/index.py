"""The embedded index for prints: a quick score for every print, then a close score for the best of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import NO_FILTER, Filter, Labels
from biometrics.matching.local_features import LOCAL_FEATURE, MOST, MOST_HELD
from biometrics.matching.ports import Hits
from index.feature_sets.arena import Arena, segment_meets, segments_of
from index.feature_sets.best_places import best_places
from index.feature_sets.cells import DIGEST, ProbeCells, probe_cells
from index.feature_sets.overlap import OverlapParameters, close_likeness
from index.feature_sets.quick import FeatureSets, QuickParameters, partners_by_chance, quick_likeness
from index.feature_sets.segment import EMPTY
from index.rows import Rows, check_ids
from index.snapshot_file import Snapshot, write

# For each hit requested so many prints, the best by quick score, get the close score, in galleries of up to CLOSER_FROM
# prints; in larger ones the number grows by this power of their size.
CLOSER_EACH = 200
CLOSER_FROM = 100_000
CLOSER_GROWTH = 0.6
OVERLAPS_OF = 8  # one in so many of these, the best by the pairs that fit together, is compared in the whole overlap

WHOLE_BELOW = 24  # features of a probe: with fewer, all features of each print are compared at first sight

Chosen = dict[int, NDArray[np.int64]]  # slots by the number of their segment, in their order

_PART = 1 << 13  # prints that one thread looks at quickly
_CLOSER_PART = 1 << 10  # and closely


class _Probe(NamedTuple):
    """The print that is searched for."""

    sets: FeatureSets
    cells: ProbeCells


class FeatureSetIndex:
    """A `biometrics.matching.ports.SearchIndex` for prints, whose features are arrays of dtype `LOCAL_FEATURE`.

    A score grows with the part of the two prints' overlap that is alike, from 0 up. Every
    print is compared by some of its codes before any is left out. A search uses all processors.
    """

    KIND = f"feature sets in the order of the cells of {DIGEST}, their points on grids"
    method = "feature sets 5"  # 1 looked closely at fewer prints of large galleries; 2 and 3 compared more codes

    def __init__(self, closer_each: int = CLOSER_EACH, threads: int | None = None) -> None:
        """Make an empty index, which looks closely at so many prints for each hit, and at more among very many.

        An index that holds a part of all prints looks closely at as large a part of `CLOSER_EACH`.
        """
        self.sequence = 0
        self._rows = Rows()
        self._arena = Arena()
        self._closer_each = closer_each
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="prints")

    @classmethod
    def restored(cls, saved: Snapshot, closer_each: int = CLOSER_EACH) -> FeatureSetIndex:
        """Make it of what was saved, whose arrays are taken over.

        Raises:
            InvalidVector: the arrays are not those of such an index.
        """
        index = cls(closer_each)
        index.sequence = saved.sequence
        index._rows = Rows.restored(saved.arrays)
        index._arena = Arena.restored(saved.arrays, index._rows.span)
        return index

    def __len__(self) -> int:
        """Count the templates held."""
        return len(self._rows)

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[Any]], labels: Labels) -> None:
        """Add prints, replacing ids that are present.

        Raises:
            InvalidVector: not features of prints, an id given twice, or lengths that differ.
        """
        ids, prints = checked_prints(ids, features, labels)
        self._arena.put(self._rows.add(ids, labels), prints, segments_of(labels["position"]))

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones, and overwrite their features; return how many were present."""
        rows = self._rows.remove(ids)
        self._arena.erase(rows)
        return len(rows)

    def search(self, features: NDArray[Any], k: int, where: Filter = NO_FILTER) -> Hits:
        """Return the k most similar prints whose labels meet a filter, best first, ties by id.

        Of the probe the first `MOST` features count.

        Raises:
            InvalidVector: not features of a print.
        """
        probe = _probe(checked_features(features)[:MOST])
        meets_filter = self._rows.meeting(where)
        count = int(np.count_nonzero(meets_filter))
        of_all = count * CLOSER_EACH / self._closer_each  # prints in all indexes together
        closer = int(k * self._closer_each * max(1.0, of_all / CLOSER_FROM) ** CLOSER_GROWTH)
        chosen = self._promising(probe, where, meets_filter, closer) if count > closer > 0 else self._all(meets_filter)
        overlaps = max(2 * k, closer // OVERLAPS_OF)
        if 0 < overlaps < sum(map(len, chosen.values())):
            chosen = self._fitting(probe, chosen, overlaps)
        rows = [self._arena.segments[number].rows[slots] for number, slots in chosen.items()]
        scores = self._compared(probe, chosen, in_overlap=True)
        return self._rows.hits(
            np.concatenate([np.empty(0, np.int64), *rows]), np.concatenate([np.empty(0, np.float32), *scores]), k
        )

    def ids_present(self, ids: NDArray[np.int64]) -> list[int]:
        """Return those of some ids whose templates the index holds."""
        return [int(template_id) for template_id in np.asarray(ids, np.int64)[self._rows.find(ids) >= 0]]

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Return what writes the index as it is now; see `SearchIndex`."""
        columns = {**self._rows.freeze(), **self._arena.freeze()}
        return partial(write, path, Snapshot(self.KIND, model, self.sequence, columns), secret)

    def _all(self, meets_filter: NDArray[np.bool_]) -> Chosen:
        """Return the slots of all rows that meet the filter."""
        of_segments = self._arena.by_segment(np.flatnonzero(meets_filter))
        return {number: np.sort(self._arena.slots(rows)) for number, rows in of_segments}

    def _promising(self, probe: _Probe, where: Filter, meets_filter: NDArray[np.bool_], count: int) -> Chosen:
        """Return the `count` slots with the best quick scores among the rows that meet the filter."""
        parameters = QuickParameters()
        if len(probe.sets.directions) < WHOLE_BELOW:
            parameters = parameters._replace(features=MOST_HELD)
        jobs, scores, by_chance = [], {}, partners_by_chance(parameters)
        for number, segment in self._arena.segments.items():
            if not segment_meets(number, where):
                continue
            of_segment = scores[number] = np.zeros(len(segment), np.float32)
            likeness = partial(quick_likeness, probe.cells, segment.arrays, segment.rows, meets_filter)
            jobs += [
                partial(likeness, first, min(first + _PART, len(segment)), parameters, by_chance, of_segment)
                for first in range(0, len(segment), _PART)
            ]
        self._run(jobs)
        best = best_places(list(scores.values()), count, self._pool)
        if (missing := count - sum(map(len, best))) > 0:
            for segment_index, (number, of_segment) in enumerate(scores.items()):
                rows = self._arena.segments[number].rows
                unscored = np.flatnonzero((rows != EMPTY) & meets_filter[rows] & (of_segment <= 0))[:missing]
                missing -= len(unscored)
                best[segment_index] = np.sort(np.concatenate([best[segment_index], unscored]))
        return dict(zip(scores, best, strict=True))

    def _fitting(self, probe: _Probe, chosen: Chosen, count: int) -> Chosen:
        """Return the `count` slots whose pairs fit together best; all, where fewer have a pair at all."""
        best = best_places(self._compared(probe, chosen, in_overlap=False), count, self._pool)
        if sum(map(len, best)) < count:
            return chosen
        return {number: slots[places] for (number, slots), places in zip(chosen.items(), best, strict=True)}

    def _compared(self, probe: _Probe, chosen: Chosen, *, in_overlap: bool) -> list[NDArray[np.float32]]:
        """Return the close scores of some slots, of each segment."""
        scores = [np.zeros(len(slots), np.float32) for slots in chosen.values()]
        jobs = []
        for (number, slots), of_slots in zip(chosen.items(), scores, strict=True):
            likeness = partial(close_likeness, probe.sets, probe.cells, self._arena.segments[number].arrays)
            for first in range(0, len(slots), _CLOSER_PART):
                part = slice(first, first + _CLOSER_PART)
                jobs.append(partial(likeness, slots[part], in_overlap, OverlapParameters(), of_slots[part]))
        self._run(jobs)
        return scores

    def _run(self, jobs: Sequence[Callable[[], None]]) -> None:
        for _ in map(_call, jobs) if len(jobs) < 2 else self._pool.map(_call, jobs):
            pass


def _call(job: Callable[[], None]) -> None:
    job()


def checked_prints(
    ids: NDArray[np.int64], features: Sequence[NDArray[Any]], labels: Labels
) -> tuple[NDArray[np.int64], list[NDArray[np.void]]]:
    """Return the ids and features of prints to be added.

    Raises:
        InvalidVector: not features of prints, an id given twice, or lengths that differ.
    """
    ids = check_ids(ids, labels)
    if len(features) != len(ids):
        raise InvalidVector(
            f"The index takes the features of one print for each id, not {len(features)} for {len(ids)}."
        )
    return ids, [checked_features(print_features) for print_features in features]


def checked_features(features: NDArray[Any]) -> NDArray[np.void]:
    """Return the features of one print, unchanged.

    Raises:
        InvalidVector: anything else.
    """
    if features.dtype != LOCAL_FEATURE or features.ndim != 1 or len(features) > MOST_HELD:
        raise InvalidVector(
            f"The index takes at most {MOST_HELD} features of a print, not {features.dtype} of shape {features.shape}."
        )
    return features


def _probe(features: NDArray[np.void]) -> _Probe:
    first, second = np.ascontiguousarray(features["code"].T)
    points, directions = np.stack([features["x"], features["y"]], axis=1), np.ascontiguousarray(features["direction"])
    return _Probe(FeatureSets(first, second, points, directions), probe_cells(first, second, directions))
