"""From an image to a template: minutiae and ridges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biometrics.domain.errors import ImageTooLarge, TooFewMinutiae
from biometrics.imaging.image import Image
from fingerprint.leader import Detections, detect
from fingerprint.parameters import (
    MAX_FOREGROUND,
    MIN_MEAN_QUALITY,
    MIN_QUALITY,
    MIN_RELIABLE,
    PPI,
    RELIABLE_QUALITY,
    WHOLE_IMAGE,
)
from fingerprint.resolution import inferred_ppi, resampled
from fingerprint.ridge_map import TILE, RidgeMap
from fingerprint.ridges import ridge_map
from fingerprint.segmentation import Box, foreground
from fingerprint.template import MAX_SIDE, FingerprintTemplate
from fingerprint.trace import Stage, Trace, untraced
from models.session import Session


def extract(image: Image, session: Session, trace: Trace = untraced) -> FingerprintTemplate:
    """Extract the minutiae and ridges of the one finger in `image`, with an open session on LEADER.

    An image of unknown resolution is taken to have 500 ppi; if no print can be read so, and it is small
    enough to be a coarse scan of a finger, its resolution is estimated from the ridges. The intermediate images go to
    `trace`, at each resolution that is tried.

    Raises:
        TooFewMinutiae: there is no print, or not enough of it to be compared.
        ImageTooLarge: far more than one finger.
    """
    pixels = image.grey()
    if image.ppi:
        return _extract_at(pixels, image.ppi, session, trace)
    try:
        return _extract_at(pixels, PPI, session, trace)
    except TooFewMinutiae as error:
        ppi = inferred_ppi(pixels)
        if pixels.size * (PPI / ppi) ** 2 > WHOLE_IMAGE:
            raise
        try:
            return _extract_at(pixels, ppi, session, trace)
        except TooFewMinutiae:
            raise TooFewMinutiae(f"{error.message} If the scanner has not 500 ppi, give its resolution.") from error


def _extract_at(pixels: NDArray[np.uint8], ppi: float, session: Session, trace: Trace) -> FingerprintTemplate:
    scale = PPI / ppi
    box = _finger(pixels, scale)
    finger = resampled(box.cut(pixels), scale)
    trace(Stage.PIXELS, finger)
    detections = detect(session, finger, MIN_QUALITY)
    _check_enough(detections)
    return _template(detections, ridge_map(finger, trace=trace), pixels.shape, box, scale)


def _finger(pixels: NDArray[np.uint8], scale: float) -> Box:
    """Return the part of the image to search: all of it, unless it is a scan much larger than a finger."""
    height, width = pixels.shape
    whole = Box(0, height, 0, width)
    box = whole if whole.area * scale * scale <= WHOLE_IMAGE else foreground(pixels, PPI / scale)
    if box is None:
        raise TooFewMinutiae("There is no fingerprint in this image; capture it again.")
    if box.area * scale * scale > MAX_FOREGROUND or max(height, width) * scale > MAX_SIDE:
        raise ImageTooLarge(
            f"The image shows {width * scale / PPI:.1f} x {height * scale / PPI:.1f} inches, more than one finger; "
            "crop it to one finger, or give the scanner's resolution if it is not right."
        )
    side = TILE / scale  # the box begins where a tile of the whole image does, to half a pixel
    top, left = (round(round(edge / side - 0.5) * side) for edge in (box.top, box.left))
    return Box(max(0, top), box.bottom, max(0, left), box.right)


def _check_enough(detections: Detections) -> None:
    reliable = int(np.count_nonzero(detections.quality >= RELIABLE_QUALITY))
    if reliable >= MIN_RELIABLE and float(detections.quality.mean()) >= MIN_MEAN_QUALITY:
        return
    raise TooFewMinutiae(f"The print shows too few clear minutiae to be compared ({reliable}); capture it again.")


def _template(
    detections: Detections, ridges: RidgeMap, shape: tuple[int, ...], box: Box, scale: float
) -> FingerprintTemplate:
    """Put what was found in the box in its place in the whole image, of `shape` (height, width)."""
    height, width = (max(1, round(side * scale)) for side in shape)
    rows, columns = ridges.rows + round(box.top * scale / TILE), ridges.columns + round(box.left * scale / TILE)
    inside = (TILE * rows < height) & (TILE * columns < width)
    return FingerprintTemplate(
        width=width,
        height=height,
        x=np.minimum(detections.x + box.left * scale, width),
        y=np.minimum(detections.y + box.top * scale, height),
        direction=detections.direction,
        quality=detections.quality,
        type=detections.type,
        ridges=RidgeMap(rows[inside], columns[inside], ridges.words[inside]),
    )
