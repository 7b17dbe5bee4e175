"""Type-9 minutiae in all their forms: real files agree with each other, with their images, and with what we write."""

from __future__ import annotations

from contextlib import suppress
from math import pi
from pathlib import Path

import numpy as np
import pytest

from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.itl import RS, US, Field, ItlRecord
from biometrics.kernel.errors import MalformedTransaction, PehchanError
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.extraction.extractor import extract
from fingerprint.itl import ridge_images
from fingerprint.latents.marked import MarkedPrint
from fingerprint.latents.reading import read_marked
from fingerprint.latents.type9 import marked_prints
from fingerprint.latents.writing import m1_record
from fingerprint.template import MinutiaType
from models.registry import ModelRegistry

REFERENCES = "standards/an2/jnbis-itl-references"
M1, STANDARD, IAFIS = "type-9-14-m1.an2", "type-9-14-std.an2", "type-9-4-iafis.an2"
FIRST = ItlRecord(1, (Field(3, b"1" + US + b"1" + RS + b"9" + US + b"01"),))


def records(shared_data: Path, name: str) -> list[ItlRecord]:
    return itl.parse((shared_data / REFERENCES / name).read_bytes())


def only(shared_data: Path, name: str) -> MarkedPrint:
    (marked,) = marked_prints(records(shared_data, name))
    return marked


def type_9(fields: dict[int, str]) -> ItlRecord:
    return ItlRecord(9, tuple(Field(number, value.encode()) for number, value in ({2: "01"} | fields).items()), place=2)


def image(width: int, height: int) -> ItlRecord:
    fields = {2: "01", 3: "4", 6: str(width), 7: str(height), 8: "1", 9: "500", 11: "WSQ20", 13: "0", 999: "x"}
    return ItlRecord(13, tuple(Field(number, value.encode()) for number, value in fields.items()), place=3)


def turned(angle: float, reference: float) -> float:
    return abs((angle - reference + pi) % (2 * pi) - pi)


@pytest.mark.parametrize("name", [STANDARD, IAFIS])
def test_the_same_print_in_another_form_has_the_same_minutiae(shared_data: Path, name: str) -> None:
    m1, other = only(shared_data, M1), only(shared_data, name)
    assert (other.width, other.height, other.ppi, other.position) == (m1.width, m1.height, m1.ppi, m1.position)
    assert (m1.width, m1.height, m1.ppi, m1.position) == (800, 768, 500.0, FingerPosition.LEFT_MIDDLE)
    for item, two in zip(m1.minutiae, other.minutiae, strict=True):
        assert abs(item.x - two.x) < 1
        assert abs(item.y - two.y) < 1
        assert turned(item.direction, two.direction) < np.deg2rad(2.1)


def test_minutiae_lie_and_point_as_the_extractor_finds_them_in_the_image(
    shared_data: Path, registry: ModelRegistry
) -> None:
    content = records(shared_data, M1)
    (print_,) = ridge_images(content)
    result = extract(decode(print_.content, print_.ppi), registry.open_session("leader"))
    agreeing = 0
    for mark in only(shared_data, M1).minutiae:
        near = np.hypot(result.x - mark.x, result.y - mark.y) < 8
        agreeing += any(turned(mark.direction, float(direction)) < 0.35 for direction in result.direction[near])
    assert agreeing >= 40  # of 48; by chance it would be a few


def test_a_file_with_a_latent_and_its_mate_gives_both(shared_data: Path) -> None:
    latent, mate = marked_prints(records(shared_data, "type-9-13-9-14-m1.an2"))
    assert (len(latent.minutiae), len(mate.minutiae)) == (48, 48)
    with pytest.raises(MalformedTransaction, match="holds 2 Type-9 records"):
        read_marked((shared_data / REFERENCES / "type-9-13-9-14-m1.an2").read_bytes())


def test_what_is_written_as_m1_is_read_back(shared_data: Path) -> None:
    marked = only(shared_data, STANDARD)
    written = itl.serialise([FIRST, m1_record(marked, idc=1)])
    again = marked_prints(itl.parse(written))[0]
    assert (again.width, again.height, again.ppi, again.position) == (800, 768, 500.0, marked.position)
    for item, two in zip(marked.minutiae, again.minutiae, strict=True):
        assert max(abs(item.x - two.x), abs(item.y - two.y)) <= 0.5
        assert turned(item.direction, two.direction) <= np.deg2rad(1.01)
        assert (item.type, item.quality) == (two.type, pytest.approx(two.quality, abs=0.01))


def test_a_real_m1_record_survives_reading_and_writing(shared_data: Path) -> None:
    content = records(shared_data, M1)
    written = m1_record(only(shared_data, M1), idc=1)
    theirs = next(record for record in content if record.type == 9)
    for number in (2, 4, 128, 129, 134, 136, 137):
        assert written.get(number) == theirs.get(number), number


def test_efs_minutiae_are_measured_from_their_region_of_interest() -> None:
    region = US.join([b"1000", b"2000", b"254", b"508", b"254,508-1254,508-1254,2508-254,2508"]).decode()
    minutiae = "254\x1f0\x1f90\x1fE\x1f0\x1f0\x1e0\x1f508\x1f359\x1fB"
    (marked,) = marked_prints([FIRST, type_9({300: region, 302: "7\x1fFGP", 331: minutiae}), image(600, 700)])
    assert (marked.width, marked.height, marked.position) == (600, 700, FingerPosition.LEFT_INDEX)
    ending, bifurcation = marked.minutiae
    assert (ending.x, ending.y, ending.direction) == pytest.approx((100, 100, pi / 2))
    assert (bifurcation.x, bifurcation.y) == pytest.approx((50, 200))
    assert (ending.type, bifurcation.type) == (MinutiaType.ENDING, MinutiaType.BIFURCATION)
    assert marked.region is not None
    assert marked.region[0] == pytest.approx((50, 100))


def test_legacy_minutiae_without_their_image_keep_their_places_to_each_other() -> None:
    minutiae = "\x1e".join(
        US.join(items).decode() for items in ([b"1", b"00000508000", b"02", b"A"], [b"2", b"02540254090", b"63", b"B"])
    )
    (marked,) = marked_prints([FIRST, type_9({12: minutiae})])
    upper, lower = marked.minutiae  # y points up in the record, down in the print
    assert lower.y - upper.y == pytest.approx(50)
    assert lower.x - upper.x == pytest.approx(50)
    assert (upper.direction, lower.direction) == pytest.approx((pi, 1.5 * pi))
    assert (upper.quality, lower.quality) == (1.0, 0.0)


GOOD = {128: "800", 129: "768", 130: "1", 131: "500", 134: "0", 137: "1\x1f10\x1f20\x1f30\x1f1\x1f50"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, r"Record 2, field 9\.137 is missing"),
        (GOOD | {137: "1\x1f10\x1f20"}, r"Record 2, field 9\.137 has a minutia of 3 items"),
        (GOOD | {137: "1\x1fx\x1f20\x1f30\x1f1\x1f50"}, r"field 9\.137 is 'x'"),
        (GOOD | {137: "1\x1f10\x1f20\x1f30\x1f9\x1f50"}, r"field 9\.137 has the minutia type '9'"),
        (GOOD | {137: "1\x1f10\x1f20\x1f30\x1f1\x1f101"}, r"field 9\.137 has the quality 101"),
        (GOOD | {137: "1\x1f801\x1f20\x1f30\x1f1\x1f50"}, r"Record 2 \(Type-9\): Minutia 1 lies at 801, 20"),
        (GOOD | {131: "10"}, r"field 9\.131 states no resolution"),
        (GOOD | {128: ""}, r"field 9\.128 is ''"),
        ({12: "1\x1f123\x1f00\x1fA"}, r"field 9\.012 has '123'"),
        ({12: "1\x1f0000000x000\x1f00\x1fA"}, r"field 9\.012 is '000x'"),
        ({23: "1\x1f00000000000\x1f00\x1fZ"}, r"field 9\.023 has the minutia type 'Z'"),
        ({300: "1\x1f1\x1f0\x1f0\x1f5", 331: "1\x1f1\x1f0\x1fE"}, r"field 9\.300 has '5'"),
    ],
)
def test_a_malformed_record_is_refused_with_its_field(fields: dict[int, str], message: str) -> None:
    with pytest.raises(MalformedTransaction, match=message):
        marked_prints([FIRST, type_9(fields)])


def test_a_damaged_file_never_fails_otherwise_than_by_an_error_on_purpose(shared_data: Path) -> None:
    rng = np.random.default_rng(0)
    for name in (M1, STANDARD, IAFIS):
        content = records(shared_data, name)
        nine = itl.serialise([each for each in content if each.type in (1, 2, 9)])
        for _ in range(200):
            damaged = bytearray(nine)
            for place in rng.integers(230, len(damaged), 3):
                damaged[place] = rng.choice(list(b"0123456789\x1d\x1e\x1fABx-"))
            head, _, tail = bytes(damaged).partition(b"1.003:1\x1f3\x1e")
            shorter = head + b"1.003:1\x1f2\x1e" + tail  # its image is left out
            with suppress(PehchanError):
                read_marked(shorter)
