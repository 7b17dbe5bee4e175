"""How unlike two irises are: the share of bits that differ, at the best rotation.

The share is normalised by how many bits count, since a small share of few bits may be chance (J. Daugman, New methods
in iris recognition, IEEE Trans. SMC-B 37(5), 2007). Strangers have about 0.44 at their best rotation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iris.code import LINES, STEPS, WORDS, IrisCode, Words
from iris.geometry import Floats
from iris.kernels import differing

TURN = 24  # steps to either side that a head may be tilted: 33.75 degrees
TYPICAL = 5_000  # bits that count in a comparison of two good photos
LEAST = 600  # bits that must count; where fewer do, nothing is said of two irises
NOTHING = 0.5


@dataclass(frozen=True, eq=False)
class Gallery:
    """Codes side by side, to be compared with one probe: `bits` and `mask`, shape (codes, LINES * WORDS)."""

    bits: Words
    mask: Words

    @classmethod
    def of(cls, codes: list[IrisCode]) -> Gallery:
        """Lay codes side by side."""
        shape = len(codes), LINES * WORDS
        return cls(
            np.array([code.bits for code in codes], np.uint64).reshape(shape),
            np.array([code.mask for code in codes], np.uint64).reshape(shape),
        )


@dataclass(frozen=True, eq=False)
class Matcher:
    """A probe, turned to all sides once, to be compared with many codes."""

    probe: IrisCode

    @cached_property
    def turned(self) -> Gallery:
        """The probe at each rotation."""
        turns = range(-TURN, TURN + 1)
        return Gallery.of([IrisCode(rotated(self.probe.bits, t), rotated(self.probe.mask, t)) for t in turns])

    def distances(self, gallery: Gallery) -> Floats:
        """Return the normalised distance from each code, shape (codes,): 0 alike, about 0.5 unrelated."""
        return self._at_each(gallery).min(axis=1, initial=NOTHING)

    def rotation(self, candidate: IrisCode) -> int:
        """Return by how many steps the probe is turned where it is most like a code."""
        return int(self._at_each(Gallery.of([candidate]))[0].argmin()) - TURN

    def _at_each(self, gallery: Gallery) -> Floats:
        """Return the distances at each rotation, shape (codes, rotations)."""
        shape = len(gallery.bits), 2 * TURN + 1
        differ, count = np.empty(shape, np.int32), np.empty(shape, np.int32)
        differing(self.turned.bits, self.turned.mask, gallery.bits, gallery.mask, differ, count)
        return normalised(differ, count)


def normalised(differ: np.ndarray, count: np.ndarray) -> Floats:
    """Return distances from counts of bits that differ and that count."""
    share = differ / np.maximum(count, 1)
    return np.asarray(np.where(count < LEAST, NOTHING, NOTHING - (NOTHING - share) * np.sqrt(count / TYPICAL)))


def distance(probe: IrisCode, candidate: IrisCode) -> float:
    """Return the normalised distance of two codes."""
    return float(Matcher(probe).distances(Gallery.of([candidate]))[0])


def rotated(lines: Words, steps: int) -> Words:
    """Return lines of bits, shape (LINES, WORDS), turned by some steps around the eye."""
    bits = np.unpackbits(lines.astype("<u8").view(np.uint8), axis=1, bitorder="little")
    turned = np.roll(bits, steps % STEPS, axis=1)
    return np.packbits(turned, axis=1, bitorder="little").view("<u8").astype(np.uint64)
