"""What surrounds a made-up iris and covers parts of it: lids, lashes, brow, glints and glasses."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Map = NDArray[np.float32]

_SHIFT = 4  # bits behind the point of the places that OpenCV draws


@dataclass(frozen=True)
class Opening:
    """The edges of both lids as parabolas about an axis: `upper` and `lower` are rows by column, shape (width,)."""

    upper: Map
    lower: Map

    def lids(self, height: int) -> Mask:
        """Return which pixels the lids cover, shape (height, width)."""
        rows = np.arange(height, dtype=np.float32)[:, None]
        return np.asarray((rows < self.upper) | (rows > self.lower))


def draw_opening(rng: np.random.Generator, width: int, centre: tuple[float, float], radius: float) -> Opening:
    """Open the lids around an iris, from wide open to half closed.

    Args:
        rng: chooses.
        width: of the image, in pixels.
        centre: of the iris: x and y.
        radius: of the iris, in pixels.
    """
    x = np.arange(width, dtype=np.float32)
    tilt = rng.normal(0, 0.12)
    top = rng.choice([rng.uniform(0.65, 1.25), rng.uniform(0.1, 0.8)], p=[0.7, 0.3])
    bottom = rng.choice([rng.uniform(0.8, 1.4), rng.uniform(0.5, 0.9)], p=[0.7, 0.3])
    edges = []
    for height, bend, sign in ((top, rng.uniform(0.1, 0.5), -1), (bottom, rng.uniform(0.05, 0.35), 1)):
        away = (x - centre[0] - rng.normal(0, 0.3) * radius) / radius
        edges.append(centre[1] + radius * (sign * (height - bend * away**2 + 0.03 * bend * away**4) + tilt * away))
    return Opening(*(edge.astype(np.float32) for edge in edges))


def lash_shades(rng: np.random.Generator, shape: tuple[int, int], opening: Opening, radius: float) -> Map:
    """Return how much of each pixel lashes of both lids cover, 0 to 1."""
    covered = np.zeros(shape, np.uint8)
    width = shape[1]
    for edge, sign, count, length in (
        (opening.upper, -1, int(rng.integers(15, 160)), rng.uniform(0.25, 0.9)),
        (opening.lower, 1, int(rng.integers(0, 70)), rng.uniform(0.15, 0.5)),
    ):
        down = rng.uniform(-0.2, 0.8)  # how far they hang over the eye before they rise
        spread, curl = rng.uniform(0.3, 1.0), rng.uniform(0.2, 1.0)
        for start in rng.uniform(-20, width + 20, count):
            row = float(edge[int(np.clip(start, 0, width - 1))]) + rng.normal(0, 0.02) * radius
            reach = length * radius * rng.uniform(0.4, 1.2)
            outwards = spread * (start - width / 2) / (width / 2) + rng.normal(0, 0.25)
            _draw_lash(covered, rng, (float(start), row), reach, outwards, sign, down, curl)
    soft = cv2.GaussianBlur(covered, (0, 0), float(rng.uniform(0.4, 0.8)))
    return np.asarray(soft / np.float32(255), np.float32)


def _draw_lash(
    covered: NDArray[np.uint8],
    rng: np.random.Generator,
    root: tuple[float, float],
    reach: float,
    outwards: float,
    sign: int,
    down: float,
    curl: float,
) -> None:
    t = np.linspace(0, 1, 9)
    x = root[0] + reach * (outwards * t + 0.3 * outwards * t * t)
    rise = sign * ((1 + curl) * t * t - down * (1 - t) * t * 2)
    y = root[1] + reach * rise
    points = np.rint(np.stack([x, y], 1) * (1 << _SHIFT)).astype(np.int32)
    thick = int(rng.choice([1, 2, 3], p=[0.5, 0.4, 0.1]))
    cv2.polylines(covered, [points[:6]], False, 255, thick, cv2.LINE_AA, _SHIFT)
    cv2.polylines(covered, [points[5:]], False, 255, max(1, thick - 1), cv2.LINE_AA, _SHIFT)


def skin(rng: np.random.Generator, shape: tuple[int, int], opening: Opening) -> Map:
    """Return the lightness of lids and brow, 0 to 255 or more, over all of an image."""
    height, width = shape
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    base = rng.uniform(110, 290)
    light = base + rng.normal(0, 40) * (columns / width - 0.5) + rng.normal(0, 40) * (rows / height - 0.5)
    light += rng.uniform(2, 25) * _cloud(rng, shape, 12) + rng.uniform(1, 8) * _cloud(rng, shape, 2)
    fold = opening.upper - rng.uniform(0.05, 0.35) * height + rng.normal(0, 0.05) * (np.arange(width) - width / 2)
    light -= rng.uniform(0, 70) * np.exp(-(((rows - fold) / rng.uniform(2, 6)) ** 2))
    above = opening.upper - rows  # of the edge of the lid; a shadow lies along it
    light -= rng.uniform(0, 0.8) * base * np.exp(-(np.clip(above, 0, None) / rng.uniform(3, 25))) * (above > -1)
    below = rows - opening.lower
    light += rng.uniform(-30, 40) * np.exp(-((below / rng.uniform(2, 5)) ** 2))
    return np.asarray(light, np.float32)


def brow(rng: np.random.Generator, shape: tuple[int, int], opening: Opening) -> Map:
    """Return how much of each pixel an eyebrow covers, where there is room for one above the lid."""
    covered = np.zeros(shape, np.uint8)
    width = shape[1]
    line = opening.upper - rng.uniform(0.3, 0.5) * shape[0] + rng.normal(0, 0.1) * np.arange(width)
    for _ in range(int(rng.integers(150, 500))):
        x = rng.uniform(0, width)
        y = line[int(x)] + rng.normal(0, 0.04) * shape[0]
        if y < opening.upper[int(x)] - 25:
            turn, length = rng.normal(-0.4, 0.4), rng.uniform(8, 30)
            end = (int(x + length * np.cos(turn)), int(y + length * np.sin(turn)))
            cv2.line(covered, (int(x), int(y)), end, 255, int(rng.integers(1, 3)), cv2.LINE_AA)
    return np.asarray(covered / np.float32(255), np.float32)


def glints(
    rng: np.random.Generator, shape: tuple[int, int], pupil: tuple[float, float, float], opening: Opening
) -> Map:
    """Return how much of each pixel shines: lamps in the cornea, tears along the lower lid, seldom glasses."""
    shine = np.zeros(shape, np.uint8)
    x, y, radius = pupil
    middle = np.array([x, y]) + rng.normal(0, 0.25, 2) * radius
    kind = rng.random()
    if kind < 0.4:  # a ring of lamps
        count, ring, size = int(rng.integers(6, 10)), rng.uniform(0.25, 0.6) * radius, rng.uniform(1.5, 5)
        turn = rng.uniform(0, np.pi)
        for angle in turn + np.arange(count) * 2 * np.pi / count:
            _spot(shine, middle + ring * np.array([np.cos(angle), np.sin(angle)]), size * rng.uniform(0.7, 1.2))
    else:
        for _ in range(int(rng.integers(1, 4))):
            _spot(shine, middle + rng.normal(0, 0.35, 2) * radius, rng.uniform(1, 7))
    for column in rng.uniform(0, shape[1], int(rng.integers(0, 9))):
        row = opening.lower[int(column)] - rng.uniform(-1, 4)
        _spot(shine, np.array([column, row]), rng.uniform(1, 3), stretch=rng.uniform(1, 3))
    for column in rng.uniform(0, shape[1], int(rng.integers(0, 5))):
        _spot(shine, np.array([column, opening.upper[int(column)] + rng.uniform(-4, 4)]), rng.uniform(0.7, 2))
    if rng.random() < 0.12:  # lamps or a window in glasses
        for _ in range(int(rng.integers(1, 3))):
            _spot(shine, rng.uniform(0, 1, 2) * shape[::-1], rng.uniform(6, 22), stretch=rng.uniform(0.5, 2.5))
    return np.asarray(cv2.GaussianBlur(shine, (0, 0), 0.7) / np.float32(255), np.float32)


def _spot(shine: NDArray[np.uint8], at: NDArray[np.float64], size: float, stretch: float = 1.0) -> None:
    box = ((float(at[0]), float(at[1])), (2 * size * stretch, 2 * size), 0.0)
    cv2.ellipse(shine, box, 255, -1, cv2.LINE_AA)


def _cloud(rng: np.random.Generator, shape: tuple[int, int], size: float) -> Map:
    """Return smooth noise of standard deviation 1."""
    small = rng.normal(size=(max(2, int(shape[0] / size)) + 1, max(2, int(shape[1] / size)) + 1)).astype(np.float32)
    return np.asarray(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
