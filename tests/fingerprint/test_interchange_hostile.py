"""Records that are cut short, damaged or hostile."""

from __future__ import annotations

import random
import struct
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from biometrics.kernel.errors import InvalidRecord, UnsupportedRecord
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.interchange.codec import read_record, write_record
from fingerprint.interchange.conversion import to_record, to_template
from fingerprint.interchange.extended import RIDGE_COUNTS, Block, RidgeCount, blocks, ridge_counts
from fingerprint.interchange.record import FingerView, MinutiaeRecord, RecordFormat, RecordMinutia
from fingerprint.template import MinutiaType

FLIPS = 300  # damaged records tried in each format
ISO = (RecordFormat.ISO_19794_2_2005, RecordFormat.ISO_19794_2_2011)
MOST_MEMORY = 2_000_000  # bytes that reading a record of some hundreds may take


def example(kind: RecordFormat) -> MinutiaeRecord:
    """Return a record of two fingers with extended data."""
    minutiae = tuple(RecordMinutia(MinutiaType(n % 3), 7 * n, 9 * n, 5 * n, 40 + n) for n in range(12))
    made = to_record(
        to_template(FingerView(FingerPosition(2), 300, 400, 197, 197, minutiae), kind), FingerPosition(2), kind
    )
    first = replace(
        made.views[0], extended=bytes.fromhex("0001 000b 01 010203 040506 0221 0008 aabbccdd".replace(" ", ""))
    )
    return replace(made, views=(first, replace(first, position=FingerPosition(7))))


@pytest.mark.parametrize("kind", RecordFormat)
def test_record_cut_short_anywhere_is_refused(kind: RecordFormat) -> None:
    content = write_record(example(kind))
    for length in range(len(content)):
        with pytest.raises((InvalidRecord, UnsupportedRecord)):
            read_record(content[:length])


@pytest.mark.parametrize("kind", RecordFormat)
@pytest.mark.parametrize("padding", [bytes(1), bytes(2), bytes(3), bytes(121), b"\xa5" * 200, bytes(70_000)], ids=len)
def test_padding_after_the_stated_length_is_ignored(kind: RecordFormat, padding: bytes) -> None:
    whole = example(kind)
    plain = replace(whole, views=tuple(replace(view, extended=b"") for view in whole.views))
    for record in (whole, plain):
        assert read_record(write_record(record) + padding) == record


@pytest.mark.essential
@pytest.mark.parametrize("kind", RecordFormat)
def test_damaged_record_is_read_or_refused_and_never_crashes(kind: RecordFormat) -> None:
    content = write_record(example(kind))
    dice = random.Random(f"flips of {kind.name}")
    refused = 0
    tracemalloc.start()
    for _ in range(FLIPS):
        damaged = bytearray(content)
        for _ in range(dice.choice((1, 1, 2, 8))):
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        try:
            record = read_record(bytes(damaged))
            assert read_record(write_record(record)) == record
            for view in record.views:
                to_template(view, record.format)
        except (InvalidRecord, UnsupportedRecord):
            refused += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused > FLIPS / 20
    assert peak < MOST_MEMORY


@pytest.mark.parametrize("kind", RecordFormat)
def test_random_bytes_behind_a_proper_beginning_are_refused(kind: RecordFormat) -> None:
    head = write_record(example(kind))[:12]
    dice = random.Random(f"noise for {kind.name}")
    for _ in range(500):
        with pytest.raises((InvalidRecord, UnsupportedRecord)):
            read_record(head + dice.randbytes(dice.randrange(300)))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"width": 0}, "zero"),
        ({"resolution_y": 0}, "zero"),
        ({"minutiae": (RecordMinutia(MinutiaType.ENDING, 301, 1, 0, 50),)}, "outside"),
        ({"minutiae": (RecordMinutia(MinutiaType.ENDING, 1, 1, 0, 50),) * 256}, "255 minutiae"),
        ({"extended": bytes(70_000)}, "65,535 bytes"),
        ({"impression": 300}, "impression|fit"),
        ({"number": 300}, "number|fit"),
    ],
)
@pytest.mark.parametrize("kind", RecordFormat)
def test_record_that_would_be_false_is_not_written(kind: RecordFormat, change: dict[str, object], why: str) -> None:
    record = example(kind)
    views = tuple(replace(view, **change) for view in record.views)
    with pytest.raises(InvalidRecord, match=why):
        write_record(replace(record, views=views))


@pytest.mark.parametrize("kind", RecordFormat)
def test_record_without_a_finger_is_refused(kind: RecordFormat) -> None:
    with pytest.raises(InvalidRecord):
        write_record(replace(example(kind), views=()))
    header = {RecordFormat.ANSI_378_2004: 26, RecordFormat.ISO_19794_2_2005: 24, RecordFormat.ANSI_378_2007: 20}
    empty = bytearray(write_record(example(kind))[: header.get(kind, 15 if kind in ISO else 21)])
    empty[-2] = 0
    place = slice(8, 10 if kind is RecordFormat.ANSI_378_2004 else 12)
    empty[place] = len(empty).to_bytes(place.stop - place.start, "big")
    with pytest.raises(InvalidRecord, match="no finger"):
        read_record(bytes(empty))


def test_several_fingers_of_one_code_are_refused() -> None:
    content = bytearray(write_record(example(RecordFormat.ISO_19794_2_2005)))
    content[24] = 13
    with pytest.raises(InvalidRecord, match="position 13"):
        read_record(bytes(content))


def test_impossible_resolution_gives_no_template() -> None:
    """A record whose scanner cannot exist is not compared."""
    view = replace(example(RecordFormat.ISO_19794_2_2011).views[0], resolution_x=3)
    with pytest.raises(InvalidRecord, match="8 ppi"):
        to_template(view, RecordFormat.ISO_19794_2_2011)


def test_image_larger_than_any_card_gives_no_template() -> None:
    view = replace(example(RecordFormat.ISO_19794_2_2011).views[0], width=60_000)
    with pytest.raises(InvalidRecord, match="60000"):
        to_template(view, RecordFormat.ISO_19794_2_2011)


def test_extended_lengths_must_fill_their_area() -> None:
    """A block cannot reach beyond its area."""
    with pytest.raises(InvalidRecord):
        blocks(struct.pack(">HH", 0x0221, 20) + bytes(6))


def test_extended_area_of_some_writers_counts_only_the_data() -> None:
    data = b"abcdef"
    assert blocks(struct.pack(">HH", 0x0221, 4 + len(data)) + data) == (Block(0x0221, data),)
    assert blocks(struct.pack(">HH", 0x0221, len(data)) + data) == (Block(0x0221, data),)


def test_ridge_counts_by_an_unknown_method_are_refused() -> None:
    assert ridge_counts(Block(RIDGE_COUNTS, b"\2\1\4\7")).edges == (RidgeCount(1, 4, 7),)
    for data in (b"", b"\3\1\4\7"):
        with pytest.raises(InvalidRecord):
            ridge_counts(Block(RIDGE_COUNTS, data))


def test_record_of_a_version_that_is_not_known_is_refused(shared_data: Path) -> None:
    content = (shared_data / "standards/iso19794/fingerprintio/iso19794p2v2011-sample.dat").read_bytes()
    with pytest.raises(UnsupportedRecord):
        read_record(content[:4] + b"040\0" + content[8:])
