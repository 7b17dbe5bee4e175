"""Detection of friction ridges in an image, among paper, handwriting, print and punched holes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.cards import parameters as p

Map = NDArray[np.float32]
Mask = NDArray[np.uint8]


def ridge_map(pixels: NDArray[np.uint8], ppi: float) -> Map:
    """Return how much each cell of a grey image looks like skin: 0 (not at all) to 1, at CELL_PPI cells an inch.

    Ridges are even, fine marks. A cell is skin where fine marks have contrast, fill their surroundings (the squared
    mean of their swing over its mean square is high; a lone stroke's is low), and outweigh coarser marks.
    """
    image = _resized(pixels, p.FILTER_PPI / ppi)
    fine, blurred = (cv2.GaussianBlur(image, (0, 0), sigma) for sigma in p.RIDGE_BAND)
    swing = np.asarray(fine - blurred)
    coarse = blurred - cv2.GaussianBlur(image, (0, 0), p.SHADE_BAND)
    contrast, power, shade = _mean(np.abs(swing)), _mean(swing * swing), _mean(coarse * coarse)
    fill, tone = contrast * contrast / (power + 1.0), power / (power + shade + 1.0)
    min_contrast = max(p.MIN_CONTRAST, p.RELATIVE_CONTRAST * float(np.percentile(contrast, 95)))
    skin = (contrast >= min_contrast) & (fill >= p.MIN_FILL) & (tone >= p.MIN_TONE)
    return _resized(np.asarray(np.where(skin, np.minimum(1.0, contrast / (4 * min_contrast)), 0.0), np.float32), 0.5)


def skin_mask(strength: Map) -> Mask:
    """Return the cells that belong to skin, 0 or 1: thin marks removed, punched holes filled."""
    mask = (strength > 0).astype(np.uint8)
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(1 - mask, connectivity=4)
    small = np.nonzero(statistics[1:, cv2.CC_STAT_AREA] <= p.LARGEST_HOLE * p.CELL_PPI**2)[0] + 1
    mask[np.isin(labels, small)] = 1
    return opened(mask, p.OPENING * p.CELL_PPI)


def opened(mask: Mask, radius: float) -> Mask:
    """Remove what is thinner than a disc of `radius` cells; beyond the image is paper."""
    reach = max(1, round(radius))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    padded = cv2.copyMakeBorder(mask, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_OPEN, disc)[reach:-reach, reach:-reach])


def _mean(values: Map) -> Map:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), p.WINDOW), dtype=np.float32)


def _resized(pixels: NDArray[np.uint8] | Map, scale: float) -> Map:
    height, width = (max(1, round(side * scale)) for side in pixels.shape)
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.float32)
