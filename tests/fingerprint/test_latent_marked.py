"""Marked minutiae: our JSON file, its region, and what is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from math import pi

import numpy as np
import pytest

from biometrics.kernel.errors import InvalidField, InvalidResolution, PehchanError, TooFewMinutiae
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.latents.marked import MarkedMinutia, MarkedPrint, read_json, write_json
from fingerprint.latents.reading import is_marked, read_marked
from fingerprint.latents.region import points_in_polygon
from fingerprint.template import MinutiaType

MARKS = [
    {"x": 100, "y": 50, "direction": 90, "type": "ending", "quality": 80},
    {"x": 200.5, "y": 60, "direction": 0, "type": "bifurcation"},
    {"x": 300, "y": 400, "direction": -45, "type": "other", "quality": 0},
    {"x": 0, "y": 0, "direction": 359.9},
    {"x": 400, "y": 500, "direction": 180, "type": "ending"},
]
FILE = {"format": "pehchan-minutiae", "version": 1, "width": 400, "height": 500, "ppi": 1000, "minutiae": MARKS}


def as_bytes(**changes: object) -> bytes:
    return json.dumps(FILE | changes).encode()


def test_the_documented_file_becomes_a_template_at_500_ppi() -> None:
    template = read_marked(as_bytes())
    assert (template.width, template.height) == (200, 250)
    assert template.x.tolist() == [50, 100.25, 150, 0, 200]
    assert template.y.tolist() == [25, 30, 200, 0, 250]
    assert np.allclose(template.direction, [pi / 2, 0, 7 * pi / 4, np.deg2rad(359.9), pi], atol=1e-5)
    assert np.allclose(template.quality, [0.8, 1, 0, 1, 1])
    assert template.type.tolist() == [
        MinutiaType.ENDING,
        MinutiaType.BIFURCATION,
        MinutiaType.OTHER,
        MinutiaType.OTHER,
        MinutiaType.ENDING,
    ]


def test_what_is_written_is_read_back() -> None:
    marked = read_json(as_bytes(position=8, region=[[0, 0], [390, 0], [10, 499]]))
    again = read_json(write_json(marked))
    assert again.position is FingerPosition.LEFT_MIDDLE
    assert again.region == marked.region
    for item, other in zip(marked.minutiae, again.minutiae, strict=True):
        assert (item.x, item.y, item.type, item.quality) == (other.x, other.y, other.type, other.quality)
        assert item.direction == pytest.approx(other.direction, abs=1e-5)


def test_minutiae_outside_the_region_of_interest_are_left_out() -> None:
    region = [[-1, -1], [401, -1], [401, 100], [250, 100], [250, 450], [-1, 450]]  # an L, in pixels of the image
    with pytest.raises(TooFewMinutiae, match="3 minutiae"):
        read_marked(as_bytes(region=region))
    assert len(read_marked(as_bytes(region=[[-1, -1], [401, -1], [401, 501], [350, 501], [350, 420], [-1, 460]]))) == 5


def test_a_caller_may_draw_another_region() -> None:
    marked = read_json(as_bytes()).in_region([(-1, -1), (401, -1), (401, 401), (-1, 401)])
    assert len(marked.template()) == 4


def test_inside_follows_the_outline_of_a_polygon_that_turns_in_on_itself() -> None:
    polygon = [(0, 0), (10, 0), (10, 10), (5, 2), (0, 10)]
    x, y = np.array([1.0, 5.0, 5.0, 9.0, 11.0]), np.array([1.0, 1.0, 5.0, 7.0, 5.0])
    assert points_in_polygon(polygon, x, y).tolist() == [True, True, False, True, False]


def test_three_minutiae_are_too_few_to_search_with() -> None:
    with pytest.raises(TooFewMinutiae):
        read_marked(as_bytes(minutiae=MARKS[:3]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not proper JSON"),
        (b"[" * 100_000, "neither a JSON file"),
        (b'{"a":' * 100_000, "not proper JSON"),
        (b"\x89PNG", "neither a JSON file"),
        (b"{}", "not a file of marked minutiae"),
        (as_bytes(version=2), "not a file of marked minutiae"),
        (as_bytes(width="800"), "width is '800'"),
        (as_bytes(width=None), "width is None"),
        (as_bytes(width=0), "0 x 500 pixels"),
        (as_bytes(height=9e5), "cannot show a print"),
        (as_bytes(height=10**400), "where a number belongs"),
        (as_bytes(position=13), "position is 13"),
        (as_bytes(position=True), "position is True"),
        (as_bytes(minutiae={}), "minutiae is not a list"),
        (as_bytes(minutiae=[7]), r"minutiae\[0\] is not an object"),
        (as_bytes(minutiae=[*MARKS, {"x": 1, "y": 2}]), r"minutiae\[5\]\.direction is None"),
        (as_bytes(minutiae=[MARKS[0] | {"type": "loop"}]), r"minutiae\[0\]\.type is 'loop'"),
        (as_bytes(minutiae=[MARKS[0] | {"type": []}]), r"minutiae\[0\]\.type is \[\]"),
        (as_bytes(minutiae=[MARKS[0] | {"x": float("nan")}]), r"minutiae\[0\]\.x is nan"),
        (as_bytes(minutiae=[MARKS[0] | {"x": 401}]), "Minutia 1 lies at 401, 50"),
        (as_bytes(minutiae=[MARKS[0] | {"quality": 101}]), "Minutia 1 has a direction or a quality"),
        (as_bytes(minutiae=[MARKS[0]] * 256), "256 minutiae"),
        (as_bytes(region=[[1, 2], [3, 4]]), "three corners"),
        (as_bytes(region=[[0, 0], [1, 1], [2, 2]]), "three corners"),
        (as_bytes(region=[[0, 0], [1, 1], [2]]), r"region\[2\] is not a pair"),
        (as_bytes(region=7), "region is not a list"),
    ],
)
def test_a_file_that_is_not_as_it_must_be_is_refused_by_name(content: bytes, message: str) -> None:
    with pytest.raises(InvalidField, match=message):
        read_marked(content)


def test_a_resolution_that_no_scanner_has_is_refused() -> None:
    with pytest.raises(InvalidResolution):
        read_marked(as_bytes(ppi=72))


def test_a_damaged_file_never_fails_otherwise_than_by_an_error_on_purpose() -> None:
    rng = np.random.default_rng(0)
    for _ in range(500):
        damaged = bytearray(as_bytes(region=[[0, 0], [390, 0], [10, 499]]))
        for place in rng.integers(1, len(damaged), 3):
            damaged[place] = rng.integers(32, 127)
        with suppress(PehchanError):
            read_marked(bytes(damaged))


def test_only_what_looks_like_marked_minutiae_is_taken_for_them() -> None:
    assert is_marked(as_bytes())
    assert is_marked(b" \n" + as_bytes())
    assert is_marked(b"1.001:123\x1d")
    assert not any(is_marked(content) for content in (b"", b"\x89PNG", b"\xff\xa0", b"FMR\0", b"II*\0"))


def test_a_print_of_the_callers_own_making_is_checked_too() -> None:
    mark = MarkedMinutia(10, 10, float("inf"), MinutiaType.ENDING)
    with pytest.raises(InvalidField, match="Minutia 1"):
        MarkedPrint(100, 100, 500, (mark,))
