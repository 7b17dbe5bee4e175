"""What the ridges around minutiae say of a latent and a print: a network describes them, and similar ones vote.

A latent's minutiae are few, and some are wrong; their cylinders, which are made of other minutiae, then say little. The
ridges around each are seen well more often. A print is described from the ridges in its template when it is compared,
so that nothing else is stored of it; a latent when it is read, from what its network sees of the ridges, of which its
template keeps a bit a cell only.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint.described import NETWORK_BYTES, NOT_DESCRIBED, Described
from fingerprint.matching.cylinders import points_of
from fingerprint.matching.kernels.ridge_windows import RidgeGrid
from fingerprint.matching.kernels.ridges import ridge_agreement
from fingerprint.matching.kernels.surroundings import RidgeCells, surroundings
from fingerprint.matching.kernels.votes import voted_motion
from fingerprint.matching.parameters import LATENT, EvidenceParameters, MatchParameters, VoteParameters
from fingerprint.template import FingerprintTemplate
from models.session import ModelSession

CLEAR = 0.08  # how clear the ridges around a minutia are, for it to be described
SAME_PLACE, SAME_DIRECTION = 7.0, 0.5  # pixels and radians within which minutiae of two views are one

_VOTES = VoteParameters()
_EVIDENCE = EvidenceParameters()


class Evidence(NamedTuple):
    """What the descriptions of two prints' minutiae say.

    Attributes:
        votes: the similarities of the pairs that agree on one motion, added up; 0 where none are similar.
        likeness: how well the ridges agree at best, under the motions that got most votes, as for `ridge_agreement`.
    """

    votes: float
    likeness: float


def clearness(around: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how clear the ridges are in what `surroundings` returns: 0 to 1, shape (n,)."""
    return np.abs(around).mean(axis=(1, 2), dtype=np.float64)


def describe(session: ModelSession, cells: RidgeCells, points: NDArray[np.float64]) -> Described:
    """Describe those of some minutiae, shape (3, n) as `Described.points`, around which the ridges are clear.

    `session` runs a network of `models.surroundings`.
    """
    around = surroundings(cells, points)
    clear = clearness(around) >= CLEAR
    if not clear.any():
        return NOT_DESCRIBED
    (numbers,) = session.run(input=around[clear][:, None])
    length = np.maximum(np.linalg.norm(numbers, axis=1, keepdims=True), 1e-9)
    descriptions = np.asarray(numbers / length, np.float32)
    return Described(np.ascontiguousarray(points[:, clear]), descriptions, network_mark(session))


def network_mark(session: ModelSession) -> bytes:
    """Return what `Described.network` says of a network."""
    return bytes.fromhex(session.sha256)[:NETWORK_BYTES]


def points_of_all(views: Sequence[FingerprintTemplate]) -> NDArray[np.float64]:
    """Return the minutiae of all views of a print, each once, as the first view has it: shape (3, n)."""
    points = points_of(views[0])
    for view in views[1:]:
        view_points = points_of(view)
        off = view_points[:, :, None] - points[:, None, :]
        turn = np.abs(np.angle(np.exp(1j * off[2])))
        seen_before = (np.hypot(off[0], off[1]) <= SAME_PLACE) & (turn <= SAME_DIRECTION)
        points = np.concatenate([points, view_points[:, ~seen_before.any(axis=1)]], axis=1)
    return points


def evidence(
    latent: Described,
    print_: Described,
    ridges: tuple[RidgeGrid, RidgeGrid],
    votes: VoteParameters = _VOTES,
    parameters: MatchParameters = LATENT,
) -> Evidence:
    """Compare the descriptions of a latent's minutiae with those of a print, and the ridges of the two."""
    similar = latent.descriptions @ print_.descriptions.T
    votes_of_best, likeness = 0.0, 0.0
    for _ in range(votes.motions):
        total, motion = voted_motion(latent.points, print_.points, similar, votes)
        if motion.pairs == 0:
            break
        votes_of_best = max(votes_of_best, float(total))
        likeness = max(likeness, float(ridge_agreement(*ridges, motion, parameters.skin, parameters.ridges)))
    return Evidence(votes_of_best, likeness)


def weight_of(minutiae: int, parameters: EvidenceParameters = _EVIDENCE) -> float:
    """Return the weight, 0 to 1, of the descriptions of a latent with this many minutiae."""
    return min(
        1.0, max(0.0, (parameters.no_weight_from - minutiae) / (parameters.no_weight_from - parameters.full_weight_to))
    )


def with_evidence(
    score: float, descriptions_evidence: Evidence, minutiae: int, parameters: EvidenceParameters = _EVIDENCE
) -> float:
    """Return the score of a latent and a print, 0 to 1, changed by what the descriptions say.

    `minutiae` are those of the latent that are described: the more there are, the more votes strangers get.
    """
    by_chance = parameters.votes_by_chance * minutiae**parameters.growth
    gain = parameters.votes * log((1 + descriptions_evidence.votes) / (1 + by_chance))
    gain += parameters.likeness * max(0.0, descriptions_evidence.likeness - LATENT.ridges.chance)
    least_odds = LATENT.ridges.least_score
    odds = max(0.0, (score / (1 - score) + least_odds) * exp(gain * weight_of(minutiae, parameters)) - least_odds)
    return odds / (1 + odds)
