"""The compiled loops of a comparison: masked Hamming distance over rotations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit

Words = NDArray[np.uint64]


@njit(inline="always")
def _counted(
    probe_bits: Words, probe_mask: Words, turn: int, bits: Words, mask: Words, i: int
) -> tuple[np.int32, np.int32]:
    """Return how many bits of a rotation of a probe and a code differ, and how many count: those under both masks."""
    unlike = np.int32(0)
    common = np.int32(0)
    for w in range(bits.shape[1]):
        both = probe_mask[turn, w] & mask[i, w]
        common += np.int32(popcount(both))
        unlike += np.int32(popcount((probe_bits[turn, w] ^ bits[i, w]) & both))
    return unlike, common


@njit(error_model="numpy")
def differing(
    probe_bits: Words, probe_mask: Words, bits: Words, mask: Words, differ: NDArray[np.int32], count: NDArray[np.int32]
) -> None:
    """Write how many bits differ, and how many count, of every rotation of a probe and every code.

    Args:
        probe_bits: shape (rotations, words).
        probe_mask: likewise.
        bits: shape (codes, words).
        mask: likewise.
        differ: written, shape (codes, rotations).
        count: written, likewise.
    """
    for i in range(bits.shape[0]):
        for turn in range(probe_bits.shape[0]):
            unlike, common = _counted(probe_bits, probe_mask, turn, bits, mask, i)
            differ[i, turn] = unlike
            count[i, turn] = common


@njit(error_model="numpy")
def first_look(probe: Words, looks: Words, meets_filter: NDArray[np.bool_], alike: NDArray[np.float32]) -> None:
    """Write how alike each code is to a probe, by few of their bits, at the best rotation.

    Args:
        probe: bits and mask, shape (rotations, 2, words).
        looks: likewise, shape (codes, 2, words).
        meets_filter: which codes to compare, shape (codes,).
        alike: written, shape (codes,): how far beyond chance the bits agree, in standard deviations; else -inf.
    """
    bits, mask, probe_bits, probe_mask = looks[:, 0], looks[:, 1], probe[:, 0], probe[:, 1]
    for i in range(looks.shape[0]):
        best = np.float32(-np.inf)
        if meets_filter[i]:
            for turn in range(probe.shape[0]):
                unlike, common = _counted(probe_bits, probe_mask, turn, bits, mask, i)
                best = max(best, np.float32(common - 2 * unlike) / np.sqrt(np.float32(common + 1)))
        alike[i] = best
