"""Compare prints of which there are several views, such as a latent that the extractor saw in several orientations."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.batch import batch
from fingerprint.matching.cylinders import PreparedPrint
from fingerprint.matching.matcher import match
from fingerprint.matching.parameters import MatchParameters

_PARAMETERS = MatchParameters()


def match_views(
    probe: Sequence[PreparedPrint],
    candidates: Sequence[Sequence[PreparedPrint]],
    parameters: MatchParameters = _PARAMETERS,
) -> NDArray[np.float64]:
    """Return the similarity of `probe` to each candidate: the mean of `match` over all pairs of their views.

    Shape (len(candidates),). It is exactly the same when probe and candidate change places.
    """
    if not candidates:
        return np.zeros(0)
    many = batch([view for candidate in candidates for view in candidate])
    scores = [match(view, many, parameters) for view in probe]
    if len(probe) == 1 and all(len(candidate) == 1 for candidate in candidates):
        return scores[0]
    pairs = np.stack(scores, axis=1)  # shape (views of all candidates, views of the probe)
    ends = np.cumsum([len(candidate) for candidate in candidates])
    of_candidates = np.split(pairs, ends[:-1])
    return np.array([fsum(each.ravel()) / each.size for each in of_candidates])
