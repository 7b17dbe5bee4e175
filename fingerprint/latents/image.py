"""Minutiae of a latent's image: as of any print, but with less asked of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge, TooFewMinutiae
from fingerprint.described import NOT_DESCRIBED, Described
from fingerprint.extraction.leader import QUARTER_TURNS, Detections, detect, detect_turned, wrapped
from fingerprint.extraction.resolution import resampled
from fingerprint.extraction.ridges import ridge_map
from fingerprint.latents.descriptors import describe, points_of_all
from fingerprint.latents.marked import MIN_MARKED
from fingerprint.latents.network import LatentNetwork
from fingerprint.latents.region import Polygon, check_polygon, points_in_polygon, ridges_within, within
from fingerprint.latents.ridges import LatentRidges, seen_ridges
from fingerprint.latents.stretching import factors, stretched_minutiae, stretched_pixels
from fingerprint.parameters import ASPECTS, MAX_FOREGROUND, PPI
from fingerprint.ridge_map import CELL, TILE, RidgeMap
from fingerprint.template import MAX_SIDE, FingerprintTemplate
from models.session import ModelSession

MARGIN = 2 * TILE  # pixels at 500 ppi around the region, that the network sees as well


class View(NamedTuple):
    """What the network is shown of a latent: the image or a drawing of its ridges, turned by quarters of a circle."""

    quarters: int
    drawn: bool


PLAIN_VIEWS = tuple(View(quarters, drawn=False) for quarters in range(QUARTER_TURNS))
VIEWS = (View(0, drawn=False), View(2, drawn=False), View(0, drawn=True), View(2, drawn=True))

Views = tuple[FingerprintTemplate, ...]  # of one print, all in the same place and orientation
LatentAspects = tuple[Views, ...]  # the views as they are and in the other `ASPECTS`, the minutiae in the same order


class ReadLatent(NamedTuple):
    """What was found on a latent in one orientation: its views in all aspects, and the descriptions of its minutiae."""

    aspects: LatentAspects
    described: Described = NOT_DESCRIBED


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
    latent = _read(image, region).with_ridges(network.ridges)
    template = latent.template(detect(network.session, latent.part, network.min_quality), latent.ridges())
    if len(template) < MIN_MARKED:
        raise _too_few(template)
    return template


def extract_latent_views(
    image: Image, network: LatentNetwork, region: Polygon | None = None
) -> tuple[ReadLatent, ReadLatent]:
    """Extract a latent four times: upright, and turned by half a circle.

    The network sees it in four orientations or, where another network saw its ridges, in two, and a drawing of these
    in the same two. The minutiae are given in other aspects as well, with the ridges of the stretched image.

    The network does not find quite the same in each of these; the mean of the views' scores finds more mates than
    any view alone (docs/latents.md). Both results hold the same minutiae, one on the image, the other on the image
    turned by half a circle. The first view of each is what the network sees in that orientation. Views with fewer than
    four minutiae are left out.

    Raises:
        TooFewMinutiae: no view has four minutiae.
        ImageTooLarge, InvalidField: as for `extract_latent`.
    """
    upright = _read(image, region).with_ridges(network.ridges)
    turned = upright.turned()
    view_kinds = VIEWS if network.ridges else PLAIN_VIEWS
    detections = [
        detect_turned(network.session, upright.pixels_of(view), network.min_quality, view.quarters)
        for view in view_kinds
    ]
    ridges, turned_ridges = upright.ridges(), turned.ridges()
    views = [upright.template(detected, ridges) for detected in detections]
    usable = [number for number, view in enumerate(views) if len(view) >= MIN_MARKED]
    if not usable:
        raise _too_few(views[0])
    half = QUARTER_TURNS // 2
    # First the views turned by half a circle.
    from_half = sorted(usable, key=lambda number: (view_kinds[number].quarters + half) % QUARTER_TURNS)
    on_turned = (upright.on_turned(detections[number], turned) for number in from_half)
    chosen = tuple(views[number] for number in usable)
    described = upright.described(chosen, network.surroundings)
    return (
        ReadLatent(upright.in_all_aspects(chosen), described),
        ReadLatent(
            turned.in_all_aspects(tuple(turned.template(detected, turned_ridges) for detected in on_turned)),
            upright.described_on_turned(described),
        ),
    )


def marked_in_all_aspects(marks: FingerprintTemplate) -> LatentAspects:
    """Return marked minutiae, whose ridges are unknown, as they are and in the other aspects."""
    if not _fits_in_all_aspects(marks):
        return ((marks,),)
    return ((marks,), *((stretched_minutiae(marks, aspect),) for aspect in ASPECTS[1:]))


def _fits_in_all_aspects(template: FingerprintTemplate) -> bool:
    """Say whether a template can hold the minutiae however they are stretched."""
    return max(template.width, template.height) * sqrt(max(ASPECTS)) < MAX_SIDE


@dataclass(frozen=True, eq=False)
class _Latent:
    """A latent at 500 ppi: its pixels, the corners of its region, in pixels of it, and the ridges seen by a network."""

    pixels: NDArray[np.uint8]
    corners: list[tuple[float, float]]
    network_ridges: LatentRidges | None = None

    def with_ridges(self, session: ModelSession | None) -> _Latent:
        """Return it with what a network sees of its ridges."""
        if session is None:
            return self
        left, top = self.origin
        return replace(self, network_ridges=seen_ridges(session, self.part).laid(left, top, self.pixels.shape))

    def pixels_of(self, view: View) -> NDArray[np.uint8]:
        """Return what the network is shown in a view of the part: its pixels, or the drawing of its ridges."""
        return self.network_ridges.part(*self._around).drawing if self.network_ridges and view.drawn else self.part

    @property
    def origin(self) -> tuple[int, int]:
        """Return left and top of the part around the region, where a tile begins."""
        left, top = (max(0, int(min(values) - MARGIN) // TILE * TILE) for values in zip(*self.corners, strict=True))
        return left, top

    @property
    def part(self) -> NDArray[np.uint8]:
        """Return the pixels of the region and a margin around it."""
        return self.pixels[self._around]

    @property
    def _around(self) -> tuple[slice, slice]:
        left, top = self.origin
        right, bottom = (int(max(values)) + MARGIN for values in zip(*self.corners, strict=True))
        return slice(top, bottom), slice(left, right)

    def turned(self) -> _Latent:
        """Return it turned by half a circle."""
        height, width = self.pixels.shape
        return _Latent(
            np.ascontiguousarray(self.pixels[::-1, ::-1]),
            [(width - x, height - y) for x, y in self.corners],
            self.network_ridges and self.network_ridges.turned(),
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

    def described(self, views: Views, session: ModelSession | None) -> Described:
        """Describe the minutiae of views of it by a network, from the ridges in the region that another one saw."""
        if session is None or self.network_ridges is None:
            return NOT_DESCRIBED
        cells = self.network_ridges.cells()
        rows, columns = (CELL * (indices.ravel() + 0.5) for indices in np.indices(cells.values.shape))
        in_region = points_in_polygon(self.corners, columns, rows).reshape(cells.values.shape)
        return describe(session, cells._replace(values=cells.values * in_region), points_of_all(views))

    def described_on_turned(self, described: Described) -> Described:
        """Return descriptions of it as they are of the turned latent."""
        height, width = self.pixels.shape
        x, y, direction = described.points
        turned_places = np.clip(width - 1 - x, 0, width), -np.clip(height - 1 + y, 0, height)
        return described._replace(points=np.stack([*turned_places, np.remainder(direction + pi, 2 * pi)]))

    def ridges(self) -> RidgeMap:
        """Return the ridges of the part, in their place in the image."""
        left, top = self.origin
        ridges = self.network_ridges.part(*self._around).ridge_map() if self.network_ridges else ridge_map(self.part)
        return RidgeMap(ridges.rows + top // TILE, ridges.columns + left // TILE, ridges.words)

    def stretched(self, aspect: float) -> _Latent:
        """Return it in another aspect."""
        across, down = factors(aspect)
        return _Latent(
            stretched_pixels(self.pixels, aspect),
            [(x * across, y * down) for x, y in self.corners],
            self.network_ridges and self.network_ridges.stretched(aspect),
        )

    def in_all_aspects(self, views: Views) -> LatentAspects:
        """Return views of it as they are and in the other aspects, unless it is too large for that."""
        if not _fits_in_all_aspects(views[0]):
            return (views,)
        stretched_views: list[Views] = []
        for aspect in ASPECTS[1:]:
            latent = self.stretched(aspect)
            ridges = ridges_within(latent.ridges(), latent.corners)
            stretched_views.append(tuple(replace(stretched_minutiae(view, aspect), ridges=ridges) for view in views))
        return (views, *stretched_views)

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
