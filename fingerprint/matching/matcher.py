"""Compare prints: prepare once, match many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.kernels import comparison
from fingerprint.matching.kernels.batch import Batch, batch
from fingerprint.matching.kernels.screening import screen_many
from fingerprint.matching.parameters import MatchParameters

_PARAMETERS = MatchParameters()


def match(
    probe: PreparedPrint, candidates: Sequence[PreparedPrint] | Batch, parameters: MatchParameters = _PARAMETERS
) -> NDArray[np.float64]:
    """Return the similarity of `probe` to each candidate: shape (len(candidates),), 0 to 1, more is more alike.

    The similarity is the agreement of the best pairs of minutiae, after relaxation by the other pairs (Minutia
    Cylinder-Code), times the part of the minutiae in the prints' overlap that have a partner. It is
    exactly the same when probe and candidate change places. Prints with fewer than two cylinders score 0. The loop over
    the candidates runs in one compiled call, without the GIL.
    """
    single, gallery = batch([probe]), candidates if isinstance(candidates, Batch) else batch(candidates)
    space = comparison.space(max(single.minutiae, gallery.minutiae), parameters)
    scores: NDArray[np.float64] = comparison.match_many(single, gallery, parameters, space)
    return scores


def screen(
    probe: PreparedPrint, candidates: Sequence[PreparedPrint] | Batch, parameters: MatchParameters = _PARAMETERS
) -> NDArray[np.float64]:
    """Return a quick similarity of `probe` to each candidate: shape (len(candidates),), 0 to 1, more is more alike.

    It is the mean similarity of the best cylinders (local similarity sort of Minutia Cylinder-Code, TPAMI 2010),
    whatever their places: good enough to say which part of a gallery `match` should look at, and no decision. It is
    exactly the same when probe and candidate change places. Prints with fewer than two cylinders score 0.
    """
    gallery = candidates if isinstance(candidates, Batch) else batch(candidates)
    scores: NDArray[np.float64] = screen_many(batch([probe]), gallery, parameters)
    return scores
