"""The skin of a slap as pieces: a fingertip, a further phalanx, or both where the crease between them took no ink."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import watershed

from fingerprint.cards import parameters as p
from fingerprint.cards.ridges import Mask, opened

Labels = NDArray[np.int32]
Depth = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Piece:
    """One connected piece of skin: the x and y of its cells, float64, y down."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def area(self) -> float:
        """Square inches."""
        return len(self.x) / p.CELL_PPI**2

    def along(self, tilt: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return its cells across and along a hand that leans `tilt` radians to the left, the latter from the tip on.

        Both are in inches from the image's corner.
        """
        cos, sin = np.cos(tilt), np.sin(tilt)
        return (self.x * cos - self.y * sin) / p.CELL_PPI, (self.x * sin + self.y * cos) / p.CELL_PPI


def pieces(mask: Mask) -> list[Piece]:
    """Return the pieces of a mask, those that only touch parted at their neck; scraps are left out."""
    depth = _depth(mask)
    labels = _merged(_parted(mask, depth), depth)
    parts = []
    for label in range(1, int(labels.max(initial=0)) + 1):
        region = labels == label
        if region.sum() < p.MIN_PIECE * p.CELL_PPI**2:
            continue
        y, x = np.nonzero(opened(region.astype(np.uint8), p.PIECE_OPENING * float(depth[region].max())))
        parts.append(Piece(x.astype(np.float64), y.astype(np.float64)))
    return parts


def _parted(mask: Mask, depth: Depth) -> Labels:
    """Label the cells by the inscribed circle that they drain to: a watershed of the distance to the edge."""
    peak = p.PEAK_DEPTH * p.CELL_PPI
    size = 2 * round(p.MIN_RADIUS * p.CELL_PPI) + 1
    highest = cv2.dilate(depth, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    centres = (depth >= p.MIN_RADIUS * p.CELL_PPI) & (depth >= highest - peak)
    _, markers = cv2.connectedComponents(centres.astype(np.uint8))
    labels = watershed(-depth, markers, mask=mask > 0)  # type: ignore[no-untyped-call]
    return np.asarray(labels, dtype=np.int32)


def _depth(mask: Mask) -> Depth:
    """Return how far each cell is from the paper, in cells; beyond the image is paper."""
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1], dtype=np.float32)


def _merged(labels: Labels, depth: Depth) -> Labels:
    """Join neighbours whose neck is nearly as broad as the narrower of them."""
    breadth = np.zeros(int(labels.max(initial=0)) + 1, np.float32)
    np.maximum.at(breadth, labels.ravel(), depth.ravel())
    owner = np.arange(len(breadth))
    for piece, other, neck in sorted(_necks(labels, depth), key=lambda neighbours: -neighbours[2]):
        a, b = owner[piece], owner[other]
        if a != b and neck >= p.NECK * min(breadth[a], breadth[b]):
            owner[owner == b] = a
            breadth[a] = max(breadth[a], breadth[b])
    return np.asarray(owner[labels], dtype=np.int32)


def _necks(labels: Labels, depth: Depth) -> list[tuple[int, int, float]]:
    """Return the pairs of neighbouring labels with their border's greatest depth, half the neck's width."""
    widest: dict[tuple[int, int], float] = {}
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        labels_here = labels[: labels.shape[0] - dy, max(0, -dx) : labels.shape[1] - max(0, dx)]
        neighbours = labels[dy:, max(0, dx) : labels.shape[1] + min(0, dx)]
        deep = depth[: labels.shape[0] - dy, max(0, -dx) : labels.shape[1] - max(0, dx)]
        y, x = np.nonzero((labels_here != neighbours) & (labels_here > 0) & (neighbours > 0))
        for a, b, value in zip(labels_here[y, x].tolist(), neighbours[y, x].tolist(), deep[y, x].tolist(), strict=True):
            key = (min(a, b), max(a, b))
            widest[key] = max(widest.get(key, 0.0), value)
    return [(a, b, value) for (a, b), value in widest.items()]
