"""How likely an image shows a print, and not something else with lines: cloth, wood, letters, a face.

A small network looks at each place of the image, by the numbers of `fingerprint.clarity.features`; a second one weighs
the places that look most like a print, how many they are, and how their lines run. Both were trained on generated
prints and on textures made by program (`benchmarks.training.prints`), never on a photo or a real print.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.clarity.features import Field, features
from fingerprint.clarity.levels import clarity_of
from fingerprint.extraction.ridge_direction import straightness
from fingerprint.extraction.ridge_energy import ridge_energy
from fingerprint.perceptron import Perceptron
from models.trained import read_weights

WEIGHTS = "prints"

_NARROWEST = 48  # pixels at 500 ppi
_SMOOTH = 0.8  # places: sigma over which the places' scores are averaged
_TOPS = (12, 30, 80, 200)  # places whose mean is looked at
_LIMITS = (0.5, 0.8)  # scores of places that are counted
_EVEN = (43, 44, 45, 46, 47, 60)  # of the places' numbers: energy at each period, and agreement with both surroundings


class PrintNetworks(NamedTuple):
    """What looks at the places, and what weighs them."""

    of_places: Perceptron
    of_image: Perceptron


def print_likelihood(pixels: NDArray[np.uint8]) -> float:
    """Return how likely a grey image at 500 ppi, shape (height, width), shows a print: 0 to 1.

    An image narrower than 2.4 mm shows none.
    """
    if min(pixels.shape) < _NARROWEST:
        return 0.0
    networks = _shipped()
    looks = place_numbers(pixels)
    scores = networks.of_places.estimates(looks)[..., 0]
    return float(networks.of_image.estimates(image_numbers(looks, scores, pixels)[None])[0, 0])


def place_numbers(pixels: NDArray[np.uint8]) -> Field:
    """Return what the first network looks at, of each place of a grey image at 500 ppi: (rows, columns, numbers)."""
    looks = features(pixels)
    clarity = clarity_of(looks)
    return np.concatenate([looks, clarity.legibility[..., None], clarity.ridged[..., None]], axis=2)


def image_numbers(looks: Field, scores: Field, pixels: NDArray[np.uint8]) -> Field:
    """Return what the second network weighs: shape (numbers,). `looks` and `scores` are those of the places."""
    smooth = np.asarray(cv2.GaussianBlur(scores, (0, 0), _SMOOTH), np.float32)
    ordered = np.sort(smooth, axis=None)[::-1]
    numbers = [float(ordered[:top].mean()) for top in _TOPS]
    numbers += [float(np.log1p((smooth > limit).sum())) for limit in _LIMITS]
    numbers += [float((smooth > limit).mean()) for limit in _LIMITS]
    numbers += [_largest(smooth > _LIMITS[0]), straightness(pixels), ridge_energy(pixels)]
    return np.array([*numbers, *_spread(looks, smooth)], np.float32)


def _largest(mask: NDArray[np.bool_]) -> float:
    """Return the logarithm of the largest patch's places."""
    _, _, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    return float(np.log1p(statistics[1:, cv2.CC_STAT_AREA].max(initial=0)))


def _spread(looks: Field, scores: Field) -> list[float]:
    """Return mean and deviation, over the print, of the ridges' periods and of how far directions around agree."""
    weights = scores.ravel() + 1e-3
    chosen = looks[..., _EVEN].reshape(-1, len(_EVEN))
    mean = np.average(chosen, axis=0, weights=weights)
    deviation = np.sqrt(np.average((chosen - mean) ** 2, axis=0, weights=weights))
    return [*mean.tolist(), *deviation.tolist()]


@cache
def _shipped() -> PrintNetworks:
    return read_weights(WEIGHTS, _read_networks)


def _read_networks(arrays: Mapping[str, Any]) -> PrintNetworks:
    return PrintNetworks(*(Perceptron.read(arrays, prefix) for prefix in ("places_", "image_")))
