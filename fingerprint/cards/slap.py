"""Cut a slap into its fingers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.errors import SlapNotSegmented
from biometrics.kernel.recognition.capture import FingerPosition, Position
from fingerprint.cards import parameters as p
from fingerprint.cards.box import RotatedBox
from fingerprint.cards.pieces import Piece, pieces
from fingerprint.cards.positions import SlapPosition
from fingerprint.cards.ridges import Mask, ridge_map, skin_mask
from fingerprint.cards.tips import Tip, find_tips, likely_tilts
from fingerprint.parameters import PPI


@dataclass(frozen=True, eq=False)
class CutFinger:
    """One finger of a slap.

    `box` is where it is in the slap; `image` shows it upright, grey, at the slap's resolution. `certainty` is 0 to 1:
    how much the box looks like one whole fingertip.
    """

    position: FingerPosition
    box: RotatedBox
    image: Image
    certainty: float


@dataclass(frozen=True, eq=False)
class Slap:
    """A slap with its fingers, from the image's left to its right.

    `certainty` is that of `position`: 1 if the caller gave it; else 0.5 (a guess) to 1, from the fingers' shape.
    """

    position: SlapPosition
    certainty: float
    fingers: tuple[CutFinger, ...]


def cut_slap(image: Image, position: SlapPosition | None = None, missing: Collection[Position] = ()) -> Slap:
    """Cut an image of several fingers, tips up and turned by up to 45 degrees, into upright single fingers.

    `position` says which fingers they are; if it is None they are four fingers of either hand, and
    the hand is inferred from their shape. `missing` names fingers that are amputated or bandaged; the others are then
    expected, and get the right positions. An image without a resolution is taken to have 500 ppi.

    Raises:
        SlapNotSegmented: another number of fingers is found than expected, or none is.
    """
    pixels, ppi = image.grey(), image.ppi or PPI
    mask = skin_mask(ridge_map(pixels, ppi))
    parts = pieces(mask)
    count = len((position or SlapPosition.RIGHT_FOUR).expected(missing))
    tips = _tips(parts, mask, count)
    certainty = 1.0
    if position is None:
        position, certainty = guess_hand(tips)
    expected = position.expected(missing)
    _check_count(tips, len(expected), position)
    scale = ppi / p.CELL_PPI
    fingers = (_cut(image, pixels, tip, finger, scale) for finger, tip in zip(expected, tips, strict=True))
    return Slap(position, certainty, tuple(fingers))


def _tips(parts: Sequence[Piece], mask: Mask, count: int) -> list[Tip]:
    """Return the fingertips under the likeliest tilt of the hand that shows `count` of them; else under the likeliest.

    A tip that looks much less like one than the others is none.
    """
    first: list[Tip] = []
    for tilt in likely_tilts(parts):
        ranked = sorted(find_tips(parts, mask, tilt), key=lambda tip: -tip.score)
        sure = [tip for tip in ranked if tip.score >= p.RIVAL * ranked[min(count, len(ranked)) - 1].score]
        tips = sorted(sure, key=lambda tip: tip.across)
        if len(tips) == count:
            return tips
        first = first or tips
    return first


def guess_hand(tips: Sequence[Tip]) -> tuple[SlapPosition, float]:
    """Return the hand of four fingers, left to right, and its certainty, 0.5 to 1, by the side of the little finger.

    Of the outer two it is the narrower and lower one.
    """
    if len(tips) < 2:
        return SlapPosition.RIGHT_FOUR, 0.5
    left, right = tips[0], tips[-1]
    lower = (right.top - left.top) / p.DISTINCT_HEIGHT
    narrower = (left.box.width - right.box.width) / p.CELL_PPI / p.TELLING_WIDTH
    right_hand = 1 / (1 + np.exp(-(lower + narrower)))
    hand = SlapPosition.RIGHT_FOUR if right_hand >= 0.5 else SlapPosition.LEFT_FOUR
    return hand, float(max(right_hand, 1 - right_hand))


def _check_count(tips: Sequence[Tip], count: int, position: SlapPosition) -> None:
    if count == 0:
        raise SlapNotSegmented(
            f"All fingers of the {position.label} are marked as missing; there is nothing to segment."
        )
    if len(tips) != count:
        raise SlapNotSegmented(
            f"The image of the {position.label} shows {len(tips)} fingers where {count} are expected; "
            "capture it again, or say which fingers are missing."
        )


def _cut(image: Image, pixels: NDArray[np.uint8], tip: Tip, finger: FingerPosition, scale: float) -> CutFinger:
    cells = tip.box
    # The centre of cell i lies at pixel (i + 0.5) * scale - 0.5.
    x, y = (value * scale + (scale - 1) / 2 for value in (cells.x, cells.y))
    box = RotatedBox(x, y, cells.width * scale, cells.height * scale, cells.angle)
    upright = box.cut(pixels)
    upright.setflags(write=False)
    return CutFinger(finger, box, Image(upright, image.ppi, "image/png"), tip.score)
