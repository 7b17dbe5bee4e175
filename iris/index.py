"""Searches many codes: a first look at a few bits of each, then all bits and rotations of the most alike.

The first look reads RINGS_LOOKED of the coarser filter at every LOOK_STEP-th place, a sixteenth of the template, which
lies together in memory. The probe is turned before these places are taken, so that no rotation is lost.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iris.code import LINES, RINGS, STEPS, WAVES, WORDS, IrisCode, Words
from iris.comparison import TURN, Gallery, Matcher, rotated
from iris.geometry import Floats
from iris.kernels import first_look

LOOK_STEP = 4  # places of the 256 around the eye
LOOK_TURNS = range(-TURN, TURN + 1, 2)
RINGS_LOOKED = range(1, RINGS, 2)
LEAST_COMPARED, SHARE_COMPARED = 200, 0.0005  # codes that are compared in full: how many at least, and of all
_LINES = np.array([(ring * len(WAVES) + len(WAVES) - 1) * 2 + part for ring in RINGS_LOOKED for part in (0, 1)])


@dataclass(frozen=True, eq=False)
class Found:
    """The most alike codes of a gallery: their places and distances, the nearest first."""

    places: NDArray[np.int64]
    distances: Floats


class IrisIndex:
    """Codes that can be searched. Add before searching; searches may run side by side."""

    def __init__(self, bits: Words, mask: Words) -> None:
        """Take codes, each of shape (codes, LINES * WORDS)."""
        self._gallery = Gallery(bits, mask)
        self._look = tuple(
            np.concatenate([_look(part[i : i + 10_000]) for i in range(0, len(part), 10_000)]) for part in (bits, mask)
        )

    @classmethod
    def of(cls, codes: list[IrisCode]) -> IrisIndex:
        """Take a list of codes."""
        gallery = Gallery.of(codes)
        return cls(gallery.bits, gallery.mask)

    def __len__(self) -> int:
        """Count the codes."""
        return len(self._gallery.bits)

    def search(self, probe: IrisCode, at_most: int = 10, threads: int = 1) -> Found:
        """Return the codes nearest to a probe."""
        likely = self._likely(probe, threads)
        chosen = Gallery(self._gallery.bits[likely], self._gallery.mask[likely])
        distances = Matcher(probe).distances(chosen)
        best = np.argsort(distances, kind="stable")[:at_most]
        return Found(likely[best], distances[best])

    def _likely(self, probe: IrisCode, threads: int) -> NDArray[np.int64]:
        """Return the places of those that are most alike at the first look, in rising order."""
        wanted = max(LEAST_COMPARED, int(SHARE_COMPARED * len(self)))
        if wanted >= len(self):
            return np.arange(len(self))
        turned = [
            np.concatenate([_look(rotated(part, turn).reshape(1, -1)) for turn in LOOK_TURNS])
            for part in (probe.bits, probe.mask)
        ]
        alike = np.empty(len(self), np.float32)
        edges = np.linspace(0, len(self), threads + 1).astype(int)

        def look(begin: int, end: int) -> None:
            first_look(turned[0], turned[1], self._look[0][begin:end], self._look[1][begin:end], alike[begin:end])

        if threads == 1:
            look(0, len(self))
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(look, edges[:-1], edges[1:]))
        return np.sort(np.argpartition(-alike, wanted)[:wanted])


def _look(codes: Words) -> Words:
    """Return the bits of the first look of codes, shape (codes, lines looked at)."""
    lines = np.ascontiguousarray(codes.reshape(len(codes), LINES, WORDS)[:, _LINES]).astype("<u8")
    bits = np.unpackbits(lines.view(np.uint8), axis=2, bitorder="little")[:, :, ::LOOK_STEP]
    assert bits.shape[2] == STEPS // LOOK_STEP == 64
    return np.packbits(bits, axis=2, bitorder="little").view("<u8")[:, :, 0].astype(np.uint64)
