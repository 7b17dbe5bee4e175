"""The steps of the matcher's score, each against its formula; small enough to run without the compiler, too."""

from __future__ import annotations

from math import exp, hypot, pi

import numpy as np
import pytest
from made_up_prints import made_up_finger

from fingerprint.matching.cylinders import prepare
from fingerprint.matching.kernels.batch import DIRECTION, PrintArrays, batch
from fingerprint.matching.kernels.comparison import Comparison, score
from fingerprint.matching.kernels.geometry import distance_outside, point_in_polygon, wrapped
from fingerprint.matching.kernels.motion import (
    FROM_X,
    FROM_Y,
    MOTION_ROWS,
    TO_X,
    TO_Y,
    TURN,
    TURN_COS,
    TURN_SIN,
    Motion,
)
from fingerprint.matching.kernels.pairing import best_pairs, one_to_one, pairing_space, similarities
from fingerprint.matching.kernels.relaxation import (
    Links,
    drop_far,
    first,
    link,
    link_space,
    mean_of_best,
    relax,
    sigmoid,
    supported,
)
from fingerprint.matching.kernels.ridge_windows import PATCH_WORDS, RidgeGrid
from fingerprint.matching.matcher import match, screen
from fingerprint.matching.parameters import LATENT, MatchParameters, PairingParameters, RelaxationParameters

SQUARE = np.array([[0.0, 10.0, 10.0, 0.0], [0.0, 0.0, 10.0, 10.0]])
RELAXATION = RelaxationParameters()


@pytest.mark.parametrize(
    ("angle", "expected"),
    [(0.0, 0.0), (3.0, 3.0), (4.0, 4.0 - 2 * pi), (-4.0, 2 * pi - 4.0), (pi, -pi), (-pi, -pi), (20.0, 20.0 - 6 * pi)],
)
def test_an_angle_is_brought_into_one_turn(angle: float, expected: float) -> None:
    assert wrapped(angle) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (5.0, 5.0, -5.0),
        (3.0, 6.0, -3.0),
        (5.0, 9.0, -1.0),
        (0.0, 5.0, 0.0),
        (5.0, -2.0, 2.0),
        (5.0, 12.0, 2.0),
        (14.0, 5.0, 4.0),
        (-4.0, 5.0, 4.0),
        (13.0, 14.0, 5.0),
        (-3.0, -4.0, 5.0),
        (-3.0, 14.0, 5.0),
    ],
)
def test_the_distance_of_a_point_outside_a_polygon(x: float, y: float, expected: float) -> None:
    assert distance_outside(x, y, SQUARE) == pytest.approx(expected)
    assert point_in_polygon(x, y, SQUARE) == (expected <= 0)


def test_a_triangle_is_a_polygon() -> None:
    triangle = np.array([[0.0, 8.0, 0.0], [0.0, 0.0, 6.0]])
    assert distance_outside(1.0, 1.0, triangle) == pytest.approx(-1.0)
    assert distance_outside(7.0, 7.0, triangle) == pytest.approx(5.0)  # to the line 3 x + 4 y = 24
    assert point_in_polygon(1.0, 1.0, triangle)
    assert not point_in_polygon(7.0, 7.0, triangle)


def test_a_point_or_a_segment_has_no_inside() -> None:
    point, segment = np.array([[1.0], [1.0]]), np.array([[0.0, 4.0], [0.0, 0.0]])
    assert distance_outside(4.0, 5.0, point) == pytest.approx(5.0)
    assert distance_outside(2.0, 3.0, segment) == pytest.approx(3.0)
    assert distance_outside(7.0, 4.0, segment) == pytest.approx(5.0)
    assert distance_outside(2.0, 0.0, segment) == pytest.approx(0.0)
    assert not point_in_polygon(1.0, 1.0, point)
    assert not point_in_polygon(2.0, 0.0, segment)


def side_of(words: np.ndarray, directions: np.ndarray) -> PrintArrays:
    """Return a print of cylinders alone, whose last words are random: they are not to be looked at."""
    count, room = len(directions), -(-len(directions) // 16) * 16
    all_words, points = np.zeros((7, room), np.uint64), np.zeros((5, room), np.float32)
    all_words[:, :count], points[DIRECTION, :count] = words, directions
    ridges = RidgeGrid(np.zeros((1, 1), np.uint64), np.zeros((1, 1), np.uint8), 0.0, 0.0)
    patches = np.zeros((count, PATCH_WORDS), np.uint32)
    return PrintArrays(all_words, points, np.zeros((2, 0), np.float32), patches, count, count, ridges)


def test_cylinders_are_similar_by_the_share_of_equal_bits_in_their_common_cells() -> None:
    """1 - |a xor b| / (|a| + |b|), with |v| the root of the number of bits; 0 for those that cannot be compared."""
    rng = np.random.default_rng(1)
    a_words = rng.integers(0, 2**64, (7, 5), np.uint64)
    b_words = rng.integers(0, 2**64, (7, 20), np.uint64)
    a_words[6] |= np.uint64(0xFFFFFFFFFFFF)  # most cells are valid
    b_words[6] |= np.uint64(0xFFFFFFFFFFF)
    b_words[:6, :5] ^= (a_words[:6] ^ b_words[:6, :5]) & rng.integers(0, 2**64, (6, 5), np.uint64)  # rather alike
    a_words[6, 3], b_words[6, 7], b_words[6, 8] = ~np.uint64(0), np.uint64(2**32 - 1), np.uint64(2**31 - 1)
    a_words[:6, 4] = 0
    b_words[:6, 9] = 0
    a_turns, b_turns = rng.uniform(-pi, pi, 5), rng.uniform(-pi, pi, 20)
    a_turns[:3], b_turns[10:15] = (0.0, 3.0, -3.0), (1.57, 1.58, -1.57, -1.58, 3.1)
    a_turns[3], b_turns[7:9] = 0.5, 0.5
    table = np.full((16, 32), np.nan, np.float32)
    parameters = PairingParameters()
    similarities(side_of(a_words, a_turns), side_of(b_words, b_turns), parameters, table)
    expected = np.zeros((5, 20))
    for i in range(5):
        for j in range(20):
            common = a_words[6, i] & b_words[6, j]
            first, two = a_words[:6, i] & common, b_words[:6, j] & common
            turn = abs(wrapped(a_turns[i] - b_turns[j]))
            size_one, size_two = np.bitwise_count(first).sum(dtype=int), np.bitwise_count(two).sum(dtype=int)
            if turn <= parameters.max_rotation and np.bitwise_count(common) >= 32 and size_one + size_two > 0:
                differ = np.bitwise_count(first ^ two).sum(dtype=int)
                expected[i, j] = 1 - np.sqrt(differ) / (np.sqrt(size_one) + np.sqrt(size_two))
    np.testing.assert_allclose(table[:5, :20], expected, atol=1e-6)
    assert expected[3, 7] > 0
    assert expected[3, 8] == expected[4, 9] == 0
    assert (table[:5, 20:] == 0).all()
    assert np.isnan(table[5:]).all()


def chosen_greedily(cells: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Take cells by their values, in steps of 1/1024 and of equal ones the first, each row and column once."""
    chosen: list[tuple[int, int]] = []
    for i, j, _ in sorted(cells, key=lambda cell: -int(cell[2] * 1024)):
        if not any(i == row or j == column for row, column in chosen):
            chosen.append((i, j))
    return chosen


@pytest.mark.parametrize("seed", range(4))
def test_the_most_similar_pairs_are_taken_first_each_row_and_column_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = (9, 20) if seed % 2 else (20, 9)
    space, pairs = pairing_space(32), np.zeros((32, 2), np.int32)
    space.table[:rows, :columns] = rng.integers(0, 12, (rows, columns)) / 12  # many are equal
    space.taken_columns[:] = 7  # of another comparison
    cells = [(i, j, float(space.table[i, j])) for i in range(rows) for j in range(columns) if space.table[i, j] > 0.25]
    count = best_pairs(rows, columns, 0.25, space, pairs)
    assert [(int(i), int(j)) for i, j in pairs[:count]] == chosen_greedily(cells)


@pytest.mark.parametrize("count", [1, 12, 50, 51, 90])
def test_cells_are_taken_by_their_values_each_row_and_column_once(count: int) -> None:
    rng = np.random.default_rng(count)
    cells = np.sort(rng.permutation(10 * 13)[:count]).astype(np.int32)
    values = (rng.integers(0, 12, count) / 12).astype(np.float32)
    space, order = pairing_space(16), np.zeros(count, np.int64)
    space.taken_columns[:], space.taken_rows[:] = 7, 7
    chosen = order[: one_to_one(cells, values, 13, space, order)]
    rows = [(int(cell) // 13, int(cell) % 13, float(value)) for cell, value in zip(cells, values, strict=True)]
    assert [rows[at][:2] for at in chosen] == chosen_greedily(rows)


def test_there_is_room_for_every_pair() -> None:
    space, links = pairing_space(16), link_space(16)
    assert (space.table.shape, space.keys.shape) == ((16, 16), (16, 16))
    assert [len(each) for each in (space.tops, space.taken_columns, space.taken_rows)] == [16, 16, 16]
    assert [len(each) for each in links] == [256, 256, 256]


def test_a_sigmoid_is_a_half_at_its_mean() -> None:
    assert sigmoid(5.0, 5.0, -1.6) == 0.5
    assert sigmoid(7.0, 5.0, -1.6) == pytest.approx(1 / (1 + exp(3.2)))
    assert sigmoid(4.0, 5.0, 3.0) == pytest.approx(1 / (1 + exp(3.0)))


def motion_of(pairs: list[tuple[float, float, float, float, float]]) -> Motion:
    rows = np.zeros((MOTION_ROWS, 16), np.float32)
    for t, (from_x, from_y, to_x, to_y, turn) in enumerate(pairs):
        rows[[FROM_X, FROM_Y, TO_X, TO_Y, TURN], t] = from_x, from_y, to_x, to_y, turn % (2 * pi)
        rows[[TURN_COS, TURN_SIN], t] = np.cos(turn), np.sin(turn)
    return Motion(rows, len(pairs))


def strengths_of(motion: Motion) -> dict[tuple[int, int], tuple[float, float]]:
    """Return by giver and taker the strength of a link, and the least of its three factors: the paper's formula."""

    def factor(value: float, mean: float, slope: float) -> float:
        return 1 / (1 + exp(-slope * (value - mean)))

    angle = RELAXATION.angle_mean, RELAXATION.angle_slope
    result = {}
    columns = motion.rows[:, : motion.pairs].astype(float)
    for t in range(motion.pairs):
        for k in range(motion.pairs):
            if t == k:
                continue
            ux, uy = columns[[FROM_X, FROM_Y], t] - columns[[FROM_X, FROM_Y], k]
            vx, vy = columns[[TO_X, TO_Y], t] - columns[[TO_X, TO_Y], k]
            bearing = np.arctan2(vy, vx) - np.arctan2(uy, ux)
            factors = (
                factor(abs(hypot(ux, uy) - hypot(vx, vy)), RELAXATION.distance_mean, RELAXATION.distance_slope),
                factor(abs(wrapped(columns[TURN, t] - columns[TURN, k])), *angle),
                factor(abs(wrapped(columns[TURN, t] - bearing)), *angle),
            )
            result[k, t] = float(np.prod(factors)), min(factors)
    return result


def linked(motion: Motion) -> dict[tuple[int, int], float]:
    links, room = link_space(16), np.zeros((2, 16), np.int32)
    count = link(motion, RELAXATION, room[0], room[1], links)
    result = {
        (int(giver), int(taker)): float(strength)
        for giver, taker, strength in zip(*(each[:count] for each in links), strict=True)
    }
    assert len(result) == count
    return result


@pytest.mark.parametrize("turn", [0.0, 1.0, 3.1, 6.2])
def test_pairs_strengthen_each_other_as_far_as_they_imply_the_same_motion(turn: float) -> None:
    """Distances, turns and bearings, each by its sigmoid; what has a factor below 0.001 is no link."""
    rng = np.random.default_rng(2)
    pairs = []
    for _ in range(14):
        x, y = rng.uniform(-80, 80, 2)
        to_x, to_y = np.cos(turn) * x - np.sin(turn) * y + 7, np.sin(turn) * x + np.cos(turn) * y - 4
        pairs.append((x, y, to_x + rng.normal(0, 3), to_y + rng.normal(0, 3), turn + rng.normal(0, 0.15)))
    motion = motion_of(pairs)
    expected, result = strengths_of(motion), linked(motion)
    assert len(result) > 60
    for places, strength in result.items():
        assert strength == pytest.approx(expected[places][0], rel=2e-3, abs=1e-5), places
    for places, (_, least) in expected.items():
        both_ways = min(least, expected[places[::-1]][1])
        assert (places in result) or both_ways < 0.0012, places


@pytest.mark.parametrize(
    ("other", "is_linked"),
    [
        ((50.0, 0.0, 59.2, 0.0, 0.0), True),
        ((50.0, 0.0, 59.6, 0.0, 0.0), False),
        ((50.0, 0.0, 40.8, 0.0, 0.0), True),
        ((50.0, 0.0, 40.4, 0.0, 0.0), False),
        ((50.0, 0.0, 50.0, 0.0, pi / 12 + 0.225), True),
        ((50.0, 0.0, 50.0, 0.0, pi / 12 + 0.240), False),
        ((50.0, 0.0, 50.0, 0.0, -pi / 12 - 0.225), True),
        ((50.0, 0.0, 50.0, 0.0, -pi / 12 - 0.240), False),
        ((50.0, 0.0, 50 * np.cos(0.48), 50 * np.sin(0.48), 0.0), True),
        ((50.0, 0.0, 50 * np.cos(0.51), 50 * np.sin(0.51), 0.0), False),
        ((50.0, 0.0, 50 * np.cos(0.48), -50 * np.sin(0.48), 0.0), True),
        ((50.0, 0.0, -50.0, 0.0, 0.0), False),
    ],
)
def test_pairs_are_linked_up_to_where_a_sigmoid_falls_below_a_thousandth(
    other: tuple[float, float, float, float, float], is_linked: bool
) -> None:
    assert set(linked(motion_of([(0.0, 0.0, 0.0, 0.0, 0.0), other]))) == ({(0, 1), (1, 0)} if is_linked else set())


def some_links() -> Links:
    rng = np.random.default_rng(5)
    return Links(
        rng.integers(0, 6, 20).astype(np.int32), rng.integers(0, 6, 20).astype(np.int32), rng.uniform(0, 1, 20)
    )


def test_the_first_links_are_those_that_were_written() -> None:
    links = some_links()
    assert [len(each) for each in first(links, 7)] == [7, 7, 7]
    for few, all_ in zip(first(links, 7), links, strict=True):
        np.testing.assert_array_equal(few, all_[:7])


@pytest.mark.parametrize("count", [6, 30])
def test_a_pair_keeps_half_of_its_similarity_and_is_given_the_mean_of_the_others(count: int) -> None:
    own, links = np.random.default_rng(6).uniform(0, 1, count), some_links()
    before, relaxed = np.zeros(count), np.zeros(count)
    relax(own, links, RELAXATION, before, relaxed)
    expected = own.copy()
    for _ in range(5):
        values = np.zeros(count)
        for giver, taker, strength in zip(*links, strict=True):
            values[taker] += expected[giver] * strength
        expected = 0.5 * expected + 0.5 * values / (max(count, 20) - 1)
    np.testing.assert_allclose(relaxed, expected)


def test_no_pair_counts_that_is_farther_from_the_best_one_than_a_finger_is_long() -> None:
    far = RELAXATION.reach / 2**0.5
    near, beyond = far - 1, far + 1
    motion = motion_of(
        [
            (100, 100, 200, 200, 0),
            (100 + near, 100 - near, 200 - near, 200 + near, 0),
            (100 + beyond, 100 + beyond, 200, 200, 0),
            (100, 100, 200 - beyond, 200 + beyond, 0),
        ]
    )
    relaxed = np.array([1.0, 0.5, 0.5, 0.5])
    drop_far(motion, RELAXATION, relaxed)
    assert relaxed.tolist() == [1.0, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(("values", "smaller"), [(30, 5), (30, 20), (30, 23), (30, 60), (3, 40), (0, 40)])
def test_the_score_is_the_mean_of_the_best_pairs_of_which_there_are_more_in_larger_prints(
    values: int, smaller: int
) -> None:
    """4 to 12 pairs, by a sigmoid of the minutiae of the smaller print; pairs that are missing count as zero."""
    some = np.random.default_rng(8).uniform(0, 1, values)
    wanted = 4 + round(8 / (1 + exp(-0.4 * (smaller - 20))))
    expected = np.sort(some)[::-1][:wanted].sum() / wanted
    assert mean_of_best(some, smaller, RELAXATION, np.full(12, 9.0)) == pytest.approx(expected)


def test_a_pair_supports_those_that_it_gives_to() -> None:
    links = Links(np.array([1, 2, 1], np.int32), np.array([0, 0, 3], np.int32), np.array([0.5, 0.25, 0.125]))
    support = np.full(4, 9.0)
    supported(1, links, support)
    assert support.tolist() == [0.5, 0.0, 0.0, 0.125]


@pytest.mark.parametrize("likeness", [0.0, 0.1, 0.2, 0.9])
def test_ridges_raise_the_score_of_the_minutiae_only_beyond_chance(likeness: float) -> None:
    raised = (0.3 * 0.8 + 0.002) * exp(7.0 * max(0.0, likeness - 0.16))
    expected = (raised - 0.002) / (1 + raised - 0.002)
    assert score(Comparison(0.3, 0.8, likeness, 9, 9, 0), MatchParameters()) == pytest.approx(expected)


def test_the_shared_fraction_of_a_latent_is_no_factor() -> None:
    raised = 0.3 * exp(1.3 * (0.5 - 1)) + 0.002
    expected = (raised - 0.002) / (1 + raised - 0.002)
    assert score(Comparison(0.3, 0.5, 0.0, 9, 9, 0), LATENT) == pytest.approx(expected)


def test_a_gallery_may_be_prints_or_a_batch_of_them() -> None:
    prints = [prepare(made_up_finger(seed, 3)) for seed in range(2)]
    for compare in (match, screen):
        np.testing.assert_array_equal(compare(prints[0], prints), compare(prints[0], batch(prints)))
        assert compare(prints[0], prints).shape == (2,)
