"""A latent of a palm: found as on any palm, but with less asked of it, and turned either way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge, TooFewMinutiae
from fingerprint.extraction.leader import MinutiaNetwork
from fingerprint.extraction.resolution import resampled
from fingerprint.latents.marked import MIN_MARKED
from fingerprint.latents.region import Polygon, check_polygon, within
from fingerprint.parameters import PPI
from fingerprint.ridge_map import TILE
from fingerprint.template import MAX_SIDE
from palm.extractor import SEEN, template_of
from palm.template import MOST_PIXELS, PalmTemplate

_MARGIN = -(-SEEN // TILE) * TILE  # pixels at 500 ppi around the region, that the network sees as well


def extract_latent(image: Image, session: MinutiaNetwork, region: Polygon | None = None) -> PalmTemplate:
    """Extract the minutiae and ridges of a latent, with an open session on LEADER.

    `region` encloses it, in pixels of the image; nothing outside counts. An image without a resolution is taken to have
    500 ppi.

    Raises:
        TooFewMinutiae: fewer than four minutiae.
        ImageTooLarge: the region, or an image without one, is larger than a palm.
        InvalidField: a region that encloses nothing.
    """
    scale = PPI / (image.ppi or PPI)
    pixels = resampled(image.grey(), scale)
    height, width = pixels.shape
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    if region is not None:
        check_polygon(region)
        corners = [(x * scale, y * scale) for x, y in region]
    left, top = (max(0, int(min(values) - _MARGIN) // TILE * TILE) for values in zip(*corners, strict=True))
    right, bottom = (max(0, int(max(values)) + _MARGIN) for values in zip(*corners, strict=True))
    part = pixels[top:bottom, left:right]
    if part.size == 0:
        raise TooFewMinutiae("The region of interest lies outside the image; mark it again.")
    if part.size > MOST_PIXELS or max(height, width) > MAX_SIDE:
        raise ImageTooLarge("The latent is larger than a palm; mark its region of interest, or give its resolution.")
    extracted = template_of(np.ascontiguousarray(part), session)
    ridges = replace(
        extracted.ridges, rows=extracted.ridges.rows + top // TILE, columns=extracted.ridges.columns + left // TILE
    )
    in_image = replace(extracted, width=width, height=height, x=extracted.x + left, y=extracted.y + top, ridges=ridges)
    latent = within(in_image, corners)
    if len(latent) < MIN_MARKED:
        raise TooFewMinutiae(f"Only {len(latent)} minutiae can be seen in this latent; mark them by hand.")
    return latent


def extract_both_ways(image: Image, session: MinutiaNetwork, region: Polygon | None = None) -> dict[bool, PalmTemplate]:
    """Extract a latent as it is (False), and from the image turned by half a circle (True).

    Raises:
        TooFewMinutiae, ImageTooLarge, InvalidField: as for `extract_latent`.
    """
    turned = replace(image, pixels=np.ascontiguousarray(image.pixels[::-1, ::-1]))
    turned_region = None if region is None else [(image.width - x, image.height - y) for x, y in region]
    return {
        False: extract_latent(image, session, region),
        True: extract_latent(turned, session, turned_region),
    }
