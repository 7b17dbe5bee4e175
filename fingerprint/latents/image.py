"""Minutiae of a latent's image: as of any print, but with less asked of it."""

from __future__ import annotations

from biometrics.domain.errors import ImageTooLarge, TooFewMinutiae
from biometrics.imaging.image import Image
from fingerprint.latents.marked import MIN_MARKED
from fingerprint.latents.region import Polygon, check_polygon, within
from fingerprint.leader import detect
from fingerprint.parameters import MAX_FOREGROUND, PPI
from fingerprint.resolution import resampled
from fingerprint.ridge_map import TILE, RidgeMap
from fingerprint.ridges import ridge_map
from fingerprint.template import MAX_SIDE, FingerprintTemplate
from models.session import Session

MIN_QUALITY = 0.2  # of a minutia that is kept; other prints keep only surer ones
MARGIN = 2 * TILE  # pixels at 500 ppi around the region, that the network sees as well


def extract_latent(image: Image, session: Session, region: Polygon | None = None) -> FingerprintTemplate:
    """Extract the minutiae and ridges of a latent, with an open session on LEADER.

    `region` encloses the print, in pixels of the image; nothing outside it counts. Where it is not given, the image
    shows little else. An image without a resolution is taken to have 500 ppi. Unlike a finger that can be captured
    again, a latent is refused only where hardly anything was found.

    Raises:
        TooFewMinutiae: fewer than four minutiae.
        ImageTooLarge: the region, or an image without one, is far larger than a finger.
        InvalidField: a region that encloses nothing.
    """
    scale = PPI / (image.ppi or PPI)
    pixels = resampled(image.grey(), scale)
    height, width = pixels.shape
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    if region is not None:
        check_polygon(region)
        corners = [(x * scale, y * scale) for x, y in region]
    left, top = (max(0, int(min(values) - MARGIN) // TILE * TILE) for values in zip(*corners, strict=True))
    right, bottom = (int(max(values)) + MARGIN for values in zip(*corners, strict=True))
    part = pixels[top:bottom, left:right]
    if part.size == 0:
        raise TooFewMinutiae("The region of interest lies outside the image; mark it again.")
    if part.size > MAX_FOREGROUND or max(height, width) > MAX_SIDE:
        raise ImageTooLarge(
            "The latent is far larger than a finger; mark its region of interest, or give its resolution."
        )
    detections = detect(session, part, MIN_QUALITY)
    ridges = ridge_map(part)
    template = FingerprintTemplate(
        width=width,
        height=height,
        x=detections.x + left,
        y=detections.y + top,
        direction=detections.direction,
        quality=detections.quality,
        type=detections.type,
        ridges=RidgeMap(ridges.rows + top // TILE, ridges.columns + left // TILE, ridges.words),
    )
    counted = within(template, corners)
    if len(counted) < MIN_MARKED:
        raise TooFewMinutiae(f"Only {len(counted)} minutiae can be seen in this latent; mark them by hand.")
    return counted
