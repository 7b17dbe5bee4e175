"""Slaps are cut into the right fingers: real cards, and made-up hands whose truth is known."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from made_up_slaps import Laid, lay_slap, overlap, single_print

from biometrics import itl
from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import SlapNotSegmented
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.cards.box import RotatedBox
from fingerprint.cards.positions import SlapPosition
from fingerprint.cards.slap import Slap, cut_slap
from fingerprint.itl import RidgeImage, ridge_images

REFERENCES = "standards/an2/jnbis-itl-references"


def image_of(laid: Laid) -> Image:
    return Image(laid.pixels, 500.0, "image/png")


@pytest.fixture(scope="module")
def prints() -> list[np.ndarray]:
    """Return the middles of four generated prints, all ridges."""
    return [single_print(seed)[50:350, 50:250] for seed in range(4)]


@pytest.fixture(scope="module")
def card(shared_data: Path) -> dict[int, RidgeImage]:
    """Return the slaps of a real card, with print, writing and a punched hole on it, by their position."""
    records = itl.parse((shared_data / REFERENCES / "type-14-tpcard-nqm.an2").read_bytes())
    return {image.position: image for image in ridge_images(records) if image.position > 10}


@pytest.fixture(scope="module")
def amputee(shared_data: Path) -> dict[int, RidgeImage]:
    """Return the slaps of a real card from which one finger was removed."""
    records = itl.parse((shared_data / REFERENCES / "type-14-amp-nqm-utf8.an2").read_bytes())
    return {image.position: image for image in ridge_images(records)}


def cut(image: RidgeImage, with_position: bool = True) -> Slap:
    position = SlapPosition(image.position) if with_position else None
    return cut_slap(decode(image.content, image.ppi), position, image.missing)


def nearby(slap: Slap, truth: dict[int, tuple[float, float, float, float]]) -> None:
    """Check fingers against boxes marked by eye: middle, width and height in pixels."""
    assert [finger.position for finger in slap.fingers] == list(truth)
    for finger in slap.fingers:
        x, y, width, height = truth[finger.position]
        box = RotatedBox(x, y, width, height, finger.box.angle)
        assert overlap(finger.box, box) > 0.7, finger


# Marked by eye on the card, in pixels.
RIGHT = {2: (262, 715, 290, 460), 3: (555, 260, 290, 500), 4: (925, 195, 270, 470), 5: (1360, 590, 270, 360)}
LEFT = {10: (285, 775, 230, 300), 9: (590, 315, 310, 480), 8: (920, 160, 270, 370), 7: (1280, 365, 290, 450)}


def test_a_real_right_hand_is_cut_where_the_eye_sees_its_fingers(card: dict[int, RidgeImage]) -> None:
    nearby(cut(card[13]), RIGHT)


def test_a_real_left_hand_is_cut_where_the_eye_sees_its_fingers(card: dict[int, RidgeImage]) -> None:
    nearby(cut(card[14]), LEFT)


def test_an_amputated_finger_leaves_the_others_in_their_positions(amputee: dict[int, RidgeImage]) -> None:
    nearby(cut(amputee[14]), {code: box for code, box in LEFT.items() if code != 9})


def test_a_finger_that_is_missing_without_being_named_is_an_error(amputee: dict[int, RidgeImage]) -> None:
    with pytest.raises(SlapNotSegmented, match="shows 3 fingers where 4 are expected"):
        cut_slap(decode(amputee[14].content, 500), SlapPosition.LEFT_FOUR)


def test_a_finger_that_is_there_although_named_as_missing_is_an_error(card: dict[int, RidgeImage]) -> None:
    with pytest.raises(SlapNotSegmented, match="shows 4 fingers where 3 are expected"):
        cut_slap(decode(card[13].content, 500), SlapPosition.RIGHT_FOUR, [FingerPosition.RIGHT_RING])


def test_two_thumbs_are_distinguished(amputee: dict[int, RidgeImage]) -> None:
    left, right = cut(amputee[15]).fingers
    assert (left.position, right.position) == (FingerPosition.LEFT_THUMB, FingerPosition.RIGHT_THUMB)
    assert left.box.x < 400 < right.box.x


def test_a_single_plain_thumb_is_cut_from_its_box(card: dict[int, RidgeImage]) -> None:
    assert [finger.position for code in (11, 12) for finger in cut(card[code]).fingers] == [1, 6]


def test_the_hand_of_a_real_slap_is_recognised_by_its_shape(card: dict[int, RidgeImage]) -> None:
    for code in (13, 14):
        slap = cut(card[code], with_position=False)
        assert slap.position == code
        assert 0.8 < slap.certainty < 1.0
        assert cut(card[code]).certainty == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("left_hand", [False, True], ids=["right", "left"])
@pytest.mark.parametrize("tilt", [-30, -10, 0, 20, 30])
def test_a_leaning_hand_is_cut_right_and_upright(prints: list[np.ndarray], tilt: int, left_hand: bool) -> None:
    laid = lay_slap(1, prints, left_hand, tilt)
    slap = cut_slap(image_of(laid), SlapPosition.LEFT_FOUR if left_hand else SlapPosition.RIGHT_FOUR)
    assert [finger.position for finger in slap.fingers] == list(laid.codes)
    for finger, box in zip(slap.fingers, laid.boxes, strict=True):
        assert overlap(finger.box, box) > 0.6
        assert abs(finger.box.angle - box.angle) < 8


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [{"squeeze": 0.8}, {"faint": (1,)}, {"faint": (0, 1, 2, 3)}, {"phalanges": False}, {"squeeze": 0.85, "tilt": 20}],
    ids=["touching", "one faint", "all faint", "tips only", "touching and leaning"],
)
def test_touching_and_faint_fingers_are_separated(prints: list[np.ndarray], kind: dict[str, object]) -> None:
    for seed in (1, 2):
        laid = lay_slap(seed, prints, **kind)
        slap = cut_slap(image_of(laid), SlapPosition.RIGHT_FOUR)
        assert [finger.position for finger in slap.fingers] == list(laid.codes)
        assert min(overlap(finger.box, box) for finger, box in zip(slap.fingers, laid.boxes, strict=True)) > 0.5


@pytest.mark.parametrize("missing", range(4))
def test_whichever_finger_is_missing_the_others_keep_their_names(prints: list[np.ndarray], missing: int) -> None:
    laid = lay_slap(3, prints, missing=(missing,), tilt=10)
    slap = cut_slap(image_of(laid), SlapPosition.RIGHT_FOUR, [FingerPosition(2 + missing)])
    assert [finger.position for finger in slap.fingers] == list(laid.codes)
    with pytest.raises(SlapNotSegmented):
        cut_slap(image_of(laid), SlapPosition.RIGHT_FOUR)


def test_boxes_scale_with_the_resolution(prints: list[np.ndarray]) -> None:
    laid = lay_slap(1, prints)
    finer = Image(cv2.resize(laid.pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), 1000.0, "image/png")
    for fine, box in zip(cut_slap(finer, SlapPosition.RIGHT_FOUR).fingers, laid.boxes, strict=True):
        scaled = RotatedBox(fine.box.x / 2, fine.box.y / 2, fine.box.width / 2, fine.box.height / 2, fine.box.angle)
        assert overlap(scaled, box) > 0.6
        assert fine.image.ppi == 1000.0


@pytest.mark.slow
@pytest.mark.parametrize("position", [None, SlapPosition.LEFT_FOUR, SlapPosition.BOTH_THUMBS])
def test_paper_and_noise_hold_no_fingers(position: SlapPosition | None) -> None:
    noise = np.random.default_rng(0).normal(200, 20, (1000, 1600)).clip(0, 255).astype(np.uint8)
    for pixels in (np.full((1000, 1600), 250, np.uint8), noise, np.zeros((40, 30), np.uint8)):
        with pytest.raises(SlapNotSegmented):
            cut_slap(Image(pixels, 500.0, "image/png"), position)


def test_a_hand_without_any_finger_is_nothing_to_cut(prints: list[np.ndarray]) -> None:
    with pytest.raises(SlapNotSegmented, match="All fingers"):
        cut_slap(image_of(lay_slap(1, prints)), SlapPosition.LEFT_FOUR, [FingerPosition(code) for code in range(7, 11)])


def test_a_cut_box_shows_the_finger_upright_and_of_its_size() -> None:
    upright = np.full((120, 80), 255, np.uint8)
    upright[10:30, 20:60] = 40  # a bar near the tip
    sheet = np.full((400, 400), 255, np.uint8)
    box = RotatedBox(220, 180, 80, 120, 25)
    across, down = np.array([np.cos(np.deg2rad(25)), -np.sin(np.deg2rad(25))]), np.array([0.4226, 0.9063])
    matrix = np.column_stack([across, down, np.array([220, 180]) - 39.5 * across - 59.5 * down])
    sheet = cv2.warpAffine(upright, matrix, (400, 400), dst=sheet, borderMode=cv2.BORDER_TRANSPARENT)
    again = box.cut(sheet)
    assert again.shape == (120, 80)
    assert np.abs(again.astype(float) - upright)[5:-5, 5:-5].mean() < 4
    assert np.allclose(box.corners()[0], [220, 180] - 40 * across - 60 * down, atol=0.01)
