"""Minutia cylinders: the neighbourhood of each minutia as bits that neither rotation nor shift changes.

Source: Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code: A New Representation and Matching Technique for Fingerprint
Recognition", TPAMI 32(12), 2010, in its bit-based form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.matching.kernels.batch import cylinder_words, pack
from fingerprint.matching.kernels.cylinder_bits import cylinders_of_all
from fingerprint.matching.kernels.ridge_windows import RidgeGrid, patches, ridge_grid
from fingerprint.matching.parameters import SECTIONS, CylinderParameters
from fingerprint.template import FingerprintTemplate

_PARAMETERS = CylinderParameters()
_TWO_PI = 2 * pi


@dataclass(frozen=True, eq=False)
class PreparedPrint:
    """A template made ready to be matched many times: 220 bytes a minutia, 18 a tile. All arrays are read-only.

    Minutiae that have a cylinder come first; the others only take part in the last step of matching.

    Attributes:
        words: uint64, shape (7, n): six words of cylinder bits, one a directional section, then the word of valid
            cells; bit 8 * i + j is the cell at step i along the minutia's direction and step j to its left.
        points: float64, shape (3, n): x and y in pixels at 500 ppi, y up, and direction in radians.
        hull: float64, shape (2, h): the convex hull of the minutiae, counter-clockwise.
        cylinders: how many minutiae have a cylinder.
        ridges: the ridge map, laid out to be looked up.
        order: uint16, shape (n,): the index in the template of each minutia here.
        key: orders any two prints, so that a comparison takes them in the same order either way.
        packed: uint64, flat: the same as the kernels read it, and the ridges around each minutia.
    """

    words: NDArray[np.uint64]
    points: NDArray[np.float64]
    hull: NDArray[np.float64]
    cylinders: int
    ridges: RidgeGrid
    order: NDArray[np.uint16]
    key: int
    packed: NDArray[np.uint64]

    def __post_init__(self) -> None:
        """Close the arrays to writing."""
        for array in (
            self.words,
            self.points,
            self.hull,
            self.ridges.words,
            self.ridges.present,
            self.order,
            self.packed,
        ):
            array.setflags(write=False)


def prepare(template: FingerprintTemplate, parameters: CylinderParameters = _PARAMETERS) -> PreparedPrint:
    """Compute the cylinders of a template's minutiae."""
    return prepare_all([template], parameters)[0]


def prepare_all(
    templates: Sequence[FingerprintTemplate], parameters: CylinderParameters = _PARAMETERS
) -> list[PreparedPrint]:
    """Compute the cylinders of several templates' minutiae.

    All of them without a break, so that threads that do so at the same time seldom wait for each other.
    """
    points = [points_of(template) for template in templates]
    hulls = [_hull(print_points) for print_points in points]
    begins = np.cumsum([0, *(print_points.shape[1] for print_points in points)])
    corners = np.cumsum([0, *(hull.shape[1] for hull in hulls)])
    words, has_cylinder = cylinders_of_all(_flat(points), begins, _flat(hulls), corners, parameters)
    return [
        _prepared(
            template,
            of_print,
            hull,
            words[(SECTIONS + 1) * begin : (SECTIONS + 1) * end].reshape(SECTIONS + 1, -1),
            has_cylinder[begin:end],
        )
        for template, of_print, hull, begin, end in zip(
            templates, points, hulls, begins[:-1].tolist(), begins[1:].tolist(), strict=True
        )
    ]


def points_of(template: FingerprintTemplate) -> NDArray[np.float64]:
    """Return the minutiae as `PreparedPrint.points`, in the template's order."""
    directions = np.remainder(template.direction.astype(np.float64) + pi, _TWO_PI) - pi
    return np.stack([template.x, -template.y, directions])


def _flat(arrays: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate([np.empty(0), *(array.ravel() for array in arrays)])


def _prepared(
    template: FingerprintTemplate,
    points: NDArray[np.float64],
    hull: NDArray[np.float64],
    words: NDArray[np.uint64],
    has_cylinder: NDArray[np.bool_],
) -> PreparedPrint:
    order = np.argsort(~has_cylinder, kind="stable")
    words, points = np.ascontiguousarray(words[:, order]), np.ascontiguousarray(points[:, order])
    ridges = ridge_grid(template.ridges)
    digest = hashlib.blake2b(points.tobytes() + ridges.words.tobytes(), digest_size=6).digest()
    key = int.from_bytes(digest)
    cylinders = int(has_cylinder.sum())
    packed = pack(words, points, hull, cylinders, patches(ridges, points), ridges)
    return PreparedPrint(cylinder_words(packed), points, hull, cylinders, ridges, order.astype(np.uint16), key, packed)


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    if points.shape[1] == 0:
        return np.zeros((2, 0))
    corners = cv2.convexHull(points[:2].T.astype(np.float32), clockwise=False).reshape(-1, 2)
    return np.ascontiguousarray(corners.T, dtype=np.float64)
