"""Slaps laid out from single prints, with the truth about where each finger is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from inputs import impression_of

from fingerprint.cards.box import RotatedBox

PPI = 500
PAPER = 245
WIDTH, HEIGHT = 1600, 1500  # pixels: a scanner of 3.2 x 3 inches

# Of a right hand, index to little: where the tips' middles are, and how far the fingers spread, without tilt.
_ACROSS = np.array([-1.12, -0.38, 0.36, 1.05])  # inches from the hand's middle
_DOWN = np.array([-0.05, -0.42, -0.22, 0.42])  # inches
_SPREAD = np.array([5.0, 1.0, -3.0, -8.0])  # degrees counter-clockwise
_BREADTH = np.array([0.58, 0.60, 0.57, 0.48])  # inches
_LENGTH = 1.35  # of the breadth


@dataclass(frozen=True)
class Laid:
    """A slap, and for each finger on it, left to right, its code of a right (2 to 5) or left hand (7 to 10) and box."""

    pixels: np.ndarray
    codes: tuple[int, ...]
    boxes: tuple[RotatedBox, ...]


def single_print(seed: int) -> np.ndarray:
    """Return one generated print on white."""
    return impression_of(seed % 12, seed)


def lay_slap(
    seed: int,
    prints: Sequence[np.ndarray],
    left_hand: bool = False,
    tilt: float = 0.0,
    squeeze: float = 1.0,
    faint: Collection[int] = (),
    missing: Collection[int] = (),
    phalanges: bool = True,
) -> Laid:
    """Lay four prints out as a hand that leans `tilt` degrees to the left.

    `squeeze` scales the distances between fingers: at 0.8 they touch. Fingers in `faint` and `missing` are counted
    from the index finger, 0 to 3.
    """
    rng = np.random.default_rng(seed)
    sheet = np.full((HEIGHT, WIDTH), PAPER, np.float32)
    mirror = -1 if left_hand else 1
    codes, boxes = [], []
    for i in range(4):
        if i in missing:
            continue
        across, down = mirror * _ACROSS[i] * squeeze, _DOWN[i] + rng.normal(0, 0.04)
        lean = mirror * _SPREAD[i] + tilt + rng.normal(0, 2.0)
        size = _BREADTH[i] * np.array([1, _LENGTH]) * rng.normal(1, 0.04)
        turn = np.deg2rad(tilt)
        x = WIDTH / 2 + PPI * (across * np.cos(turn) + down * np.sin(turn))
        y = 0.45 * HEIGHT + PPI * (down * np.cos(turn) - across * np.sin(turn))
        box = RotatedBox(x, y, size[0] * PPI, size[1] * PPI, lean)
        ink = 0.22 if i in faint else 1.0
        _paste(sheet, prints[i], box, ink, tip=True)
        if phalanges:
            _paste(sheet, prints[i], _below(box, rng.uniform(0.03, 0.10)), ink * 0.6, tip=False)
        codes.append((7 if left_hand else 2) + i)
        boxes.append(box)
    sheet += rng.normal(0, 3.0, sheet.shape)
    order = np.argsort([box.x * np.cos(np.deg2rad(tilt)) - box.y * np.sin(np.deg2rad(tilt)) for box in boxes])
    pixels = np.clip(np.rint(sheet), 0, 255).astype(np.uint8)
    return Laid(pixels, tuple(codes[i] for i in order), tuple(boxes[i] for i in order))


def overlap(first: RotatedBox, second: RotatedBox) -> float:
    """Return the intersection of two boxes over their union."""
    a, b = (((box.x, box.y), (box.width, box.height), -box.angle) for box in (first, second))
    _, corners = cv2.rotatedRectangleIntersection(a, b)
    shared = 0.0 if corners is None else float(cv2.contourArea(cv2.convexHull(corners)))
    return shared / (first.width * first.height + second.width * second.height - shared)


def _below(box: RotatedBox, gap: float) -> RotatedBox:
    """Return where the next phalanx lies, `gap` inches below."""
    turn, length = np.deg2rad(box.angle), 0.75 * box.height
    down = (box.height + length) / 2 + gap * PPI
    return RotatedBox(box.x + down * np.sin(turn), box.y + down * np.cos(turn), 0.92 * box.width, length, box.angle)


def _paste(sheet: np.ndarray, print_: np.ndarray, box: RotatedBox, ink: float, tip: bool) -> None:
    """Darken the sheet with the middle of a print, shaped as a fingertip or as a phalanx."""
    height, width = print_.shape
    mask = np.zeros(print_.shape, np.float32)
    if tip:  # half an ellipse above, a rounded block below
        cv2.ellipse(mask, (width // 2, height // 2), (width // 2, height // 2), 0, 180, 360, 1.0, -1)
        cv2.rectangle(mask, (0, height // 2), (width, int(0.8 * height)), 1.0, -1)
        cv2.ellipse(mask, (width // 2, int(0.8 * height)), (width // 2, int(0.2 * height)), 0, 0, 180, 1.0, -1)
    else:
        mask[:] = 1.0
    mask = cv2.GaussianBlur(mask, (0, 0), 4.0)
    scale_x, scale_y = width / box.width, height / box.height
    turn = np.deg2rad(box.angle)
    cos, sin = np.cos(turn), np.sin(turn)
    # From a point of the sheet to one of the print.
    linear = np.array([[cos * scale_x, -sin * scale_x], [sin * scale_y, cos * scale_y]])
    offset = np.array([width / 2, height / 2]) - linear @ np.array([box.x, box.y])
    matrix = np.column_stack([linear, offset])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    darkness = (255.0 - print_.astype(np.float32)) * mask * ink
    laid = cv2.warpAffine(darkness, matrix, (sheet.shape[1], sheet.shape[0]), flags=flags)
    np.minimum(sheet, PAPER - laid, out=sheet)
