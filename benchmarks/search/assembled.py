"""Prints assembled from parts of generated ones: a gallery of millions in minutes instead of days.

A print takes the minutiae of one generated print in a third of its area around the centre, those of a second in
another third, and those of a third print in the rest, with their codes. So the codes have their natural neighbours
except at the seams, and n generated prints give some n ** 3 assembled ones. What a probe scores by chance against an
assembled print is the sum of three parts, each drawn from n, so that its distribution has the tail of far more prints.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

THIRDS = 3
_HEADER = 10  # bytes of a template before its minutiae, the last of which counts them; see `fingerprint.codec`
_MINUTIA = 8
_SIZES = 20  # the thirds of a print come from prints of one twentieth of all, by their numbers of minutiae
_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))  # of SplitMix64 (Steele and others, OOPSLA 2014)


class Parts:
    """Generated prints in thirds: their features, and the bytes of their templates."""

    def __init__(self, data: Sequence[bytes], sets: Sequence[NDArray[np.void]]) -> None:
        counts = np.array([len(print_features) for print_features in sets])
        by_size = np.argsort(counts, kind="stable")
        rank = np.empty(len(sets), np.int64)
        rank[by_size] = np.arange(len(sets))
        features = np.concatenate(sets)
        print_ = np.repeat(np.arange(len(sets)), counts)
        sizes = np.array([np.frombuffer(encoded[5:9], "<u2") for encoded in data]).astype(np.int64)
        x, y = features["x"] - sizes[print_, 0] // 2, features["y"] + sizes[print_, 1] // 2
        third = np.floor(THIRDS * (np.arctan2(y, x) / (2 * np.pi) + 0.5)).astype(np.int64) % THIRDS
        cell = rank[print_] * THIRDS + third
        order = np.argsort(cell, kind="stable")
        minutiae = np.frombuffer(b"".join(encoded[_HEADER:] for encoded in data), f"V{_MINUTIA}")
        self._header = data[0][: _HEADER - 1]
        self._features, self._minutiae = features[order], minutiae[order]
        self._counts = np.bincount(cell, minlength=THIRDS * len(sets))
        self._begins = np.cumsum(self._counts) - self._counts

    def __len__(self) -> int:
        """Count the generated prints."""
        return len(self._begins) // THIRDS

    def features(self, numbers: NDArray[np.int64]) -> list[NDArray[np.void]]:
        """Return the features of the assembled prints of some numbers; the same print for a number every time."""
        return self._assembled(self._features, numbers)

    def data(self, numbers: NDArray[np.int64]) -> list[bytes]:
        """Return the bytes of their templates."""
        minutiae = self._assembled(self._minutiae, numbers)
        return [self._header + bytes([len(print_minutiae)]) + print_minutiae.tobytes() for print_minutiae in minutiae]

    def _assembled(self, values: NDArray[np.void], numbers: NDArray[np.int64]) -> list[NDArray[np.void]]:
        places = self._chosen(numbers) * THIRDS + np.arange(THIRDS)
        begins, counts = self._begins[places].ravel(), self._counts[places].ravel()
        ends = np.cumsum(counts)
        picked = values[np.repeat(begins - ends + counts, counts) + np.arange(ends[-1])]
        return np.split(picked, ends[THIRDS - 1 :: THIRDS][:-1])

    def _chosen(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Choose three prints of about one size for each number: shape (len(numbers), THIRDS)."""
        first = np.asarray(numbers, np.uint64)[:, None] * np.uint64(THIRDS)
        mixed: NDArray[np.uint64] = np.add(first, np.arange(THIRDS, dtype=np.uint64), dtype=np.uint64)
        for shift, factor in _MIXING:
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        random = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)
        near = max(1, len(self) // _SIZES)
        start = np.minimum(random[:, :1] % len(self), len(self) - near)
        chosen: NDArray[np.int64] = start + random // len(self) % near
        return chosen
