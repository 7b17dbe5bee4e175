"""Palms as Type-15 records: read and written with the part of the palm; what is none is named."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import numpy as np
import pytest
from made_up_transactions import file, record
from PIL import Image as Pillow

from api.itl.attachments import image_record
from api.itl.samples import read_card
from biometrics import itl
from biometrics.itl import DATA, IDC
from biometrics.kernel.errors import FieldFault
from biometrics.kernel.people.record import StoredSample
from biometrics.kernel.recognition.capture import PalmPosition
from biometrics.kernel.recognition.types import Sample
from palm.modality import PALM

REAL = "standards/an2/jnbis-itl-references/type-15-palms.an2"


def png() -> bytes:
    made = io.BytesIO()
    grey = np.random.default_rng(1).integers(0, 255, (300, 200), np.uint8)
    Pillow.fromarray(grey).save(made, "PNG", dpi=(500, 500))
    return made.getvalue()


def stored(position: PalmPosition) -> StoredSample:
    return StoredSample(
        1, "e", "r", PALM, position, None, "image/png", 200, 300, 500.0, 50, (), {}, "", "", len(png()), ""
    )


def read(content: bytes) -> tuple[list[Sample], list[FieldFault], list[str]]:
    faults: list[FieldFault] = []
    card = read_card(itl.parse(content), faults)
    return list(card.samples), faults, list(card.notes)


@pytest.mark.parametrize("position", PalmPosition)
def test_a_palm_is_read_as_it_was_written(position: PalmPosition) -> None:
    written = image_record(stored(position), png(), 1, "27519004", dt.date(2026, 1, 15), "Asha Verma")
    assert written.type == 15
    samples, faults, notes = read(file("DPRS", written))
    assert (faults, notes) == ([], [])
    assert [(each.modality, each.position, each.ppi, each.content) for each in samples] == [
        (PALM, position, 500.0, png())
    ]


def test_what_is_no_palm_is_named() -> None:
    finger = image_record(stored(PalmPosition.UNKNOWN), png(), 1, "27519004", dt.date(2026, 1, 15), "")
    values = {field.number: field.value for field in finger.fields}
    samples, faults, notes = read(file("DPRS", record(15, values | {13: b"2"}), record(15, {IDC: "02", 3: "11"})))
    assert (samples, faults, len(notes)) == ([], [], 2)
    samples, faults, _ = read(file("DPRS", record(15, values | {DATA: b"no image"})))
    assert (samples, len(faults)) == ([], 1)


def test_parts_of_palms_of_another_system_are_read(shared_data: Path) -> None:
    samples, _, _ = read((shared_data / REAL).read_bytes())
    positions = [each.position for each in samples if each.modality is PALM]
    assert positions == [PalmPosition.LEFT_WRITERS_PALM, PalmPosition.LEFT_LOWER_PALM]
