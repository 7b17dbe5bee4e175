"""The oracle for what is searched by vectors made of features, as prints are in Milvus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.bootstrap.engine import open_index
from api.settings import Settings
from biometrics.kernel.people.labels import NO_FILTER, Filter, Labels
from biometrics.matching.ports import Hits, Recogniser, SearchIndex, Vectors
from biometrics.records.store import RecordStore
from index.exact import ExactIndex


class VectorOracle(ExactIndex):
    """`index.exact.ExactIndex`, which every vector is made for of a template's features."""

    def __init__(self, vectors: Vectors) -> None:
        super().__init__(vectors.dimension)
        self._made = vectors.vector_of

    def add(self, ids: NDArray[np.int64], features: Sequence[NDArray[Any]], labels: Labels) -> None:
        super().add(ids, [self._made(each) for each in features], labels)

    def search(self, features: NDArray[Any], k: int, where: Filter = NO_FILTER) -> Hits:
        return super().search(self._made(features), k, where)


def open_oracle(settings: Settings, store: RecordStore, recogniser: Recogniser) -> SearchIndex:
    """Open an empty one for what has vectors, whatever the settings: an `api.bootstrap.engine.IndexOpener`."""
    vectors: Vectors | None = recogniser.vectors
    return open_index(settings, store, recogniser) if vectors is None else VectorOracle(vectors)
