"""From an image to a template: minutiae and ridges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge, TooFewMinutiae
from fingerprint.extraction.frame import without_frame
from fingerprint.extraction.leader import Detections, MinutiaNetwork, detect
from fingerprint.extraction.resolution import inferred_ppi, resampled
from fingerprint.extraction.ridges import ridge_map
from fingerprint.extraction.second_look import Enhance, is_enough, look_again, may_be_print, reliable
from fingerprint.extraction.segmentation import Box, foreground
from fingerprint.parameters import (
    MAX_FOREGROUND,
    MIN_QUALITY,
    PPI,
    WHOLE_IMAGE,
)
from fingerprint.ridge_map import TILE, RidgeMap
from fingerprint.template import MAX_SIDE, FingerprintTemplate
from fingerprint.trace import Stage, Trace, untraced


def extract(
    image: Image, session: MinutiaNetwork, trace: Trace = untraced, enhance: Enhance | None = None
) -> FingerprintTemplate:
    """Extract the minutiae and ridges of the one finger in `image`, with an open session on LEADER.

    A doubtful print is looked at again (`second_look.py`) where `enhance` is given, which draws its ridges; one that is
    still refused a last time without the frame around its image, if there is one (`frame.py`).

    An image of unknown resolution is taken to have 500 ppi; if no print can be read so, and it is small
    enough to be a coarse scan of a finger, its resolution is estimated from the ridges. The intermediate images go to
    `trace`, at each resolution that is tried.

    Raises:
        TooFewMinutiae: there is no print, or not enough of it to be compared.
        ImageTooLarge: far more than one finger.
    """
    pixels = image.grey()
    try:
        return _read(image, pixels, session, trace, enhance)
    except TooFewMinutiae as error:
        refusal = error
    bare = without_frame(pixels) if enhance else None
    if bare is not None:
        with suppress(TooFewMinutiae, ImageTooLarge):  # the first refusal is the one to report
            return _read(image, bare, session, trace, enhance, refused=True)
    raise refusal


def _read(
    image: Image,
    pixels: NDArray[np.uint8],
    session: MinutiaNetwork,
    trace: Trace,
    enhance: Enhance | None,
    refused: bool = False,
) -> FingerprintTemplate:
    """Read the grey `pixels` of `image`, `refused` before or not, at each resolution that comes into question."""
    attempts: list[_Attempt] = []
    refusals: list[TooFewMinutiae] = []
    for ppi in _resolutions(image, pixels):
        try:
            attempt = _attempt(pixels, ppi, session, trace, refused)
        except TooFewMinutiae as error:
            refusals.append(error)
            continue
        if attempt.is_usable(checked=enhance is not None):
            return _template(attempt, attempt.detections, pixels.shape, trace)
        attempts.append(attempt)
        refusals.append(
            TooFewMinutiae(
                f"The print shows too few clear minutiae to be compared ({reliable(attempt.detections)}); "
                "capture it again."
            )
        )
    for attempt in attempts if enhance else ():
        if enhance and attempt.may_be_print:
            detections = look_again(session, enhance, attempt.finger, attempt.detections)
            if detections is not None:
                return _template(attempt, detections, pixels.shape, trace)
    if len(refusals) == 1:
        raise refusals[0]
    raise TooFewMinutiae(f"{refusals[0].message} If the scanner has not 500 ppi, give its resolution.")


@dataclass(frozen=True, eq=False)
class _Attempt:
    """A print at one resolution.

    `box` is the part of the image that was searched, `finger` its pixels at 500 ppi, `scale` 500 by the image's ppi.
    `refused` says that the image was, before its frame was painted.
    """

    box: Box
    scale: float
    finger: NDArray[np.uint8]
    detections: Detections
    refused: bool

    @cached_property
    def may_be_print(self) -> bool:
        """Say whether it may be a print at all."""
        return may_be_print(self.finger, self.detections, self.refused)

    def is_usable(self, checked: bool) -> bool:
        """Say whether enough was found, and, where that is checked, in something that may be a print."""
        return is_enough(self.detections) and (not checked or self.may_be_print)


def _resolutions(image: Image, pixels: NDArray[np.uint8]) -> Iterator[float]:
    """Yield the resolutions to try, in pixels an inch."""
    yield image.ppi or PPI
    if not image.ppi:
        ppi = inferred_ppi(pixels)
        if pixels.size * (PPI / ppi) ** 2 <= WHOLE_IMAGE:
            yield ppi


def _attempt(pixels: NDArray[np.uint8], ppi: float, session: MinutiaNetwork, trace: Trace, refused: bool) -> _Attempt:
    scale = PPI / ppi
    box = _finger(pixels, scale)
    finger = resampled(box.cut(pixels), scale)
    trace(Stage.PIXELS, finger)
    return _Attempt(box, scale, finger, detect(session, finger, MIN_QUALITY), refused)


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


def _template(attempt: _Attempt, detections: Detections, shape: tuple[int, ...], trace: Trace) -> FingerprintTemplate:
    """Put what was found in the box in its place in the whole image, of `shape` (height, width)."""
    box, scale = attempt.box, attempt.scale
    trace(Stage.PIXELS, attempt.finger)
    ridges = ridge_map(attempt.finger, trace=trace)
    height, width = (max(1, round(side * scale)) for side in shape)
    rows, columns = ridges.rows + round(box.top * scale / TILE), ridges.columns + round(box.left * scale / TILE)
    in_image = (TILE * rows < height) & (TILE * columns < width)
    return FingerprintTemplate(
        width=width,
        height=height,
        x=np.minimum(detections.x + box.left * scale, width),
        y=np.minimum(detections.y + box.top * scale, height),
        direction=detections.direction,
        quality=detections.quality,
        type=detections.type,
        ridges=RidgeMap(rows[in_image], columns[in_image], ridges.words[in_image]),
    )
