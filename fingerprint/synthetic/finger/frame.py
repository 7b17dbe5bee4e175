"""The frames that generated fingers live in, at the resolution of templates, and smooth random fields over them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]  # one value a pixel or grid point: rows, columns

MASTER_SHAPE = (448, 352)  # rows, columns: the whole pad of a finger, 22.8 x 17.9 mm
IMPRESSION_SHAPE = (400, 300)  # rows, columns: a plain live-scan, 20.3 x 15.2 mm


def smooth_noise(rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> Field:
    """Draw a random field that varies over about `scale` pixels: float32 of `shape`, zero mean, unit variance.

    White noise on a grid of that spacing, laid at a random offset and interpolated by a cubic; two nodes more than the
    shape needs lie on each side for both.
    """
    rows, columns = (int(np.ceil(side / scale)) + 4 for side in shape)
    nodes = rng.standard_normal((rows, columns), dtype=np.float32)
    x0, y0 = 1 + rng.random(2)
    to_nodes = np.array([[1 / scale, 0, x0], [0, 1 / scale, y0]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    field = cv2.warpAffine(nodes, to_nodes, (shape[1], shape[0]), flags=flags)
    return np.asarray((field - field.mean()) / field.std(), dtype=np.float32)
