"""Searches many codes: a first look at a few bits of each, then all bits and rotations of the most alike.

The first look reads RINGS_LOOKED of the coarser filter at every LOOK_STEP-th place, a sixteenth of the template, which
lies together in memory. The probe is turned before these places are taken, so that no rotation is lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import NO_FILTER, Filter, Labels
from biometrics.matching.ports import Hits
from index.column import Column
from index.rows import Rows, check_ids
from index.snapshot_file import Snapshot, write
from iris.code import LINES, RINGS, STEPS, WAVES, WORDS, IrisCode, Words
from iris.comparison import NOTHING, TURN, Gallery, Matcher, rotated
from iris.kernels import first_look

LOOK_STEP = 4  # places of the 256 around the eye
LOOK_TURNS = range(-TURN, TURN + 1, 2)
RINGS_LOOKED = range(1, RINGS, 2)
LEAST_COMPARED, SHARE_COMPARED = 200, 0.0005  # codes that are compared in full: how many at least, and of all
SHAPE = 2, LINES * WORDS  # of the features of a template: its bits and its mask
_LINES = np.array([(ring * len(WAVES) + len(WAVES) - 1) * 2 + part for ring in RINGS_LOOKED for part in (0, 1)])
_PART = 1 << 14  # codes that one thread looks at


class IrisIndex:
    """A `biometrics.matching.ports.SearchIndex` for irises; features are bits and mask, uint64 of shape SHAPE.

    A score is 0.5 less the normalised distance, so 0 for unrelated irises. A template takes 4.4 kB of memory.
    """

    KIND = "iris codes"
    method = "iris codes 1"

    def __init__(self, least_compared: int = LEAST_COMPARED) -> None:
        """Make an empty index, which compares so many codes in full at least."""
        self.sequence = 0
        self._rows = Rows()
        self._codes, self._looks = Column.empty(np.uint64, *SHAPE), Column.empty(np.uint64, 2, len(_LINES))
        self._least_compared = least_compared
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="irises")

    @classmethod
    def restored(cls, saved: Snapshot) -> IrisIndex:
        """Make it of what was saved, whose arrays are taken over.

        Raises:
            InvalidVector: the arrays are not those of such an index.
        """
        index = cls()
        index.sequence = saved.sequence
        index._rows = Rows.restored(saved.arrays)
        index._codes = _restored(saved.arrays, "codes", (index._rows.span, *SHAPE))
        index._looks = _restored(saved.arrays, "looks", (index._rows.span, 2, len(_LINES)))
        return index

    def __len__(self) -> int:
        """Count the templates held."""
        return len(self._rows)

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[np.uint64]], labels: Labels) -> None:
        """Add irises, replacing ids that are present.

        Raises:
            InvalidVector: not codes of irises, an id given twice, or lengths that differ.
        """
        ids = check_ids(ids, labels)
        if len(features) != len(ids):
            raise InvalidVector(f"The index takes one iris for each id, not {len(features)} for {len(ids)}.")
        codes = np.array([_checked(code) for code in features], np.uint64).reshape(-1, *SHAPE)
        rows = self._rows.add(ids, labels)
        for column, values in ((self._codes, codes), (self._looks, _look(codes))):
            column.grow(self._rows.span)
            column.changing(rows)[rows] = values

    def remove(self, ids: NDArray[np.int64]) -> int:
        """Remove ids, ignoring absent ones, and overwrite their codes; return how many were present."""
        rows = self._rows.remove(ids)
        for column in (self._codes, self._looks):
            column.changing(rows)[rows] = 0
        return len(rows)

    def ids_present(self, ids: NDArray[np.int64]) -> list[int]:
        """Return those of some ids whose templates the index holds."""
        return [int(template_id) for template_id in np.asarray(ids, np.int64)[self._rows.find(ids) >= 0]]

    def search(self, features: NDArray[np.uint64], k: int, where: Filter = NO_FILTER) -> Hits:
        """Return the k most similar irises whose labels meet a filter, best first, ties by id.

        Raises:
            InvalidVector: not the code of an iris.
        """
        probe = IrisCode(*(part.reshape(LINES, WORDS) for part in _checked(features)))
        meets_filter = self._rows.meeting(where)
        count = int(np.count_nonzero(meets_filter))
        compared = max(self._least_compared, k, int(SHARE_COMPARED * count))
        rows = (
            np.flatnonzero(meets_filter) if k <= 0 or count <= compared else self._likely(probe, meets_filter, compared)
        )
        bits, mask = (np.ascontiguousarray(self._codes.values[rows, part]) for part in (0, 1))
        scores = NOTHING - Matcher(probe).distances(Gallery(bits, mask))
        return self._rows.hits(rows, scores.astype(np.float32), k)

    def snapshot(self, path: Path, model: str, secret: bytes | None = None) -> Callable[[], None]:
        """Return what writes the index as it is now; see `SearchIndex`."""
        columns = {**self._rows.freeze(), "codes": self._codes.freeze(), "looks": self._looks.freeze()}
        return partial(write, path, Snapshot(self.KIND, model, self.sequence, columns), secret)

    def _likely(self, probe: IrisCode, meets_filter: NDArray[np.bool_], compared: int) -> NDArray[np.int64]:
        """Return the rows, rising, of the irises that meet the filter and are most alike at the first look.

        Those that are as much alike as the last one come along, so that ties are told apart by id.
        """
        turned = _look(
            np.stack([[rotated(part, turn).ravel() for part in (probe.bits, probe.mask)] for turn in LOOK_TURNS])
        )
        alike = np.empty(len(meets_filter), np.float32)

        def look(begin: int) -> None:
            part = slice(begin, begin + _PART)
            first_look(turned, self._looks.values[part], meets_filter[part], alike[part])

        list(self._pool.map(look, range(0, len(meets_filter), _PART)))
        return np.flatnonzero(alike >= np.partition(alike, -compared)[-compared])


def _restored(arrays: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> Column:
    values = arrays.get(name)
    if values is None or values.dtype != np.uint64 or values.shape != shape:
        raise InvalidVector(f"The index of irises lacks its {name}.")
    return Column(values)


def _checked(features: NDArray[np.uint64]) -> Words:
    if features.dtype != np.uint64 or features.shape != SHAPE:
        raise InvalidVector(f"The index takes codes of irises, not {features.dtype} of shape {features.shape}.")
    return features


def _look(codes: Words) -> Words:
    """Return the bits of the first look of codes, shape (codes, 2, lines looked at)."""
    lines = np.ascontiguousarray(codes.reshape(len(codes), 2, LINES, WORDS)[:, :, _LINES]).astype("<u8")
    bits = np.unpackbits(lines.view(np.uint8), axis=3, bitorder="little")[..., ::LOOK_STEP]
    assert bits.shape[3] == STEPS // LOOK_STEP == 64
    return np.packbits(bits, axis=3, bitorder="little").view("<u8")[..., 0].astype(np.uint64)
