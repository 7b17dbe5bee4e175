"""The region of interest of a latent: outside it, nothing counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import InvalidField
from fingerprint.ridge_map import TILE, RidgeMap
from fingerprint.template import FingerprintTemplate

Polygon = Sequence[tuple[float, float]]
AnyPrint = TypeVar("AnyPrint", bound=FingerprintTemplate)
AnyRidges = TypeVar("AnyRidges", bound=RidgeMap)
MIN_CORNERS = 3


def check_polygon(region: Polygon) -> None:
    """Check that a polygon encloses something.

    Raises:
        InvalidField: fewer than three corners, or all of them in one line.
    """
    import cv2  # imported here: reading a form of a latent does not need it

    if len(region) < MIN_CORNERS or cv2.contourArea(np.array(region, np.float32)) == 0:
        raise InvalidField("The region of interest needs three corners or more that enclose an area.")


def points_in_polygon(region: Polygon, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Say which points, shape (n,), lie in the polygon (even-odd rule); its corners are (x, y) in the same units."""
    within = np.zeros(len(x), np.bool_)
    corners = np.array(region, np.float64)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (y1 > y) != (y2 > y)
        within ^= crosses & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1 if y2 != y1 else 1.0))
    return within


def within(template: AnyPrint, region: Polygon) -> AnyPrint:
    """Return the template without the minutiae and ridges that lie outside the polygon, in pixels at 500 ppi.

    Raises:
        InvalidField: as for `check_polygon`.
    """
    check_polygon(region)
    in_region = points_in_polygon(region, template.x, template.y)
    return replace(
        template,
        x=template.x[in_region],
        y=template.y[in_region],
        direction=template.direction[in_region],
        quality=template.quality[in_region],
        type=template.type[in_region],
        ridges=ridges_within(template.ridges, region),
    )


def ridges_within(ridges: AnyRidges, region: Polygon) -> AnyRidges:
    """Return the tiles whose middle lies in the polygon, in pixels at 500 ppi."""
    rows, columns = (TILE * (places.astype(np.float64) + 0.5) for places in (ridges.rows, ridges.columns))
    tiles = points_in_polygon(region, columns, rows)
    return replace(ridges, rows=ridges.rows[tiles], columns=ridges.columns[tiles], words=ridges.words[tiles])
