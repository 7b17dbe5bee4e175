"""The friction ridge images of real ANSI/NIST-ITL files, and of made-up ones with what the real ones lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.itl import RS, US, Field, ItlRecord
from biometrics.kernel.errors import MalformedTransaction
from biometrics.kernel.recognition.capture import FingerPosition, Impression
from fingerprint.itl import RidgeImage, missing_fingers, ridge_images

FIRST = ItlRecord(1, (Field(11, b"39.37"), Field(12, b"19.69")))


def real(shared_data: Path, name: str) -> list[RidgeImage]:
    path = shared_data / "standards/an2/jnbis-itl-references" / name
    return ridge_images(itl.parse(path.read_bytes()))


def type_14(**changes: bytes) -> ItlRecord:
    fields = {2: b"01", 3: b"1", 6: b"4", 7: b"2", 8: b"1", 9: b"500", 10: b"500", 11: b"NONE", 12: b"8", 13: b"13"}
    fields |= {int(name[1:]): value for name, value in changes.items()} | {999: changes.get("_999", b"abcdefgh")}
    return ItlRecord(14, tuple(Field(number, value) for number, value in fields.items()), place=5)


def type_4(**changes: bytes) -> ItlRecord:
    fields = {2: b"1", 3: b"1", 4: b"13", 5: b"0", 6: b"4", 7: b"2", 8: b"0", 9: b"abcdefgh"}
    fields |= {int(name[1:]): value for name, value in changes.items()}
    return ItlRecord(4, tuple(Field(number, value) for number, value in fields.items()), place=5)


def read(record: ItlRecord) -> RidgeImage:
    return ridge_images([FIRST, record])[0]


def test_a_card_of_type_4_and_one_of_type_14_show_the_same_prints(shared_data: Path) -> None:
    binary, tagged = real(shared_data, "type-4-tpcard.an2"), real(shared_data, "type-14-tpcard-nqm.an2")
    assert [image.position for image in binary] == [*range(1, 11), 14, 12, 11, 13]
    for item, other in zip(binary, tagged, strict=True):
        assert (item.positions, item.impression, item.width, item.height, item.ppi) == (
            other.positions,
            other.impression,
            other.width,
            other.height,
            other.ppi,
        )
    assert {image.ppi for image in binary} == {500.0}
    assert [image.impression for image in binary] == [Impression.ROLLED_NONLIVE] * 10 + [Impression.PLAIN_NONLIVE] * 4


def test_an_image_is_decoded_to_the_size_that_its_record_tells(shared_data: Path) -> None:
    for name in ("type-14-amp-nqm-utf8.an2", "type-13-14-latent-match.an2", "type-9-4-iafis.an2"):
        for image in real(shared_data, name):
            decoded = decode(image.content, image.ppi)
            assert (decoded.width, decoded.height, decoded.ppi) == (image.width, image.height, 500.0)


def test_an_amputated_finger_is_reported(shared_data: Path) -> None:
    assert [dict(image.missing) for image in real(shared_data, "type-14-amp-nqm-utf8.an2")] == [
        {},
        {},
        {FingerPosition.LEFT_RING: "XX"},
    ]


def test_a_record_that_only_states_a_missing_finger_has_no_image() -> None:
    """And none is wanted of it; a record that tells nothing must have one."""
    lost = ItlRecord(14, (Field(2, b"01"), Field(13, b"9"), Field(18, b"9" + US + b"XX")), place=5)
    assert ridge_images([FIRST, lost, type_14()])[0].record.get(13) == b"13"
    assert missing_fingers(lost) == {FingerPosition.LEFT_RING: "XX"}
    with pytest.raises(MalformedTransaction, match=r"field 14\.006"):
        ridge_images([FIRST, ItlRecord(14, lost.fields[:2], place=5)])


def test_uncompressed_pixels_become_an_image_file_of_the_same_pixels() -> None:
    with pytest.raises(MalformedTransaction, match=r"field 14\.999 has 7 bytes"):
        read(type_14(_999=b"abcdefg"))
    pixels = bytes(range(16)) * 17
    image = read(type_14(_6=b"17", _7=b"16", _999=pixels))
    assert decode(image.content).pixels.tobytes() == pixels


def test_rectangles_and_polygons_of_fingers_are_read_polygons_in_their_place() -> None:
    rectangles = [b"02", b"10", b"50", b"20", b"90"], [b"03", b"60", b"99", b"5", b"80"]
    segments = RS.join(US.join(items) for items in rectangles)
    polygon = US.join([b"03", b"3", b"60", b"5", b"99", b"9", b"70", b"80"])
    index, middle = read(type_14(_21=segments, _25=polygon)).segments
    assert (index.position, index.corners) == (FingerPosition.RIGHT_INDEX, ((10, 20), (50, 20), (50, 90), (10, 90)))
    assert (middle.position, middle.corners) == (FingerPosition.RIGHT_MIDDLE, ((60, 5), (99, 9), (70, 80)))


@pytest.mark.parametrize(
    ("record", "ppi"),
    [
        (type_14(_9=b"197", _8=b"2"), 500.0),
        (type_14(_9=b"1000"), 1000.0),
        (type_14(_9=b"72"), None),
        (type_14(_8=b"0", _9=b"1"), None),
        (type_4(), 500.0),
        (type_4(_5=b"1"), 1000.0),
    ],
    ids=["centimetres", "inches", "a display's", "no unit", "nominal", "native"],
)
def test_the_resolution_is_the_nominal_one_that_the_record_means(record: ItlRecord, ppi: float | None) -> None:
    assert read(record).ppi == ppi


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (type_14(_6=b"wide"), r"Record 5, field 14\.006 is 'wide'"),
        (type_14(_7=b"0"), r"Record 5, field 14\.007 is 0"),
        (type_14(_12=b"4"), r"field 14\.012 is '4'"),
        (type_14(_999=b""), r"field 14\.999 is empty"),
        (type_14(_18=b"33" + US + b"XX"), r"field 14\.018 names the finger 33"),
        (type_14(_21=US.join([b"02", b"1", b"2", b"3"])), r"field 14\.021 has 3 numbers where 4 belong"),
        (type_14(_25=US.join([b"02", b"3", b"1", b"2"])), r"field 14\.025 has 2 numbers where 6 belong"),
        (type_14(_25=b"02"), r"field 14\.025 has 0 numbers where 1 belong"),
        (type_4(_9=b"abc"), r"Record 5, field 4\.009 has 3 bytes"),
    ],
)
def test_a_missing_or_wrong_field_of_a_record_is_named(record: ItlRecord, message: str) -> None:
    with pytest.raises(MalformedTransaction, match=message):
        read(record)
