"""Ridge maps: what they may hold, and their bytes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from made_up_prints import made_up_finger

from biometrics.kernel.errors import InvalidTemplate
from fingerprint.codec import decode, encode
from fingerprint.ridge_map import MAX_TILES, TILE, RidgeMap
from fingerprint.template import FingerprintTemplate


def random_map(seed: int, rows: int = 12, columns: int = 10, share: float = 0.8) -> RidgeMap:
    rng = np.random.default_rng(seed)
    places = np.argwhere(rng.uniform(size=(rows, columns)) < share)
    return RidgeMap(places[:, 0] + 3, places[:, 1] + 5, rng.integers(0, 2**64, len(places), np.uint64))


def with_ridges(ridges: RidgeMap, minutiae: int = 40) -> FingerprintTemplate:
    return dataclasses.replace(made_up_finger(1, minutiae), ridges=ridges)


@pytest.mark.parametrize("seed", range(10))
def test_bytes_keep_every_tile(seed: int) -> None:
    made = random_map(seed)
    data = encode(with_ridges(made))
    read = decode(data).ridges
    np.testing.assert_array_equal(read.rows, made.rows)
    np.testing.assert_array_equal(read.columns, made.columns)
    np.testing.assert_array_equal(read.words, made.words)
    assert encode(decode(data)) == data


def test_a_print_of_forty_minutiae_takes_at_most_two_kilobytes() -> None:
    fullest = RidgeMap(np.repeat(np.arange(16), 12), np.tile(np.arange(12), 16), np.arange(MAX_TILES, dtype=np.uint64))
    assert len(encode(with_ridges(fullest))) <= 2048


def test_every_cut_and_every_addition_is_refused() -> None:
    data = encode(with_ridges(random_map(0), minutiae=3))
    without = len(encode(made_up_finger(1, 3)))
    for length in range(len(data)):
        if length != without:
            with pytest.raises(InvalidTemplate):
                decode(data[:length])
    with pytest.raises(InvalidTemplate, match="ridge map is damaged"):
        decode(data + b"\0")


def test_random_damage_never_gives_anything_but_our_error() -> None:
    rng = np.random.default_rng(0)
    good = encode(with_ridges(random_map(0), minutiae=3))
    refused = 0
    for _ in range(2000):
        hostile = bytearray(good)
        for position in rng.integers(34, 70, 2):
            hostile[position] = rng.integers(0, 256)
        try:
            decode(bytes(hostile))
        except InvalidTemplate:
            refused += 1
    assert refused > 1000


@pytest.mark.parametrize(
    ("rows", "columns", "words", "reason"),
    [
        ([0, 1], [0, 0], [1], "words has the shape"),
        ([0, 0], [1, 0], [1, 1], "row-major"),
        ([0, 0], [1, 1], [1, 1], "row-major"),
        ([-1], [0], [1], "outside"),
        ([0, 255], [0, 0], [1, 1], "apart"),
        (np.zeros(MAX_TILES + 1), np.arange(MAX_TILES + 1), np.zeros(MAX_TILES + 1), "at most"),
    ],
)
def test_tiles_that_cannot_be_are_refused(rows, columns, words, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        RidgeMap(np.array(rows), np.array(columns), np.array(words))


def test_ridges_lie_within_the_image() -> None:
    zero = np.zeros(0)
    with pytest.raises(ValueError, match="ridges lie outside"):
        FingerprintTemplate(
            2 * TILE, 2 * TILE, zero, zero, zero, zero, zero, RidgeMap(np.array([2]), np.array([0]), np.array([1]))
        )


def test_maps_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        random_map(0).words[0] = 1
