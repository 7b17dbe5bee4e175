"""From an image of a palm to its template, tile by tile, so that memory is bounded whatever the image's size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge, TooFewMinutiae
from fingerprint.extraction.leader import Detections, MinutiaNetwork, detect
from fingerprint.extraction.resolution import resampled
from fingerprint.extraction.ridges import ridge_map
from fingerprint.extraction.second_look import is_enough
from fingerprint.parameters import MIN_CONTRAST, MIN_QUALITY, PPI
from fingerprint.ridge_map import TILE
from fingerprint.template import MAX_SIDE
from palm.template import MOST_MINUTIAE, MOST_PIXELS, PalmRidges, PalmTemplate

PART = 480  # pixels along the side of a part of which minutiae are kept; as many as a finger has at most lie in it
SEEN = 48  # pixels around it that the network sees besides: five ridges
RIDGE_PART, RIDGE_SEEN = 11 * TILE, TILE  # the same for ridges; a ridge map of a finger holds 13 x 13 tiles
LEAST_MINUTIAE = 12  # in a usable palm or part of one


class Part(NamedTuple):
    """A rectangle of an image, rows and columns, and the larger one around it that is looked at."""

    rows: slice
    columns: slice
    seen_rows: slice
    seen_columns: slice


def parts(shape: tuple[int, ...], side: int, margin: int) -> Iterator[Part]:
    """Divide an image of a shape (height, width) into parts of at most `side` pixels, in reading order."""
    height, width = shape
    for top in range(0, height, side):
        for left in range(0, width, side):
            bottom, right = min(top + side, height), min(left + side, width)
            yield Part(
                slice(top, bottom),
                slice(left, right),
                slice(max(0, top - margin), min(bottom + margin, height)),
                slice(max(0, left - margin), min(right + margin, width)),
            )


def extract(image: Image, session: MinutiaNetwork) -> PalmTemplate:
    """Extract the minutiae and ridges of one palm, or of a part of one, with an open session on LEADER.

    An image of unknown resolution is taken to have 500 ppi.

    Raises:
        TooFewMinutiae: there is no palm, or not enough of it to be compared.
        ImageTooLarge: larger than a palm.
    """
    scale = PPI / (image.ppi or PPI)
    height, width = (side * scale for side in (image.height, image.width))
    if height * width > MOST_PIXELS or max(height, width) > MAX_SIDE:
        raise ImageTooLarge(
            f"The image shows {width / PPI:.1f} x {height / PPI:.1f} inches, more than one palm; "
            "crop it to one palm, or give the scanner's resolution if it is not right."
        )
    template = template_of(resampled(image.grey(), scale), session)
    if len(template) < LEAST_MINUTIAE or not is_enough(template):
        raise TooFewMinutiae(
            f"The palm shows too few clear minutiae to be compared ({len(template)}); capture it again."
        )
    return template


def template_of(pixels: NDArray[np.uint8], session: MinutiaNetwork) -> PalmTemplate:
    """Return what is found in a grey image at 500 ppi, however little."""
    detections = _detections(pixels, session)
    return PalmTemplate(
        width=pixels.shape[1],
        height=pixels.shape[0],
        x=detections.x,
        y=detections.y,
        direction=detections.direction,
        quality=detections.quality,
        type=detections.type,
        ridges=ridges(pixels),
    )


def _detections(pixels: NDArray[np.uint8], session: MinutiaNetwork) -> Detections:
    """Return the minutiae of all parts, the surest first."""
    by_part = []
    for part in parts(pixels.shape, PART, SEEN):
        part_pixels = pixels[part.seen_rows, part.seen_columns]
        if part_pixels.std() < MIN_CONTRAST:
            continue
        detections = detect(session, np.ascontiguousarray(part_pixels), MIN_QUALITY)
        x, y = detections.x + part.seen_columns.start, detections.y + part.seen_rows.start
        in_part = (y >= part.rows.start) & (y < part.rows.stop) & (x >= part.columns.start) & (x < part.columns.stop)
        by_part.append(np.stack([x, y, detections.direction, detections.quality, detections.type])[:, in_part])
    all_rows = np.concatenate([np.zeros((5, 0), np.float32), *by_part], axis=1)
    x, y, direction, quality, kind = all_rows[:, np.argsort(-all_rows[3], kind="stable")[:MOST_MINUTIAE]]
    return Detections(x, y, direction, quality, kind.astype(np.uint8))


def ridges(pixels: NDArray[np.uint8]) -> PalmRidges:
    """Return the ridges of a grey image at 500 ppi."""
    by_part = []
    for part in parts(pixels.shape, RIDGE_PART, RIDGE_SEEN):
        ridges_of_part = ridge_map(np.ascontiguousarray(pixels[part.seen_rows, part.seen_columns]))
        rows, columns = (
            ridges_of_part.rows + part.seen_rows.start // TILE,
            ridges_of_part.columns + part.seen_columns.start // TILE,
        )
        in_part = (rows >= part.rows.start // TILE) & (TILE * rows < part.rows.stop)
        in_part &= (columns >= part.columns.start // TILE) & (TILE * columns < part.columns.stop)
        by_part.append((rows[in_part], columns[in_part], ridges_of_part.words[in_part]))
    rows, columns, words = (np.concatenate(column) for column in zip(*by_part, strict=True))
    order = np.lexsort((columns, rows))
    return PalmRidges(rows[order], columns[order], words[order])
