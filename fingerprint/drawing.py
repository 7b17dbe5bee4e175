"""Pictures of prints, their minutiae and their comparisons: for people, and for the manual.

All pictures are uint8 RGB, shape (height, width, 3), twice as large as the print at 500 ppi.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from biometrics.kernel.recognition.evidence import Evidence
from fingerprint.matching.explanation import Alignment, Explanation
from fingerprint.ridge_map import CELL, TILE, TILE_CELLS, RidgeMap
from fingerprint.template import FingerprintTemplate, Minutia, MinutiaType

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

_SCALE = 2  # pixels of the picture to one at 500 ppi
_STRIP = 44  # pixels: height of a line of text
_GAP = 16  # pixels between panels
_FAINT = 0.45  # of a print's darkness that is left under what is drawn on it
_INK: Colour = (38, 50, 56)
_PAPER: Colour = (255, 255, 255)
_DOUBTFUL: Colour = (230, 81, 0)  # a minutia of quality 0.35 and less
_SURE: Colour = (0, 121, 107)  # and of quality 1
_ALONE: Colour = (198, 40, 40)
_PAIRED: Colour = (21, 101, 192)
_CANDIDATE_INK = np.array([1.0, 0.45, 0.05])  # what the ink leaves of red, green and blue
_PROBE_INK = np.array([0.0, 0.55, 0.65])
_FIXED = 4  # bits of fraction in OpenCV's coordinates


def draw_print(pixels: NDArray[np.uint8], template: FingerprintTemplate, ridges: bool = False) -> Picture:
    """Draw a print with its minutiae: rings end a ridge, squares part it, tails show the direction.

    `pixels` is the grey image that `template` was extracted from, shape (height, width), of any resolution. The colour
    goes from orange (doubtful) to green (sure) by quality. With `ridges`, the ridge map is laid over the print.
    """
    picture = _faint(_resized(pixels, template))
    if ridges:
        _lay_ridges(picture, template.ridges)
    for minutia in template.minutiae():
        _mark(picture, minutia, _by_quality(minutia.quality))
    kinds = [int(np.count_nonzero(template.type == kind)) for kind in (MinutiaType.ENDING, MinutiaType.BIFURCATION)]
    text = f"{len(template)} minutiae: {kinds[0]} endings (rings), {kinds[1]} bifurcations (squares)"
    return np.concatenate([picture, _caption(text, picture.shape[1])])


def draw_comparison(
    probe: tuple[NDArray[np.uint8], FingerprintTemplate],
    candidate: tuple[NDArray[np.uint8], FingerprintTemplate],
    explanation: Explanation,
    evidence: Evidence | None = None,
) -> Picture:
    """Draw two prints, each a grey image and its template, with their pairs joined, and one laid on the other.

    Pairs have the same number on both sides, the one that contributes most first; red rings are minutiae in the overlap
    without a partner. On the right the candidate (orange) lies on the probe (blue): where the ridges agree it is dark.
    """
    images = [_resized(*print_) for print_ in (probe, candidate)]
    panels = [_faint(image) for image in images]
    alignment = explanation.alignment
    if alignment:
        for panel, (_, template), alone in zip(
            panels, (probe, candidate), (alignment.probe_alone, alignment.candidate_alone), strict=True
        ):
            _mark_alone(panel, template, alone)
        panels.append(_overlay(images[0], images[1], alignment))
    height = max(panel.shape[0] for panel in panels)
    row = [_padded(panel, height) for panel in panels]
    picture = np.ascontiguousarray(np.concatenate(row, axis=1))
    if alignment:
        _join(picture, probe[1], candidate[1], alignment, row[0].shape[1])
    return np.concatenate([_caption(summary(explanation, evidence), picture.shape[1]), picture])


def summary(explanation: Explanation, evidence: Evidence | None = None) -> str:
    """Say in one line what a comparison found."""
    parts = [f"score {explanation.score:.3f}"]
    if evidence is not None:
        parts.append(f"{evidence.figure} dB: {evidence.sentence}")
    if explanation.alignment:
        parts.append(f"{len(explanation.alignment.pairs)} pairs")
        parts.append(f"{explanation.alignment.overlap:.0%} of the minutiae in the overlap paired")
    else:
        parts.append("no pairs")
    return "   ".join([*parts, f"ridges {explanation.likeness:.2f}"])


def _resized(pixels: NDArray[np.uint8], template: FingerprintTemplate) -> NDArray[np.uint8]:
    size = (_SCALE * template.width, _SCALE * template.height)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _faint(grey: NDArray[np.uint8]) -> Picture:
    faint = (255 - _FAINT * (255.0 - grey)).astype(np.uint8)
    return np.repeat(faint[:, :, None], 3, axis=2)


def _by_quality(quality: float) -> Colour:
    share = min(1.0, max(0.0, (quality - 0.35) / 0.65))
    red, green, blue = (round(low + share * (high - low)) for low, high in zip(_DOUBTFUL, _SURE, strict=True))
    return red, green, blue


def _at(x: float, y: float) -> tuple[int, int]:
    """Return a place at 500 ppi as OpenCV's fixed-point numbers in the picture."""
    unit = _SCALE << _FIXED
    return round(x * unit), round(y * unit)


def _mark(picture: Picture, minutia: Minutia, colour: Colour) -> None:
    x, y = minutia.x, minutia.y
    right, up = cos(minutia.direction), sin(minutia.direction)
    start, end = _at(x + 4 * right, y - 4 * up), _at(x + 13 * right, y - 13 * up)
    cv2.line(picture, start, end, colour, 2, cv2.LINE_AA, _FIXED)
    if minutia.type == MinutiaType.BIFURCATION:
        cv2.rectangle(picture, _at(x - 3.5, y - 3.5), _at(x + 3.5, y + 3.5), colour, 2, cv2.LINE_AA, _FIXED)
    else:
        cv2.circle(picture, _at(x, y), round(4 * _SCALE) << _FIXED, colour, 2, cv2.LINE_AA, _FIXED)


def _mark_alone(picture: Picture, template: FingerprintTemplate, alone: Iterable[int]) -> None:
    minutiae = template.minutiae()
    for m in alone:
        x, y = minutiae[m].x, minutiae[m].y
        cv2.circle(picture, _at(x, y), round(4 * _SCALE) << _FIXED, _ALONE, 1, cv2.LINE_AA, _FIXED)


def _lay_ridges(picture: Picture, ridges: RidgeMap) -> None:
    cells = np.arange(TILE_CELLS * TILE_CELLS, dtype=np.uint64)
    side, tint = _SCALE * CELL, np.array(_PAIRED, np.float64)
    for row, column, word in zip(ridges.rows, ridges.columns, ridges.words, strict=True):
        bits = ((word >> cells) & np.uint64(1)).reshape(TILE_CELLS, TILE_CELLS).astype(np.float64)
        top, left = _SCALE * TILE * int(row), _SCALE * TILE * int(column)
        part = picture[top : top + _SCALE * TILE, left : left + _SCALE * TILE]
        weight = 0.35 * np.kron(bits, np.ones((side, side)))[: part.shape[0], : part.shape[1], None]
        part[:] = (part * (1 - weight) + tint * weight).astype(np.uint8)


def _overlay(probe: NDArray[np.uint8], candidate: NDArray[np.uint8], alignment: Alignment) -> Picture:
    """Lay the candidate on the probe, as the skin stretched."""
    height, width = probe.shape
    step = 8  # pixels between the places that are carried; the motion is smooth
    y, x = np.mgrid[0 : height + step : step, 0 : width + step : step] / _SCALE
    on_candidate = alignment.on_candidate(np.stack([x.ravel(), y.ravel()])).reshape(2, *x.shape) * _SCALE
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) / step
    map_x, map_y = (
        cv2.remap(coordinates.astype(np.float32), columns, rows, cv2.INTER_LINEAR) for coordinates in on_candidate
    )
    moved = cv2.remap(_darkness(candidate), map_x, map_y, cv2.INTER_LINEAR, borderValue=0)
    inked = 1 - _darkness(probe)[:, :, None] * (1 - _PROBE_INK)
    return np.asarray(255 * inked * (1 - moved[:, :, None] * (1 - _CANDIDATE_INK)), dtype=np.uint8)


def _darkness(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how dark each place is relative to its surroundings, 0 to 1; what has no contrast is light."""
    values = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0 * _SCALE)
    rest = cv2.GaussianBlur(values, (0, 0), 9.0 * _SCALE) - values
    deviation = np.sqrt(cv2.GaussianBlur(rest * rest, (0, 0), 12.0 * _SCALE))
    even = rest / np.maximum(deviation, 0.4 * np.percentile(deviation, 95) + 2)
    return np.asarray(np.clip(1.8 * even, 0, 1) * np.clip(deviation / 12, 0, 1), dtype=np.float32)


def _padded(panel: Picture, height: int) -> Picture:
    below = height - panel.shape[0]
    return np.asarray(cv2.copyMakeBorder(panel, 0, below, 0, _GAP, cv2.BORDER_CONSTANT, value=_PAPER), dtype=np.uint8)


def _join(
    picture: Picture, probe: FingerprintTemplate, candidate: FingerprintTemplate, alignment: Alignment, aside: int
) -> None:
    """Join and number the pairs; the candidate's panel begins `aside` pixels to the right."""
    probe_minutiae, candidate_minutiae = probe.minutiae(), candidate.minutiae()
    shift = aside / _SCALE
    places = [
        (
            (probe_minutiae[pair.probe].x, probe_minutiae[pair.probe].y),
            (candidate_minutiae[pair.candidate].x + shift, candidate_minutiae[pair.candidate].y),
        )
        for pair in alignment.pairs
    ]
    lines = picture.copy()
    for start, end in places:
        cv2.line(lines, _at(*start), _at(*end), _PAIRED, 1, cv2.LINE_AA, _FIXED)
    cv2.addWeighted(lines, 0.35, picture, 0.65, 0, dst=picture)
    for point in (end for pair in places for end in pair):
        cv2.circle(picture, _at(*point), round(4 * _SCALE) << _FIXED, _PAIRED, -1, cv2.LINE_AA, _FIXED)
    written = Pillow.fromarray(picture)
    pen, font = ImageDraw.Draw(written), ImageFont.load_default(12)
    for number, pair in enumerate(places, start=1):
        for x, y in pair:
            pen.text((_SCALE * x, _SCALE * y), str(number), fill=_PAPER, font=font, anchor="mm")
    picture[:] = np.asarray(written)


def _caption(text: str, width: int) -> Picture:
    strip = Pillow.new("RGB", (width, _STRIP), _PAPER)
    size = 20
    while size > 9 and ImageFont.load_default(size).getlength(text) > width - 24:
        size -= 1
    ImageDraw.Draw(strip).text((12, _STRIP / 2), text, fill=_INK, font=ImageFont.load_default(size), anchor="lm")
    return np.array(strip)
