"""Kinds of textures that the network for prints is trained on (`benchmarks.training.prints`)."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from benchmarks.training.textures.painting import (
    Painter,
    Shape,
    Values,
    along,
    any_period,
    grid,
    normal,
    smooth,
    turned,
    wave,
)
from fingerprint.synthetic.finger.frame import Field
from fingerprint.synthetic.surfaces import Surface, surface


def _grating(shape: Shape, rng: np.random.Generator) -> Values:
    return wave(along(shape, rng.uniform(0, np.pi)) / any_period(rng), rng)


def _bent_grating(shape: Shape, rng: np.random.Generator) -> Values:
    period = any_period(rng)
    bend = rng.uniform(0.3, 2.0) * smooth(shape, rng.uniform(80, 250), rng)
    return wave(along(shape, rng.uniform(0, np.pi)) / period + bend, rng)


def _weave(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = turned(shape, rng)
    period = any_period(rng)
    i, j = np.floor(columns / period), np.floor(rows / period)
    u, v = columns / period - i - 0.5, rows / period - j - 0.5
    over = (i + j * rng.integers(1, 4)) % rng.integers(2, 5) == 0
    return np.where(over, np.cos(np.pi * u) * (0.7 + 0.3 * np.cos(np.pi * v)), np.cos(np.pi * v) * 0.8)


def _bricks(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = turned(shape, rng)
    high = rng.uniform(8, 40)
    wide = high * rng.uniform(1.5, 3.5)
    row = np.floor(rows / high)
    x = columns / wide + 0.5 * (row % 2)
    tone = rng.standard_normal((64, 64))[row.astype(int) % 64, np.floor(x).astype(int) % 64]
    edge = ((rows / high) % 1 < 2 / high) | (x % 1 < 2 / wide)
    return np.asarray(0.4 * tone + 1.6 * edge)


def _wood(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = turned(shape, rng)
    ring = np.hypot(columns / rng.uniform(1, 3) + rng.uniform(-200, 200), rows * rng.uniform(0.02, 0.3))
    phase = ring / any_period(rng) + rng.uniform(0.2, 1.2) * smooth(shape, 120, rng)
    fibre = cv2.GaussianBlur(rng.standard_normal(shape), (0, 0), sigmaX=0.8, sigmaY=8)
    return np.asarray(np.abs(phase % 1) + rng.uniform(0, 3) * fibre)


def _circles(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = grid(shape)
    y, x = rows - shape[0] * rng.uniform(0.1, 0.9), columns - shape[1] * rng.uniform(0.1, 0.9)
    return wave(np.hypot(x * rng.uniform(0.7, 1.0), y) / any_period(rng), rng)


def _moire(shape: Shape, rng: np.random.Generator) -> Values:
    period, turn = any_period(rng) * 0.6, rng.uniform(0, np.pi)
    second = along(shape, turn + rng.normal(0, 0.15)) / (period * rng.uniform(0.85, 1.15))
    return wave(along(shape, turn) / period, rng) * wave(second, rng)


def _noise(shape: Shape, rng: np.random.Generator) -> Values:
    """Noise whose energy falls with a random power of the frequency."""
    down, across = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])
    power = np.maximum(np.hypot(down, across), 1 / max(shape)) ** -rng.uniform(0, 2.2)
    return np.fft.irfft2(np.fft.rfft2(rng.standard_normal(shape)) * power, shape)


def _band_noise(shape: Shape, rng: np.random.Generator) -> Values:
    """Noise of about one period in all directions: spots, mazes and worms."""
    down, across = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])
    frequency = np.hypot(down, across) * any_period(rng)
    band = np.exp(-0.5 * ((frequency - 1) / rng.uniform(0.04, 0.4)) ** 2)
    return np.tanh(
        rng.choice([0.5, 2.0]) * normal(np.fft.irfft2(np.fft.rfft2(rng.standard_normal(shape)) * band, shape))
    )


def _streaks(shape: Shape, rng: np.random.Generator) -> Values:
    narrow = rng.uniform(0.8, 4)
    values = cv2.GaussianBlur(
        rng.standard_normal((2 * max(shape),) * 2), (0, 0), sigmaX=narrow, sigmaY=narrow * rng.uniform(2, 9)
    )
    side = len(values)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(0, 180), 1.0)
    turned = cv2.warpAffine(values, turn, (side, side))
    top, left = (side - shape[0]) // 2, (side - shape[1]) // 2
    return turned[top : top + shape[0], left : left + shape[1]]


def _objects(shape: Shape, rng: np.random.Generator) -> Values:
    """Overlapping discs, boxes and ovals of all sizes with shading: the statistics of photos (dead leaves)."""
    canvas = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(30, 600))):
        size = 4 * (60 / 4) ** (rng.random() ** 1.5)
        y, x = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        axes = int(size), max(1, int(size * rng.uniform(0.2, 1)))
        tone = float(rng.normal())
        if rng.random() < 0.7:
            cv2.ellipse(canvas, (int(x), int(y)), axes, rng.uniform(0, 180), 0, 360, tone, -1, cv2.LINE_AA)
        else:
            box = cv2.boxPoints(((x, y), axes, float(rng.uniform(0, 180))))
            cv2.fillPoly(canvas, [np.rint(box).astype(np.int32)], tone, cv2.LINE_AA)
    return canvas + 0.4 * smooth(shape, 60, rng)


def _mask(shape: Shape, rng: np.random.Generator) -> Values:
    """A shaded oval with a few darker ovals, lines and strands in and around it, about as a portrait is laid out."""
    height, width = shape
    canvas = np.full(shape, rng.normal(), np.float32) + np.float32(0.6) * smooth(shape, rng.uniform(30, 120), rng)
    middle = int(width * rng.uniform(0.4, 0.6)), int(height * rng.uniform(0.4, 0.6))
    axes = int(width * rng.uniform(0.18, 0.4)), int(height * rng.uniform(0.25, 0.45))
    _strands(canvas, middle, axes, rng)
    cv2.ellipse(canvas, middle, axes, rng.uniform(-15, 15), 0, 360, float(rng.normal()), -1, cv2.LINE_AA)
    rows, columns = grid(shape)
    light = (columns - middle[0]) / axes[0] * rng.normal() + (rows - middle[1]) / axes[1] * rng.normal()
    canvas += np.float32(0.5) * light.astype(np.float32)
    for down, across, high, wide in ((-0.2, 0.4, 0.07, 0.18), (-0.2, -0.4, 0.07, 0.18), (0.5, 0, 0.06, 0.3)):
        centre = int(middle[0] + across * axes[0]), int(middle[1] + down * axes[1])
        size = max(2, int(wide * axes[0])), max(2, int(high * axes[1]))
        cv2.ellipse(canvas, centre, size, 0, 0, 360, float(rng.normal(-1.5, 0.7)), -1, cv2.LINE_AA)
        cv2.ellipse(
            canvas, centre, (size[0] * 2 // 3, size[1] // 2 + 1), 0, 0, 360, float(rng.normal()), 1, cv2.LINE_AA
        )
    return cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.6, 2.5))


def _strands(canvas: Field, middle: tuple[int, int], axes: tuple[int, int], rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(0, 250))):
        start, sweep = rng.uniform(150, 360), rng.uniform(20, 90)
        grown = rng.uniform(1.0, 1.5)
        size = int(axes[0] * grown), int(axes[1] * grown)
        tone = float(rng.normal(-1, 0.5))
        cv2.ellipse(canvas, middle, size, rng.uniform(-10, 10), start, start + sweep, tone, 1, cv2.LINE_AA)


def _page(shape: Shape, rng: np.random.Generator) -> Values:
    page = np.zeros(shape, np.uint8)
    size, font = rng.uniform(0.25, 0.8), int(rng.integers(0, 8))
    step = max(6, int(size * rng.uniform(28, 42)))
    for bottom in range(step, shape[0] + step, step):
        line = "".join(chr(rng.integers(97, 123)) if rng.random() < 0.84 else " " for _ in range(90))
        cv2.putText(page, line, (int(rng.integers(-20, 20)), bottom), font, size, 255, 1, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((shape[1] / 2, shape[0] / 2), rng.normal(0, 25), 1.0)
    return np.asarray(cv2.warpAffine(page, turn, shape[::-1]), np.float32) * rng.choice([-1.0, 1.0], p=[0.8, 0.2])


def _cells(shape: Shape, rng: np.random.Generator) -> Values:
    """Cracked or scaly surfaces: places by their distance from the nearest points."""
    spacing = rng.uniform(7, 40)
    count = max(6, int(shape[0] * shape[1] / spacing**2))
    seeds = np.ones(shape, np.uint8)
    seeds[rng.integers(0, shape[0], count), rng.integers(0, shape[1], count)] = 0
    near, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5)
    if rng.random() < 0.4:
        return np.asarray(near)
    cracks = (cv2.Laplacian(np.asarray(labels, np.float32), cv2.CV_32F) != 0) * -2.0
    return np.asarray(cv2.GaussianBlur(cracks, (0, 0), 0.8))


def _dots(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = turned(shape, rng)
    period = any_period(rng)
    shifted = columns + (np.floor(rows / period) % 2) * period / 2 * (rng.random() < 0.5)
    distance = np.hypot((rows / period) % 1 - 0.5, (shifted / period) % 1 - 0.5)
    return normal(-np.tanh(8 * (distance - rng.uniform(0.15, 0.4))))


def _of_surface(kind: Surface) -> Painter:
    def painter(shape: Shape, rng: np.random.Generator) -> Values:
        return cv2.resize(surface(kind, rng), shape[::-1], interpolation=cv2.INTER_AREA)

    return painter


def _checks(shape: Shape, rng: np.random.Generator) -> Values:
    rows, columns = turned(shape, rng)
    total = np.zeros(shape)
    for _ in range(int(rng.integers(1, 4))):
        total += rng.uniform(0.3, 1) * (np.sin(rows / any_period(rng) * np.pi) > rng.uniform(-0.7, 0.9))
        total += rng.uniform(0.3, 1) * (np.sin(columns / any_period(rng) * np.pi) > rng.uniform(-0.7, 0.9))
    return total


def _contours(shape: Shape, rng: np.random.Generator) -> Values:
    """Lines of equal height of a smooth landscape: of all distances, and closed."""
    height = smooth(shape, rng.uniform(60, 160), rng) + 0.25 * smooth(shape, rng.uniform(20, 50), rng)
    return wave(height * rng.uniform(1.5, 6), rng)


def _strokes(shape: Shape, rng: np.random.Generator) -> Values:
    """Strands along a smooth flow, as hair, grass or fur."""
    canvas = np.zeros(shape, np.float32)
    turn = rng.uniform(0, 2 * np.pi) + rng.uniform(0.1, 1.2) * smooth(shape, rng.uniform(60, 250), rng)
    for _ in range(int(rng.integers(150, 900))):
        y, x = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        points = []
        for _ in range(int(rng.integers(4, 25))):
            points.append((x, y))
            angle = turn[int(np.clip(y, 0, shape[0] - 1)), int(np.clip(x, 0, shape[1] - 1))] + rng.normal(0, 0.1)
            y, x = y + 5 * np.sin(angle), x + 5 * np.cos(angle)
        path = np.rint(points).astype(np.int32)
        cv2.polylines(canvas, [path], False, float(rng.normal()), int(rng.integers(1, 4)), cv2.LINE_AA)
    return canvas


def _spots(shape: Shape, rng: np.random.Generator) -> Values:
    values = smooth(shape, rng.uniform(12, 60), rng) + rng.uniform(0, 0.6) * smooth(shape, rng.uniform(6, 20), rng)
    return np.tanh(rng.uniform(1, 8) * (values - rng.uniform(-0.5, 0.5)))


def _plain(shape: Shape, rng: np.random.Generator) -> Values:
    """Hardly anything: a slope of light, and dust."""
    slope = along(shape, rng.uniform(0, 2 * np.pi)) / max(shape)
    dust = rng.random(shape) < rng.choice([0.0, 0.001, 0.01])
    return np.asarray(slope + rng.uniform(0, 0.5) * smooth(shape, 200, rng) - cv2.GaussianBlur(3.0 * dust, (0, 0), 1))


def _silhouettes(shape: Shape, rng: np.random.Generator) -> Values:
    """A few large things of one tone, with even edges."""
    outline = smooth(shape, rng.uniform(60, 250), rng)
    large = np.asarray(outline > rng.uniform(-0.5, 1.2), np.float32)
    for _ in range(int(rng.integers(0, 4))):
        middle = int(rng.integers(shape[1])), int(rng.integers(shape[0]))
        cv2.circle(large, middle, int(rng.integers(15, 90)), float(rng.random()), -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(large, (0, 0), rng.uniform(0.5, 4)))


TRAINED: Mapping[str, Painter] = {
    "grating": _grating,
    "bent grating": _bent_grating,
    "weave": _weave,
    "bricks": _bricks,
    "wood": _wood,
    "circles": _circles,
    "moire": _moire,
    "noise": _noise,
    "band noise": _band_noise,
    "streaks": _streaks,
    "things": _objects,
    "mask": _mask,
    "page": _page,
    "cells": _cells,
    "dots": _dots,
    "checks": _checks,
    "contours": _contours,
    "strokes": _strokes,
    "spots": _spots,
    "plain": _plain,
    "silhouettes": _silhouettes,
    **{f"surface {kind}": _of_surface(kind) for kind in Surface},
}
