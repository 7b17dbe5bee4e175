"""How one print lies on another, and where that takes a point, compiled.

Source: Schaefer, McPhail, Warren, "Image Deformation Using Moving Least Squares", SIGGRAPH 2006, affine case.

numba's on-disk cache notices a change of a kernel's own file only: after editing this one, remove the `__pycache__`
folder beside it.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fingerprint.matching.parameters import SkinParameters


class Motion(NamedTuple):
    """Pairs of points that say how one print lies on the other: positions in pixels at 500 ppi, y up, and weights.

    Attributes:
        source, target: float64, shape (2, n).
        cos, sin: float64, shape (n,): of the turn that each pair shows.
        weight: float64, shape (n,).
    """

    source: NDArray[np.float64]
    target: NDArray[np.float64]
    cos: NDArray[np.float64]
    sin: NDArray[np.float64]
    weight: NDArray[np.float64]


@njit(cache=True, nogil=True)
def backward(motion: Motion) -> Motion:
    """Return how the other print lies on the one."""
    return Motion(motion.target, motion.source, motion.cos, -motion.sin, motion.weight)


@njit(cache=True, nogil=True, fastmath={"contract"})  # multiply and add in one step; nothing is reordered
def carried(points: NDArray[np.float64], motion: Motion, skin: SkinParameters) -> NDArray[np.float64]:
    """Return where points go, and the affine motion there: shape (6, points), x, y, and the matrix by rows.

    The stretch of the skin is held back by `stiffness`, the turn by the turns that the pairs show.
    """
    place = np.empty((6, points.shape[1]))
    near = 1.0 / (skin.reach * skin.reach)
    (sx, sy), (tx, ty) = motion.source, motion.target
    for m in range(points.shape[1]):
        x, y = points[0, m], points[1, m]
        total = su = sv = to_x = to_y = uu = uv = vv = xu = xv = yu = yv = cos = sin = 0.0
        for t in range(len(motion.weight)):
            u, v = sx[t] - x, sy[t] - y
            root = 1.0 + (u * u + v * v) * near
            pull = motion.weight[t] / (root * root)
            pu, pv = pull * u, pull * v
            total, su, sv = total + pull, su + pu, sv + pv
            to_x, to_y = to_x + pull * tx[t], to_y + pull * ty[t]
            uu, uv, vv = uu + pu * u, uv + pu * v, vv + pv * v
            xu, xv, yu, yv = xu + pu * tx[t], xv + pv * tx[t], yu + pu * ty[t], yv + pv * ty[t]
            cos, sin = cos + pull * motion.cos[t], sin + pull * motion.sin[t]
        share = 1.0 / total
        u, v, to_x, to_y = su * share, sv * share, to_x * share, to_y * share
        uu, uv, vv = uu - u * su, uv - u * sv, vv - v * sv
        xu, xv, yu, yv = xu - to_x * su, xv - to_x * sv, yu - to_y * su, yv - to_y * sv
        cos, sin = xu + yv + skin.lever * cos, yu - xv + skin.lever * sin
        hold = skin.stiffness * total
        firm = hold / max(sqrt(cos * cos + sin * sin), 1e-9)
        uu, vv = uu + hold, vv + hold
        xu, xv, yu, yv = xu + firm * cos, xv - firm * sin, yu + firm * sin, yv + firm * cos
        scale = 1.0 / (uu * vv - uv * uv)
        xx, xy = (xu * vv - xv * uv) * scale, (xv * uu - xu * uv) * scale
        yx, yy = (yu * vv - yv * uv) * scale, (yv * uu - yu * uv) * scale
        place[0, m], place[1, m] = to_x - xx * u - xy * v, to_y - yx * u - yy * v
        place[2, m], place[3, m], place[4, m], place[5, m] = xx, xy, yx, yy
    return place
