"""The region of a latent that is suggested to the examiner: where its print is likely to be."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.clarity.features import STEP
from fingerprint.clarity.levels import ClarityMap
from fingerprint.parameters import PPI

LEAST_RIDGED = 0.5  # likelihood of a print, from which on a place belongs to the region
LEAST_AREA = 0.04  # square inches: a patch of 5 mm, less than can be compared

_GAP = 3  # places that are closed
_LEAST_WIDTH = 3  # places: what is narrower is left out
_SMOOTH = 1.0  # places: sigma of the likelihood's average
_PART = 0.3  # of the largest patch's weight, for another patch to be joined with it
_DETAIL = 0.75  # how far a corner may lie off the outline, in places

Corners = tuple[tuple[float, float], ...]


def suggested_region(clarity: ClarityMap) -> Corners | None:
    """Return the corners of the region around the clearest print, in pixels at 500 ppi; None where there is none.

    Where a print has several clear parts, the region encloses all large ones.
    """
    smooth = cv2.GaussianBlur(clarity.ridged, (0, 0), _SMOOTH)
    mask = (smooth >= LEAST_RIDGED).astype(np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _disc(_GAP)), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, _disc(_LEAST_WIDTH)), np.uint8)
    count, labels = cv2.connectedComponents(mask, connectivity=4)
    patches = np.asarray(labels, np.int64)
    if count == 1:  # the background
        return None
    weights = np.bincount(patches.ravel(), clarity.legibility.ravel(), count)[1:] + 1e-6
    large = 1 + np.flatnonzero(weights >= _PART * np.max(weights))
    print_mask = np.isin(patches, large)
    if print_mask.sum() * (STEP / PPI) ** 2 < LEAST_AREA:
        return None
    return _outline(print_mask, joins_patches=len(large) > 1)


def _outline(mask: NDArray[np.bool_], *, joins_patches: bool) -> Corners:
    """Return the outline of one patch, or of the hull of several."""
    fine = np.kron(mask, np.ones((STEP, STEP), np.uint8)).astype(np.uint8)
    contours, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = cv2.convexHull(np.concatenate(contours)) if joins_patches else max(contours, key=cv2.contourArea)
    corners = cv2.approxPolyDP(outline, _DETAIL * STEP, closed=True)
    return tuple((float(x), float(y)) for x, y in corners.reshape(-1, 2))


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
