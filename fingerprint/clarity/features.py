"""What a place of an image looks like: numbers from which the clarity of its ridges is estimated.

Each place is seen through a tapered window of 2.4 mm. The window's energy is divided by period and by the turn from the
strongest orientation, so that turning the image changes little; ridges have one period and one orientation, text and
grain do not. The averages around a place follow: ridges go on in the same direction, strokes of a pen do not.

Source: Hong, Wan, Jain, "Fingerprint Image Enhancement", TPAMI 20(8), 1998, and Chikkerur, Cartwright, Govindaraju,
"Fingerprint enhancement using STFT analysis", Pattern Recognition 40, 2007, for the analysis by windows.
"""

from __future__ import annotations

from functools import cache
from math import pi
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

STEP = 12  # pixels at 500 ppi from one place to the next

_WINDOW = 48  # pixels at 500 ppi
_PERIODS = ((4.5, 6.5), (6.5, 8.5), (8.5, 11.0), (11.0, 15.0))  # pixels: bands of periods that ridges have
_TURNS = 12  # orientations, over half a turn
_NOISE = 50.0  # energy that is added, so that an even surface has no orientation
_AROUND = (1.2, 3.0)  # places: sigmas of the averages around each one
_MOST_SKEW, _MOST_KURTOSIS = 3.0, 30.0
_GREY = 64.0  # levels: the unit of how much lighter or darker a place is than the image

Field = NDArray[np.float32]


def features(pixels: NDArray[np.uint8]) -> Field:
    """Return the numbers of each place of a grey image at 500 ppi: shape (rows, columns, numbers).

    Place (row, column) is the middle of the square of `STEP` pixels that begins at (STEP * column, STEP * row).
    """
    shape = max(1, pixels.shape[0] // STEP), max(1, pixels.shape[1] // STEP)
    windows = _windows(pixels, shape)
    weights = _taper() / _taper().sum()
    mean = (windows * weights).sum(axis=(1, 2))
    rest = windows - mean[:, None, None]
    second, third, fourth = _moments(rest, weights)
    deviation = np.sqrt(second) + 1e-3
    skew = np.clip(third / deviation**3, -_MOST_SKEW, _MOST_SKEW)
    kurtosis = np.log(np.clip(fourth / deviation**4, 1.0, _MOST_KURTOSIS))
    bands, coarse, fine = _energies(rest)
    by_turn = bands.sum(axis=1)
    flow = (by_turn * np.exp(2j * pi * np.arange(_TURNS) / _TURNS)).sum(axis=1).reshape(shape)
    lighter = (mean - np.median(pixels)) / _GREY
    ridges, strength = np.sqrt(by_turn.sum(axis=1)), np.abs(flow)
    window_numbers = [
        *np.sqrt(_by_strongest(bands)).T,
        np.sqrt(coarse),
        np.sqrt(fine),
        ridges,
        np.log(deviation),
        skew,
        kurtosis,
    ]
    periods = np.sqrt(bands.sum(axis=2)).T
    shared = [ridges, strength.ravel(), np.sqrt(coarse), np.sqrt(fine), np.log(deviation), skew, kurtosis, *periods]
    numbers = [values.reshape(shape) for values in (*window_numbers, lighter, strength.ravel())]
    for sigma in _AROUND:
        numbers += [_average(values.reshape(shape), sigma) for values in shared]
        numbers += _agreement(flow, sigma)
    return np.stack(numbers, axis=2).astype(np.float32)


def _windows(pixels: NDArray[np.uint8], shape: tuple[int, int]) -> Field:
    """Return what is seen around each place: shape (places, side, side)."""
    half, first = _WINDOW // 2, STEP // 2
    rimmed = cv2.copyMakeBorder(pixels, half, half, half, half, cv2.BORDER_REFLECT_101)
    every = np.lib.stride_tricks.sliding_window_view(rimmed, (_WINDOW, _WINDOW))
    chosen = every[first::STEP, first::STEP][: shape[0], : shape[1]]
    return chosen.reshape(-1, _WINDOW, _WINDOW).astype(np.float32)


def _moments(rest: NDArray[Any], weights: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the weighted means of the second to the fourth power in each window."""
    flat, by = rest.reshape(len(rest), -1), weights.ravel()
    square = flat * flat
    return square @ by, (square * flat) @ by, (square * square) @ by


def _energies(windows: Field) -> tuple[Field, Field, Field]:
    """Return shares of the energy: by period and orientation, shape (places, periods, turns), coarser, and finer."""
    energy = np.abs(np.fft.rfft2(windows * _taper())) ** 2
    parts = energy.reshape(len(windows), -1).astype(np.float32) @ _spectrum()
    shares = parts / (parts.sum(axis=1, keepdims=True) + np.float32(_NOISE))
    return shares[:, :-2].reshape(-1, len(_PERIODS), _TURNS), shares[:, -2], shares[:, -1]


@cache
def _taper() -> Field:
    line = np.hanning(_WINDOW + 2)[1:-1].astype(np.float32)
    return np.asarray(line[:, None] * line)


@cache
def _spectrum() -> Field:
    """Return what each frequency of a window adds to each part: bands by turn, the coarser rest, the finer rest."""
    down, across = np.fft.fftfreq(_WINDOW)[:, None], np.fft.rfftfreq(_WINDOW)[None]
    frequency = np.hypot(down, across)
    turn = np.arctan2(down, across) * (_TURNS / pi)
    twice = np.full(frequency.shape, 2.0)  # the half of the spectrum that rfft2 leaves out
    twice[:, [0, -1]] = 1.0
    parts = []
    for min_period, max_period in _PERIODS:
        band = (frequency >= 1 / max_period) & (frequency < 1 / min_period)
        for k in range(_TURNS):
            away = np.abs((turn - k + _TURNS / 2) % _TURNS - _TURNS / 2)
            parts.append(band * np.maximum(0.0, 1.0 - away))
    parts += [(frequency > 0) & (frequency < 1 / _PERIODS[-1][1]), frequency >= 1 / _PERIODS[0][0]]
    return np.stack([(part * twice).ravel() for part in parts], axis=1).astype(np.float32)


def _by_strongest(bands: Field) -> Field:
    """Return the energies by the turn from the strongest orientation, either way: shape (places, numbers)."""
    strongest = bands.sum(axis=1).argmax(axis=1)
    order = (strongest[:, None] + np.arange(_TURNS)) % _TURNS
    rolled = np.take_along_axis(bands, np.repeat(order[:, None], len(_PERIODS), axis=1), axis=2)
    half = _TURNS // 2
    either = (rolled[:, :, 1:half] + rolled[:, :, : _TURNS - half : -1]) / 2
    folded = np.concatenate([rolled[:, :, :1], either, rolled[:, :, half : half + 1]], axis=2)
    return np.asarray(folded.reshape(len(bands), -1))


def _average(values: NDArray[np.floating], sigma: float) -> Field:
    blurred = cv2.GaussianBlur(values.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, dtype=np.float32)


def _agreement(flow: NDArray[np.complexfloating], sigma: float) -> list[NDArray[np.floating]]:
    """Return how much the orientations around each place agree with each other, and with its own."""
    mean = _average(flow.real, sigma) + 1j * _average(flow.imag, sigma)
    strength = np.abs(flow)
    with_own = np.real(flow * np.conj(mean)) / (strength * np.abs(mean) + 1e-9)
    return [np.abs(mean) / (_average(strength, sigma) + 1e-6), with_own]
