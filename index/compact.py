"""Vectors as codes, for millions in memory: FAISS scans two bits a number, and the best are scored by all of them.

A fixed random rotation makes the numbers of any unit vector close to normal, so that one codebook serves every model
and every gallery, and nothing is ever trained or rebuilt (as in J. Gao and C. Long, RaBitQ,
SIGMOD 2024, section 3.1). docs/decisions/0008-face-vectors.md compares it with trained codebooks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import Filter
from index import kernels
from index.column import Column, FrozenColumn
from index.fast_scan import BLOCK, CodeBlock
from index.kernels import GROUP
from index.rows import Rows

SCORED = 1000  # rows that may be scored by all bits, of up to a million; of more, times millions to the power GROWTH
GROWTH = 0.7
SCORED_PER_HIT = 20  # and for each hit asked for
SCORED_FIRST = 256  # of them; the others are scored only if they may be better than the k-th
COARSE_ERROR = 0.343  # standard deviation of a coarse score, times sqrt(dimension): Max's table I gives 0.1175 squared
CLEARLY = 4.5  # such deviations below the k-th, a row need not be scored
SPREAD = 2  # each block is asked for the best, divided by the blocks, times this: the best are not spread evenly
DEEPER = 2  # times as many candidates are asked for when too few of them meet a filter
ALONE = 1000  # rows that one core scores in less time than others take to come to its help
FINER_AT_MOST = 2_000_000  # rows: ten million of 128 numbers with 16 fine bits would not fit in 2 GB
_ENCODED = 1 << 13  # vectors rotated at a time
_SEED = 1789
_LEAST = np.float32(-np.inf)
_NO_ROWS, _NO_SCORES = np.empty(0, np.int64), np.empty(0, np.float32)

Candidates = tuple[NDArray[np.int64], NDArray[np.float32]]
Part = TypeVar("Part")
Result = TypeVar("Result")


class CompactVectors:
    """Unit vectors by row: of each number two bits in FAISS's fast scan, and 16 more, or 8 more beyond `finer_at_most`.

    A score is off the inner product of the float vectors by a standard deviation of some 1e-6 and, beyond
    `finer_at_most`, 0.0002 (of 128 numbers): templates whose scores differ by less may change places. Numbers above
    5 / sqrt(dimension), which next to no unit vector has once rotated, are cut.
    """

    def __init__(
        self, dimension: int, rotation: NDArray[np.float32] | None = None, finer_at_most: int = FINER_AT_MOST
    ) -> None:
        """Make an empty set for vectors of this length.

        Args:
            dimension: of the vectors.
            rotation: orthonormal rows, shape (dimension, next multiple of 4); a saved one, or ours.
            finer_at_most: rows whose numbers are kept to 18 bits; of more, to 10.
        """
        self._rotation = _random_rotation(dimension) if rotation is None else rotation
        self._scale = np.float32(np.sqrt(self._rotation.shape[1]))
        self._finer_at_most = finer_at_most
        self._fine = Column.empty(np.uint16, self._rotation.shape[1])
        self._blocks: list[CodeBlock] = []
        self._threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="vectors")

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], span: int, dimension: int) -> CompactVectors:
        """Make them of what `freeze` gave, for `span` rows; the fine codes are taken over.

        Raises:
            InvalidVector: an array is absent, or of another type or shape.
        """
        rotation, fine = arrays.get("rotation"), arrays.get("fine")
        width = -(-dimension // 4) * 4
        if rotation is None or rotation.shape != (dimension, width) or rotation.dtype != np.float32:
            raise InvalidVector(f"The index holds no rotation for vectors of {dimension} numbers.")
        if fine is None or fine.shape != (span, width) or fine.dtype not in (np.uint8, np.uint16):
            raise InvalidVector(f"The index holds no codes of {width} numbers for its {span} rows.")
        compact = cls(dimension, rotation)
        compact._fine = Column(fine)
        compact._hold(span)
        for number, block in enumerate(compact._blocks):
            coarse = arrays.get(f"coarse {number}")
            if coarse is None or coarse.shape != block.codes.shape or coarse.dtype != np.uint8:
                raise InvalidVector(f"The index lacks the coarse codes of block {number}.")
            block.codes[:] = coarse
        return compact

    def freeze(self) -> dict[str, FrozenColumn]:
        """Return what a snapshot keeps, as it is now."""
        coarse = {f"coarse {number}": block.groups.freeze() for number, block in enumerate(self._blocks)}
        return {"rotation": Column(self._rotation).freeze(), "fine": self._fine.freeze(), **coarse}

    def put(self, rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Write vectors, shape (n, dimension), to some rows, old or new."""
        self._hold(max(int(rows.max(initial=-1)) + 1, len(self._fine)))
        order, rotation = np.argsort(rows, kind="stable"), self._rotation.astype(np.float64) * self._scale
        for start in range(0, len(rows), _ENCODED):
            part = order[start : start + _ENCODED]
            # In float64, so that a vector's codes do not depend on what it is multiplied together with.
            numbers = (vectors[part].astype(np.float64) @ rotation).astype(np.float32)
            ascending = rows[part]
            for number, places in _by_block(ascending):
                of_block = ascending[places] - number * BLOCK
                self._fine.changing(ascending[places])
                coarse = self._blocks[number].groups.changing(of_block // GROUP)
                kernels.encode(numbers[places], of_block, coarse, self._fine_of(number), self._levels)

    def erase(self, rows: NDArray[np.int64]) -> None:
        """Leave nothing in some rows but the code of a vector of zeros, which is near to no probe."""
        for start in range(0, len(rows), _ENCODED):
            part = rows[start : start + _ENCODED]
            self.put(part, np.zeros((len(part), len(self._rotation)), np.float32))

    def best(
        self, query: NDArray[np.float32], k: int, rows: Rows, where: Filter
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return rows that include the k nearest of those that meet a filter, and their scores."""
        rotated = query @ self._rotation / self._scale
        candidates, coarse = self._candidates(rotated, k, rows, where)
        order = np.argsort(-coarse)
        first, later = order[: SCORED_FIRST + k], order[SCORED_FIRST + k :]
        candidates, scores = candidates[order], self._scores(rotated, candidates[first])
        if 0 < k < len(candidates):
            enough = np.partition(scores, len(scores) - k)[len(scores) - k]
            enough -= CLEARLY * COARSE_ERROR * np.linalg.norm(rotated)
            later = later[coarse[later] >= enough]
            scores = np.concatenate([scores, self._scores(rotated, candidates[len(first) : len(first) + len(later)])])
        return candidates[: len(scores)], scores

    def _candidates(self, query: NDArray[np.float32], k: int, rows: Rows, where: Filter) -> Candidates:
        """Return the best by coarse score of the rows that meet a filter, or all of them, unscored, where they are few.

        How many of them holds the k nearest: docs/decisions/0008-face-vectors.md.
        """
        blocks, count, depth = max(len(self._blocks), 1), len(rows), 0
        while True:
            if where and rows.keeps(where):
                count = int(np.count_nonzero(rows.meeting(where)))
            min_scored = int(SCORED * max(count / 1_000_000, 1) ** GROWTH) + SCORED_PER_HIT * max(k, 0)
            depth = max(depth, min_scored * SPREAD * rows.span // (max(count, 1) * max(blocks, SPREAD)) + 1)
            if where and rows.keeps(where) and count <= max(min_scored, depth * blocks):
                matching = np.flatnonzero(rows.meeting(where))
                return matching, np.full(len(matching), np.inf, np.float32)
            candidates, scores, floor = self._scan(query, depth)
            sure = np.flatnonzero((scores >= floor) & rows.meet(candidates, where))
            if len(sure) >= min_scored:
                sure = sure[np.argpartition(-scores[sure], min_scored - 1)[:min_scored]]
            if len(sure) >= min_scored or floor == _LEAST:
                return candidates[sure], scores[sure]
            if where:
                rows.meeting(where)  # from now on it is known, and says how deep to go
            depth *= DEEPER

    def _scan(
        self, query: NDArray[np.float32], depth: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], np.float32]:
        """Return the `depth` best rows of each block, their coarse scores, and the worst score of a block cut there."""
        results = self._on_every_core(
            lambda number: self._blocks[number].search(query, depth), range(len(self._blocks))
        )
        rows = [rows + number * BLOCK for number, (rows, _) in enumerate(results)]
        cut = [scores[-1] for (_, scores), block in zip(results, self._blocks, strict=True) if len(scores) < len(block)]
        every_row, every_score = (
            np.concatenate([_NO_ROWS, *rows]),
            np.concatenate([_NO_SCORES, *(s for _, s in results)]),
        )
        return every_row, every_score, max(cut, default=_LEAST)

    def _scores(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the scores of some rows by all bits."""
        order = np.argsort(rows)
        ascending, scores = rows[order], np.empty(len(rows), np.float32)

        def score(part: tuple[int, slice]) -> None:
            number, places = part
            of_block = ascending[places] - number * BLOCK
            block, fine = self._blocks[number], self._fine_of(number)
            kernels.score(query, of_block, block.codes, fine, self._levels, scores[places])

        parts = list(_by_block(ascending))
        if len(rows) > ALONE:
            self._on_every_core(score, parts)
        else:
            for part in parts:
                score(part)
        by_row = np.empty_like(scores)
        by_row[order] = scores
        return by_row

    @property
    def _levels(self) -> int:
        return 1 << 8 * self._fine.values.dtype.itemsize

    def _fine_of(self, number: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
        fine: NDArray[np.uint8] | NDArray[np.uint16] = self._fine.values[number * BLOCK : (number + 1) * BLOCK]
        return fine

    def _hold(self, span: int) -> None:
        """Make room for `span` rows, all of which are searched from now on."""
        if span > self._finer_at_most and self._levels > 256:
            self._fine = Column(_first_eight_bits(self._fine.values))
        self._fine.grow(span)
        while len(self._blocks) * BLOCK < span:
            self._blocks.append(CodeBlock(self._rotation.shape[1]))
        for number, block in enumerate(self._blocks):
            block.hold(min(span - number * BLOCK, BLOCK))

    def _on_every_core(self, work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
        """Process parts in parallel, a share of them on each core, and return their results in order."""

        def share(first: int) -> list[Result]:
            return [work(part) for part in parts[first :: self._threads]]

        futures = [self._pool.submit(share, first) for first in range(1, min(self._threads, len(parts)))]
        shares = [share(0), *(other.result() for other in futures)]
        return [shares[i % self._threads][i // self._threads] for i in range(len(parts))]


def _by_block(rows: NDArray[np.int64]) -> Iterator[tuple[int, slice]]:
    """Yield for ascending rows each block's number, and which of them are in it."""
    numbers = np.unique(rows // BLOCK)
    ends = np.searchsorted(rows, (numbers + 1) * BLOCK)
    starts = np.searchsorted(rows, numbers * BLOCK)
    for number, start, end in zip(numbers.tolist(), starts, ends, strict=True):
        yield number, slice(start, end)


def _first_eight_bits(fine: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return fine codes of 16 bits in 8, without another copy of them."""
    coarser = np.empty(fine.shape, np.uint8)
    for start in range(0, len(fine), _ENCODED):
        coarser[start : start + _ENCODED] = fine[start : start + _ENCODED] >> 8
    return coarser


def _random_rotation(dimension: int) -> NDArray[np.float32]:
    """Return orthonormal rows in random directions, shape (dimension, next multiple of 4).

    Three rounds of random signs and a cosine transform (of any length, where the source has Hadamard's), each an
    orthogonal matrix: A. Andoni et al., Practical and Optimal LSH for Angular Distance, NIPS 2015, section 5.
    """
    width = -(-dimension // 4) * 4
    places = np.arange(width)
    cosines = np.cos(np.pi / width * np.outer(places + 0.5, places)) * np.sqrt(2 / width)
    cosines[:, 0] /= np.sqrt(2)
    rotation = np.eye(width)
    for signs in np.random.default_rng(_SEED).choice([-1.0, 1.0], (3, width)):
        rotation = rotation * signs @ cosines
    return np.ascontiguousarray(rotation[:dimension], np.float32)
