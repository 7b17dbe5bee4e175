"""What happens to a print, or to the photo of a latent, beyond the surface it lies on."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.synthetic.finger.frame import Field, smooth_noise

Grey = NDArray[np.uint8]

COMPRESSED, JPEG_QUALITY = 0.3, (30, 95)  # share of all patches, and OpenCV's quality
GAMMA, GAIN = (0.7, 1.4), (0.75, 1.1)  # of the grey values
GLARE, GLARE_SIZE, GLARE_LIGHT = 0.15, (15.0, 80.0), (40.0, 160.0)  # share; pixels; grey levels
SPECKS, SPECK_SHARE, SPECK_SIZE = 0.2, (0.001, 0.01), (0.5, 1.2)  # share, as of powder; of the pixels; pixels
FADED, FADED_SCALE = (0.15, 0.9), 40.0  # contrast of a worn print, and pixels over which it varies
BLOTCH, BREAKS = 0.9, 1.2  # standard deviations of the noise that fills valleys, and that breaks ridges
BLUR, NOISE = (0.3, 1.6), (2.0, 12.0)  # pixels; grey levels
TURN, STRETCH, SHEAR = 0.4, 0.12, 0.08  # radians, logarithm of a side's length, share of a side: one standard deviation


def askew(shape: tuple[int, ...], rng: np.random.Generator) -> Field:
    """Return an affine map about the middle: turned, stretched and sheared, as on a curve or taken from aside."""
    turn = rng.normal(0, TURN)
    cosine, sine = np.cos(turn), np.sin(turn)
    stretch = np.diag(np.exp(rng.normal(0, STRETCH, 2))) @ np.array([[1, rng.normal(0, SHEAR)], [0, 1]])
    linear = np.array([[cosine, sine], [-sine, cosine]]) @ stretch
    middle = np.array([shape[1] / 2, shape[0] / 2])
    return np.column_stack([linear, middle - linear @ middle]).astype(np.float32)


def dotted(pixels: Grey, rng: np.random.Generator) -> Grey:
    """Break the ridges of a print into dots."""
    return _grey(255 * (1 - _broken(_marks(pixels), rng)))


def worn(pixels: Grey, rng: np.random.Generator) -> Grey:
    """Show a print pale, dotted, blotched, blurred and noisy."""
    marks = _marks(pixels)
    if rng.random() < 0.5:
        marks = _broken(marks, rng)
    if rng.random() < 0.5:  # valleys filled with ink
        filled = BLOTCH * smooth_noise(rng, pixels.shape, float(rng.uniform(15, 60))) - rng.uniform(0.2, 1.5)
        covered = cv2.GaussianBlur(marks, (0, 0), 6.0)
        marks = np.asarray(np.maximum(marks, covered.clip(0, 1) * np.clip(filled, 0, 1.3)), np.float32)
    faded = rng.uniform(*FADED) * np.clip(1 + 0.4 * smooth_noise(rng, pixels.shape, FADED_SCALE), 0.1, 1.6)
    grey = rng.uniform(170, 255) * (1 - faded * marks)
    grey = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), float(rng.uniform(*BLUR)))
    return _grey(grey + rng.uniform(*NOISE) * rng.standard_normal(pixels.shape, dtype=np.float32))


def photographed(pixels: Grey, rng: np.random.Generator) -> Grey:
    """Return a patch in other light, with glare and specks on it, and compressed."""
    levels = np.linspace(0, 1, 256) ** rng.uniform(*GAMMA) * rng.uniform(*GAIN)
    grey = (255 * levels).astype(np.float32)[pixels]
    if rng.random() < GLARE:
        rows, columns = np.indices(pixels.shape, dtype=np.float32)
        (y, x), size = rng.uniform(0, pixels.shape[0], 2), rng.uniform(*GLARE_SIZE, 2)
        grey += rng.uniform(*GLARE_LIGHT) * np.exp(-(((rows - y) / size[0]) ** 2) - ((columns - x) / size[1]) ** 2)
    if rng.random() < SPECKS:
        specks = (rng.random(pixels.shape, dtype=np.float32) < rng.uniform(*SPECK_SHARE)).astype(np.float32)
        grey += rng.uniform(-800, 800) * cv2.GaussianBlur(specks, (0, 0), float(rng.uniform(*SPECK_SIZE)))
    pixels = _grey(grey)
    if rng.random() < COMPRESSED:
        quality = int(rng.integers(*JPEG_QUALITY))
        coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        pixels = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return pixels


def _broken(marks: Field, rng: np.random.Generator) -> Field:
    grain = cv2.GaussianBlur(rng.standard_normal(marks.shape, dtype=np.float32), (0, 0), float(rng.uniform(0.8, 2)))
    return np.asarray(marks / (1 + np.exp(4 * (BREAKS * grain / grain.std() - rng.uniform(-0.5, 1)))), np.float32)


def _marks(pixels: Grey) -> Field:
    return np.asarray(1 - pixels / np.float32(255), np.float32)


def _grey(values: NDArray[np.floating[Any]]) -> Grey:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
