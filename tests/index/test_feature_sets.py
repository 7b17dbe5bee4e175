"""An index of prints finds mates, however many prints were removed before, and looks closely at the right ones."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from search_indexes import labels_of, minutiae

from biometrics.domain.errors import InvalidVector
from biometrics.matching.local_features import CODE_BITS, LOCAL_FEATURE
from index.feature_sets import FeatureSetIndex, arena
from index.feature_sets.arena import Arena


def mate(print_: NDArray[np.void], seed: int, turned: int = 20) -> NDArray[np.void]:
    """Return another impression: turned by steps of 1/256, moved, a quarter of the bits and some minutiae changed."""
    rng = np.random.default_rng(seed)
    kept = print_[rng.random(len(print_)) < 0.8].copy()
    flips = rng.random((len(kept), CODE_BITS)) < 0.25
    kept["code"] ^= np.packbits(flips, axis=1, bitorder="little").view("<u8")
    angle = turned * 2 * np.pi / 256
    x, y = kept["x"].astype(float), kept["y"].astype(float)
    kept["x"] = np.rint(np.cos(angle) * x - np.sin(angle) * y + 30 + rng.normal(0, 2, len(kept)))
    kept["y"] = np.rint(np.sin(angle) * x + np.cos(angle) * y - 50 + rng.normal(0, 2, len(kept)))
    kept["direction"] += np.uint8(turned)
    return kept


def filled(count: int, **settings: int) -> FeatureSetIndex:
    index = FeatureSetIndex(**settings)
    index.add(np.arange(count), [minutiae(n) for n in range(count)], labels_of(np.arange(count)))
    return index


@pytest.mark.parametrize("turned", [0, 20, 128, 250])
def test_mates_come_first_whichever_way_they_are_turned(turned: int) -> None:
    index = filled(400, closer_each=7, threads=2)
    for individual in range(0, 400, 40):
        hits = index.search(mate(minutiae(individual), 1, turned), 3)
        assert hits.ids[0] == individual
        assert hits.scores[0] > 2 * hits.scores[1]


def test_pairs_that_do_not_lie_together_count_less() -> None:
    """The same codes and directions at shuffled places are no print."""
    index = filled(1)
    probe = mate(minutiae(0), 1)
    score = index.search(probe, 1).scores[0]
    probe["x"], probe["y"] = probe["x"][::-1].copy(), probe["y"][::-1].copy()
    assert index.search(probe, 1).scores[0] < score / 2


def test_a_print_scores_what_its_codes_say() -> None:
    """A print against itself: each minutia agrees in all bits, which counts 60, the reach."""
    index = filled(1)
    probe = minutiae(0)
    assert index.search(probe, 1).scores.tolist() == [60.0 * len(probe)]


def test_prints_without_minutiae_are_held_and_found_last() -> None:
    index = filled(3)
    index.add(np.array([7]), [minutiae(0)[:0]], labels_of(np.array([7])))
    assert index.search(minutiae(1), 9).ids.tolist()[0] == 1
    assert sorted(index.search(minutiae(1), 9).ids.tolist()) == [0, 1, 2, 7]
    assert index.search(minutiae(1)[:0], 9).scores.tolist() == [0.0] * 4


def test_holes_are_closed_without_losing_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arena, "LEAST_HOLES", 100)
    index = filled(120)
    probes = {n: mate(minutiae(n), 1) for n in range(0, 120, 7)}
    before = {n: index.search(probe, 1) for n, probe in probes.items()}
    index.remove(np.array([n for n in range(120) if n % 7]))
    index.add(np.array([500]), [minutiae(500)], labels_of(np.array([500])))
    held = sum(len(minutiae(n)) for n in (*range(0, 120, 7), 500))
    assert len(index._arena.sets.first) < held + 100
    for n, probe in probes.items():
        assert index.search(probe, 1).ids.tolist() == before[n].ids.tolist() == [n]
        np.testing.assert_array_equal(index.search(probe, 1).scores, before[n].scores)
    assert index.search(minutiae(500), 1).ids.tolist() == [500]


@pytest.mark.parametrize(
    "features",
    [np.zeros(3, np.float32), np.zeros((2, 2), LOCAL_FEATURE), np.zeros(256, LOCAL_FEATURE)],
    ids=["vector", "two-dimensional", "too many"],
)
def test_what_is_no_print_is_refused_whole(features: NDArray[np.void]) -> None:
    index = filled(2)
    with pytest.raises(InvalidVector):
        index.search(features, 1)
    with pytest.raises(InvalidVector):
        index.add(np.array([0, 9]), [minutiae(5), features], labels_of(np.array([0, 9])))
    with pytest.raises(InvalidVector):
        index.add(np.array([0]), [], labels_of(np.array([0])))
    assert (len(index), index.search(minutiae(0), 1).scores[0]) == (2, 60.0 * len(minutiae(0)))


@pytest.mark.parametrize("damage", ["absent", "short", "beyond", "type"])
def test_arrays_that_do_not_fit_are_refused(damage: str) -> None:
    whole = Arena()
    whole.put(np.array([0, 1]), [minutiae(0), minutiae(1)])
    arrays = {name: array.copy() for name, array in whole.arrays().items()}
    Arena.restored(arrays, 2)
    if damage == "absent":
        del arrays["directions"]
    elif damage == "short":
        arrays["second"] = arrays["second"][:-1]
    elif damage == "beyond":
        arrays["starts"][1] += 1
    else:
        arrays["counts"] = arrays["counts"].astype(np.int64)
    with pytest.raises(InvalidVector):
        Arena.restored(arrays, 2)
