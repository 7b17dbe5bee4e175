"""Scars, marks and tattoos in ANSI/NIST-ITL files: read with what is known of them, and written to be read the same."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from made_up_transactions import file, items, record

from api.itl.attachments import image_record
from api.itl.body_marks import read_mark
from api.itl.samples import read_card
from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.itl import DATA, IDC, ItlRecord
from biometrics.kernel.errors import FieldFault
from biometrics.kernel.people.record import StoredSample
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, PhotographedMark
from biometrics.kernel.recognition.capture import CropBox
from biometrics.kernel.recognition.types import Sample
from marks.modality import MARK
from marks.synthetic import mark as drawn

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
    ("animal/snake",),
)


@lru_cache
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


def written(mark: PhotographedMark, box: CropBox | None = None) -> ItlRecord:
    stored = StoredSample(
        1, "e", "r", MARK, None, None, "image/png", 320, 320, None, 80, (), {}, "", "", 1, "", box=box, mark=mark
    )
    return image_record(stored, png(), 1, "27519004", date(2026, 1, 15), "2700000001")


@pytest.fixture(scope="module")
def ncic_codes(shared_data: Path) -> dict[str, str]:
    """Return the FBI's codes of scars, marks and tattoos with what they say."""
    text = (shared_data / "standards/interpol/XMLschemas/subset/niem/fbi/2.0/fbi.xsd").read_text("utf-8")
    listed = text[text.index('name="SMTCodeSimpleType"') :]
    listed = listed[: listed.index("</xsd:simpleType>")]
    codes = dict(
        re.findall(r'enumeration value="([^"]+)">.*?documentation>(.*?)</xsd:documentation', listed, re.DOTALL)
    )
    assert len(codes) == 850
    return codes


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (
            "type-10-branded-tattoo-mark.an2",
            [
                (
                    "tattoo",
                    "arm",
                    "left",
                    "TAT UL ARM",
                    ("symbol/msymbols",),
                    "BRANDED; NIST logo (National Institute of Standards and Technology)",
                ),
                ("other", "arm", "right", "NM R ARM", (), ""),
            ],
        ),
        ("type-10-tattoo-face-sap20.an2", [("tattoo", "arm", "right", "TAT UR ARM", (), "")]),
        (
            "type-10-tattoo-zoom.an2",
            [("tattoo", "arm", "none", "TAT ARM", (), ""), ("other", "arm", "none", "TAT ARM", (), "")],
        ),
    ],
)
def test_marks_of_nists_files_are_read(shared_data: Path, name: str, read: list[tuple[Any, ...]]) -> None:
    found, faults, notes = samples((shared_data / REFERENCES / name).read_bytes())
    marks = [sample.mark for sample in found if sample.modality is MARK]
    assert [
        (mark.kind, mark.part, mark.side, mark.code, mark.designs, mark.description) for mark in marks if mark
    ] == read
    assert (faults, notes) == ([], [])


def test_the_place_is_read_from_every_ncic_code(ncic_codes: dict[str, str]) -> None:
    names = {"lip": "mouth", "tongue": "mouth", "penis": "genitals", "penile": "genitals", "genitalia": "genitals"}
    names |= {"nipple": "breast"}
    names |= {
        "angle, right": "ankle",
        "arm, lower": "forearm",
        "lower left arm": "forearm",
        "lower right arm": "forearm",
    }
    for code, says in ncic_codes.items():
        mark = read_mark(record(10, {3: "OTHER", 40: code}))
        text = says.lower()
        sides = re.findall("\\b(left|right)\\b", text)
        if mark.part is not BodyPart.OTHER:
            assert mark.part in text or names[next(name for name in names if name in text)] == mark.part, code
            assert mark.side == (sides[0] if len(set(sides)) == 1 else "none") or mark.part == "mouth", code
    known = [code for code in ncic_codes if code.split()[0] in ("SC", "TAT", "RTAT", "NM", "MOLE", "DISC")]
    unknown = [code for code in known if read_mark(record(10, {3: "OTHER", 40: code})).part is BodyPart.OTHER]
    assert unknown == ["TAT FLBODY", "RTAT FLBOD"], "of the whole body"


def test_only_codes_of_the_ncic_are_written_and_read_the_same(ncic_codes: dict[str, str]) -> None:
    unsided = {}
    for kind, part, side in itertools.product(BodyMarkKind, BodyPart, BodySide):
        made = written(PhotographedMark(kind, part, side))
        code = made.text(40)
        if code:
            assert code in ncic_codes, (kind, part, side)
            assert len(code) <= 10, "MOLE LF ARM has eleven"
            read = read_mark(made)
            assert read.part is part
            assert read.side is side or side in made.text(38) or side in "".join(map(str, made.items(42)))
            assert read.kind is kind or kind in read.description
        elif kind in (BodyMarkKind.SCAR, BodyMarkKind.TATTOO) and side is BodySide.NONE:
            unsided[kind, part] = read_mark(made).description
    assert unsided == {
        **{(kind, part): part for kind in ("scar", "tattoo") for part in ("mouth", "genitals")},
        ("scar", "eye"): "eye",
        ("scar", "other"): "",
        ("tattoo", "other"): "",
    }


@pytest.mark.parametrize("box", [None, CropBox(10, 20, 110, 220)])
@pytest.mark.parametrize(
    "mark",
    [
        SNAKE,
        replace(SNAKE, designs=("animal/snake", "plant"), colours=tuple(MarkColour), description="rose " * 100),
        PhotographedMark(
            BodyMarkKind.SCAR, BodyPart.CHIN, code="SC CHIN", description="of a dog's bite", height_cm=3, width_cm=1
        ),
        PhotographedMark(BodyMarkKind.MOLE, BodyPart.NECK, code="MOLE NECK"),
        PhotographedMark(BodyMarkKind.OTHER, BodyPart.ARM, BodySide.LEFT, "track marks", "NM L ARM"),
        PhotographedMark(BodyMarkKind.AMPUTATION, BodyPart.FINGER, BodySide.LEFT, code="MISS L FGR"),
    ],
    ids=lambda mark: mark.kind,
)
def test_what_is_written_of_a_mark_reads_the_same(mark: PhotographedMark, box: CropBox | None) -> None:
    [sample], faults, _ = samples(file("CAR", written(mark, box)))
    assert faults == []
    assert sample.mark is not None
    said = sample.mark.description.replace("; ", "")  # of a text in several parts
    assert (replace(sample.mark, description=said), said) == (replace(mark, description=said), mark.description)
    image = decode(sample.content)
    assert (image.width, image.height) == ((100, 200) if box else (320, 320))


def test_descriptors_are_written_of_tattoos_alone() -> None:
    scar = written(PhotographedMark(BodyMarkKind.SCAR, BodyPart.BACK, description="long", colours=(MarkColour.RED,)))
    assert (scar.text(3), scar.items(42), scar.items(43)) == ("SCAR", [], [])
    assert scar.text(38) == "2700000001; red; long"
    tattoo = written(PhotographedMark(BodyMarkKind.TATTOO, BodyPart.BACK, height_cm=9, colours=(MarkColour.RED,)))
    assert tattoo.items(42) == [["TATTOO", "", "", "height 9 cm"]], "a size of one length is not the standard's"
    assert (tattoo.items(41), tattoo.items(43)) == ([], [["RED"]])
    birthmark = written(PhotographedMark(BodyMarkKind.BIRTHMARK, BodyPart.BACK))
    assert (birthmark.text(3), birthmark.text(40)) == ("CONDITION", "DISC BACK"), "MARK is of needle marks"


def test_what_is_not_known_becomes_text() -> None:
    stated = photo(
        f40="TAT L ARM\x1eTAT L HND",
        f41=items("9", "0"),
        f42=items("CUT", "ROBOT", "TIN", "an  arm"),
        f43=items("RED", "PINK"),
    )
    [sample], faults, _ = samples(file("CAR", stated))
    assert (sample.mark, faults) == (
        PhotographedMark(
            BodyMarkKind.TATTOO,
            BodyPart.ARM,
            BodySide.LEFT,
            "CUT; ROBOT; TIN; an arm; PINK; TAT L HND",
            "TAT L ARM",
            (MarkColour.RED,),
            9,
        ),
        [],
    )


@pytest.mark.parametrize(("changed", "field"), [({"f41": items("x", "4")}, "10.041"), ({"f40": "TAT; DROP"}, "10.040")])
def test_what_breaks_the_standard_is_named(changed: dict[str, str], field: str) -> None:
    found, faults, _ = samples(file("CAR", photo(**changed)))
    assert (found, [fault.field for fault in faults]) == ([], [field])
