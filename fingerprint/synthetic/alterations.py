"""Prints of fingers altered on purpose, to train and check detectors.

The kinds are those that police have seen. Source: Yoon, Feng, Jain, "Altered Fingerprints: Analysis and Detection",
TPAMI 34(3), 2012.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

TOUCH_SCALE, TOUCH = 12.0, 0.35  # pixels; of the strongest contrast, from which on a place is print
LEAST_PRINT = 8000  # pixels: less is not altered
SIZE = (0.2, 0.4)  # of the print's width: radius of an altered patch
ASIDE = 0.12  # of the print's size, one standard deviation: how far the patch lies from the middle
RAGGED, RAGGED_SCALE = 0.08, 14.0  # relative, of a patch's rim; pixels
TURN = (np.pi / 4, np.pi)  # of a patch that is turned, either way
SCAR_WIDTH = (2, 6)  # pixels
SCARRED = 0.5  # of what is sewn in, that has a scar around it
SCAR_WAVE = 4.0  # pixels by which a scar strays from its line
CUTS = (12, 40)  # in an abraded patch
NEAR_SEAM = 9  # pixels on either side of a seam that count as altered

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Field = NDArray[np.float32]


class Alteration(StrEnum):
    """What was done to a finger."""

    ABRASION = "abrasion"
    BURN = "burn"
    CENTRAL_ROTATION = "central_rotation"
    Z_CUT = "z_cut"
    TRANSPLANT = "transplant"


@dataclass(frozen=True, eq=False)
class AlteredPrint:
    """A print with an alteration; `where` are the pixels that it changed beyond recognition, and its seams."""

    pixels: Pixels
    where: Mask
    kind: Alteration


def alter(pixels: Pixels, other: Pixels, kind: Alteration, rng: np.random.Generator) -> AlteredPrint | None:
    """Alter a grey print at 500 ppi, dark ridges on light ground; `other` is one of another finger, any size.

    None where too little of the finger shows.
    """
    print_ = _print_mask(pixels)
    if print_.sum() < LEAST_PRINT:
        return None
    patch = _Patch.draw(print_, rng)
    altered, where = _MAKERS[kind](pixels.astype(np.float32), other, patch, rng)
    altered = _blended(pixels.astype(np.float32), altered, print_, 2.0)
    return AlteredPrint(np.clip(np.rint(altered), 0, 255).astype(np.uint8), where & print_, kind)


def crease(pixels: Pixels, count: int, rng: np.random.Generator) -> Pixels:
    """Draw creases as unaltered fingers have: thin light lines, nearly straight."""
    creased = pixels.astype(np.float32)
    for _ in range(count):
        turn, reach = rng.uniform(0, np.pi), rng.uniform(15, 80)
        middle, end = rng.uniform((0, 0), pixels.shape[::-1]), reach * np.array((np.cos(turn), np.sin(turn)))
        path = _strayed(np.stack([middle - end, middle + end]), rng)
        _draw(creased, path, float(np.percentile(pixels, 90)), int(rng.integers(1, 4)))
    return np.clip(np.rint(creased), 0, 255).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class _Patch:
    """A patch of a print: its middle, radius and mask, and the grey of ridges and of valleys around."""

    x: float
    y: float
    radius: float
    mask: Mask
    dark: float
    light: float

    @classmethod
    def draw(cls, print_: Mask, rng: np.random.Generator) -> _Patch:
        rows, columns = np.nonzero(print_)
        width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
        x = columns.mean() + ASIDE * width * rng.standard_normal()
        y = rows.mean() + ASIDE * height * rng.standard_normal()
        radius = rng.uniform(*SIZE) * min(width, height)
        down, across = np.indices(print_.shape, dtype=np.float32)
        ragged = 1 + RAGGED * _noise(print_.shape, RAGGED_SCALE, rng)
        mask = np.hypot(across - x, down - y) < radius * ragged
        return cls(float(x), float(y), float(radius), np.asarray(mask & print_), 0.0, 0.0)

    def with_greys_of(self, pixels: Field) -> _Patch:
        """Return the patch with the greys of an image."""
        in_patch = pixels[self.mask] if self.mask.any() else pixels.ravel()
        dark, light = np.percentile(in_patch, (10, 90))
        return _Patch(self.x, self.y, self.radius, self.mask, float(dark), float(light))


def _abrasion(pixels: Field, other: Pixels, patch: _Patch, rng: np.random.Generator) -> tuple[Field, Mask]:
    """Rub the ridges off, and cut across them."""
    patch = patch.with_greys_of(pixels)
    shape = pixels.shape
    grey = patch.dark + (patch.light - patch.dark) * (
        0.5 + rng.uniform(0.1, 0.3) * _noise(shape, rng.uniform(3, 16), rng)
    )
    grain = rng.uniform(0.05, 0.2) * (patch.light - patch.dark) * _noise(shape, rng.uniform(0.8, 2.0), rng)
    ridges_kept = rng.uniform(0.0, 0.35)
    altered = _blended(pixels, ridges_kept * pixels + (1 - ridges_kept) * (grey + grain), patch.mask, 3.0)
    for _ in range(int(rng.integers(*CUTS))):
        turn, reach = rng.uniform(0, np.pi), rng.uniform(8, 40)
        middle = np.array((patch.x, patch.y)) + patch.radius * 0.8 * rng.uniform(-1, 1, 2)
        end = reach * np.array((np.cos(turn), np.sin(turn)))
        grey_of_cut = patch.light if rng.random() < 0.6 else patch.dark
        _draw(altered, np.stack([middle - end, middle + end]), grey_of_cut, int(rng.integers(1, 4)))
    return altered, patch.mask


def _burn(pixels: Field, other: Pixels, patch: _Patch, rng: np.random.Generator) -> tuple[Field, Mask]:
    """Leave no ridges: a light or a dark patch with a puckered rim."""
    patch = patch.with_greys_of(pixels)
    light = rng.random() < 0.65
    level = patch.light if light else patch.dark + 0.15 * (patch.light - patch.dark)
    grey = level + 0.12 * (patch.light - patch.dark) * _noise(pixels.shape, rng.uniform(2, 10), rng)
    altered = _blended(pixels, grey, patch.mask, rng.uniform(1.0, 5.0))
    rim = _rim(patch.mask, int(rng.integers(3, 9)))
    pucker = patch.dark + (patch.light - patch.dark) * (0.4 + 0.5 * _noise(pixels.shape, 2.5, rng))
    altered = _blended(altered, pucker, rim, 1.5) if rng.random() < 0.6 else altered
    return altered, patch.mask | rim


def _central_rotation(pixels: Field, other: Pixels, patch: _Patch, rng: np.random.Generator) -> tuple[Field, Mask]:
    """Cut the middle out, and sew it in turned."""
    turn = float(np.rad2deg(rng.uniform(*TURN))) * (1 if rng.random() < 0.5 else -1)
    matrix = cv2.getRotationMatrix2D((patch.x, patch.y), turn, 1.0)
    return _sewn(pixels, _warped(pixels, matrix), patch, rng)


def _transplant(pixels: Field, other: Pixels, patch: _Patch, rng: np.random.Generator) -> tuple[Field, Mask]:
    """Sew in the middle of another print, brought to the same greys."""
    rows, columns = np.nonzero(_print_mask(other))
    x, y = (columns.mean(), rows.mean()) if len(rows) else (other.shape[1] / 2, other.shape[0] / 2)
    matrix = cv2.getRotationMatrix2D((float(x), float(y)), float(rng.uniform(-180, 180)), 1.0)
    matrix[:, 2] += np.array((patch.x - x, patch.y - y))
    moved = _warped(other.astype(np.float32), matrix, pixels.shape)
    greys = patch.with_greys_of(pixels)
    moved_greys = patch.with_greys_of(moved)
    scale = (greys.light - greys.dark) / max(moved_greys.light - moved_greys.dark, 10.0)
    return _sewn(pixels, greys.dark + scale * (moved - moved_greys.dark), patch, rng)


def _z_cut(pixels: Field, other: Pixels, patch: _Patch, rng: np.random.Generator) -> tuple[Field, Mask]:
    """Cut a Z, lift its two flaps, and sew each in at the other's place."""
    turn, reach = rng.uniform(0, np.pi), patch.radius * rng.uniform(0.7, 1.0)
    lean = rng.uniform(0.35, 0.9)
    along, across = np.array((np.cos(turn), np.sin(turn))), np.array((-np.sin(turn), np.cos(turn)))
    middle = np.array((patch.x, patch.y))
    top = [middle + reach * (side * along - lean * across) for side in (-1, 1)]
    bottom = [middle + reach * (side * along + lean * across) for side in (-1, 1)]
    flaps = np.zeros(pixels.shape, np.uint8)
    for flap in ((*top, bottom[0]), (*bottom, top[1])):  # halves of a parallelogram, which the stroke of the Z parts
        cv2.fillPoly(flaps, [np.rint(flap).astype(np.int32)], 255)
    exchanged = _warped(pixels, cv2.getRotationMatrix2D((patch.x, patch.y), 180.0, 1.0))
    altered = _blended(pixels, exchanged, flaps > 0, 1.0)
    seam = np.zeros(pixels.shape, np.uint8)
    width = int(rng.integers(*SCAR_WIDTH))
    grey, scarred = patch.with_greys_of(pixels), rng.random() < SCARRED
    for line in ((*top,), (top[1], bottom[0]), (*bottom,), (top[0], bottom[0]), (top[1], bottom[1])):
        path = _strayed(np.stack(line), rng)
        if scarred:
            _draw(altered, path, grey.light if rng.random() < 0.7 else grey.dark, width)
        cv2.polylines(seam, [np.rint(path).astype(np.int32)], isClosed=False, color=255, thickness=2 * NEAR_SEAM)
    return altered, seam > 0


_Maker = Callable[[Field, Pixels, _Patch, np.random.Generator], tuple[Field, Mask]]
_MAKERS: dict[Alteration, _Maker] = {
    Alteration.ABRASION: _abrasion,
    Alteration.BURN: _burn,
    Alteration.CENTRAL_ROTATION: _central_rotation,
    Alteration.Z_CUT: _z_cut,
    Alteration.TRANSPLANT: _transplant,
}


def _sewn(pixels: Field, patched: Field, patch: _Patch, rng: np.random.Generator) -> tuple[Field, Mask]:
    """Put a patch in place, with a scar around it."""
    greys = patch.with_greys_of(pixels)
    altered = _blended(pixels, patched, patch.mask, 1.0)
    contours, _ = cv2.findContours(patch.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    grey = greys.light if rng.random() < 0.7 else greys.dark
    if rng.random() < SCARRED:
        for contour in contours:
            _draw(altered, contour.reshape(-1, 2).astype(np.float64), grey, int(rng.integers(*SCAR_WIDTH)))
    return altered, _rim(patch.mask, 2 * NEAR_SEAM)


def _print_mask(pixels: Pixels) -> Mask:
    """Return where the finger touched."""
    grey = pixels.astype(np.float32)
    contrast = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 5.0))
    around = cv2.GaussianBlur(contrast, (0, 0), TOUCH_SCALE)
    return np.asarray(around > TOUCH * np.percentile(around, 98))


def _noise(shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> Field:
    """Return smooth noise with zero mean and unit deviation."""
    smooth = cv2.GaussianBlur(rng.standard_normal(shape, dtype=np.float32), (0, 0), scale)
    return np.asarray(smooth / (smooth.std() + 1e-6), np.float32)


def _blended(pixels: Field, patched: NDArray[np.floating], mask: Mask, softness: float) -> Field:
    share = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), softness)
    return np.asarray(pixels + share * (patched - pixels), np.float32)


def _warped(pixels: Field, matrix: NDArray[Any], shape: tuple[int, ...] | None = None) -> Field:
    height, width = shape or pixels.shape
    light = float(np.percentile(pixels, 90))
    warped = cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=light
    )
    return np.asarray(warped, np.float32)


def _rim(mask: Mask, width: int) -> Mask:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width | 1, width | 1))
    whole = mask.astype(np.uint8)
    return np.asarray(cv2.dilate(whole, disc) > cv2.erode(whole, disc))


def _strayed(line: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a line from end to end as a hand would draw it."""
    steps = np.linspace(0, 1, 12)[:, None]
    wave = np.cumsum(rng.standard_normal((12, 2)), axis=0)
    wave -= wave[0] + steps * (wave[-1] - wave[0])
    return np.asarray(line[0] + steps * (line[1] - line[0]) + 0.3 * SCAR_WAVE * wave)


def _draw(pixels: Field, path: NDArray[np.float64], grey: float, width: int) -> None:
    cv2.polylines(pixels, [np.rint(path).astype(np.int32)], False, float(grey), width, cv2.LINE_AA)
