"""The texture of a made-up iris: fibres, crypts, furrows and the collarette, in polar coordinates."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 96, 768  # from the pupil to the limbus, and around
_BANDS = ((7, 40, 0.5), (4, 70, 0.7), (3, 130, 0.6), (2, 220, 0.4))  # waves outwards, waves around, weight


def iris_texture(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the lightness of an iris, shape (ROWS, COLUMNS), of mean 0 and about -1 to 1.

    The first column continues the last.
    """
    outwards = np.linspace(0, 1, ROWS, dtype=np.float32)[:, None]
    around = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False, dtype=np.float32)[None]
    collarette = rng.uniform(0.22, 0.4) + _wave(around, rng, 14, 0.035)
    texture = np.zeros((ROWS, COLUMNS), np.float32)
    for radial, angular, weight in _BANDS:
        texture += weight * _noise(rng, radial * rng.uniform(0.6, 1.6), angular * rng.uniform(0.6, 1.4))
    pupillary_zone = 1 / (1 + np.exp((outwards - collarette) / 0.03))
    texture *= 0.55 + rng.uniform(0.2, 0.8) * pupillary_zone
    texture += rng.uniform(0.2, 0.9) * np.exp(-(((outwards - collarette) / 0.05) ** 2))
    texture += _furrows(outwards, around, rng) + _crypts(collarette[0], rng)
    texture -= rng.uniform(0, 0.9) * np.clip((outwards - 0.85) / 0.15, 0, 1)  # the limbus is dark in some eyes
    texture += rng.uniform(-0.6, 0.6) * (outwards - 0.5)
    return np.asarray((texture - texture.mean()) / 3, np.float32)


def _wave(
    around: NDArray[np.float32], rng: np.random.Generator, max_frequency: int, size: float
) -> NDArray[np.float32]:
    """Return a closed irregular line, of a standard deviation of `size`."""
    numbers = np.arange(1, max_frequency)[:, None, None]
    parts = rng.normal(size=(max_frequency - 1, 1, 1)) * np.cos(
        numbers * around + rng.uniform(0, 2 * np.pi, (max_frequency - 1, 1, 1))
    )
    return np.asarray(parts.sum(axis=0) * size / np.sqrt(max_frequency / 2), np.float32)


def _noise(rng: np.random.Generator, radial: float, angular: float) -> NDArray[np.float32]:
    """Return noise of about so many waves outwards and around, of standard deviation 1."""
    v, u = np.meshgrid(np.fft.fftfreq(2 * ROWS, 0.5 / ROWS), np.fft.rfftfreq(COLUMNS, 1 / COLUMNS), indexing="ij")
    window = np.exp(-((v / radial) ** 2) - ((u - angular) / (0.45 * angular)) ** 2)
    spectrum = np.fft.rfft2(rng.normal(size=(2 * ROWS, COLUMNS))) * window
    noise = np.fft.irfft2(spectrum, (2 * ROWS, COLUMNS))[:ROWS]
    return np.asarray(noise / noise.std(), np.float32)


def _furrows(
    outwards: NDArray[np.float32], around: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return dark arcs around the pupil."""
    furrows = np.zeros((ROWS, COLUMNS), np.float32)
    for _ in range(int(rng.integers(0, 5))):
        at = rng.uniform(0.5, 0.95) + _wave(around, rng, 5, 0.01)
        darkness = np.clip(np.cos(around - rng.uniform(0, 2 * np.pi)) + rng.uniform(0, 1), 0, 1)
        furrows -= rng.uniform(0.2, 0.7) * darkness * np.exp(-(((outwards - at) / 0.02) ** 2))
    return furrows


def _crypts(collarette: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return dark lozenges with a light edge, most of them at the collarette."""
    crypts = np.zeros((ROWS, 2 * COLUMNS), np.float32)
    for _ in range(int(rng.integers(0, 60))):
        column = int(rng.integers(COLUMNS))
        row = ROWS * (collarette[column] + rng.normal(0.05, 0.16))
        length, width = ROWS * rng.uniform(0.03, 0.12), COLUMNS * rng.uniform(0.005, 0.02)
        box = ((column + COLUMNS / 2, float(row)), (2 * width, 2 * length), float(rng.uniform(-15, 15)))
        depth = rng.uniform(0.3, 1.3)
        for scale, shade in ((1.3, 0.35 * depth), (1.0, -depth)):
            wide = (box[0], (box[1][0] * scale, box[1][1] * scale), box[2])
            cv2.ellipse(crypts, wide, float(shade), -1, cv2.LINE_AA)
    crypts = np.asarray(cv2.GaussianBlur(crypts, (0, 0), 1.2), np.float32)
    return crypts[:, :COLUMNS] + crypts[:, COLUMNS:]
