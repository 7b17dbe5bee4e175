"""What indexes for vectors promise beyond the contract: a score is the inner product, exactly or nearly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from search_indexes import DIMENSION, VECTOR_INDEXES, Implementation, ids_of, on_each

from biometrics.kernel.errors import InvalidVector
from biometrics.kernel.people.labels import LABEL, NO_FILTER, Filter, Labels
from biometrics.kernel.people.person import Sex
from index.exact import ExactIndex
from index.faiss_index import FaissIndex

VECTORS = on_each(VECTOR_INDEXES)
EXACT = pytest.mark.parametrize("kind", [kind for kind in VECTOR_INDEXES if kind.exact], ids=lambda kind: kind.name)

FEMALE = Filter(sexes=frozenset({Sex.FEMALE}))


def unit(*axes: int) -> NDArray[np.float32]:
    """Return one unit vector along each of the axes."""
    return np.eye(DIMENSION, dtype=np.float32)[list(axes)]


def random_units(rng: np.random.Generator, count: int, dimension: int = DIMENSION) -> NDArray[np.float32]:
    vectors = rng.standard_normal((count, dimension), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def unlabelled(count: int) -> Labels:
    return np.zeros(count, LABEL)


def sexes(women: NDArray[np.bool_]) -> Labels:
    labels = np.zeros(len(women), LABEL)
    labels["sex"] = women  # male is the first of SEXES, female the second
    return labels


@VECTORS
def test_scores_are_inner_products(kind: Implementation) -> None:
    rng, index = np.random.default_rng(0), kind.make()
    vectors = random_units(rng, 2000)
    index.add(np.arange(2000), vectors, unlabelled(2000))
    for query in random_units(rng, 5):
        hits = index.search(query, 500)
        # The coarser compact form's error has a standard deviation of some 0.0002 * sqrt(128 / DIMENSION).
        within = 0.0025 if kind.name == "faiss-more-compact" else 1e-5
        np.testing.assert_allclose(hits.scores, vectors[hits.ids] @ query, atol=within)


@EXACT
@pytest.mark.parametrize("share", [None, 0.02, 0.9])
def test_an_exact_index_answers_as_the_oracle_to_the_bit(kind: Implementation, share: float | None) -> None:
    rng, count = np.random.default_rng(1), 30_000
    vectors = random_units(rng, count)
    vectors[rng.integers(0, count, 500)] = vectors[0]
    ids, labels = rng.permutation(count), sexes(rng.random(count) < (share or 0.5))
    oracle, index = ExactIndex(DIMENSION), kind.make()
    for part in np.array_split(np.arange(count), 7):
        oracle.add(ids[part], vectors[part], labels[part])
        index.add(ids[part], vectors[part], labels[part])
    gone = rng.choice(count, 3000, replace=False)
    assert oracle.remove(gone) == index.remove(gone) == 3000
    for query in (vectors[0], *random_units(rng, 5)):
        for k in (1, 100, 499, 2000, count):
            for expected, hits in zip(
                oracle.search(query, k, FEMALE if share else NO_FILTER),
                index.search(query, k, FEMALE if share else NO_FILTER),
                strict=True,
            ):
                np.testing.assert_array_equal(hits, expected)


def mates(rng: np.random.Generator, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return second photos: at a cosine of some 0.66, as SFace's are in the mean on LFW."""
    noisy = vectors + random_units(rng, len(vectors), vectors.shape[1]) * np.float32(1.14)
    return noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


@pytest.mark.slow
@pytest.mark.parametrize(("dimension", "finer"), [(127, True), (128, False)])
def test_the_compact_form_finds_the_oracles_best(dimension: int, finer: bool) -> None:
    rng, count = np.random.default_rng(2), 300_000
    index, vectors = (
        FaissIndex(dimension, finer_at_most=10**7 if finer else 200_000),
        random_units(rng, count, dimension),
    )
    women = rng.random(count) < 0.4
    for part in np.array_split(np.arange(count), 6):
        index.add(part, vectors[part], sexes(women[part]))
    gone = rng.choice(np.arange(1000, count), 50_000, replace=False)
    index.remove(gone)
    allowed = np.ones(count, np.bool_)
    allowed[gone] = False
    index.add(ids_of(count), mates(rng, vectors[:1]), sexes(np.array([True])))
    for where, met in ((NO_FILTER, allowed), (FEMALE, allowed & women)):
        chosen = np.flatnonzero(met)[:40]
        for row, probe in zip(chosen, mates(rng, vectors[chosen]), strict=True):
            assert row in index.search(probe, 2, where).ids
        for probe in random_units(rng, 20, dimension):
            hits = index.search(probe, 10, where)
            best = np.sort(vectors[met] @ probe)[::-1][:10]
            np.testing.assert_allclose(hits.scores, best, atol=1e-5 if finer else 0.002)


def test_a_filter_met_only_by_the_least_similar_finds_the_nearest_of_them() -> None:
    rng, count = np.random.default_rng(4), 130_000
    vectors, probe = random_units(rng, count, 128), random_units(rng, 1, 128)[0]
    scores = vectors @ probe
    for women in (scores < np.quantile(scores, 0.5), scores < np.quantile(scores, 0.97), scores > 0):
        index = FaissIndex(128)
        index.add(np.arange(count), vectors, sexes(women))
        expected = np.sort(scores[women])[::-1][:10]
        for _ in range(2):
            np.testing.assert_allclose(index.search(probe, 10, FEMALE).scores, expected, atol=0.001)


def test_growing_past_the_limit_of_floats_keeps_every_template() -> None:
    rng, vectors = np.random.default_rng(5), random_units(np.random.default_rng(6), 3000)
    index = FaissIndex(DIMENSION, exact_at_most=1000, finer_at_most=2000)
    labels = sexes(rng.random(3000) < 0.5)
    labels["person"] = np.arange(3000) * 2
    index.add(np.arange(0, 900), vectors[:900], labels[:900])
    index.remove(np.arange(100, 200))
    for part in np.array_split(np.arange(900, 3000), 20):
        index.add(part, vectors[part], labels[part])
        for row in (0, 99, 200, 899, int(part[-1])):
            hits = index.search(vectors[row], 1)
            assert (hits.ids.tolist(), hits.people.tolist()) == ([row], [row * 2])
            assert hits.scores[0] == pytest.approx(1, abs=0.003)
    assert len(index) == 2900
    assert set(index.search(vectors[150], 3000).ids.tolist()) == {*range(3000)} - {*range(100, 200)}


def with_value(value: float) -> NDArray[np.float32]:
    vectors = unit(0, 1)
    vectors[1, 3] = value
    return vectors


@VECTORS
@pytest.mark.parametrize(
    "vectors",
    [
        np.eye(2, DIMENSION + 1, dtype=np.float32),
        unit(0),
        unit(0)[0],
        [unit(0)[0], unit(0)[0][1:]],
        with_value(np.nan),
        with_value(np.inf),
        with_value(-np.inf),
    ],
    ids=["wide", "one short", "one-dimensional", "of two lengths", "nan", "inf", "-inf"],
)
def test_a_batch_with_a_fault_is_refused_whole(kind: Implementation, vectors: NDArray[np.float32]) -> None:
    index = kind.make()
    index.add(ids_of(5), unit(7), unlabelled(1))
    with pytest.raises(InvalidVector):
        index.add(ids_of(5, 6), vectors, unlabelled(2))
    hits = index.search(unit(7)[0], 9)
    assert hits.ids.tolist() == [5]
    assert hits.scores[0] == pytest.approx(1, abs=0 if kind.exact else 0.003)


@VECTORS
def test_ids_in_two_dimensions_and_labels_of_another_type_are_refused(kind: Implementation) -> None:
    index = kind.make()
    with pytest.raises(InvalidVector):
        index.add(np.array([[5], [6]]), unit(0, 1), unlabelled(2))
    with pytest.raises(InvalidVector):
        index.add(ids_of(5, 6), unit(0, 1), np.zeros(2, np.int64))  # type: ignore[arg-type]
    assert len(index) == 0


@VECTORS
@pytest.mark.parametrize("query", [np.zeros(DIMENSION - 1), unit(0), with_value(np.nan)[1], with_value(np.inf)[1]])
def test_a_faulty_query_is_refused(kind: Implementation, query: NDArray[np.float32]) -> None:
    index = kind.make()
    index.add(ids_of(1), unit(0), unlabelled(1))
    with pytest.raises(InvalidVector):
        index.search(query.astype(np.float32), 1)


@VECTORS
def test_numbers_no_unit_vector_has_do_no_harm_to_others(kind: Implementation) -> None:
    index = kind.make()
    index.add(ids_of(1, 2, 3), np.stack([unit(0)[0] * 1e30, unit(1)[0], unit(2)[0] * 0]), unlabelled(3))
    assert index.search(unit(1)[0], 1).ids.tolist() == [2]
    assert index.remove(ids_of(1, 3)) == 2
    assert index.search(unit(0)[0], 9).ids.tolist() == [2]
