"""An index of prints finds mates, however many prints were removed before, and looks closely at the right ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from search_indexes import labels_of, minutiae, thawed

from biometrics.kernel.errors import InvalidVector, ModelMismatch, ModelMissing
from biometrics.matching.local_features import CODE_BITS, LOCAL_FEATURE, MOST_HELD
from index.feature_sets import FeatureSetIndex, segment
from index.feature_sets import best_places as places
from index.feature_sets.arena import Arena
from index.feature_sets.cells import FILE, LANDMARKS, PROBE_CODES, cells_of, probe_cells, read_landmarks
from index.feature_sets.lanes import LANES
from index.feature_sets.quick import QuickParameters, partners_by_chance, quick_likeness
from index.feature_sets.segment import Segment


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
    index = filled(1)
    probe = mate(minutiae(0), 1)
    score = index.search(probe, 1).scores[0]
    probe["x"], probe["y"] = probe["x"][::-1].copy(), probe["y"][::-1].copy()
    assert index.search(probe, 1).scores[0] < score / 2


def test_a_print_scores_what_its_codes_say() -> None:
    """A print against itself: each minutia agrees in all bits, which counts 60, the reach.

    A print less than 256 pixels wide and high keeps the places of its minutiae; in a larger one they are a pixel off.
    """
    large, small = minutiae(0), minutiae(0).copy()
    small["x"], small["y"] = small["x"] // 2, small["y"] // 2
    for probe, tolerance in ((small, 0.0), (large, 0.01)):
        index = FeatureSetIndex()
        index.add(np.array([0]), [probe], labels_of(np.array([0])))
        assert index.search(probe, 1).scores == pytest.approx([60.0 * len(probe)], rel=tolerance)


def palm(number: int) -> NDArray[np.void]:
    """Return as many features as an index holds of one set: prints side by side."""
    parts = [minutiae(1000 * number + n).copy() for n in range(120)]
    for n, part in enumerate(parts):
        part["x"] += np.int16(300 * (n % 9))
        part["y"] += np.int16(400 * (n // 9))
    return np.concatenate(parts)[:MOST_HELD]


def test_a_large_set_is_found_by_a_part_of_it_and_by_its_first_features() -> None:
    index = filled(20)
    palms = [palm(number) for number in (1, 2, 3)]
    assert len(palms[0]) == MOST_HELD
    index.add(np.array([101, 102, 103]), palms, labels_of(np.array([101, 102, 103])))
    index.remove(np.array([101]))
    for number in (2, 3):
        part = minutiae(1000 * number + 40)
        for probe in (mate(part, 1), mate(palm(number), 1)):
            hits = index.search(probe, 3)
            assert hits.ids[0] == 100 + number
            assert hits.scores[0] > 2 * hits.scores[1]


def test_prints_without_minutiae_are_held_and_found_last() -> None:
    index = filled(3)
    index.add(np.array([7]), [minutiae(0)[:0]], labels_of(np.array([7])))
    assert index.search(minutiae(1), 9).ids.tolist()[0] == 1
    assert sorted(index.search(minutiae(1), 9).ids.tolist()) == [0, 1, 2, 7]
    assert index.search(minutiae(1)[:0], 9).scores.tolist() == [0.0] * 4


def test_holes_are_closed_without_losing_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "LEAST_HOLES", 5)
    index = filled(120)
    probes = {n: mate(minutiae(n), 1) for n in range(0, 120, 7)}
    before = {n: index.search(probe, 1) for n, probe in probes.items()}
    index.remove(np.array([n for n in range(120) if n % 7]))
    index.add(np.array([500]), [minutiae(500)], labels_of(np.array([500])))
    held = sum(len(minutiae(n)) for n in (*range(0, 120, 7), 500))
    features = sum(len(each.arrays.directions) for each in index._arena.segments.values())
    assert features < held + held // 3 + 100
    for n, probe in probes.items():
        assert index.search(probe, 1).ids.tolist() == before[n].ids.tolist() == [n]
        np.testing.assert_array_equal(index.search(probe, 1).scores, before[n].scores)
    assert index.search(minutiae(500), 1).ids.tolist() == [500]


@pytest.mark.parametrize(
    "features",
    [np.zeros(3, np.float32), np.zeros((2, 2), LOCAL_FEATURE), np.zeros(MOST_HELD + 1, LOCAL_FEATURE)],
    ids=["vector", "two-dimensional", "too many"],
)
def test_what_is_no_print_is_refused_whole(features: NDArray[np.void]) -> None:
    index = filled(2)
    before = index.search(minutiae(0), 1)
    with pytest.raises(InvalidVector):
        index.search(features, 1)
    with pytest.raises(InvalidVector):
        index.add(np.array([0, 9]), [minutiae(5), features], labels_of(np.array([0, 9])))
    with pytest.raises(InvalidVector):
        index.add(np.array([0]), [], labels_of(np.array([0])))
    assert (len(index), index.search(minutiae(0), 1).scores) == (2, before.scores)


@pytest.mark.parametrize("damage", ["absent", "short", "beyond", "type", "elsewhere", "no segment"])
def test_arrays_that_do_not_fit_are_refused(damage: str) -> None:
    whole = Arena()
    whole.put(np.array([0, 1]), [minutiae(0), minutiae(1)], np.array([3, 3], np.uint8))
    arrays = thawed(whole.freeze())
    Arena.restored(arrays, 2)
    if damage == "absent":
        del arrays["3/directions"]
    elif damage == "short":
        arrays["3/points"] = arrays["3/points"][:-1]
    elif damage == "beyond":
        arrays["3/begins"][-1] += 1
    elif damage == "type":
        arrays["3/rows"] = arrays["3/rows"].astype(np.int64)
    elif damage == "elsewhere":
        arrays["slot"][:] = arrays["slot"][::-1]
    else:
        arrays["segment"][1] = 4
    with pytest.raises(InvalidVector):
        Arena.restored(arrays, 2)


@pytest.mark.parametrize("size", [0, 3, 40, 255])
def test_the_quick_score_is_that_of_comparing_the_first_codes_near_their_cells(size: int) -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 2**64, (40, 2), np.uint64)  # shared, so that many are within reach
    sets = []
    for count in (size, *rng.integers(0, 80, 399)):
        print_ = np.zeros(count, LOCAL_FEATURE)
        noise = rng.integers(0, 2**64, (2, len(print_), 2), np.uint64)
        print_["code"] = codes[rng.integers(0, len(codes), len(print_))] ^ (noise[0] & noise[1])
        print_["direction"] = rng.integers(0, 256, len(print_))
        sets.append(print_)
    segment_, probe, parameters = Segment(), sets[0], QuickParameters()
    segment_.append(np.arange(len(sets)), sets)
    segment_.erase(np.arange(9, len(sets), 9))
    met = rng.random(len(sets)) < 0.7
    wanted = (segment_.rows >= 0) & met
    scores = np.zeros(len(sets), np.float32)
    cells = probe_cells(*np.ascontiguousarray(probe["code"].T), probe["direction"])
    for first in range(0, len(sets), 150):
        last = min(first + 150, len(sets))
        quick_likeness(
            cells, segment_.arrays, segment_.rows, met, first, last, parameters, partners_by_chance(parameters), scores
        )
    expected = [
        quick_score(probe, print_, parameters) if is_in else 0.0 for print_, is_in in zip(sets, wanted, strict=True)
    ]
    np.testing.assert_array_equal(scores, np.array(expected, np.float32))
    assert np.count_nonzero(scores) > 100 or size < 40


def quick_score(probe: NDArray[np.void], print_: NDArray[np.void], parameters: QuickParameters) -> np.float32:
    """Compare code by code with those of the probe that are nearest to the landmark of the code's cell."""
    votes = np.zeros(32, np.int64)
    cells = np.bitwise_count(LANDMARKS ^ print_["code"][:, None]).sum(axis=2).argmin(axis=1)
    seen = np.argsort(cells, kind="stable")[: max(parameters.features, len(print_) // 3)]
    for feature, cell in zip(print_[seen], cells[seen], strict=True) if len(probe) else ():
        landmark = LANDMARKS[cell]
        order = np.argsort(np.bitwise_count(probe["code"] ^ landmark).sum(axis=1), kind="stable")
        near = probe[order[: LANES * -(-len(probe) // PROBE_CODES)]]
        differing = np.bitwise_count(near["code"] ^ feature["code"]).sum(axis=1, dtype=np.int64)
        nearest = int(np.argmin(differing))
        if differing[nearest] < parameters.reach:
            turned = (int(feature["direction"]) - int(near["direction"][nearest])) % 256
            votes[turned >> 3] += parameters.reach - differing[nearest]
    most = max(votes.take(range(at - 1, at + 2), mode="wrap").sum() for at in range(32))
    return np.float32(most) / np.float32((len(seen) + parameters.crowd) ** parameters.growth)


def test_nothing_of_a_removed_print_stays() -> None:
    segment_ = Segment()
    segment_.append(np.arange(60), [minutiae(n) for n in range(60)])
    segment_.erase(np.arange(60))
    assert not any(array.any() for name, array in thawed(segment_.freeze()).items() if name not in {"begins", "rows"})
    segment_.append(np.arange(60, 120), [minutiae(n) for n in range(60, 120)])
    segment_.erase(np.arange(70, 120))
    segment_.close_holes()
    features = segment_.arrays
    for slot in range(10):
        begin, end = features.begins[slot], features.begins[slot + 1]
        code = np.ascontiguousarray(minutiae(60 + slot)["code"].T)
        cells = cells_of(*code, LANDMARKS)
        order = np.argsort(cells, kind="stable")
        np.testing.assert_array_equal([features.first[begin:end], features.second[begin:end]], code[:, order])
        np.testing.assert_array_equal(features.cells[begin:end], cells[order])
        wanted, step = minutiae(60 + slot)[["x", "y"]][order], int(features.steps[slot])
        for axis, name in enumerate(("x", "y")):
            places = features.points[begin:end, axis].astype(int) * step
            np.testing.assert_allclose(places, wanted[name] - wanted[name].min(), rtol=0, atol=step / 2)
    assert len(features.first) == sum(len(minutiae(60 + slot)) for slot in range(10))


@pytest.mark.parametrize("count", [1, 37, 500, 100_000])
def test_the_best_places_are_those_of_sorting_all_scores(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_PIECE", 300)
    rng = np.random.default_rng(count)
    sizes = (0, 900, 1, 2500)
    parts = [(rng.integers(-20, 300, size).clip(0) / np.float32(7)).astype(np.float32) for size in sizes]
    scores = np.concatenate(parts)
    best = np.argsort(-scores, kind="stable")[:count]
    expected = np.sort(best[scores[best] > 0])  # of equal scores the first
    starts = np.cumsum([0, *sizes[:-1]])
    with ThreadPoolExecutor(2) as threads:
        best_of_parts = places.best_places(parts, count, threads)
    selected = [start + its for start, its in zip(starts, best_of_parts, strict=True)]
    np.testing.assert_array_equal(np.concatenate(selected), expected)


def test_landmarks_that_are_changed_or_missing_are_refused(tmp_path: Path) -> None:
    content = bytearray(FILE.read_bytes())
    content[-1] ^= 1
    (changed := tmp_path / "landmarks.npz").write_bytes(content)
    with pytest.raises(ModelMismatch, match="Install Pehchan again"):
        read_landmarks(changed)
    with pytest.raises(ModelMissing, match="Install Pehchan again"):
        read_landmarks(tmp_path / "none.npz")
