"""What real ANSI/NIST files have otherwise than the standard wants is told, kept byte for byte, and used."""

from __future__ import annotations

import numpy as np
import pytest
from inputs import print_of
from made_up_transactions import file, fingerprint, record, text

from api.itl.table import TransactionTable
from api.itl.transaction_request import Booking, LatentSearch, read_request
from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.itl import DATA, IDC, ItlRecord
from biometrics.itl.validation import check
from biometrics.kernel.errors import MalformedTransaction
from fingerprint.itl import LATENT, RidgeImage, ridge_images

WORDS = {"f6": "SI Patil", "f9": "0123/2026", "f18": "VERMA, ASHA", "f24": "F", "f73": "27519004"}


def printed(**changed: str) -> ItlRecord:
    content = print_of(0, "right_thumb", 0)
    image = decode(content)
    return fingerprint(1, 1, content, (image.width, image.height), **changed)


def latent(content: bytes, width: int, height: int, **changed: str) -> ItlRecord:
    values: dict[int, str | bytes] = {
        IDC: "01",
        3: "4",
        4: "27519004",
        5: "20260115",
        6: str(width),
        7: str(height),
        8: "1",
        9: "500",
        10: "500",
        11: "NONE",
        12: "8",
        13: "0",
    }
    values |= {int(name[1:]): value for name, value in changed.items()}
    return record(LATENT, values | {DATA: content})


def image_of(content: bytes) -> RidgeImage:
    """Return the one image of a file that breaks no rule that matters."""
    reading = itl.read(content)
    faults = [*reading.faults, *check(reading.records)]
    assert not [fault.message for fault in faults if fault.fatal]
    assert itl.serialise(list(reading.records)) == content, "every byte is kept"
    (image,) = ridge_images(reading.records)
    return image


@pytest.mark.parametrize("zeros", ["0", "00", "00000"])
def test_scales_of_zero_mean_that_none_is_known(zeros: str) -> None:
    image = image_of(file("CAR", text(), printed(f9=zeros, f10=zeros)))
    assert image.ppi is None
    assert [warning for warning in image.warnings if "what the image file says is used, else 500 ppi" in warning]


def test_scale_units_of_zero_are_reported_as_no_scale() -> None:
    image = image_of(file("CAR", text(), printed(f8="0", f9="1", f10="1")))
    assert image.ppi is None
    assert len(image.warnings) == 1


@pytest.mark.parametrize(
    ("all_fields", "ppi", "named"),
    [
        ({}, 500, ""),
        ({"f9": "00"}, 500, "14.010 (TVPS)"),
        ({"f9": "00", "f10": "00", "f16": "1000", "f17": "1000"}, 1000, "14.016 (SHPS)"),
        ({"f9": "00", "f10": "00", "f16": "00", "f17": "1000"}, 1000, "14.017 (SVPS)"),
    ],
)
def test_another_field_gives_the_scale_where_the_first_does_not(
    all_fields: dict[str, str], ppi: int, named: str
) -> None:
    fields = {name: value for name, value in all_fields.items() if name in ("f9", "f10")}
    scanned = {int(name[1:]): value for name, value in all_fields.items() if name not in fields}
    own = printed(**fields)
    values = {field.number: field.value for field in own.fields} | {
        number: field.encode() for number, field in scanned.items()
    }
    image = image_of(file("CAR", text(), record(own.type, dict(sorted(values.items())))))
    assert image.ppi == ppi
    assert [named in warning for warning in image.warnings] == ([True] if named else [])


def test_a_missing_field_of_a_print_is_a_note_of_the_booking() -> None:
    question = read_request(
        file("CNA", text(**WORDS), printed(f9="00", f10="00"), f15="0"), TransactionTable.load(None)
    )
    assert isinstance(question.request, Booking)
    assert any("no field gives a scale" in note for note in question.request.card.notes)
    assert question.request.card.samples[0].content == print_of(0, "right_thumb", 0)
    assert question.request.card.samples[0].ppi is None


def test_a_latent_in_colour_is_compared_in_grey() -> None:
    colour = np.random.default_rng(1).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    content = file("LFIS", text(**WORDS), latent(colour.tobytes(), 30, 40, f12="24"))
    image = image_of(content)
    decoded = decode(image.content, image.ppi)
    assert np.array_equal(decoded.pixels, colour)
    assert decoded.grey().shape == (40, 30)
    question = read_request(content, TransactionTable.load(None))
    assert isinstance(question.request, LatentSearch)
    assert any("24 bits a pixel" in warning for warning in question.request.latents[0].warnings)


def test_sixteen_bits_a_pixel_are_scaled_down() -> None:
    deep = np.arange(40 * 30, dtype=np.uint16).reshape(40, 30) * 50
    image = image_of(file("LFIS", text(), latent(deep.astype(">u2").tobytes(), 30, 40, f12="16")))
    assert np.array_equal(decode(image.content).pixels, (deep >> 8).astype(np.uint8))


@pytest.mark.parametrize(("depth", "size"), [("24", 30 * 40), ("8", 3 * 30 * 40), ("4", 30 * 40 // 2), ("32", 4)])
def test_pixels_that_are_not_of_the_stated_depth_are_refused(depth: str, size: int) -> None:
    reading = itl.read(file("LFIS", text(), latent(bytes(size), 30, 40, f12=depth)))
    with pytest.raises(MalformedTransaction):
        ridge_images(reading.records)


@pytest.mark.parametrize(("code", "name"), [("0", "Ren\xe9"), ("00", "Ren\xe9"), ("1", "Ren\xe9"), ("3", "आशा")])
def test_a_character_encoding_may_have_less_than_three_digits(code: str, name: str) -> None:
    octets = name.encode("utf-8" if code == "3" else "latin-1")
    text_record = record(2, {IDC: "00", 18: octets})
    reading = itl.read(file("CAR", text_record, f15=code))
    assert not reading.faults
    assert reading.records[1].text(18) == name
    assert not [fault for fault in check(reading.records) if fault.field == "1.015"]


@pytest.mark.parametrize("code", ["2", "004", "7", "x", "-1", "0000"])
def test_a_character_encoding_that_is_not_read_is_refused(code: str) -> None:
    assert [fault.field for fault in itl.read(file("CAR", text(), f15=code)).faults] == ["1.015"]
