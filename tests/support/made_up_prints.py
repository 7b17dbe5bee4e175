"""Minutiae without images: made-up fingers, and impressions of them."""

from __future__ import annotations

from math import pi

import numpy as np

from fingerprint.template import FingerprintTemplate

SIDE = 1000  # pixels: room to turn and shift in


def template_of(x, y, direction, quality=0.8) -> FingerprintTemplate:
    """Return a template with the given minutiae, all of them endings."""
    n = len(x)
    return FingerprintTemplate(SIDE, SIDE, x, y, direction, np.full(n, quality), np.ones(n))


def made_up_finger(seed: int, minutiae: int = 45) -> FingerprintTemplate:
    """Return minutiae on an ellipse of a fingertip's size, along a smooth ridge flow."""
    rng = np.random.default_rng(seed)
    angle, radius = rng.uniform(0, 2 * pi, minutiae), np.sqrt(rng.uniform(0, 1, minutiae))
    x, y = SIDE / 2 + 130 * radius * np.cos(angle), SIDE / 2 + 180 * radius * np.sin(angle)
    a, b, c = rng.normal(0, 1, 3)
    flow = a + b * np.sin(x / 60 + c) + c * np.cos(y / 80 + a)
    return template_of(x, y, (flow + pi * rng.integers(0, 2, minutiae)) % (2 * pi))


def moved(template: FingerprintTemplate, turn: float, dx: float, dy: float) -> FingerprintTemplate:
    """Turn a template by `turn` radians, counter-clockwise as seen, about the middle, and shift it."""
    x, y = template.x - SIDE / 2, template.y - SIDE / 2
    cos, sin = np.cos(turn), np.sin(turn)
    return template_of(
        SIDE / 2 + cos * x + sin * y + dx, SIDE / 2 - sin * x + cos * y + dy, (template.direction + turn) % (2 * pi)
    )


def impression(template: FingerprintTemplate, seed: int) -> FingerprintTemplate:
    """Return another capture: turned, shifted, imprecise, with minutiae missing and others made up."""
    rng = np.random.default_rng(seed)
    kept = np.nonzero(rng.uniform(size=len(template)) > 0.15)[0]
    extra = made_up_finger(seed + 10_000, 5)
    x = np.concatenate([template.x[kept] + rng.normal(0, 2, len(kept)), extra.x])
    y = np.concatenate([template.y[kept] + rng.normal(0, 2, len(kept)), extra.y])
    direction = np.concatenate([template.direction[kept] + rng.normal(0, 0.08, len(kept)), extra.direction])
    order = rng.permutation(len(x))
    return moved(template_of(x[order], y[order], direction[order]), rng.uniform(-0.6, 0.6), *rng.uniform(-40, 40, 2))
