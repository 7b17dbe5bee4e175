"""The photo that stands for a person is from the front, as far as anybody told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.v1.portraits import portrait
from biometrics.kernel.people.record import StoredSample
from biometrics.kernel.recognition.capture import FingerPosition, PhotoView
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

FRONT, LEFT, ANGLED = PhotoView.FRONTAL, PhotoView.LEFT_PROFILE, PhotoView.ANGLED
PHOTO = StoredSample(0, "e", "r", FACE, None, None, "image/png", 30, 40, None, None, (), {}, "", "0" * 64, 1, "a.png")
PRINT = replace(PHOTO, modality=FINGERPRINT, position=FingerPosition.RIGHT_THUMB)


@pytest.mark.parametrize(
    ("views", "chosen"),
    [
        ([FRONT, LEFT], 0),
        ([LEFT, FRONT, FRONT], 1),
        ([LEFT, ANGLED, None, FRONT], 2),
        ([None, FRONT], 0),
        ([ANGLED, LEFT], 0),
    ],
)
def test_the_newest_that_is_not_from_the_side_is_chosen(views: list[PhotoView | None], chosen: int) -> None:
    photos = [replace(PHOTO, id=number, view=view) for number, view in enumerate(views)]
    assert portrait([replace(PRINT, id=9), *photos]) == photos[chosen]


def test_a_record_without_a_photo_has_no_portrait() -> None:
    assert portrait([PRINT]) is None
