"""The codes we write into FAISS's fast scan are those it would write itself, and stand for the vectors."""

from __future__ import annotations

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from index import kernels
from index.fast_scan import CodeBlock

DIMENSION, COUNT = 32, 1000


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    vectors = np.random.default_rng(0).standard_normal((COUNT, DIMENSION), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def encoded(vectors: NDArray[np.float32], fine: type, rows: NDArray[np.int64]) -> tuple[CodeBlock, NDArray[np.integer]]:
    block, codes = CodeBlock(DIMENSION), np.zeros((COUNT, DIMENSION), fine)
    block.hold(COUNT)
    kernels.encode(vectors * np.sqrt(np.float32(DIMENSION)), rows, block.codes, codes, np.iinfo(fine).max + 1)
    return block, codes


def test_faiss_writes_the_same_coarse_codes(vectors: NDArray[np.float32]) -> None:
    block, _ = encoded(vectors, np.uint8, np.arange(COUNT))
    ours = CodeBlock(DIMENSION)
    for seed in (1, 2):
        order = np.random.default_rng(seed).permutation(COUNT)
        shuffled = vectors[order] if seed == 2 else vectors
        kernels.encode(
            shuffled * np.sqrt(np.float32(DIMENSION)), order, ours.codes, np.zeros((COUNT, DIMENSION), np.uint8), 256
        )
    theirs = faiss.IndexPQFastScan(DIMENSION, DIMENSION // 2, 4, faiss.METRIC_INNER_PRODUCT)
    theirs.pq.centroids = block._scan.pq.centroids
    theirs.is_trained = True
    theirs.add(vectors * np.sqrt(np.float32(DIMENSION)))
    packed = faiss.rev_swig_ptr(theirs.codes.get(), theirs.codes.size()).reshape(-1, block.codes.shape[1])
    whole = COUNT // 32  # groups; FAISS does not say what it leaves in the last one's unused places
    assert np.array_equal(block.codes[:whole], packed[:whole])
    assert np.array_equal(ours.codes, block.codes)


def test_a_coarse_score_is_as_close_as_max_says(vectors: NDArray[np.float32]) -> None:
    """A four-level quantiser of a normal variable errs by 0.1175 of its variance."""
    block, _ = encoded(vectors, np.uint8, np.arange(COUNT))
    rows, scores = block.search(vectors[0] / np.sqrt(np.float32(DIMENSION)), COUNT)
    assert sorted(rows.tolist()) == list(range(COUNT))
    assert rows[0] == 0
    assert (np.diff(scores) <= 0).all()
    errors = scores[1:] - (vectors @ vectors[0])[rows[1:]]
    assert np.std(errors) * np.sqrt(DIMENSION) == pytest.approx(np.sqrt(0.1175), rel=0.1)


@pytest.mark.parametrize(("fine", "error"), [(np.uint8, 2e-3), (np.uint16, 1e-5)])
def test_all_bits_give_the_inner_product(vectors: NDArray[np.float32], fine: type, error: float) -> None:
    block, codes = encoded(vectors, fine, np.arange(COUNT))
    rows, scores = np.random.default_rng(3).permutation(COUNT)[:300], np.empty(300, np.float32)
    query = vectors[5] / np.sqrt(np.float32(DIMENSION))
    kernels.score(query, rows, block.codes, codes, np.iinfo(fine).max + 1, scores)
    np.testing.assert_allclose(scores, vectors[rows] @ vectors[5], atol=error)


def test_the_first_eight_of_sixteen_bits_are_the_eight(vectors: NDArray[np.float32]) -> None:
    coarser, finer = encoded(vectors, np.uint8, np.arange(COUNT)), encoded(vectors, np.uint16, np.arange(COUNT))
    assert np.array_equal(finer[1] >> 8, coarser[1])
    assert np.array_equal(finer[0].codes, coarser[0].codes)


def test_numbers_that_no_unit_vector_has_are_cut() -> None:
    extreme = np.zeros((2, DIMENSION), np.float32)
    extreme[0, :4] = [1e30, -1e30, 5.1, -5.1]
    extreme[1, :2] = [-0.0, 0.0]
    block, codes = encoded(extreme / np.sqrt(np.float32(DIMENSION)), np.uint8, np.array([0, 1]))
    assert codes[0, :4].tolist() == [255, 255, 255, 255]
    scores = np.empty(2, np.float32)
    for axis, value in enumerate([5, -5, 5, -5]):
        query = np.eye(DIMENSION, dtype=np.float32)[axis]
        kernels.score(query, np.array([0, 1]), block.codes, codes, 256, scores)
        assert scores[0] == pytest.approx(value, abs=0.03)
        assert abs(scores[1]) < 0.01
