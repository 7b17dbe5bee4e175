"""Template bytes: compact, stable, and never trusted."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_prints import made_up_finger

from biometrics.kernel.errors import InvalidTemplate
from fingerprint.codec import decode, encode
from fingerprint.template import FingerprintTemplate


def test_a_template_survives_encoding_to_the_precision_of_the_format() -> None:
    made = made_up_finger(1)
    read = decode(encode(made))
    assert (read.width, read.height) == (made.width, made.height)
    np.testing.assert_allclose(read.x, made.x, atol=1 / 16)
    np.testing.assert_allclose(read.y, made.y, atol=1 / 16)
    np.testing.assert_allclose(read.quality, made.quality, atol=1 / 510)
    np.testing.assert_allclose(np.exp(1j * read.direction), np.exp(1j * made.direction), atol=1e-4)
    np.testing.assert_array_equal(read.type, made.type)


def test_bytes_survive_decoding_and_encoding() -> None:
    for seed in range(20):
        data = encode(made_up_finger(seed))
        assert encode(decode(data)) == data


def test_directions_just_below_a_full_turn_do_not_overflow() -> None:
    turns = np.array([-np.pi, -1e-7, 0, 2 * np.pi - 1e-7, 2 * np.pi])
    zero = np.zeros(5)
    read = decode(encode(FingerprintTemplate(10, 10, zero, zero, turns, zero, zero)))
    np.testing.assert_allclose(np.cos(read.direction), [-1, 1, 1, 1, 1], atol=1e-6)


def test_a_template_takes_at_most_two_kilobytes_and_ten_bytes() -> None:
    assert len(encode(made_up_finger(1, 50))) == 410
    assert len(encode(made_up_finger(1, 255))) == 2050


def test_a_template_without_minutiae_has_bytes_too() -> None:
    assert len(decode(encode(made_up_finger(1, 0)))) == 0


def test_every_cut_and_every_addition_is_refused() -> None:
    data = encode(made_up_finger(1, 6))
    for length in range(len(data)):
        with pytest.raises(InvalidTemplate):
            decode(data[:length])
    with pytest.raises(InvalidTemplate):
        decode(data + b"\0")


@pytest.mark.parametrize(
    ("offset", "value", "reason"),
    [(0, 0x51, "begin"), (4, 1, "version 1"), (6, 0xFF, "sides"), (9, 7, "cannot hold"), (17, 3, "type is not")],
)
def test_a_value_out_of_range_is_refused_with_its_reason(offset: int, value: int, reason: str) -> None:
    data = bytearray(encode(made_up_finger(1, 6)))
    data[offset] = value
    with pytest.raises(InvalidTemplate, match=reason):
        decode(bytes(data))


def test_a_position_outside_the_image_is_refused() -> None:
    data = bytearray(encode(made_up_finger(1, 6)))
    data[10:12] = b"\xff\xff"
    with pytest.raises(InvalidTemplate, match="x is not within"):
        decode(bytes(data))


def test_random_bytes_never_give_anything_but_our_error() -> None:
    rng = np.random.default_rng(0)
    good = encode(made_up_finger(1, 10))
    for _ in range(2000):
        hostile = bytearray(good)
        for position in rng.integers(0, len(good), 3):
            hostile[position] = rng.integers(0, 256)
        try:
            decode(bytes(hostile))
        except InvalidTemplate:
            continue
