"""Every implementation of `matching.ports.SearchIndex` that the contract tests run on: a new one is a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from milvus_indexes import empty_milvus_index, milvus_lite_file, milvus_server_url
from numpy.typing import NDArray
from ray_clusters import empty_ray_index

from biometrics.kernel.people.labels import (
    BODY_PARTS,
    BODY_SIDES,
    CLASSES,
    COLOURS,
    KINDS,
    LABEL,
    MARK_KINDS,
    SEXES,
    UNKNOWN_YEAR,
    Labels,
    code_number,
)
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.matching.local_features import LOCAL_FEATURE
from biometrics.matching.ports import SearchIndex
from index.column import FrozenColumn
from index.exact import ExactIndex
from index.faiss_index import FaissIndex
from index.feature_sets import FeatureSetIndex
from index.snapshot_file import Snapshot
from iris.index import SHAPE, IrisIndex

DIMENSION = 32

STATIONS = tuple(f"ST{number}" for number in range(40))


@dataclass(frozen=True)
class Implementation:
    """One implementation.

    Attributes:
        name: for a test's name.
        make: makes an empty one.
        restored: makes one of what it saved; None where it saves no file of ours.
        features: what it takes of individual n: always the same, and like nobody else's.
        exact: its answers are those of comparing everything, to the bit.
        package: the package of the product that runs on a server; its tests run when that changed.
    """

    name: str
    make: Callable[[], SearchIndex]
    restored: Callable[[Snapshot], SearchIndex] | None
    features: Callable[[int], NDArray[Any]]
    exact: bool
    package: str | None = None


def vector(individual: int) -> NDArray[np.float32]:
    """Return an individual's unit vector, shape (DIMENSION,)."""
    numbers = np.random.default_rng(individual).standard_normal(DIMENSION).astype(np.float32)
    return numbers / np.linalg.norm(numbers)


MILVUS_LITE = Implementation(
    "milvus-lite", partial(empty_milvus_index, milvus_lite_file, DIMENSION), None, vector, False, "index.milvus"
)
VECTOR_INDEXES = [
    Implementation(
        "exact", partial(ExactIndex, DIMENSION), partial(ExactIndex.restored, dimension=DIMENSION), vector, True
    ),
    Implementation(
        "faiss-scanning",
        partial(FaissIndex, DIMENSION),
        partial(FaissIndex.restored, dimension=DIMENSION),
        vector,
        True,
    ),
    Implementation(
        "faiss-searching",
        partial(FaissIndex, DIMENSION, scan_at_most=0),
        partial(FaissIndex.restored, dimension=DIMENSION),
        vector,
        True,
    ),
    Implementation(
        "faiss-compact",
        partial(FaissIndex, DIMENSION, exact_at_most=0),
        partial(FaissIndex.restored, dimension=DIMENSION),
        vector,
        False,
    ),
    Implementation(
        "faiss-more-compact",
        partial(FaissIndex, DIMENSION, exact_at_most=0, finer_at_most=0),
        partial(FaissIndex.restored, dimension=DIMENSION),
        vector,
        False,
    ),
    MILVUS_LITE,
    Implementation(
        "milvus-standalone",
        partial(empty_milvus_index, milvus_server_url, DIMENSION),
        None,
        vector,
        False,
        "index.milvus",
    ),
]


def minutiae(individual: int) -> NDArray[Any]:
    """Return the features of an individual's print: some twenty minutiae."""
    rng = np.random.default_rng(individual)
    features = np.zeros(rng.integers(15, 25), LOCAL_FEATURE)
    features["code"] = rng.integers(0, 2**64, features["code"].shape, np.uint64)
    features["x"], features["y"] = rng.integers(0, 400, (2, len(features)))
    features["direction"] = rng.integers(0, 256, len(features))
    return features


ON_RAY = Implementation("feature sets-on Ray", empty_ray_index, None, minutiae, False, "index.cluster")
FEATURE_SET_INDEXES = [
    Implementation("feature sets", FeatureSetIndex, FeatureSetIndex.restored, minutiae, False),
    Implementation(
        "feature sets-in two steps",
        partial(FeatureSetIndex, closer_each=2),
        FeatureSetIndex.restored,
        minutiae,
        False,
    ),
    ON_RAY,
]


def iris_code(individual: int) -> NDArray[np.uint64]:
    """Return the code of an individual's iris: random bits, of which most count."""
    rng = np.random.default_rng(individual)
    mask = rng.integers(0, 2**64, SHAPE[1], np.uint64) | rng.integers(0, 2**64, SHAPE[1], np.uint64)
    return np.stack([rng.integers(0, 2**64, SHAPE[1], np.uint64) & mask, mask])


IRIS_INDEXES = [
    Implementation("irises", IrisIndex, IrisIndex.restored, iris_code, True),
    Implementation("irises-at first sight", partial(IrisIndex, least_compared=0), IrisIndex.restored, iris_code, False),
]
SEARCH_INDEXES = [*VECTOR_INDEXES, *FEATURE_SET_INDEXES, *IRIS_INDEXES]


def thawed(columns: Mapping[str, FrozenColumn]) -> dict[str, NDArray[Any]]:
    """Return what frozen columns hold, as arrays."""
    return {
        name: np.concatenate([np.empty((0, *column.shape[1:]), column.dtype), *column.chunks()])
        for name, column in columns.items()
    }


def label(individual: int) -> Labels:
    """Return an individual's label, shape (1,): all of it follows from the number."""
    return _label(individual).copy()


@cache
def _label(individual: int) -> Labels:
    rng = np.random.default_rng([individual, 7])
    labels = np.zeros(1, LABEL)
    labels["person"] = 10**11 + individual // 2  # two templates a person
    labels["station"] = code_number(STATIONS[rng.integers(len(STATIONS))])
    labels["district"] = code_number(f"D{rng.integers(8)}")
    labels["birth_year"] = rng.choice([UNKNOWN_YEAR, *range(1950, 2010)])
    labels["state"] = rng.integers(1, 37)
    labels["position"] = rng.choice([int(position) for position in FingerPosition])
    labels["sex"] = rng.integers(len(SEXES))
    labels["kind"] = rng.integers(len(KINDS))
    labels["mark_kind"] = rng.integers(len(MARK_KINDS) + 1)
    labels["body_part"] = rng.integers(len(BODY_PARTS) + 1)
    labels["body_side"] = rng.integers(len(BODY_SIDES) + 1)
    labels["mark_colours"] = rng.choice([0, *(1 << np.arange(len(COLOURS)))]) | rng.choice([0, 1, 4])
    labels["tattoo_classes"] = rng.choice([0, *(1 << np.arange(len(CLASSES)))])
    return labels


def ids_of(*ids: int) -> NDArray[np.int64]:
    """Return ids as an index takes them."""
    return np.array(ids, dtype=np.int64)


def labels_of(individuals: NDArray[np.int64]) -> Labels:
    """Return the labels of several: shape (n,)."""
    return np.concatenate([np.zeros(0, LABEL), *(label(int(individual)) for individual in individuals)])


def on_each(indexes: Sequence[Implementation]) -> pytest.MarkDecorator:
    """Return a mark that runs a test on each of some implementations: one on a server when its package changed."""
    return pytest.mark.parametrize(
        "kind",
        [
            pytest.param(kind, id=kind.name, marks=pytest.mark.when_changed(kind.package) if kind.package else ())
            for kind in indexes
        ],
    )
