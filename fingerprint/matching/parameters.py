"""Every number of the matcher, with its unit; one setting for every sensor and database.

The symbols in brackets are those of Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code: A New Representation and
Matching Technique for Fingerprint Recognition", TPAMI 32(12), 2010, whose values are kept; a number without a symbol is
ours. The kernels take these tuples as arguments, so that numba's on-disk cache cannot hold an old value.
"""

from __future__ import annotations

from math import pi
from typing import NamedTuple

CELLS = 8  # cells along a side of the cylinder's base [N_S]; 8 x 8 cells fill one 64-bit word
SECTIONS = 6  # directional sections of a cylinder [N_D]; one word each


class CylinderParameters(NamedTuple):
    """How the neighbourhood of a minutia becomes bits."""

    radius: float = 70.0  # pixels at 500 ppi [R]
    sigma_position: float = 28 / 3  # pixels at 500 ppi [sigma_S]
    sigma_direction: float = 2 * pi / 9  # radians [sigma_D]
    bit_threshold: float = 0.01  # density that sets a bit [mu_psi]
    hull_margin: float = 50.0  # pixels outside the minutiae's convex hull that still count as print [omega]
    min_valid_cells: int = 39  # 75 % of the 52 cells within the radius [min_VC]
    min_contributing: int = 2  # minutiae within reach of the cylinder [min_M]


class PairingParameters(NamedTuple):
    """Which minutiae of two prints may correspond."""

    max_rotation: float = pi / 2  # radians between the two directions [delta_theta]
    least_similarity: float = 0.3  # of two cylinders that may correspond
    min_common_cells: int = 32  # valid in both, of the 52 within the radius: 60 % [min_ME]


class RelaxationParameters(NamedTuple):
    """How pairs of minutiae support each other, and how many make the score.

    `min_supporters` is ours: a pair's support is averaged over at least this many pairs; missing pairs count as zero.
    Without it, chance agreement among the five or ten minutiae of a scrap scores like a whole print's.
    """

    iterations: int = 5  # [n_rel]
    own_weight: float = 0.5  # of a pair's own similarity against its support [w_R]
    min_supporters: int = 20  # pairs, the pair itself included
    distance_mean: float = 5.0  # pixels at 500 ppi [mu_1]
    distance_slope: float = -1.6  # 1/pixel [tau_1]
    angle_mean: float = pi / 12  # radians [mu_2 = mu_3]
    angle_slope: float = -30.0  # 1/radian [tau_2 = tau_3]
    min_pairs: int = 4  # pairs averaged for small prints [min_nP]
    max_pairs: int = 12  # pairs averaged for large prints [max_nP]
    pairs_mean: float = 20.0  # minutiae in the smaller print [mu_P]
    pairs_slope: float = 0.4  # 1/minutia [tau_P]
    reach: float = 750.0  # pixels at 500 ppi: no pair farther from the best one counts; no finger is as long (ours)


class ConsolidationParameters(NamedTuple):
    """How the best pairs are extended over the whole overlap of the two prints (our own step, not the paper's).

    The two shrinkage numbers say: before looking, believe that 40 % of the minutiae in an overlap find a partner, as
    firmly as if 10 minutiae had been seen.
    """

    least_agreement: float = 0.013  # of the best pairs, for the overlap to be looked at: most non-mated pairs are below
    chance_shared: float = 0.36  # shared fraction that is taken for those below: the non-mated pairs' median
    iterations: int = 2
    anchor_weight: float = 0.3  # of the best pair's weight, for a pair to anchor the first alignment
    max_distance: float = 14.0  # pixels at 500 ppi between partners after alignment
    max_rotation: float = pi / 5  # radians between partners after alignment
    prior_fraction: float = 0.4
    prior_minutiae: float = 10.0
    shared_gain: float = 0.0  # of the logarithm of the score, for each unit of the fraction; 0: it is a factor


class SkinParameters(NamedTuple):
    """How the pairs of minutiae around a point say where it goes."""

    reach: float = 40.0  # pixels at 500 ppi over which the pull of a pair falls to a quarter
    lever: float = 300.0  # square pixels: how firmly a pair's own turn counts against those of its neighbours
    stiffness: float = 1000.0  # square pixels: how firmly the skin resists stretching


class RidgeParameters(NamedTuple):
    """How the ridges of two prints are compared, and what their agreement adds to the minutiae's score.

    `chance` is what two fingers hardly ever reach; only what lies above it counts.
    """

    hypotheses: int = 3  # ways in which the minutiae may lie on each other that are looked into
    same: float = 0.5  # support of a pair by the best one, from which on both say the same
    spots: int = 8  # places that are looked at before the whole overlap
    spot_agreement: float = 0.26  # mean agreement there, less after the first ones, for the rest to be looked at
    patch_agreement: float = 0.22  # the same around one or two pairs, each turned as its minutiae point
    min_cells: int = 32  # of a tile's 64 cells, that must lie on the other print
    min_shared: int = 192  # cells of a tile and its neighbours that must lie on the other print
    shift_cost: float = 0.01  # agreement lost by a shift of one cell; that of others grows with the square
    prior_tiles: float = 20.0  # tiles of no agreement that are added
    promising: float = 0.13  # agreement from which on the tiles are moved and compared again
    settled: float = 0.3  # agreement beyond which no better one is looked for
    trusted: float = 0.3  # agreement of a tile that others follow
    chance: float = 0.16
    least_score: float = 0.002  # added to the minutiae's score before it is raised
    gain: float = 7.0  # of the logarithm of the score, for each unit of agreement above chance


class VoteParameters(NamedTuple):
    """Which minutiae with similar surroundings vote for a motion, and how exactly it must carry them (all ours)."""

    min_similarity: float = 0.4  # similarity of descriptions from which on a pair counts
    motions: int = 3  # that are looked into, those with most votes
    nearest: int = 3  # pairs of a minutia that may vote
    max_pairs: int = 64  # pairs of two prints that may vote
    max_rotation: float = pi / 2  # radians, as for `PairingParameters`
    distance: float = 8.0  # pixels at 500 ppi that a motion may miss a minutia by
    slope: float = 0.12  # of the distance from the pair whose motion it is, added to that
    turn: float = 0.45  # radians by which it may


class EvidenceParameters(NamedTuple):
    """What the descriptions of minutiae add to the logarithm of the odds of a latent and a print (docs/latents.md)."""

    votes: float = 0.3  # of the logarithm of the votes, over those that one stranger in ten gets
    votes_by_chance: float = 0.5  # that one stranger in ten gets, for a latent of one minutia
    growth: float = 0.54  # power of the number of minutiae by which these grow
    likeness: float = 2.0  # for each unit of the ridges' agreement above chance
    full_weight_to: int = 50  # minutiae of a latent; the minutiae of more say enough by themselves
    no_weight_from: int = 90  # minutiae of a latent


class MatchParameters(NamedTuple):
    """All of the above that are needed to compare two prepared prints."""

    pairing: PairingParameters = PairingParameters()
    relaxation: RelaxationParameters = RelaxationParameters()
    consolidation: ConsolidationParameters = ConsolidationParameters()
    skin: SkinParameters = SkinParameters()
    ridges: RidgeParameters = RidgeParameters()


# Of a latent only a few minutiae may lie on a print. The share of them that finds a partner is not drawn towards what
# is to be expected, which favours a small overlap, and it counts less than as a factor (docs/latents.md). Its
# ridges are those that a network sees, which agree with a stranger's less often than a filter's do.
LATENT = MatchParameters(
    consolidation=ConsolidationParameters(least_agreement=0.0, prior_fraction=0.0, shared_gain=1.3),
    ridges=RidgeParameters(chance=0.12),
)
