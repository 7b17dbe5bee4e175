"""The quick comparison of prepared prints that sorts a large gallery before the exact one, compiled.

Source: Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code", TPAMI 32(12), 2010: its local similarity sort (LSS), with
the best partner of each cylinder of the smaller print in place of the best cells of the table.

numba's on-disk cache notices a change of a kernel's own file only: after editing `kernels.py`, remove the `__pycache__`
folder beside it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fingerprint.matching import kernels
from fingerprint.matching.batch import Batch, Side
from fingerprint.matching.parameters import MatchParameters


@njit(cache=True, nogil=True)
def screen_many(probe: Batch, candidates: Batch, parameters: MatchParameters) -> NDArray[np.float64]:
    """Screen the one print in `probe` against every candidate; (a, b) and (b, a) give the same score, bit by bit."""
    count = len(candidates.cylinders)
    scores = np.zeros(count)
    a = kernels._side(probe, 0)
    for i in range(count):
        b = kernels._side(candidates, i)
        if (a.cylinders, probe.keys[0]) <= (b.cylinders, candidates.keys[i]):
            scores[i] = _likeness(a, b, parameters)
        else:
            scores[i] = _likeness(b, a, parameters)
    return scores


@njit(cache=True, nogil=True)
def _likeness(smaller: Side, larger: Side, parameters: MatchParameters) -> float:
    """Average the best similarities that the cylinders of the smaller print find, as many as make an exact score."""
    if smaller.cylinders < 2:
        return 0.0
    table = kernels.similarities(larger, smaller, parameters.pairing)
    best = np.zeros(smaller.cylinders, np.float32)
    for i in range(larger.cylinders):
        row = table[i]
        for j in range(smaller.cylinders):  # down the columns, so that it becomes vector instructions
            best[j] = max(best[j], row[j])
    return float(kernels._mean_of_best(best.astype(np.float64), smaller.cylinders, parameters.relaxation))
