"""The embedded index for prints: a quick score for every print, then a close score for the best of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.domain.errors import InvalidVector
from biometrics.domain.labels import NO_FILTER, Filter, Labels
from biometrics.matching.local_features import LOCAL_FEATURE, MOST
from biometrics.matching.ports import Hits
from index.feature_sets.arena import Arena
from index.feature_sets.overlap import OverlapParameters, overlap_likeness
from index.feature_sets.quick import FeatureSets, QuickParameters, quick_likeness
from index.rows import Rows, check_ids
from index.snapshot_file import Snapshot, write

CLOSER_EACH = 60  # prints, the best by quick score, that get the close score for each hit requested,
CLOSER_SHARE = 3e-4  # or such a share of all

_PART = 4096  # prints that one thread looks at quickly
_CLOSER_PART = 256  # and closely

_Likeness = Callable[..., None]


class FeatureSetIndex:
    """A `biometrics.matching.ports.SearchIndex` for prints, whose features are arrays of dtype `LOCAL_FEATURE`.

    A score grows with the part of the two prints' overlap that is alike, from 0 up. Every
    print is compared by its codes before any is left out. A search uses all processors.
    """

    KIND = "feature sets"

    def __init__(self, closer_each: int = CLOSER_EACH, threads: int | None = None) -> None:
        """Make an empty index, which looks closely at so many prints for each hit asked for, or at a share of all."""
        self.sequence = 0
        self._rows = Rows()
        self._arena = Arena()
        self._closer_each = closer_each
        self._pool = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="prints")

    @classmethod
    def restored(cls, saved: Snapshot) -> FeatureSetIndex:
        """Make it of what was saved, whose arrays are taken over.

        Raises:
            InvalidVector: the arrays are not those of such an index.
        """
        index = cls()
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
        ids = check_ids(ids, labels)
        if len(features) != len(ids):
            raise InvalidVector(
                f"The index takes the features of one print for each id, not {len(features)} for {len(ids)}."
            )
        checked = [_checked(each) for each in features]
        self._arena.put(self._rows.add(ids, labels), checked)

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones, and overwrite their features; return how many were present."""
        rows = self._rows.remove(ids)
        self._arena.erase(rows)
        return len(rows)

    def search(self, features: NDArray[Any], k: int, where: Filter = NO_FILTER) -> Hits:
        """Return the k most similar prints whose labels meet a filter, best first, ties by id.

        Raises:
            InvalidVector: not features of a print.
        """
        probe = _probe(_checked(features))
        rows = np.flatnonzero(self._rows.meeting(where))
        closer = k * max(self._closer_each, int(len(rows) * CLOSER_SHARE))
        if len(rows) > closer > 0:
            scores = self._scores(quick_likeness, QuickParameters(), _PART, probe, rows)
            rows = rows[np.sort(np.argpartition(-scores, closer)[:closer])]
        return self._rows.hits(rows, self._scores(overlap_likeness, OverlapParameters(), _CLOSER_PART, probe, rows), k)

    def held(self, ids: NDArray[np.int64]) -> list[int]:
        """Return those of some ids whose templates the index holds."""
        return [int(template_id) for template_id in np.asarray(ids, np.int64)[self._rows.find(ids) >= 0]]

    def save(self, path: Path, model: str, secret: bytes | None = None) -> None:
        """Write the index to `path`, whole or not at all; `model` made its features. `secret` encrypts it.

        Raises:
            StoreUnavailable: the file cannot be written.
        """
        arrays = {**self._rows.arrays(), **self._arena.arrays()}
        write(path, Snapshot(self.KIND, model, self.sequence, arrays), secret)

    def _scores(
        self, likeness: _Likeness, parameters: Any, size: int, probe: FeatureSets, rows: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Score some rows, `size` at a time on each thread."""
        scores = np.zeros(len(rows), np.float32)
        sets, starts, counts = self._arena.sets, self._arena.starts, self._arena.counts

        def score(start: int) -> None:
            part = slice(start, start + size)
            likeness(probe, sets, starts, counts, rows[part], parameters, scores[part])

        parts = range(0, len(rows), size)
        for _ in map(score, parts) if len(parts) < 2 else self._pool.map(score, parts):
            pass
        return scores


def _checked(features: NDArray[Any]) -> NDArray[np.void]:
    if features.dtype != LOCAL_FEATURE or features.ndim != 1 or len(features) > MOST:
        raise InvalidVector(
            f"The index takes at most {MOST} features of a print, not {features.dtype} of shape {features.shape}."
        )
    return features


def _probe(features: NDArray[np.void]) -> FeatureSets:
    code = np.ascontiguousarray(features["code"].T)
    return FeatureSets(
        code[0],
        code[1],
        np.stack([features["x"], features["y"]], axis=1),
        np.ascontiguousarray(features["direction"]),
    )
