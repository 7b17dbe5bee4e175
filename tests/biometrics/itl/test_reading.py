"""Damaged and hostile ANSI/NIST-ITL files: what can be understood is, and nothing else than an error on purpose."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from made_up_transactions import file, fingerprint, items, record, text

from biometrics import itl
from biometrics.itl import FS, GS, RS, US
from biometrics.itl.describing import content, describe
from biometrics.itl.validation import check
from biometrics.kernel.errors import MalformedTransaction, PehchanError

REAL = "standards/an2"
SMALL = file("CAR", text(f18="VERMA, ASHA", f9="0123/2026"), fingerprint(1, 1, b"\x89PNG image" + FS + GS, (4, 2)))


def real_files(shared_data: Path) -> list[Path]:
    result = sorted(path for path in (shared_data / REAL).rglob("*") if path.suffix in (".an2", ".eft", ".nst"))
    assert len(result) >= 34
    return result


def everything(damaged: bytes) -> itl.Reading:
    """Read, check, describe and write what there is, as the commands do."""
    reading = itl.read(damaged)
    check(reading.records)
    content(describe(reading.records))
    with suppress(MalformedTransaction):
        itl.serialise(reading.records)
    return reading


def test_every_real_file_is_written_back_byte_for_byte(shared_data: Path) -> None:
    for path in real_files(shared_data):
        whole = path.read_bytes()
        assert itl.serialise(itl.parse(whole)) == whole, path.name


def test_a_proper_file_reads_the_same_strictly_and_tolerantly() -> None:
    reading = itl.read(SMALL)
    assert (list(reading.records), reading.faults, reading.rest) == (itl.parse(SMALL), (), b"")


def test_padded_lengths_and_short_tags_are_written_back_as_they_came() -> None:
    old = b"1.01:55" + GS + b"1.02:0201" + GS + b"1.03:1" + US + b"1" + RS + b"2" + US + b"00" + GS + b"1.04:CAR"
    old += GS + b"1.05:20101025" + FS
    assert len(old) == 55
    old += b"2.001:00000041" + GS + b"2.002:00" + GS + b"2.2085:something" + FS
    assert itl.serialise(itl.parse(old)) == old


def test_a_wrong_length_is_reported_and_the_record_is_read_to_its_end() -> None:
    for wrong in (b"2.001:9", b"2.001:99999", b"2.001:x"):
        damaged = SMALL.replace(b"2.001:52", wrong)
        assert damaged != SMALL
        reading = itl.read(damaged)
        assert [fault.field for fault in reading.faults] == ["2.001"]
        assert reading.records[1].text(18) == "VERMA, ASHA"
        assert reading.records[2].get(999) == b"\x89PNG image" + FS + GS
        with pytest.raises(MalformedTransaction, match=r"field 2\.001"):
            itl.parse(damaged)


def test_all_faults_of_a_file_are_reported_together() -> None:
    damaged = SMALL.replace(b"2.001:52", b"2.001:50").replace(US + b"2", US + b"5", 1) + b"\r\n"
    with pytest.raises(MalformedTransaction) as raised:
        itl.parse(damaged)
    messages = [(fault.record, fault.field, fault.found, fault.expected) for fault in raised.value.faults]
    assert messages[0][:2] == (1, "1.003")
    assert messages[1] == (2, "2.001", "50", "the record's length in bytes")
    assert messages[2][:3] == (0, "1.003", "\r\n")
    assert all(fault.message in raised.value.message for fault in raised.value.faults)


def test_an_unreadable_record_is_kept_as_it_is() -> None:
    strange = SMALL.replace(b"2.018:VERMA", b"2,018=VERMA")
    reading = itl.read(strange)
    assert reading.faults
    assert itl.serialise(reading.records) == strange
    followed = SMALL + b"left over"
    reading = itl.read(followed)
    assert itl.serialise(reading.records) + reading.rest == followed


def test_a_record_of_another_type_than_listed_is_read_as_what_it_is() -> None:
    other = record(77, {2: "00", 3: "kept"})
    listed = file("CAR", other).replace(RS + b"77" + US, RS + b"02" + US)
    reading = itl.read(listed)
    assert reading.records[1].text(3) == "kept"
    assert "Type-77 record is there" in reading.faults[0].message


def test_an_image_that_was_cut_short_is_read_as_far_as_it_goes(shared_data: Path) -> None:
    whole = (shared_data / REAL / "jnbis-itl-references/type-4-slaps.an2").read_bytes()
    reading = itl.read(whole[:-1000])
    assert len(reading.records) == 6
    assert [fault.field for fault in reading.faults] == ["4.001"]


def test_a_file_cut_at_any_byte_is_reported_as_truncated() -> None:
    for end in range(len(SMALL)):
        with suppress(PehchanError):
            everything(SMALL[:end])
        with pytest.raises(MalformedTransaction):
            itl.parse(SMALL[:end])


def test_real_files_cut_anywhere_or_changed_at_random_never_fail_by_accident(shared_data: Path) -> None:
    rng = np.random.default_rng(7)
    for path in real_files(shared_data):
        whole = path.read_bytes()[:60_000]
        for end in {*range(0, 600, 7), *rng.integers(0, len(whole), 20).tolist()}:
            with suppress(PehchanError):
                everything(whole[:end])
        for _ in range(40):
            damaged = bytearray(whole)
            for place in rng.integers(0, min(len(damaged), int(rng.choice([300, 3000, 60_000]))), 6):
                damaged[place] = rng.choice([rng.integers(256), 0x1C, 0x1D, 0x1E, 0x1F, ord("9"), ord(".")])
            with suppress(PehchanError):
                everything(bytes(damaged))


@pytest.mark.parametrize(
    "hostile",
    [
        b"1.001:9" + GS + b"1.003:" + US * 3_000_000 + FS,
        b"1.001:9" + b"".join(GS + b"1.%d:" % (number % 99_999) for number in range(700_000)) + FS,
        file("CAR", text(f18="A" + "|" * 3_000_000)),
        file("CAR", text(f18="A"), f3="1" + "\x1f9999999" + "\x1e2\x1f0" * 400_000),
        file("CAR", record(9, {2: "00", 137: items(*["1"] * 2_000_000)})),
        b"1.001:" + b"9" * 5_000_000,
        file("CAR", text(f18="A" + "\x1d" * 150_000 + "x" * 3_000_000)),
        file("CAR", *[text(f18="A")] * 30_000).replace(b"2.001:2", b"2.001:3"),
    ],
    ids=["items", "fields", "subfields", "records", "minutiae", "length", "separators", "lengths"],
)
def test_a_hostile_file_costs_little(hostile: bytes) -> None:
    tracemalloc.start()
    with suppress(PehchanError):
        reading = everything(hostile)
        assert len(reading.faults) <= 1000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 250_000_000


def test_a_file_is_bounded_in_items_as_in_records_and_fields() -> None:
    hostile = file("CAR", *[text(f18="A" + "|" * 150_000)] * 10)
    with pytest.raises(MalformedTransaction, match="1,000,000th item"):
        itl.parse(hostile)
    assert len(itl.read(hostile).records) == 7  # the first one and those of the first million
    assert len(itl.parse(file("CAR", *[text(f18="A" + "|" * 150_000)] * 6))) == 7
