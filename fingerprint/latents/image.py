"""Minutiae of a latent's image: as of any print, but with less asked of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge, TooFewMinutiae
from fingerprint.extraction.leader import QUARTER_TURNS, Detections, detect, detect_turned, wrapped
from fingerprint.extraction.resolution import resampled
from fingerprint.extraction.ridges import ridge_map
from fingerprint.latents.marked import MIN_MARKED
from fingerprint.latents.network import LatentNetwork
from fingerprint.latents.region import Polygon, check_polygon, ridges_within, within
from fingerprint.latents.stretching import factors, stretched_minutiae, stretched_pixels
from fingerprint.parameters import ASPECTS, MAX_FOREGROUND, PPI
from fingerprint.ridge_map import TILE, RidgeMap
from fingerprint.template import MAX_SIDE, FingerprintTemplate

MARGIN = 2 * TILE  # pixels at 500 ppi around the region, that the network sees as well

Views = tuple[FingerprintTemplate, ...]  # of one print, all in the same place and orientation
LatentAspects = tuple[Views, ...]  # the views as they are and in the other `ASPECTS`, the minutiae in the same order


def extract_latent(image: Image, network: LatentNetwork, region: Polygon | None = None) -> FingerprintTemplate:
    """Extract the minutiae and ridges of a latent.

    `region` encloses the print, in pixels of the image; nothing outside it counts. Where it is not given, the image
    shows little else. An image without a resolution is taken to have 500 ppi. Unlike a finger that can be captured
    again, a latent is refused only where hardly anything was found.

    Raises:
        TooFewMinutiae: fewer than four minutiae.
        ImageTooLarge: the region, or an image without one, is far larger than a finger.
        InvalidField: a region that encloses nothing.
    """
    latent = _read(image, region)
    template = latent.template(detect(network.session, latent.part, network.min_quality), latent.ridges())
    if len(template) < MIN_MARKED:
        raise _too_few(template)
    return template


def extract_latent_views(
    image: Image, network: LatentNetwork, region: Polygon | None = None
) -> tuple[LatentAspects, LatentAspects]:
    """Extract a latent four times, the network seeing it in four orientations: upright, and turned by half a circle.

    The minutiae are given in other aspects as well, with the ridges of the stretched image.

    The network does not find quite the same in each orientation; the mean of the views' scores finds more mates than
    any view alone (docs/latents.md). Both results hold the same minutiae, one on the image, the other on the image
    turned by half a circle. The first view of each is what the network sees in that orientation. Views with fewer than
    four minutiae are left out.

    Raises:
        TooFewMinutiae: no view has four minutiae.
        ImageTooLarge, InvalidField: as for `extract_latent`.
    """
    upright = _read(image, region)
    turned = upright.turned()
    detections = [
        detect_turned(network.session, upright.part, network.min_quality, quarters) for quarters in range(QUARTER_TURNS)
    ]
    ridges, turned_ridges = upright.ridges(), turned.ridges()
    views = [upright.template(each, ridges) for each in detections]
    usable = [quarters for quarters, view in enumerate(views) if len(view) >= MIN_MARKED]
    if not usable:
        raise _too_few(views[0])
    half = QUARTER_TURNS // 2
    from_half = sorted(usable, key=lambda quarters: (quarters + half) % QUARTER_TURNS)  # first what was seen turned
    on_turned = (upright.on_turned(detections[quarters], turned) for quarters in from_half)
    return (
        upright.in_all_aspects(tuple(views[quarters] for quarters in usable)),
        turned.in_all_aspects(tuple(turned.template(each, turned_ridges) for each in on_turned)),
    )


def marked_in_all_aspects(marks: FingerprintTemplate) -> LatentAspects:
    """Return marked minutiae, of which no ridges are known, as they are and in the other aspects."""
    if not _fits_in_all_aspects(marks):
        return ((marks,),)
    return ((marks,), *((stretched_minutiae(marks, aspect),) for aspect in ASPECTS[1:]))


def _fits_in_all_aspects(template: FingerprintTemplate) -> bool:
    """Say whether a template can hold the minutiae however they are stretched."""
    return max(template.width, template.height) * sqrt(max(ASPECTS)) < MAX_SIDE


@dataclass(frozen=True, eq=False)
class _Latent:
    """A latent at 500 ppi: its pixels, and the corners of its region, in pixels of it."""

    pixels: NDArray[np.uint8]
    corners: list[tuple[float, float]]

    @property
    def origin(self) -> tuple[int, int]:
        """Return left and top of the part around the region, where a tile begins."""
        left, top = (max(0, int(min(values) - MARGIN) // TILE * TILE) for values in zip(*self.corners, strict=True))
        return left, top

    @property
    def part(self) -> NDArray[np.uint8]:
        """Return the pixels of the region and a margin around it."""
        left, top = self.origin
        right, bottom = (int(max(values)) + MARGIN for values in zip(*self.corners, strict=True))
        return self.pixels[top:bottom, left:right]

    def turned(self) -> _Latent:
        """Return it turned by half a circle."""
        height, width = self.pixels.shape
        return _Latent(
            np.ascontiguousarray(self.pixels[::-1, ::-1]), [(width - x, height - y) for x, y in self.corners]
        )

    def on_turned(self, detections: Detections, turned: _Latent) -> Detections:
        """Return what was found in this part as it lies in the part of the turned latent."""
        height, width = self.pixels.shape
        (left, top), (turned_left, turned_top) = self.origin, turned.origin
        return replace(
            detections,
            x=width - 1 - (detections.x + left) - turned_left,
            y=height - 1 - (detections.y + top) - turned_top,
            direction=wrapped(detections.direction + pi),
        )

    def ridges(self) -> RidgeMap:
        """Return the ridges of the part, in their place in the image."""
        ridges, (left, top) = ridge_map(self.part), self.origin
        return RidgeMap(ridges.rows + top // TILE, ridges.columns + left // TILE, ridges.words)

    def stretched(self, aspect: float) -> _Latent:
        """Return it in another aspect."""
        across, down = factors(aspect)
        return _Latent(stretched_pixels(self.pixels, aspect), [(x * across, y * down) for x, y in self.corners])

    def in_all_aspects(self, views: Views) -> LatentAspects:
        """Return views of it as they are and in the other aspects, unless it is too large for that."""
        if not _fits_in_all_aspects(views[0]):
            return (views,)
        others: list[Views] = []
        for aspect in ASPECTS[1:]:
            latent = self.stretched(aspect)
            ridges = ridges_within(latent.ridges(), latent.corners)
            others.append(tuple(replace(stretched_minutiae(view, aspect), ridges=ridges) for view in views))
        return (views, *others)

    def template(self, detections: Detections, ridges: RidgeMap) -> FingerprintTemplate:
        """Put what was found in the part in its place in the image, and leave out what is outside the region."""
        height, width = self.pixels.shape
        left, top = self.origin
        template = FingerprintTemplate(
            width=width,
            height=height,
            x=np.clip(detections.x + left, 0, width),
            y=np.clip(detections.y + top, 0, height),
            direction=detections.direction,
            quality=detections.quality,
            type=detections.type,
            ridges=ridges,
        )
        return within(template, self.corners)


def _read(image: Image, region: Polygon | None) -> _Latent:
    pixels, scale = at_500_ppi(image), PPI / (image.ppi or PPI)
    height, width = pixels.shape
    corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    if region is not None:
        check_polygon(region)
        corners = [(x * scale, y * scale) for x, y in region]
    latent = _Latent(pixels, corners)
    part = latent.part
    if part.size == 0:
        raise TooFewMinutiae("The region of interest lies outside the image; mark it again.")
    if part.size > MAX_FOREGROUND or max(height, width) > MAX_SIDE:
        raise _too_large()
    return latent


def at_500_ppi(image: Image) -> NDArray[np.uint8]:
    """Return the grey pixels of a latent at 500 ppi, which an image without a resolution is taken to have."""
    return resampled(image.grey(), PPI / (image.ppi or PPI))


def _too_large() -> ImageTooLarge:
    return ImageTooLarge("The latent is far larger than a finger; mark its region of interest, or give its resolution.")


def _too_few(template: FingerprintTemplate) -> TooFewMinutiae:
    return TooFewMinutiae(f"Only {len(template)} minutiae can be seen in this latent; mark them by hand.")
