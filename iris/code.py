"""The code of an iris: the signs of log-Gabor responses around it, and a mask of those that can be trusted.

Sources: J. Daugman, How iris recognition works, IEEE Trans. CSVT 14(1), 2004; L. Masek, Recognition of human iris
patterns for biometric identification, 2003 (log-Gabor filters along rows); K. Hollingsworth, K. Bowyer, P. Flynn, The
best bits in an iris code, TPAMI 31(6), 2009 (fragile bits).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iris.geometry import Floats, Mask
from iris.normalisation import COLUMNS, ROWS, Strip

Words = NDArray[np.uint64]

RINGS, STEPS = 16, 256  # places of responses: from the pupil outwards, and around
WAVES = (24.0, 48.0)  # columns of a wave, one filter each
BANDWIDTH = 0.5  # sigma of the log-Gabor filter, as a share of its frequency
RADIAL = (1.5, 3.0)  # rows: the standard deviation of each filter outwards
LINES = RINGS * len(WAVES) * 2  # of bits around the eye: rings, filters, real and imaginary part
WORDS = STEPS // 64  # of a line
FRAGILE = 0.25  # share of each part's trusted bits that are left out, those with the weakest responses
_SEEN = 0.75  # share of what a response rests on that must be seen


@dataclass(frozen=True, eq=False)
class IrisCode:
    """`bits` and which of them count (`mask`), uint64 of shape (LINES, WORDS); a line goes once around the eye.

    Lines are in the order ring, filter, part. Bits that do not count are 0.
    """

    bits: Words
    mask: Words

    @property
    def counted(self) -> int:
        """How many bits count."""
        return int(np.bitwise_count(self.mask).sum())


def code_of(strip: Strip) -> IrisCode:
    """Return the code of an unrolled iris."""
    light, weight = _evened(strip)
    bits = np.zeros((RINGS, len(WAVES), 2, STEPS), np.bool_)
    mask = np.zeros_like(bits)
    spectrum = np.fft.fft(light, axis=1)
    for number, (wave, sigma) in enumerate(zip(WAVES, RADIAL, strict=True)):
        response = _at_rings(np.fft.ifft(spectrum * _log_gabor(wave), axis=1), sigma)
        trusted = _trusted(weight, wave, sigma)
        for part, values in enumerate((response.real, response.imag)):
            bits[:, number, part] = values > 0
            mask[:, number, part] = trusted & ~_fragile(np.abs(values), trusted)
    return IrisCode(_packed(bits & mask), _packed(mask))


def _evened(strip: Strip) -> tuple[Floats, Floats]:
    """Return the lightness without slow changes, in local deviations, 0 where hidden, and what is seen as 0 or 1."""
    weight = strip.visible.astype(np.float64)
    light = strip.light.astype(np.float64)
    around = _blurred(weight) + 1e-3
    mean = _blurred(light * weight) / around
    away = (light - mean) * weight
    spread = np.sqrt(_blurred(away * away) / around) + 2.0
    return np.clip(away / spread, -3, 3), weight


def _blurred(values: Floats) -> Floats:
    wrapped = np.concatenate([values[:, -96:], values, values[:, :96]], axis=1)
    blurred = cv2.GaussianBlur(wrapped, (0, 0), sigmaX=32, sigmaY=12, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred[:, 96:-96], np.float64)


def _log_gabor(wave: float) -> Floats:
    """Return the transfer function at numpy.fft's frequencies; negative ones are 0, so that responses are complex."""
    frequency = np.fft.fftfreq(COLUMNS)
    gain = np.zeros(COLUMNS)
    positive = frequency > 0
    gain[positive] = np.exp(-(np.log(frequency[positive] * wave) ** 2) / (2 * np.log(BANDWIDTH) ** 2))
    return gain


def _ring_weights(sigma: float) -> Floats:
    """Return how much each row adds to each ring, shape (RINGS, ROWS)."""
    at = (np.arange(RINGS) + 0.5) * (ROWS / RINGS) - 0.5
    weights = np.exp(-0.5 * ((np.arange(ROWS) - at[:, None]) / sigma) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float64)


def _at_rings(values: NDArray[np.complex128], sigma: float) -> NDArray[np.complex128]:
    return np.asarray(_ring_weights(sigma) @ values)[:, :: COLUMNS // STEPS]


def _trusted(weight: Floats, wave: float, sigma: float) -> Mask:
    """Return at which places enough is seen of what a filter looks at, shape (RINGS, STEPS)."""
    reach = int(wave / 2)
    wrapped = np.concatenate([weight[:, -reach:], weight, weight[:, :reach]], axis=1)
    visible_share = cv2.blur(wrapped, (2 * reach + 1, 1))[:, reach:-reach]
    return np.asarray(_ring_weights(sigma) @ visible_share > _SEEN)[:, :: COLUMNS // STEPS]


def _fragile(strength: Floats, trusted: Mask) -> Mask:
    """Return the weakest responses of those that are trusted."""
    if not trusted.any():
        return np.zeros_like(trusted)
    return np.asarray(strength < np.quantile(strength[trusted], FRAGILE))


def _packed(bits: NDArray[np.bool_]) -> Words:
    packed = np.packbits(bits.reshape(LINES, STEPS), axis=1, bitorder="little")
    return np.ascontiguousarray(packed).view("<u8").astype(np.uint64)
