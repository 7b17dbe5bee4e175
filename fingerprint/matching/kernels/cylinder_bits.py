"""The bits of minutia cylinders, compiled; see `fingerprint.matching.cylinders`."""

from __future__ import annotations

from math import erf, exp, floor, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.bits import popcount
from biometrics.kernel.technique.compiler import njit
from fingerprint.matching.kernels.geometry import distance_outside, wrapped
from fingerprint.matching.parameters import CELLS, SECTIONS, CylinderParameters

_TWO_PI = 2 * pi

_ERF_LIMIT, _ERF_STEPS = 5, 128  # beyond 5 it is 1 to 1e-12
_ERF_PLACES = [i / _ERF_STEPS for i in range(-_ERF_LIMIT * _ERF_STEPS, _ERF_LIMIT * _ERF_STEPS + 2)]
_ERF = np.array([erf(x) for x in _ERF_PLACES])
_ERF_SLOPE = np.array([2 / sqrt(pi) * exp(-x * x) / _ERF_STEPS for x in _ERF_PLACES])  # a step


@njit()
def cylinders_of_all(
    points: NDArray[np.float64],
    begins: NDArray[np.int64],
    hulls: NDArray[np.float64],
    corners: NDArray[np.int64],
    parameters: CylinderParameters,
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Return what `_cylinders` does for several prints, one after the other.

    Args:
        points: those of each print, shape (3, n), one after the other in a flat array.
        begins: the first minutia of each print, and the number of all: shape (prints + 1,).
        hulls: the hull of each print, shape (2, h), likewise.
        corners: the first corner of each print's hull, and the number of all.
        parameters: of the cylinders.
    """
    words, has_cylinder = np.zeros((SECTIONS + 1) * begins[-1], np.uint64), np.zeros(begins[-1], np.bool_)
    for print_ in range(len(begins) - 1):
        begin, end, first, last = begins[print_], begins[print_ + 1], corners[print_], corners[print_ + 1]
        of_print, is_of_print = _cylinders(
            points[3 * begin : 3 * end].reshape(3, end - begin),
            hulls[2 * first : 2 * last].reshape(2, last - first),
            parameters,
        )
        for i, word in enumerate(of_print.ravel()):  # loops: the assignment of a slice takes two seconds to compile
            words[(SECTIONS + 1) * begin + i] = word
        for i, has in enumerate(is_of_print):
            has_cylinder[begin + i] = has
    return words, has_cylinder


@njit()
def _cylinders(
    points: NDArray[np.float64], hull: NDArray[np.float64], parameters: CylinderParameters
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Return the words of every minutia, shape (7, n), and which minutiae have a valid cylinder."""
    n = points.shape[1]
    words = np.zeros((SECTIONS + 1, n), np.uint64)
    has_cylinder = np.zeros(n, np.bool_)
    within = _cells_within_radius(parameters.radius)
    normals = _outward_normals(hull)
    near = np.empty((2, n))
    shares = np.empty((n, SECTIONS))
    density = np.empty((CELLS, CELLS, SECTIONS))
    for m in range(n):
        count = _neighbours(m, points, parameters, near, shares)
        if count < parameters.min_contributing:
            continue
        valid = _valid_cells(points[:, m], hull, normals, within, parameters)
        has_cylinder[m] = popcount(valid) >= parameters.min_valid_cells
        if has_cylinder[m]:
            words[SECTIONS, m] = valid
            _add_densities(near[:, :count], shares, density, parameters)
            _set_bits(words[:, m], valid, density, parameters.bit_threshold)
    return words, has_cylinder


@njit()
def _cell_centre(i: int, radius: float) -> float:
    """Return the offset of step i from the minutia, in pixels."""
    return (i - (CELLS - 1) / 2) * 2 * radius / CELLS


@njit()
def _cells_within_radius(radius: float) -> NDArray[np.bool_]:
    within = np.zeros((CELLS, CELLS), np.bool_)
    for i in range(CELLS):
        for j in range(CELLS):
            within[i, j] = _cell_centre(i, radius) ** 2 + _cell_centre(j, radius) ** 2 <= radius * radius
    return within


@njit()
def _outward_normals(hull: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each edge its unit normal, and how far along it the edge lies: shape (3, edges).

    No edges where the hull has no area.
    """
    corners = hull.shape[1]
    normals = np.empty((3, corners if corners >= 3 else 0))
    for i in range(normals.shape[1]):
        j = i + 1 if i + 1 < corners else 0
        x, y = hull[0, j] - hull[0, i], hull[1, j] - hull[1, i]
        length = sqrt(x * x + y * y)
        normals[0, i], normals[1, i] = y / length, -x / length
        normals[2, i] = normals[0, i] * hull[0, i] + normals[1, i] * hull[1, i]
    return normals


@njit()
def _neighbours(
    m: int,
    points: NDArray[np.float64],
    parameters: CylinderParameters,
    near: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> int:
    """Fill in what lies within reach of minutia m and return how many.

    `near` gets their positions in m's own frame; `shares` what each adds to every section: the probability of it under
    a normal distribution around the neighbour's turn.
    """
    reach = parameters.radius + 3 * parameters.sigma_position
    cos, sin = np.cos(points[2, m]), np.sin(points[2, m])
    section, scale = _TWO_PI / SECTIONS, 1 / (parameters.sigma_direction * sqrt(2.0))
    count = 0
    for t in range(points.shape[1]):
        dx, dy = points[0, t] - points[0, m], points[1, t] - points[1, m]
        if t == m or dx * dx + dy * dy > reach * reach:
            continue
        near[0, count], near[1, count] = cos * dx + sin * dy, cos * dy - sin * dx
        angle = wrapped(-pi + section / 2 - wrapped(points[2, m] - points[2, t]))
        below = _erf((angle - section / 2) * scale)
        for k in range(SECTIONS):
            above = _erf((angle + section / 2) * scale)
            shares[count, k] = 0.5 * (above - below)
            angle, below = angle + section, above
            if angle >= pi:
                angle -= _TWO_PI
                below = _erf((angle - section / 2) * scale)
        count += 1
    return count


@njit()
def _erf(value: float) -> float:
    """Return the error function to 1e-10, five times as fast as the library's: cubic between tabulated values."""
    scaled = min(max(value, -_ERF_LIMIT), _ERF_LIMIT) * _ERF_STEPS
    low = floor(scaled)
    u = scaled - low
    low += _ERF_LIMIT * _ERF_STEPS
    a, b = _ERF[low], _ERF[low + 1]
    c, d = _ERF_SLOPE[low], _ERF_SLOPE[low + 1]
    return float(a + u * (c + u * (3 * (b - a) - 2 * c - d + u * (2 * (a - b) + c + d))))


@njit()
def _valid_cells(
    minutia: NDArray[np.float64],
    hull: NDArray[np.float64],
    normals: NDArray[np.float64],
    within: NDArray[np.bool_],
    parameters: CylinderParameters,
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
            if deep_inside or _on_print(cell_x, cell_y, hull, normals, parameters.hull_margin):
                valid |= np.uint64(1) << np.uint64(CELLS * i + j)
    return valid


@njit()
def _on_print(x: float, y: float, hull: NDArray[np.float64], normals: NDArray[np.float64], margin: float) -> bool:
    """Say whether a point is within the margin of the hull; most are by their distance from the edges' lines alone."""
    beyond = -1.0 if normals.shape[1] else 1.0
    for i in range(normals.shape[1]):
        beyond = max(beyond, normals[0, i] * x + normals[1, i] * y - normals[2, i])
    if beyond <= 0.0 or beyond > margin:
        return beyond <= 0.0
    return bool(distance_outside(x, y, hull) <= margin)


@njit()
def _add_densities(
    near: NDArray[np.float64],
    shares: NDArray[np.float64],
    density: NDArray[np.float64],
    parameters: CylinderParameters,
) -> None:
    """Write the density of minutiae in every cell and section."""
    sigma = parameters.sigma_position
    reach, spacing = 3 * sigma, 2 * parameters.radius / CELLS
    middle, height = (CELLS - 1) / 2, 1 / (sigma * sqrt(_TWO_PI))
    density[:] = 0.0
    for t in range(near.shape[1]):
        first_i = max(0, int(np.ceil((near[0, t] - reach) / spacing + middle)))
        last_i = min(CELLS - 1, floor((near[0, t] + reach) / spacing + middle))
        first_j = max(0, int(np.ceil((near[1, t] - reach) / spacing + middle)))
        last_j = min(CELLS - 1, floor((near[1, t] + reach) / spacing + middle))
        for i in range(first_i, last_i + 1):
            along = near[0, t] - _cell_centre(i, parameters.radius)
            for j in range(first_j, last_j + 1):
                across = near[1, t] - _cell_centre(j, parameters.radius)
                square = along * along + across * across
                if square <= reach * reach:
                    nearness = height * np.exp(-square / (2 * sigma * sigma))
                    for k in range(SECTIONS):
                        density[i, j, k] += nearness * shares[t, k]


@njit()
def _set_bits(words: NDArray[np.uint64], valid: np.uint64, density: NDArray[np.float64], threshold: float) -> None:
    """Set the bits of the valid cells whose density of minutiae reaches the threshold."""
    densities = density.ravel()
    for k in range(SECTIONS):
        word = np.uint64(0)
        for cell in range(CELLS * CELLS):  # without a branch, which could not be foretold
            word |= np.uint64(densities[SECTIONS * cell + k] >= threshold) << np.uint64(cell)
        words[k] = word & valid
