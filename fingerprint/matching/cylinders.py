"""Minutia cylinders: the neighbourhood of each minutia as bits that neither rotation nor shift changes.

Source: Cappelli, Ferrara, Maltoni, "Minutia Cylinder-Code: A New Representation and Matching Technique for Fingerprint
Recognition", TPAMI 32(12), 2010, in its bit-based form.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import erf, pi, sqrt

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from fingerprint.matching.batch import cylinder_words, pack
from fingerprint.matching.geometry import distance_outside, wrapped
from fingerprint.matching.parameters import CELLS, SECTIONS, CylinderParameters
from fingerprint.matching.ridge_windows import RidgeGrid, patches, ridge_grid
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
        order: uint8, shape (n,): the index in the template of each minutia here.
        key: orders any two prints, so that a comparison takes them in the same order either way.
        packed: uint64, flat: the same as the kernels read it, and the ridges around each minutia.
    """

    words: NDArray[np.uint64]
    points: NDArray[np.float64]
    hull: NDArray[np.float64]
    cylinders: int
    ridges: RidgeGrid
    order: NDArray[np.uint8]
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
    directions = np.remainder(template.direction.astype(np.float64) + pi, _TWO_PI) - pi
    points = np.stack([template.x, -template.y, directions])
    hull = _hull(points)
    words, has_cylinder = _cylinders(points, hull, parameters)
    order = np.argsort(~has_cylinder, kind="stable")
    words, points = np.ascontiguousarray(words[:, order]), np.ascontiguousarray(points[:, order])
    ridges = ridge_grid(template.ridges)
    digest = hashlib.blake2b(points.tobytes() + ridges.words.tobytes(), digest_size=6).digest()
    key = int.from_bytes(digest)
    cylinders = int(has_cylinder.sum())
    packed = pack(words, points, hull, cylinders, patches(ridges, points), ridges)
    return PreparedPrint(cylinder_words(packed), points, hull, cylinders, ridges, order.astype(np.uint8), key, packed)


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    if points.shape[1] == 0:
        return np.zeros((2, 0))
    corners = cv2.convexHull(points[:2].T.astype(np.float32), clockwise=False).reshape(-1, 2)
    return np.ascontiguousarray(corners.T, dtype=np.float64)


@njit(cache=True, nogil=True)
def _cylinders(
    points: NDArray[np.float64], hull: NDArray[np.float64], parameters: CylinderParameters
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Return the words of every minutia, shape (7, n), and which minutiae have a valid cylinder."""
    n = points.shape[1]
    words = np.zeros((SECTIONS + 1, n), np.uint64)
    has_cylinder = np.zeros(n, np.bool_)
    within = _cells_within_radius(parameters.radius)
    near = np.empty((3, n))
    shares = np.empty((n, SECTIONS))
    density = np.empty(SECTIONS)
    for m in range(n):
        count = _neighbours(m, points, parameters, near, shares)
        if count < parameters.min_contributing:
            continue
        words[SECTIONS, m] = _valid_cells(points[:, m], hull, within, parameters)
        valid = 0
        for i in range(CELLS):
            for j in range(CELLS):
                cell = np.uint64(1) << np.uint64(CELLS * i + j)
                if words[SECTIONS, m] & cell:
                    valid += 1
                    _set_bits(words[:, m], cell, i, j, near[:, :count], shares, density, parameters)
        has_cylinder[m] = valid >= parameters.min_valid_cells
        if not has_cylinder[m]:
            words[:, m] = 0
    return words, has_cylinder


@njit(cache=True, nogil=True)
def _cell_centre(i: int, radius: float) -> float:
    """Return the offset of step i from the minutia, in pixels."""
    return (i - (CELLS - 1) / 2) * 2 * radius / CELLS


@njit(cache=True, nogil=True)
def _cells_within_radius(radius: float) -> NDArray[np.bool_]:
    within = np.zeros((CELLS, CELLS), np.bool_)
    for i in range(CELLS):
        for j in range(CELLS):
            within[i, j] = _cell_centre(i, radius) ** 2 + _cell_centre(j, radius) ** 2 <= radius * radius
    return within


@njit(cache=True, nogil=True)
def _neighbours(
    m: int,
    points: NDArray[np.float64],
    parameters: CylinderParameters,
    near: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> int:
    """Fill in what lies within reach of minutia m and return how many.

    `near` gets their positions in m's own frame; `shares` what each adds to every section.
    """
    reach = parameters.radius + 3 * parameters.sigma_position
    cos, sin = np.cos(points[2, m]), np.sin(points[2, m])
    section = _TWO_PI / SECTIONS
    count = 0
    for t in range(points.shape[1]):
        dx, dy = points[0, t] - points[0, m], points[1, t] - points[1, m]
        if t == m or dx * dx + dy * dy > reach * reach:
            continue
        near[0, count], near[1, count] = cos * dx + sin * dy, cos * dy - sin * dx
        turn = wrapped(points[2, m] - points[2, t])
        for k in range(SECTIONS):
            angle = wrapped(-pi + (k + 0.5) * section - turn)
            shares[count, k] = _normal_mass(angle - section / 2, angle + section / 2, parameters.sigma_direction)
        count += 1
    return count


@njit(cache=True, nogil=True)
def _normal_mass(low: float, high: float, sigma: float) -> float:
    """Return the probability of [low, high] under a normal distribution around 0."""
    return 0.5 * (erf(high / (sigma * sqrt(2.0))) - erf(low / (sigma * sqrt(2.0))))


@njit(cache=True, nogil=True)
def _valid_cells(
    minutia: NDArray[np.float64], hull: NDArray[np.float64], within: NDArray[np.bool_], parameters: CylinderParameters
) -> np.uint64:
    """Return the word of cells that lie within the radius and on the print."""
    x, y, direction = minutia
    cos, sin = np.cos(direction), np.sin(direction)
    deep_inside = distance_outside(x, y, hull) <= parameters.hull_margin - parameters.radius
    valid = np.uint64(0)
    for i in range(CELLS):
        for j in range(CELLS):
            if not within[i, j]:
                continue
            a, b = _cell_centre(i, parameters.radius), _cell_centre(j, parameters.radius)
            cell_x, cell_y = x + cos * a - sin * b, y + sin * a + cos * b
            if deep_inside or distance_outside(cell_x, cell_y, hull) <= parameters.hull_margin:
                valid |= np.uint64(1) << np.uint64(CELLS * i + j)
    return valid


@njit(cache=True, nogil=True)
def _set_bits(
    words: NDArray[np.uint64],
    cell: np.uint64,
    i: int,
    j: int,
    near: NDArray[np.float64],
    shares: NDArray[np.float64],
    density: NDArray[np.float64],
    parameters: CylinderParameters,
) -> None:
    """Set the bits of one cell whose density of minutiae reaches the threshold."""
    sigma = parameters.sigma_position
    a, b = _cell_centre(i, parameters.radius), _cell_centre(j, parameters.radius)
    density[:] = 0.0
    for t in range(near.shape[1]):
        square = (near[0, t] - a) ** 2 + (near[1, t] - b) ** 2
        if square <= 9 * sigma * sigma:
            nearness = np.exp(-square / (2 * sigma * sigma)) / (sigma * sqrt(_TWO_PI))
            for k in range(SECTIONS):
                density[k] += nearness * shares[t, k]
    for k in range(SECTIONS):
        if density[k] >= parameters.bit_threshold:
            words[k] |= cell
