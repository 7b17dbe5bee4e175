"""Unrolls the iris: rows from the pupil to the limbus, columns around, whatever the pupil's size and place.

Source: J. Daugman, How iris recognition works, IEEE Trans. CSVT 14(1), 2004 (the rubber sheet).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from iris.geometry import EyeParts, Map, Mask

ROWS, COLUMNS = 64, 512
_FROM, _TO = 0.03, 0.93  # shares of the way outwards; what is nearer to an edge may be beyond it


@dataclass(frozen=True, eq=False)
class Strip:
    """An unrolled iris: lightness and which of it can be seen, both of shape (ROWS, COLUMNS)."""

    light: Map
    visible: Mask


def unroll(grey: Map, parts: EyeParts) -> Strip:
    """Unroll the iris of a photo."""
    angles = np.arange(COLUMNS, dtype=np.float64) * (2 * np.pi / COLUMNS)
    outwards = (_FROM + (_TO - _FROM) * (np.arange(ROWS) + 0.5) / ROWS)[:, None]
    edges = []
    for outline in (parts.pupil, parts.limbus):
        radii = outline.radii(angles)
        edges.append((outline.x + radii * np.cos(angles), outline.y + radii * np.sin(angles)))
    x, y = (
        ((1 - outwards) * inner + outwards * outer).astype(np.float32)
        for inner, outer in zip(edges[0], edges[1], strict=True)
    )
    light = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    usable = parts.usable.astype(np.float32)
    visible = cv2.remap(usable, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0) > 0.5
    return Strip(np.asarray(light, np.float32), np.asarray(visible))
