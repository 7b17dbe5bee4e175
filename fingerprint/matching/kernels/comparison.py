"""The comparison of two prepared prints, compiled; called by `matcher.py`."""

from __future__ import annotations

from math import exp, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.batch import DIRECTION, Batch, PrintArrays, side
from fingerprint.matching.kernels.bits import padded
from fingerprint.matching.kernels.consolidation import (
    AlignmentSpace,
    align,
    alignment_space,
    anchor,
    shared_fraction,
    show,
)
from fingerprint.matching.kernels.motion import MOTION_ROWS, TURN, Motion
from fingerprint.matching.kernels.pairing import PairingSpace, best_pairs, pairing_space, similarities
from fingerprint.matching.kernels.relaxation import (
    Links,
    drop_far,
    first,
    link,
    link_space,
    mean_of_best,
    relax,
    supported,
)
from fingerprint.matching.kernels.ridges import ridge_agreement
from fingerprint.matching.kernels.spots import SpotSpace, patches_agree, promising, spot_space
from fingerprint.matching.parameters import MatchParameters

RELAXED, SUPPORT = 2, 3  # rows of `Space.numbers`


class Space(NamedTuple):
    """Room for a comparison, used again for each; `room` is whole turns of `LANES`."""

    pairing: PairingSpace
    pairs: NDArray[np.int32]  # shape (room, 2)
    motion: NDArray[np.float32]  # shape (MOTION_ROWS, room)
    links: Links
    near: NDArray[np.int32]  # shape (2, room)
    numbers: NDArray[np.float64]  # shape (5, room): similarities, room, similarities after relaxation, support, room
    alignment: AlignmentSpace
    spot: SpotSpace


def space(minutiae: int, parameters: MatchParameters) -> Space:
    """Return room for prints with up to this many minutiae."""
    room = padded(max(minutiae, parameters.relaxation.max_pairs, 1))
    return Space(
        pairing_space(room),
        np.zeros((room, 2), np.int32),
        np.zeros((MOTION_ROWS, room), np.float32),
        link_space(room),
        np.zeros((2, room), np.int32),
        np.zeros((5, room)),
        alignment_space(room),
        spot_space(room),
    )


class Comparison(NamedTuple):
    """What came of a comparison.

    Attributes:
        agreement, shared, likeness: as in `explanation.Explanation`.
        pairs: how many minutiae were paired; fewer than two mean that the prints have nothing in common.
        links: how many links there are among the pairs.
        chosen: the pair around which the ridges agree best; the strongest one where they agree nowhere.
    """

    agreement: float
    shared: float
    likeness: float
    pairs: int
    links: int
    chosen: int


@njit(error_model="numpy")
def match_many(probe: Batch, candidates: Batch, parameters: MatchParameters, space: Space) -> NDArray[np.float64]:
    """Score the one print in `probe` against every candidate; (a, b) and (b, a) give the same score, bit by bit."""
    count = len(candidates.keys)
    scores = np.zeros(count)
    a = side(probe, len(probe.keys) - 1)  # not 0: numba compiles `side` once more for a constant
    for i in range(count):
        b = side(candidates, i)
        if (a.minutiae, probe.keys[0]) <= (b.minutiae, candidates.keys[i]):
            scores[i] = score(compare(a, b, parameters, space), parameters)
        else:
            scores[i] = score(compare(b, a, parameters, space), parameters)
    return scores


@njit(error_model="numpy")
def score(comparison: Comparison, parameters: MatchParameters) -> float:
    """Raise the score of the minutiae by the likeness of the ridges, as far as it is beyond chance; 0 to 1."""
    ridges, gain = parameters.ridges, parameters.consolidation.shared_gain
    shared = comparison.shared if gain == 0.0 else exp(gain * (comparison.shared - 1.0))
    minutiae = comparison.agreement * shared + ridges.least_score
    raised = minutiae * exp(ridges.gain * max(0.0, comparison.likeness - ridges.chance))
    return (raised - ridges.least_score) / (1.0 + raised - ridges.least_score)


@njit(error_model="numpy")
def compare(a: PrintArrays, b: PrintArrays, parameters: MatchParameters, space: Space) -> Comparison:
    """Compare two prints; the pairs, their similarities and their links are left in `space`."""
    similarities(a, b, parameters.pairing, space.pairing.table)
    pairs = best_pairs(a.cylinders, b.cylinders, parameters.pairing.least_similarity, space.pairing, space.pairs)
    if pairs < 2:
        return Comparison(0.0, 0.0, 0.0, pairs, 0, 0)
    similarity, before, remaining = space.numbers[0, :pairs], space.numbers[1, :pairs], space.numbers[4, :pairs]
    relaxed, support = space.numbers[RELAXED, :pairs], space.numbers[SUPPORT, :pairs]
    for t in range(pairs):
        i, j = space.pairs[t, 0], space.pairs[t, 1]
        similarity[t] = space.pairing.table[i, j]
        show(a.points, b.points, i, j, 1.0, space.motion, t)
        turn = b.points[DIRECTION, j] - a.points[DIRECTION, i]
        space.motion[TURN, t] = turn if turn >= 0.0 else turn + 2 * pi
    link_count = link(Motion(space.motion, pairs), parameters.relaxation, space.near[0], space.near[1], space.links)
    relax(similarity, first(space.links, link_count), parameters.relaxation, before, relaxed)
    drop_far(Motion(space.motion, pairs), parameters.relaxation, relaxed)
    agreement = mean_of_best(relaxed, min(a.cylinders, b.cylinders), parameters.relaxation, before)
    shared, likeness, chosen = parameters.consolidation.chance_shared, 0.0, 0
    for t in range(pairs):
        remaining[t] = relaxed[t]
    for hypothesis in range(parameters.ridges.hypotheses):
        best = int(remaining.argmax())
        if remaining[best] <= 0.0 or likeness > parameters.ridges.settled:
            break
        if hypothesis == 0:
            chosen = best
        anchors = take_anchors(a, b, best, pairs, link_count, parameters, space)
        counts = hypothesis == 0 and agreement >= parameters.consolidation.least_agreement
        if counts or _looks_right(a, b, anchors, parameters, space):
            aligned = align(a, b, anchors, parameters, space.pairing, space.alignment)
            if counts:
                shared = shared_fraction(a, b, aligned, parameters, space.alignment)
            if promising(a, b, aligned, parameters.skin, parameters.ridges, space.alignment, space.spot):
                motion = Motion(space.alignment.motion, aligned)
                agreement_of_ridges = ridge_agreement(a.ridges, b.ridges, motion, parameters.skin, parameters.ridges)
                if agreement_of_ridges > likeness:
                    likeness, chosen = agreement_of_ridges, best
        for t in range(pairs):
            if support[t] > parameters.ridges.same:
                remaining[t] = 0.0
        remaining[best] = 0.0
    return Comparison(agreement, shared, likeness, pairs, link_count, chosen)


@njit(error_model="numpy")
def take_anchors(
    a: PrintArrays, b: PrintArrays, best: int, pairs: int, links: int, parameters: MatchParameters, space: Space
) -> int:
    """Take one of the pairs and those that it supports for an alignment; return how many they are."""
    relaxed, support = space.numbers[RELAXED, :pairs], space.numbers[SUPPORT, :pairs]
    supported(best, first(space.links, links), support)
    return int(anchor(a, b, space.pairs, relaxed, support, best, parameters.consolidation, space.alignment))


@njit(error_model="numpy")
def _looks_right(a: PrintArrays, b: PrintArrays, anchors: int, parameters: MatchParameters, space: Space) -> bool:
    """Say whether the ridges around some anchors allow the prints to lie on each other so."""
    if anchors <= 2:
        return patches_agree(a, b, space.alignment.pairs[:anchors], parameters.ridges, space.spot)
    return promising(a, b, anchors, parameters.skin, parameters.ridges, space.alignment, space.spot)
