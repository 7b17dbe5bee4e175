"""Finger and face image records are taken apart byte by byte, and nothing is read past their end."""

from __future__ import annotations

import struct

import pytest
from inputs import photo_of, print_of
from mosip_client import face_record, finger_record

from biometrics.imaging.image import decode
from biometrics.imaging.image_records import RecordedImage, is_image_record, read_images
from biometrics.kernel.errors import InvalidRecord, UnsupportedRecord
from biometrics.kernel.recognition.capture import Impression

PIXELS = bytes(range(256)) * 4  # 32 x 32


def finger_of_2005(image: bytes, compression: int, size: tuple[int, int], units: int = 1, ppi: int = 500) -> bytes:
    view = struct.pack(">IBBBBBHHB", 14 + len(image), 7, 1, 1, 80, 1, *size, 0) + image
    length = 32 + len(view)
    head = struct.pack(">HIHHBBHHHHBBH", 0, length, 0, 31, 1, units, ppi, ppi, ppi, ppi, 8, compression, 0)
    return b"FIR\x00010\x00" + head + view


def face_of_2005(image: bytes, landmarks: int = 1) -> bytes:
    size = 20 + 8 * landmarks + 12 + len(image)
    block = struct.pack(">IH14x", size, landmarks) + bytes(8 * landmarks) + bytes(12) + image
    return b"FAC\x00010\x00" + struct.pack(">IH", 14 + len(block), 1) + block


@pytest.mark.parametrize("certified", [0, 1])
def test_a_finger_record_of_2011_gives_its_image_as_it_is(certified: int) -> None:
    png = print_of(0, "right_thumb", 0)
    (image,) = read_images(finger_record(png, position=1, certified=certified))
    assert image == RecordedImage(png, 1, Impression.PLAIN_LIVE_SCAN, 500.0)


def test_a_face_record_of_2011_gives_its_image_as_it_is() -> None:
    (image,) = read_images(face_record(photo_of(0), landmarks=3))
    assert image == RecordedImage(photo_of(0))


def test_records_of_2005_are_read_too() -> None:
    (finger,) = read_images(finger_of_2005(b"WSQ", 2, (0, 0)))
    assert finger == RecordedImage(b"WSQ", 7, Impression.ROLLED_LIVE_SCAN, 500.0)
    assert read_images(face_of_2005(b"JPEG")) == [RecordedImage(b"JPEG")]


@pytest.mark.parametrize(
    "record",
    [finger_record(PIXELS, compression=0, size=(32, 32)), finger_of_2005(PIXELS, 0, (32, 32))],
    ids=["2011", "2005"],
)
def test_uncompressed_pixels_become_a_file(record: bytes) -> None:
    (image,) = read_images(record)
    assert decode(image.content, image.ppi).pixels.tobytes() == PIXELS


def test_a_resolution_per_centimetre_is_read_and_an_impossible_one_ignored() -> None:
    (image,) = read_images(finger_of_2005(b"x", 2, (0, 0), units=2, ppi=197))
    assert image.ppi == pytest.approx(500.38)
    assert read_images(finger_record(b"x", ppi=0))[0].ppi is None
    assert read_images(finger_record(b"x", ppi=72))[0].ppi is None


@pytest.mark.parametrize(
    "record",
    [
        finger_record(b"image", certified=1),
        face_record(b"image"),
        finger_of_2005(b"image", 2, (0, 0)),
        face_of_2005(b"image"),
    ],
    ids=["finger 2011", "face 2011", "finger 2005", "face 2005"],
)
def test_a_record_that_was_cut_anywhere_is_refused(record: bytes) -> None:
    place = 10 if record[:8] == b"FIR\x00010\x00" else 8
    for length in range(len(record)):
        cut = record[:length]
        with pytest.raises((InvalidRecord, UnsupportedRecord)):
            read_images(cut)
        if length > place + 4:
            with pytest.raises(InvalidRecord):
                read_images(cut[:place] + struct.pack(">I", length) + cut[place + 4 :])


RECORDS = {
    "finger 2011": finger_record(PIXELS, compression=0, size=(32, 32)),
    "finger 2005": finger_of_2005(PIXELS, 0, (32, 32)),
    "face 2011": face_record(b"JPEG" * 20, landmarks=2),
    "face 2005": face_of_2005(b"JPEG" * 20),
}


@pytest.mark.parametrize("padding", [bytes(1), bytes(2), bytes(121), b"\xa5" * 200, bytes(70_000)], ids=len)
@pytest.mark.parametrize("kind", RECORDS)
def test_padding_after_the_stated_length_is_ignored(kind: str, padding: bytes) -> None:
    assert read_images(RECORDS[kind] + padding) == read_images(RECORDS[kind])


@pytest.mark.parametrize("kind", RECORDS)
def test_padding_does_not_stand_in_for_what_was_cut_off(kind: str) -> None:
    whole = RECORDS[kind]
    place = 10 if whole[:8] == b"FIR\x00010\x00" else 8
    for length in range(place + 5, len(whole)):
        cut = whole[:place] + struct.pack(">I", length) + whole[place + 4 : length]
        with pytest.raises(InvalidRecord):
            read_images(cut + bytes(len(whole)))


def test_a_record_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="32 x 33 pixels"):
        read_images(finger_record(PIXELS, compression=0, size=(32, 33)))
    nobody = finger_record(b"x")
    with pytest.raises(InvalidRecord, match="no image"):
        read_images(nobody[:12] + b"\0\0" + nobody[14:])
    short = face_of_2005(b"x")
    with pytest.raises(InvalidRecord, match="shorter than its own header"):
        read_images(short[:14] + b"\0\0\0\x05" + short[18:])


def test_other_records_are_refused() -> None:
    assert not is_image_record(b"FMR\0 20\0")
    for start in (b"FMR\x00030\x00", b"FIR\x00030\x00", b"FAC\x00020\x00", b"IIR\x00030\x00", b""):
        with pytest.raises(UnsupportedRecord):
            read_images(start + bytes(40))
