"""How alike two marks are: by their embeddings, and more where local features agree in place too.

The result orders candidates. It is no probability, and there is no threshold for it: see docs/marks.md.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from marks.features import MarkFeatures
from marks.geometry import agreement

RERANKED = 50  # candidates, by the embedding, whose local features are compared in a search
CHANCE = 9  # features of two unrelated photos that agree: 99 of 100 pairs have no more
_EACH = 0.02  # of a cosine, for each feature more


def similarity(probe: MarkFeatures, candidate: MarkFeatures) -> float:
    """Return the cosine of the embeddings, and 0.02 for each of the features that agree beyond what chance explains."""
    agreeing = len(agreement(probe.local, candidate.local).pairs)
    return float(probe.embedding @ candidate.embedding) + _EACH * max(0, agreeing - CHANCE)


def search(
    probe: MarkFeatures, embeddings: NDArray[np.float32], candidate_of: Callable[[int], MarkFeatures]
) -> NDArray[np.float64]:
    """Return how alike a probe is to each mark of a gallery, shape (gallery,).

    Embeddings, shape (gallery, EMBEDDING), choose RERANKED candidates, whose local features are compared; the others
    have their cosine, and so never come before a candidate that was chosen. `candidate_of` returns the mark at a place.
    """
    scores = (embeddings @ probe.embedding).astype(np.float64)
    for row in np.argsort(-scores, kind="stable")[:RERANKED]:
        scores[row] = similarity(probe, candidate_of(int(row)))
    return scores
