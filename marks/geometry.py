"""Which local features of two photos agree in look and in place: RANSAC with a fixed seed, to repeat an answer.

Source: M. Fischler and R. Bolles, Random sample consensus, Communications of the ACM 24, 1981.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marks.features import LocalFeatures

_ALIKE = 0.82  # least cosine of two features; XFeat's own
_TRIES = 400  # pairs of matches that a motion is made of
_SEED = 20_251_130
_TOLERANCE = 0.03  # of the longer side, by which a place may miss: skin bends
_LARGEST_SCALE = 4.0
_LEAST_APART = 0.02  # of the longer side: two points of a motion


@dataclass(frozen=True, eq=False)
class Agreement:
    """`pairs`, (n, 2) int64, are the places of the features that agree, in the probe and in the candidate.

    `motion` turns, scales and moves places of the probe onto the candidate: z becomes a z + b in complex numbers.
    """

    pairs: NDArray[np.int64]
    motion: tuple[complex, complex]


NOTHING = Agreement(np.empty((0, 2), np.int64), (1 + 0j, 0j))


def agreement(probe: LocalFeatures, candidate: LocalFeatures) -> Agreement:
    """Return the matches of two photos that one turn, scale and shift explains."""
    pairs = _matches(probe, candidate)
    if len(pairs) < 2:
        return NOTHING
    probe_points = _complex(probe.places[pairs[:, 0]])
    candidate_points = _complex(candidate.places[pairs[:, 1]])
    first, second = np.random.default_rng(_SEED).integers(0, len(pairs), (2, _TRIES))
    baseline = probe_points[second] - probe_points[first]
    usable = np.abs(baseline) > _LEAST_APART
    first, baseline = first[usable], baseline[usable]
    turns = (candidate_points[second[usable]] - candidate_points[first]) / baseline
    size = np.abs(turns)
    sound = (size < _LARGEST_SCALE) & (size > 1 / _LARGEST_SCALE)
    turns, first = turns[sound], first[sound]
    if not len(turns):
        return NOTHING
    shifts = candidate_points[first] - turns * probe_points[first]
    close = (
        np.abs(turns[:, None] * probe_points + shifts[:, None] - candidate_points)
        < _TOLERANCE * np.maximum(1.0, np.abs(turns))[:, None]
    )
    best = int(close.sum(axis=1).argmax())
    return Agreement(pairs[close[best]], (complex(turns[best]), complex(shifts[best])))


def _matches(probe: LocalFeatures, candidate: LocalFeatures) -> NDArray[np.int64]:
    """Return the pairs of features that are most alike of all to each other."""
    if not len(probe) or not len(candidate):
        return np.empty((0, 2), np.int64)
    alike = probe.descriptors @ candidate.descriptors.T
    best_candidate, best_probe = alike.argmax(axis=1), alike.argmax(axis=0)
    rows = np.arange(len(probe))
    mutual = (best_probe[best_candidate] == rows) & (alike[rows, best_candidate] > _ALIKE)
    return np.stack([rows[mutual], best_candidate[mutual]], axis=1).astype(np.int64)


def _complex(places: NDArray[np.float32]) -> NDArray[np.complex128]:
    return np.asarray(places[:, 0] + 1j * places[:, 1], np.complex128)
