"""Scars, marks and tattoos in ANSI/NIST-ITL files: read with what is known of them, and written to be read the same."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from made_up_marks import mark as drawn
from made_up_transactions import file, items, record

from api.itl.attachments import image_record
from api.itl.samples import read_card
from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.itl import DATA, IDC, ItlRecord
from biometrics.kernel.capture import CropBox
from biometrics.kernel.errors import FieldFault
from biometrics.kernel.particulars import BodyMarkKind, BodyPart, BodySide, MarkColour, PhotographedMark
from biometrics.kernel.record import StoredSample
from biometrics.kernel.types import Sample
from marks.modality import MARK

REFERENCES = "standards/an2/jnbis-itl-references"
SNAKE = PhotographedMark(
    BodyMarkKind.TATTOO,
    BodyPart.FOREARM,
    BodySide.LEFT,
    "a snake",
    "TAT LF ARM",
    (MarkColour.BLACK, MarkColour.GREY),
    9,
    4,
)


def png() -> bytes:
    made = io.BytesIO()
    drawn(0).save(made, "PNG")
    return made.getvalue()


def samples(content: bytes) -> tuple[list[Sample], list[FieldFault], list[str]]:
    faults: list[FieldFault] = []
    card = read_card(itl.parse(content), faults)
    return list(card.samples), faults, list(card.notes)


def photo(**changed: str) -> ItlRecord:
    values = {IDC: "01", 3: "TATTOO", 4: "27519004", 5: "20260115", 6: "320", 7: "320", 8: "0", 9: "1", 10: "1"}
    values |= {11: "PNG", 12: "SRGB", 40: "TAT L ARM"} | {int(name[1:]): value for name, value in changed.items()}
    return record(10, {**dict(sorted(values.items())), DATA: png()})


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (
            "type-10-branded-tattoo-mark.an2",
            [("tattoo", "arm", "left", "TAT UL ARM"), ("other", "arm", "right", "NM R ARM")],
        ),
        ("type-10-tattoo-face-sap20.an2", [("tattoo", "arm", "right", "TAT UR ARM")]),
        ("type-10-tattoo-zoom.an2", [("tattoo", "arm", "none", "TAT ARM"), ("other", "arm", "none", "TAT ARM")]),
    ],
)
def test_marks_of_nists_files_are_read(shared_data: Path, name: str, read: list[tuple[str, ...]]) -> None:
    found, faults, notes = samples((shared_data / REFERENCES / name).read_bytes())
    marks = [sample.mark for sample in found if sample.modality is MARK]
    assert [(mark.kind, mark.part, mark.side, mark.code) for mark in marks if mark] == read
    assert (faults, notes) == ([], [])


@pytest.mark.parametrize("box", [None, CropBox(10, 20, 110, 220)])
def test_what_is_written_of_a_mark_reads_the_same(box: CropBox | None) -> None:
    stored = StoredSample(
        1, "e", "r", MARK, None, None, "image/png", 320, 320, None, 80, (), {}, "", "", 1, "", box=box, mark=SNAKE
    )
    written = image_record(stored, png(), 1, "27519004", date(2026, 1, 15), "2700000001")
    [sample], faults, _ = samples(file("CAR", written))
    assert (sample.mark, faults) == (SNAKE, [])
    image = decode(sample.content)
    assert (image.width, image.height) == ((100, 200) if box else (320, 320))


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (PhotographedMark(BodyMarkKind.SCAR, BodyPart.FOREARM, BodySide.RIGHT), "SC RF ARM"),
        (PhotographedMark(BodyMarkKind.TATTOO, BodyPart.NECK), "TAT NECK"),
        (PhotographedMark(BodyMarkKind.MOLE, BodyPart.NECK), ""),
    ],
)
def test_a_code_is_made_only_of_what_has_one(mark: PhotographedMark, code: str) -> None:
    stored = StoredSample(
        1, "e", "r", MARK, None, None, "image/png", 320, 320, None, 80, (), {}, "", "", 1, "", mark=mark
    )
    assert image_record(stored, png(), 1, "A", date(2026, 1, 15), "").text(40) == code


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"f41": items("x", "4")}, "10.041"), ({"f43": "PINK"}, "10.043"), ({"f40": "TAT L ARM; DROP"}, "10.040")],
)
def test_what_breaks_the_standard_is_named(changed: dict[str, str], field: str) -> None:
    found, faults, _ = samples(file("CAR", photo(**changed)))
    assert (found, [fault.field for fault in faults]) == ([], [field])
