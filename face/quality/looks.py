"""Quality measures from the pixels of a face and around it: sharpness, exposure, dark glasses, the background."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from face.detected import DetectedFace
from face.quality.portrait import Mask, Portrait

_DARK, _BRIGHT = 25, 247  # grey levels up to which, and from which on, a pixel shows nothing (ISO/IEC 29794-5)
_FINE, _COARSE = 1.0, 4.0  # pixels: sigmas of the blurs between which a face's features lie
_ROUNDING = 0.1  # variance of lightness that is there in any photo, since pixels are whole numbers
_DARKEST_SKIN = 20.0  # of 255: below it, dark glasses cannot be distinguished from skin

_BACKGROUND_WIDTH = 64.0  # pixels that the part of the photo around a head is scaled to
_MIN_BACKGROUND = 150  # pixels of it that must not be head


def sharpness(portrait: Portrait) -> float:
    """Return the deviation of the finest detail by that of the features: 0.26 on LFW's median, 0.14 where blurred."""
    fine, coarse = (cv2.GaussianBlur(portrait.lightness, (0, 0), sigma) for sigma in (_FINE, _COARSE))
    features = float(np.std((fine - coarse)[portrait.face]))
    detail = max(0.0, float(np.var((portrait.lightness - fine)[portrait.face])) - _ROUNDING)
    return float(np.sqrt(detail)) / features if features else 0.0


def share_dark(portrait: Portrait) -> float:
    """Return the share of a face that is too dark to see anything in."""
    return float(np.mean(portrait.lightness[portrait.face] <= _DARK))


def share_bright(portrait: Portrait) -> float:
    """Return the share of a face that is burnt out."""
    return float(np.mean(portrait.lightness[portrait.face] >= _BRIGHT))


def eyes_darker(portrait: Portrait) -> float:
    """Return by how much the eyes are darker than the skin around, as a share of it: 0.3 on LFW's median."""
    eyes, cheeks, nose = (
        float(np.median(portrait.lightness[part])) for part in (portrait.eyes, portrait.cheeks, portrait.nose)
    )
    skin = (cheeks + nose) / 2
    return (skin - eyes) / max(skin, _DARKEST_SKIN)


def background_spread(rgb: NDArray[np.uint8], face: DetectedFace) -> float | None:
    """Return the spread of the colours around a head, in CIELAB in bytes; None if too little background shows."""
    x, y, width, height = face.box
    middle = x + width / 2
    left, right = int(max(0, middle - 1.7 * width)), int(min(rgb.shape[1], middle + 1.7 * width))
    top, bottom = int(max(0, y - 0.7 * height)), int(min(rgb.shape[0], y + 0.75 * height))
    cut = rgb[top:bottom, left:right]
    if not cut.size:
        return None
    scale = _BACKGROUND_WIDTH / (3.4 * width)
    size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    colours = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    behind = colours[~_head(size, (middle - left) * scale, (y + 0.4 * height - top) * scale, width * scale)]
    return float(np.sqrt(behind.var(axis=0).sum())) if len(behind) >= _MIN_BACKGROUND else None


def _head(size: tuple[int, int], middle: float, down: float, width: float) -> Mask:
    """Return the pixels of a head with its hair, around its middle."""
    y, x = np.mgrid[: size[1], : size[0]]
    return np.asarray(((x - middle) / (0.95 * width)) ** 2 + ((y - down) / (1.35 * width)) ** 2 < 1)
