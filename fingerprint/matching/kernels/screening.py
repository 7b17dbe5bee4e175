"""The quick comparison of prepared prints that sorts a large gallery before the exact one, compiled.

Source: Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code", TPAMI 32(12), 2010: its local similarity sort (LSS), with
the best partner of each cylinder of the smaller print in place of the best cells of the table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.batch import Batch, PrintArrays, side
from fingerprint.matching.kernels.bits import padded
from fingerprint.matching.kernels.pairing import similarities
from fingerprint.matching.kernels.relaxation import mean_of_best
from fingerprint.matching.parameters import MatchParameters


@njit(error_model="numpy")
def screen_many(probe: Batch, candidates: Batch, parameters: MatchParameters) -> NDArray[np.float64]:
    """Screen the one print in `probe` against every candidate; (a, b) and (b, a) give the same score, bit by bit."""
    count = len(candidates.keys)
    room = padded(max(probe.minutiae, candidates.minutiae))
    table, best = np.zeros((room, room), np.float32), np.zeros(room, np.float32)
    values, sorted_ = np.zeros(room), np.zeros(max(room, parameters.relaxation.max_pairs))
    scores = np.zeros(count)
    a = side(probe, 0)
    for i in range(count):
        b = side(candidates, i)
        if (a.cylinders, probe.keys[0]) <= (b.cylinders, candidates.keys[i]):
            scores[i] = _likeness(a, b, parameters, table, best, values, sorted_)
        else:
            scores[i] = _likeness(b, a, parameters, table, best, values, sorted_)
    return scores


@njit(error_model="numpy")
def _likeness(
    smaller: PrintArrays,
    larger: PrintArrays,
    parameters: MatchParameters,
    table: NDArray[np.float32],
    best: NDArray[np.float32],
    values: NDArray[np.float64],
    sorted_: NDArray[np.float64],
) -> float:
    """Average the best similarities that the cylinders of the smaller print find, as many as make an exact score."""
    if smaller.cylinders < 2:
        return 0.0
    similarities(larger, smaller, parameters.pairing, table)
    for j in range(len(best)):
        best[j] = np.float32(0)
    for i in range(larger.cylinders):
        row = table[i]
        for j in range(padded(smaller.cylinders)):  # down the columns, so that it becomes vector instructions
            best[j] = max(best[j], row[j])
    for j in range(smaller.cylinders):
        values[j] = best[j]
    return float(mean_of_best(values[: smaller.cylinders], smaller.cylinders, parameters.relaxation, sorted_))
