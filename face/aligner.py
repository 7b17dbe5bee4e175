"""Bring a face to the place and size that embedders are trained on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def align(
    rgb: NDArray[np.uint8], landmarks: NDArray[np.float32], template: NDArray[np.float64], side: int
) -> NDArray[np.uint8]:
    """Turn, scale and shift a face onto a template: shape (side, side, 3) uint8, black where the photo does not reach.

    Args:
        rgb: the photo, shape (height, width, 3).
        landmarks: shape (5, 2), in the order of `DetectedFace.landmarks`.
        template: where they come to lie, shape (5, 2), (x, y) in pixels.
        side: of what is returned, in pixels.
    """
    transform = similarity(landmarks, template)
    # Bilinear sampling reads four pixels a point: a large face is first shrunk by averaging, or it would be aliased.
    shrink = int(1 / np.hypot(*transform[:, 0]))
    if shrink > 1:
        height, width = rgb.shape[0] // shrink, rgb.shape[1] // shrink
        whole = rgb[: height * shrink, : width * shrink]
        rgb = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        transform = similarity((landmarks + 0.5) / shrink - 0.5, template)
    return np.asarray(cv2.warpAffine(rgb, transform, (side, side), flags=cv2.INTER_LINEAR), np.uint8)


def similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the (2, 3) rotation, scale and shift that takes points `source` nearest to `target`, both (n, 2).

    Source: S. Umeyama, Least-squares estimation of transformation parameters, TPAMI 13(4), 1991, equations 40 to 43;
    in the plane a similarity is a complex factor and a complex shift, which have a closed form without reflections.
    """
    a, b = (points[:, 0].astype(np.float64) + 1j * points[:, 1].astype(np.float64) for points in (source, target))
    centred = a - a.mean()
    factor = np.vdot(centred, b) / np.vdot(centred, centred)
    shift = b.mean() - factor * a.mean()
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])
