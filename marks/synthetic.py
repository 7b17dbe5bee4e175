"""Generated marks: lines and blots on something like skin, in place of photos of tattoos, which show no person."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw

SIDE = 320


def mark(number: int, shot: int = 0) -> Pictures.Image:
    """Draw a mark, of `SIDE` pixels; all follows from its number. Each shot has other light, place, size and noise."""
    rng = np.random.default_rng(number)
    big = Pictures.new("RGB", (2 * SIDE, 2 * SIDE), (205, 170, 145))
    pen = ImageDraw.Draw(big)
    for _ in range(14):
        points = [tuple(point) for point in rng.integers(100, 540, (3, 2)).tolist()]
        colour = tuple(rng.integers(10, 120, 3).tolist())
        if rng.random() < 0.5:
            pen.line(points, fill=colour, width=int(rng.integers(4, 14)))
        else:
            pen.polygon(points, outline=colour, fill=colour if rng.random() < 0.4 else None, width=5)
    other = np.random.default_rng([number, shot])
    turned = big.rotate(float(other.uniform(-8, 8)) if shot else 0.0, fillcolor=(205, 170, 145))
    edge = int(other.integers(0, 40)) if shot else 20
    small = turned.crop((edge, edge, 2 * SIDE - 40, 2 * SIDE - 40)).resize((SIDE, SIDE))
    light = 0.8 if shot else 1.0
    noisy = np.asarray(small, np.float64) * light + other.normal(0, 4, (SIDE, SIDE, 3))
    return Pictures.fromarray(noisy.clip(0, 255).astype(np.uint8))
