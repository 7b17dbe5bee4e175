"""What an index searches a print by: for each minutia a code of its neighbourhood, its place and its direction.

A minutia's neighbours, out to 130 pixels, are written down as sums over them of smooth functions of their distance, of
the bearing at which they lie and of how they are turned, all in the minutia's own frame: numbers that neither rotation
nor shift changes. A linear discriminant, learned from pairs of mates, takes the 128 combinations that differ most
between minutiae and least between two impressions of one; their signs are the code, whose bits are compared by counting
those that differ. Mates differ in some 36 of them, others in 64 with a deviation of 6.

Sources: Fukunaga, Introduction to Statistical Pattern Recognition, 2nd ed., section 10.2, for the discriminant; Gong,
Lazebnik, "Iterative Quantization", CVPR 2011, for the rotation before the signs. `benchmarks.training.codes` learns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import pi
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.technique.compiler import njit
from biometrics.matching.local_features import DIRECTIONS, LOCAL_FEATURE, MOST
from fingerprint.parameters import SAME_DIRECTION, SAME_PLACE
from fingerprint.template import FingerprintTemplate
from models.trained import manifest, read_weights

WEIGHTS = "codes"


class NeighbourhoodParameters(NamedTuple):
    """Parameters of the sums over a minutia's neighbours."""

    rings: tuple[float, ...] = (12.0, 25.0, 40.0, 56.0, 74.0, 94.0)  # pixels at 500 ppi: where each ring is strongest
    widths: tuple[float, ...] = (7.0, 8.0, 9.0, 10.0, 11.0, 12.0)  # pixels: one standard deviation of each
    bearings: int = 3  # harmonics of where a neighbour lies
    turns: int = 2  # harmonics of how it is turned
    reach: float = 130.0  # pixels: no neighbour is farther
    uncertainty: float = 6.0  # pixels, across: the harmonics of the bearing of a near neighbour count less


class Projection(NamedTuple):
    """The sums whose signs are the bits: `sums @ axes > offsets`; float32, shapes (numbers, 128) and (128,)."""

    axes: NDArray[np.float32]
    offsets: NDArray[np.float32]


_PARAMETERS = NeighbourhoodParameters()


def features(template: FingerprintTemplate) -> NDArray[np.void]:
    """Return what an index searches a template by: shape (minutiae,), dtype `LOCAL_FEATURE`."""
    return _features_of([template])[0]


def features_of_prints(prints: Sequence[Sequence[FingerprintTemplate]]) -> list[NDArray[np.void]]:
    """Return what an index searches each print by. A print has one or more views; a minutia in several counts once.

    A minutia has the code that its first view gives it. Those of the first view come first; what is beyond `MOST` is
    left out. The codes of all prints are computed in one call, so that threads that fill an index seldom wait for each
    other's turn of the interpreter.
    """
    of_views = iter(_features_of([view for views in prints for view in views]))
    return [_features_of_views(views, [next(of_views) for _ in views]) for views in prints]


def _features_of_views(views: Sequence[FingerprintTemplate], of_views: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    local_features = of_views[0]
    if len(views) == 1:
        return local_features[:MOST]
    places = _places(views[0])
    for view, its_features in zip(views[1:], of_views[1:], strict=True):
        view_places = _places(view)
        near = np.hypot(view_places[0, :, None] - places[0], view_places[1, :, None] - places[1]) <= SAME_PLACE
        turned = np.abs(np.angle(np.exp(1j * (view_places[2, :, None] - places[2])))) <= SAME_DIRECTION
        new = ~(near & turned).any(axis=1)
        local_features = np.concatenate([local_features, its_features[new]])
        places = np.concatenate([places, view_places[:, new]], axis=1)
    return local_features[:MOST]


def _places(view: FingerprintTemplate) -> NDArray[np.float32]:
    return np.stack([view.x, view.y, view.direction])


def _features_of(templates: Sequence[FingerprintTemplate]) -> list[NDArray[np.void]]:
    if not templates:
        return []
    ends = np.cumsum([len(template) for template in templates])
    points = np.concatenate([_points(template) for template in templates], axis=1)
    x, y, direction, _ = points
    local_features = np.zeros(len(x), LOCAL_FEATURE)
    local_features["code"] = _codes_of_prints(points, ends, _PARAMETERS, _projection())
    local_features["x"], local_features["y"] = np.rint(x), np.rint(y)
    local_features["direction"] = np.rint(direction * (DIRECTIONS / (2 * pi))).astype(np.int64) % DIRECTIONS
    return np.split(local_features, ends[:-1])


def neighbourhoods(
    template: FingerprintTemplate, parameters: NeighbourhoodParameters = _PARAMETERS
) -> NDArray[np.float32]:
    """Return the sums over each minutia's neighbours: shape (minutiae, rings * (2 bearings + 1) * (2 turns + 1))."""
    sums: NDArray[np.float32] = _sums(_points(template), parameters)
    return sums


def _points(template: FingerprintTemplate) -> NDArray[np.float32]:
    return np.stack([template.x, -template.y, template.direction, template.quality])


@njit(fastmath={"contract"})
def _sums(points: NDArray[np.float32], parameters: NeighbourhoodParameters) -> NDArray[np.float32]:
    n, rings = points.shape[1], len(parameters.rings)
    bearings, turns = 2 * parameters.bearings + 1, 2 * parameters.turns + 1
    sums = np.zeros((n, rings, bearings * turns), np.float32)
    bearing, turn = np.ones(bearings, np.float32), np.ones(turns, np.float32)
    both = np.empty(bearings * turns, np.float32)
    reach, uncertainty = np.float32(parameters.reach), np.float32(parameters.uncertainty)
    cosine, sine = np.cos(points[2]), np.sin(points[2])
    for i in range(n):
        for j in range(n):
            x, y = points[0, j] - points[0, i], points[1, j] - points[1, i]
            distance = np.sqrt(x * x + y * y)
            if i == j or distance > reach:
                continue
            far = np.float32(1) / max(distance, np.float32(1))
            _harmonics((cosine[i] * x + sine[i] * y) * far, (cosine[i] * y - sine[i] * x) * far, bearing)
            _harmonics(cosine[i] * cosine[j] + sine[i] * sine[j], sine[j] * cosine[i] - cosine[j] * sine[i], turn)
            blur = uncertainty / max(distance, uncertainty)
            for m in range(1, parameters.bearings + 1):
                clear = np.exp(np.float32(-0.5) * (m * blur) ** 2)
                bearing[2 * m - 1] *= clear
                bearing[2 * m] *= clear
            for b in range(bearings):
                for t in range(turns):
                    both[b * turns + t] = bearing[b] * turn[t]
            for k in range(rings):
                off = (distance - np.float32(parameters.rings[k])) / np.float32(parameters.widths[k])
                if abs(off) < 3:
                    near = points[3, j] * np.exp(np.float32(-0.5) * off * off)
                    ring = sums[i, k]
                    for m in range(bearings * turns):
                        ring[m] += near * both[m]
    return sums.reshape(n, rings * bearings * turns)


@njit()
def _harmonics(cosine: np.float32, sine: np.float32, harmonics: NDArray[np.float32]) -> None:
    """Write 1, cos(a), sin(a), cos(2a), sin(2a), ... of the angle whose cosine and sine are given."""
    harmonics[1], harmonics[2] = cosine, sine
    for m in range(3, len(harmonics), 2):
        harmonics[m] = harmonics[m - 2] * cosine - harmonics[m - 1] * sine
        harmonics[m + 1] = harmonics[m - 1] * cosine + harmonics[m - 2] * sine


@njit()
def _codes_of_prints(
    points: NDArray[np.float32], ends: NDArray[np.int64], parameters: NeighbourhoodParameters, projection: Projection
) -> NDArray[np.uint64]:
    """Return the codes of the minutiae of several prints; `ends` are where those of each print end."""
    codes = np.zeros((points.shape[1], projection.axes.shape[1] // 64), np.uint64)
    begin = 0
    for end in ends:
        of_print = _codes(_sums(np.ascontiguousarray(points[:, begin:end]), parameters), projection)
        for i in range(end - begin):  # loops: the assignment of a slice takes four seconds to compile
            for k in range(of_print.shape[1]):
                codes[begin + i, k] = of_print[i, k]
        begin = end
    return codes


@njit(fastmath={"contract"})
def _codes(sums: NDArray[np.float32], projection: Projection) -> NDArray[np.uint64]:
    """Project and keep the signs; a loop, because BLAS's threads would take ten times as long for so little."""
    numbers, bits = projection.axes.shape
    codes = np.zeros((len(sums), bits // 64), np.uint64)
    for i in range(len(sums)):
        total = -projection.offsets
        for k in range(numbers):
            for bit in range(bits):
                total[bit] += sums[i, k] * projection.axes[k, bit]
        for bit in range(bits):
            codes[i, bit // 64] |= np.uint64(total[bit] > 0) << np.uint64(bit % 64)
    return codes


def projection_digest() -> str:
    """Return the SHA-256 (hex) of the projection's file: codes of two such files are not to be compared."""
    return manifest()[WEIGHTS].sha256


@cache
def _projection() -> Projection:
    return read_weights(WEIGHTS, read_projection)


def read_projection(stored: Any) -> Projection:
    """Read the arrays that `benchmarks.training.codes` saves: `axes` in bytes, the `scale` of each, and `offsets`."""
    return Projection(stored["axes"].astype(np.float32) * stored["scale"], stored["offsets"])
