"""The contract of `biometrics.ports.VectorIndex`, kept by every implementation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from biometrics.errors import InvalidVector
from biometrics.ports import VectorIndex
from index.exact import ExactIndex
from index.faiss_index import FaissIndex

DIMENSION = 16

Make = Callable[[], VectorIndex]


@pytest.fixture(
    params=[
        pytest.param(lambda: ExactIndex(DIMENSION), id="exact"),
        pytest.param(lambda: FaissIndex(DIMENSION), id="faiss-scanning"),
        pytest.param(lambda: FaissIndex(DIMENSION, scan_at_most=0), id="faiss-searching"),
    ]
)
def make(request: pytest.FixtureRequest) -> Make:
    return request.param  # type: ignore[no-any-return]


def ids_of(*ids: int) -> NDArray[np.int64]:
    return np.array(ids, dtype=np.int64)


def unit(*axes: int) -> NDArray[np.float32]:
    """Return one unit vector along each of the axes."""
    return np.eye(DIMENSION, dtype=np.float32)[list(axes)]


def random_units(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    vectors = rng.standard_normal((count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class DictionaryModel:
    """What an index means, in Python's own terms: the reference for the random walk below."""

    def __init__(self) -> None:
        self.vectors: dict[int, NDArray[np.float32]] = {}

    def search(self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None) -> list[int]:
        wanted = set(self.vectors) if allowed is None else set(self.vectors) & {int(i) for i in allowed}
        score = {
            i: np.float32(sum(float(a) * float(b) for a, b in zip(self.vectors[i], query, strict=True))) for i in wanted
        }
        return sorted(wanted, key=lambda i: (-score[i], i))[:k]


def allow_lists(rng: np.random.Generator, present: list[int]) -> list[NDArray[np.int64] | None]:
    some = rng.permutation(present)[: len(present) // 2].astype(np.int64)
    return [
        None,
        ids_of(),
        ids_of(*present),
        some,
        np.concatenate([some, some, ids_of(-5, 10**15)]),
        ids_of(10**15, -(10**15)),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_a_random_walk_of_changes_leaves_what_a_dictionary_would_hold(make: Make, seed: int) -> None:
    rng, index, model = np.random.default_rng(seed), make(), DictionaryModel()
    shared = random_units(rng, 3)  # the same vector under many ids: ties
    for _ in range(25):
        ids = rng.choice(200, rng.integers(0, 30), replace=False).astype(np.int64) - 50
        if rng.random() < 0.65:
            vectors = random_units(rng, len(ids))
            tied = rng.random(len(ids)) < 0.4
            vectors[tied] = shared[rng.integers(0, 3, int(tied.sum()))]
            index.add(ids, vectors)
            model.vectors.update(zip(ids.tolist(), vectors, strict=True))
        else:
            assert index.remove(ids) == sum(model.vectors.pop(i, None) is not None for i in ids.tolist())
        assert len(index) == len(model.vectors)
        query = shared[0] if rng.random() < 0.5 else random_units(rng, 1)[0]
        k = int(rng.integers(1, 40))
        for allowed in allow_lists(rng, list(model.vectors)):
            assert index.search(query, k, allowed)[0].tolist() == model.search(query, k, allowed)


@pytest.mark.parametrize("share", [None, 0.02, 0.9])
def test_a_large_index_answers_as_the_oracle(share: float | None) -> None:
    """Above the scanning limit too, with duplicates across the place where the k best end."""
    rng, count = np.random.default_rng(1), 30_000
    vectors = random_units(rng, count)
    vectors[rng.integers(0, count, 500)] = vectors[0]
    ids = rng.permutation(count).astype(np.int64)
    oracle, index = ExactIndex(DIMENSION), FaissIndex(DIMENSION)
    for part in np.array_split(np.arange(count), 7):
        oracle.add(ids[part], vectors[part])
        index.add(ids[part], vectors[part])
    gone = rng.choice(count, 3000, replace=False).astype(np.int64)
    assert oracle.remove(gone) == index.remove(gone) == 3000
    allowed = None if share is None else rng.choice(count, int(share * count), replace=False).astype(np.int64)
    for query in (vectors[0], *random_units(rng, 5)):
        for k in (1, 100, 499, 2000, count):
            expected_ids, expected_scores = oracle.search(query, k, allowed)
            found_ids, found_scores = index.search(query, k, allowed)
            np.testing.assert_array_equal(found_ids, expected_ids)
            np.testing.assert_array_equal(found_scores, expected_scores)


def test_results_come_best_first_with_their_inner_products(make: Make) -> None:
    index = make()
    index.add(ids_of(3, 1, 2), np.stack([unit(0)[0], unit(1)[0], (unit(0) + unit(1))[0] * np.float32(0.6)]))
    ids, scores = index.search(unit(0)[0], 3)
    assert ids.tolist() == [3, 2, 1]
    np.testing.assert_allclose(scores, [1.0, 0.6, 0.0], atol=1e-7)
    assert (ids.dtype, scores.dtype) == (np.int64, np.float32)


def test_equal_scores_are_ordered_by_id(make: Make) -> None:
    index = make()
    index.add(ids_of(9, 4, 7, 1), unit(2, 2, 2, 2))
    assert index.search(unit(2)[0], 3)[0].tolist() == [1, 4, 7]


def test_adding_an_id_again_replaces_its_vector(make: Make) -> None:
    index = make()
    index.add(ids_of(1, 2), unit(0, 1))
    index.add(ids_of(1), unit(5))
    assert len(index) == 2
    ids, scores = index.search(unit(5)[0], 1)
    assert (ids.tolist(), scores.tolist()) == ([1], [1.0])


def test_removing_ignores_absent_ids_and_counts_each_once(make: Make) -> None:
    index = make()
    index.add(ids_of(1, 2, 3), unit(0, 1, 2))
    assert index.remove(ids_of(2, 2, 99)) == 1
    assert index.remove(ids_of(2)) == 0
    assert index.remove(ids_of()) == 0
    assert sorted(index.search(unit(0)[0], 9)[0].tolist()) == [1, 3]


def test_more_than_there_are_gives_all_there_are(make: Make) -> None:
    index = make()
    index.add(ids_of(1, 2), unit(0, 1))
    assert len(index.search(unit(0)[0], 1000)[0]) == 2
    assert index.search(unit(0)[0], 1000, ids_of(2))[0].tolist() == [2]


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_none_gives_none(make: Make, k: int) -> None:
    index = make()
    index.add(ids_of(1, 2), unit(0, 1))
    assert [len(part) for part in index.search(unit(0)[0], k)] == [0, 0]


def test_an_empty_index_answers_with_nothing(make: Make) -> None:
    index = make()
    for allowed in (None, ids_of(), ids_of(1)):
        ids, scores = index.search(unit(0)[0], 5, allowed)
        assert (ids.shape, scores.shape, ids.dtype, scores.dtype) == ((0,), (0,), np.int64, np.float32)
    assert (len(index), index.remove(ids_of(1)), index.sequence, index.dimension) == (0, 0, 0, DIMENSION)


def test_an_index_emptied_can_be_filled_again(make: Make) -> None:
    index = make()
    index.add(ids_of(1), unit(0))
    index.remove(ids_of(1))
    assert index.search(unit(0)[0], 5)[0].tolist() == []
    index.add(ids_of(), np.empty((0, DIMENSION), dtype=np.float32))
    index.add(ids_of(8), unit(3))
    assert index.search(unit(3)[0], 5)[0].tolist() == [8]


def with_value(value: float) -> NDArray[np.float32]:
    vectors = unit(0, 1)
    vectors[1, 3] = value
    return vectors


@pytest.mark.parametrize(
    ("ids", "vectors"),
    [
        (ids_of(5, 6), np.eye(2, DIMENSION + 1, dtype=np.float32)),
        (ids_of(5, 6), unit(0)),
        (ids_of(5), unit(0)[0]),
        (np.array([[5], [6]]), unit(0, 1)),
        (ids_of(5, 6), with_value(np.nan)),
        (ids_of(5, 6), with_value(np.inf)),
        (ids_of(5, 6), with_value(-np.inf)),
        (ids_of(5, 5), unit(0, 1)),
    ],
    ids=["wide", "one vector short", "one-dimensional", "two-dimensional ids", "nan", "inf", "-inf", "id twice"],
)
def test_a_batch_with_a_fault_is_refused_whole(
    make: Make, ids: NDArray[np.int64], vectors: NDArray[np.float32]
) -> None:
    index = make()
    index.add(ids_of(5), unit(7))
    with pytest.raises(InvalidVector):
        index.add(ids, vectors)
    found, scores = index.search(unit(7)[0], 9)
    assert (found.tolist(), scores.tolist()) == ([5], [1.0])


@pytest.mark.parametrize("query", [np.zeros(DIMENSION - 1), unit(0), with_value(np.nan)[1], with_value(np.inf)[1]])
def test_a_faulty_query_is_refused(make: Make, query: NDArray[np.float32]) -> None:
    index = make()
    index.add(ids_of(1), unit(0))
    with pytest.raises(InvalidVector):
        index.search(query.astype(np.float32), 1)


def test_the_index_keeps_its_own_copy(make: Make) -> None:
    index, vectors = make(), unit(0, 1)
    index.add(ids_of(1, 2), vectors)
    vectors[:] = 0
    scores = index.search(unit(0)[0], 1)[1]
    index.add(ids_of(3), unit(4))
    assert scores.tolist() == [1.0]
