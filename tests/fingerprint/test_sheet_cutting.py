"""A whole card in one image is cut into its ten rolled prints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up_cards import FIELD, TOP, lay_card
from made_up_slaps import single_print

from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import SlapNotSegmented
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.cards.sheet import cut_sheet

TEN = {code: single_print(code) for code in range(1, 11)}


def image_of(sheet: np.ndarray) -> Image:
    return Image(sheet, 500.0, "image/png")


def fields_of(image: Image, missing: set[FingerPosition] | None = None) -> dict[FingerPosition, tuple[int, int]]:
    """Return in which field of the card, column and row, the middle of each finger was found."""
    result = {}
    for finger in cut_sheet(image, missing or set()):
        height, width = finger.image.pixels.shape
        assert max(height, width) < FIELD, "a cut finger is no larger than its field"
        result[finger.position] = (int(finger.box.x // FIELD), int((finger.box.y - TOP) // FIELD))
    return result


def test_every_finger_comes_from_its_own_field() -> None:
    fields = fields_of(image_of(lay_card(TEN)))
    assert fields == {FingerPosition(code): ((code - 1) % 5, (code - 1) // 5) for code in range(1, 11)}


def test_fingers_that_are_not_there_are_left_out_where_they_are_named() -> None:
    sheet = image_of(lay_card(TEN, missing={3, 10}))
    gone = {FingerPosition.RIGHT_MIDDLE, FingerPosition.LEFT_LITTLE}
    fields = fields_of(sheet, gone)
    assert set(fields) == set(FingerPosition) - gone - {FingerPosition.UNKNOWN}
    assert fields[FingerPosition.RIGHT_RING] == (3, 0)
    with pytest.raises(SlapNotSegmented, match="4, 4"):
        cut_sheet(sheet)


def test_an_image_that_is_no_card_is_refused() -> None:
    with pytest.raises(SlapNotSegmented, match="5 and 5"):
        cut_sheet(image_of(np.full((2000, 4000), 250, np.uint8)))


def test_rolled_and_inked_prints_are_separated_from_the_writing_around_them(shared_data: Path) -> None:
    files = sorted((shared_data / "fingerprint/NIST_SD4").glob("*.png"))[:10]
    rolled = {code: decode(file.read_bytes()).grey()[:480] for code, file in enumerate(files, start=1)}
    fields = fields_of(image_of(lay_card(rolled)))
    assert fields == {FingerPosition(code): ((code - 1) % 5, (code - 1) // 5) for code in range(1, 11)}
