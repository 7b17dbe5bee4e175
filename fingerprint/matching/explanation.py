"""Why two prints score as they do: the pairs of minutiae, how one print lies on the other, and the ridges there.

It runs the kernel that `match` runs, so its score is the same to the bit; then it lays the prints on each other once
more, in the way in which their ridges agreed best.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, degrees, radians, sin

import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.kernels import comparison
from fingerprint.matching.kernels.batch import batch, side
from fingerprint.matching.kernels.consolidation import align
from fingerprint.matching.kernels.geometry import point_in_polygon
from fingerprint.matching.kernels.motion import (
    FROM_X,
    TO_X,
    TURN_COS,
    TURN_SIN,
    WEIGHT,
    Motion,
    backward,
    carried,
)
from fingerprint.matching.kernels.relaxation import mean_of_best
from fingerprint.matching.parameters import MatchParameters, SkinParameters
from fingerprint.matching.tile_agreement import TileAgreement, tile_agreements

_PARAMETERS = MatchParameters()
_FLIP = np.array([[1.0], [-1.0]])  # from y down to y up, and back


@dataclass(frozen=True)
class Pair:
    """A minutia of the probe and one of the candidate that came to lie together; indices into the templates' arrays.

    `contribution` is the pair's part of the explanation's `agreement`: its similarity after the other pairs have had
    their say, by the number of pairs averaged; 0 for a pair that is not among the best ones. `closeness` is 1 where
    both lie exactly on each other and point the same way, 0 at the limits.
    """

    probe: int
    candidate: int
    contribution: float
    closeness: float


@dataclass(frozen=True)
class RigidMotion:
    """The turn and shift that bring the probe onto the candidate best, skin not stretched.

    A point of the probe's image, in pixels at 500 ppi and y down, is turned about the upper left corner by `angle`
    degrees, counter-clockwise as seen, then moved right by `dx` and down by `dy` pixels.
    """

    angle: float
    dx: float
    dy: float

    def matrix(self) -> NDArray[np.float64]:
        """Return it as a matrix for points (x, y, 1): shape (2, 3)."""
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        return np.array([[c, s, self.dx], [-s, c, self.dy]])


@dataclass(frozen=True, eq=False)
class Alignment:
    """How the probe lies on the candidate.

    Attributes:
        pairs: the minutiae that lie together, the one that contributes most first.
        probe_alone, candidate_alone: indices of the minutiae that lie in the overlap without a partner.
        rigid: the one turn and shift for all; to draw with.
        tiles: the ridges of the probe that lie on the candidate.
    """

    pairs: tuple[Pair, ...]
    probe_alone: tuple[int, ...]
    candidate_alone: tuple[int, ...]
    rigid: RigidMotion
    tiles: tuple[TileAgreement, ...]
    _motion: Motion
    _skin: SkinParameters

    @property
    def overlap(self) -> float:
        """The part of the minutiae of both prints that lie in the overlap which have a partner, 0 to 1."""
        paired = 2 * len(self.pairs)
        return paired / max(1, paired + len(self.probe_alone) + len(self.candidate_alone))

    def on_candidate(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Carry points of the probe's image onto the candidate's, as the skin stretched.

        `points` has shape (2, n): x and y in pixels at 500 ppi, y down; so has what is returned.
        """
        carried_points: NDArray[np.float64] = (
            carried((points * _FLIP).astype(np.float32), self._motion, self._skin)[:2] * _FLIP
        )
        return carried_points


@dataclass(frozen=True, eq=False)
class Explanation:
    """A score, and what it is made of.

    The score is `agreement` times `shared`, raised by `likeness` as far as that is beyond chance. Of a latent, `shared`
    counts less (`parameters.LATENT`).

    Attributes:
        score: exactly that of `match`.
        agreement: of the best pairs of minutiae, 0 to 1.
        shared: the part of the minutiae in the overlap that have a partner, drawn towards what is to be expected where
            there are few; where `agreement` is too low to look at the overlap, what non-mated prints share.
        likeness: of the ridges, 0 by chance, towards 1.
        alignment: how the probe lies on the candidate; None where no two pairs of minutiae are similar.
    """

    score: float
    agreement: float
    shared: float
    likeness: float
    alignment: Alignment | None


def explain(probe: PreparedPrint, candidate: PreparedPrint, parameters: MatchParameters = _PARAMETERS) -> Explanation:
    """Compare two prints as `match` does, and say why they score so."""
    turned_round = (probe.points.shape[1], probe.key) > (candidate.points.shape[1], candidate.key)
    prints = batch([candidate, probe] if turned_round else [probe, candidate])
    a, b = side(prints, 0), side(prints, 1)
    space = comparison.space(prints.minutiae, parameters)
    compared = comparison.compare(a, b, parameters, space)
    if compared.pairs < 2:
        return Explanation(0.0, 0.0, 0.0, 0.0, None)
    anchors = comparison.take_anchors(a, b, compared.chosen, compared.pairs, compared.links, parameters, space)
    aligned = align(a, b, anchors, parameters, space.pairing, space.alignment)
    pairs, motion = space.alignment.pairs[:aligned], Motion(space.alignment.motion, aligned)
    weights = _contributions(space, compared.pairs, min(a.cylinders, b.cylinders), parameters)
    if turned_round:
        pairs, motion = pairs[:, ::-1], backward(motion, space.alignment.back)
        weights = {(j, i): value for (i, j), value in weights.items()}
    return Explanation(
        score=float(comparison.score(compared, parameters)),
        agreement=float(compared.agreement),
        shared=float(compared.shared),
        likeness=float(compared.likeness),
        alignment=_alignment(probe, candidate, pairs, motion, weights, parameters),
    )


def _contributions(
    space: comparison.Space, count: int, smaller: int, parameters: MatchParameters
) -> dict[tuple[int, int], float]:
    """Return what each of the best pairs, as many as are averaged, gave to the agreement."""
    pairs, relaxed = space.pairs[:count], space.numbers[comparison.RELAXED, :count]
    share = mean_of_best(np.ones(1), smaller, parameters.relaxation, np.zeros(parameters.relaxation.max_pairs))
    best = np.argsort(-relaxed, kind="stable")[: round(1 / share)]
    return {(int(pairs[t, 0]), int(pairs[t, 1])): float(relaxed[t] * share) for t in best}


def _alignment(
    probe: PreparedPrint,
    candidate: PreparedPrint,
    indices: NDArray[np.int32],
    motion: Motion,
    weights: dict[tuple[int, int], float],
    parameters: MatchParameters,
) -> Alignment:
    rows = [(int(i), int(j)) for i, j in indices]
    pairs = [
        Pair(int(probe.order[i]), int(candidate.order[j]), weights.get((i, j), 0.0), float(closeness))
        for (i, j), closeness in zip(rows, motion.rows[WEIGHT, : motion.pairs], strict=True)
    ]
    back = backward(motion, np.empty_like(motion.rows))
    return Alignment(
        tuple(sorted(pairs, key=lambda pair: (-pair.contribution, -pair.closeness))),
        _alone(probe, candidate, {i for i, _ in rows}, motion, parameters.skin),
        _alone(candidate, probe, {j for _, j in rows}, back, parameters.skin),
        _rigid(motion),
        tile_agreements(probe.ridges, candidate.ridges, motion, parameters),
        motion,
        parameters.skin,
    )


def _alone(
    print_: PreparedPrint, other: PreparedPrint, paired: set[int], motion: Motion, skin: SkinParameters
) -> tuple[int, ...]:
    """Return the minutiae that lie on the other print without a partner there."""
    frames = carried(print_.points[:2].astype(np.float32), motion, skin)
    hull = other.hull.copy()
    on_it = [
        m for m in range(frames.shape[1]) if m not in paired and point_in_polygon(frames[0, m], frames[1, m], hull)
    ]
    return tuple(sorted(int(print_.order[m]) for m in on_it))


def _rigid(motion: Motion) -> RigidMotion:
    """Fit one turn and shift to all pairs, by least squares; the turns that the pairs show count with their places."""
    rows = motion.rows[:, : motion.pairs].astype(np.float64)
    share = rows[WEIGHT] / rows[WEIGHT].sum()
    sources, targets = rows[FROM_X : FROM_X + 2], rows[TO_X : TO_X + 2]
    source, target = sources @ share, targets @ share
    (ux, uy), (vx, vy) = sources - source[:, None], targets - target[:, None]
    lever = SkinParameters().lever
    angle = atan2(
        share @ (ux * vy - uy * vx + lever * rows[TURN_SIN]), share @ (ux * vx + uy * vy + lever * rows[TURN_COS])
    )
    c, s = cos(angle), sin(angle)
    dx, dy = target - np.array([[c, -s], [s, c]]) @ source
    return RigidMotion(degrees(angle), float(dx), float(-dy))
