"""Says how likely it is that a finger was altered on purpose, from its print.

A small network looks at each place of the print (`places.py`); a second one weighs the places that look most altered,
how many they are, and how crowded the minutiae are, of which cuts and sutures make many. Both were trained on
alterations as `pehchan synth altered` makes them (`benchmarks.training.alterations`), never on a real one.

Source for the idea: Yoon, Feng, Jain, "Altered Fingerprints: Analysis and Detection", TPAMI 34(3), 2012.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.alterations.places import place_numbers
from fingerprint.clarity.features import Field
from fingerprint.perceptron import Perceptron
from fingerprint.template import FingerprintTemplate
from models.trained import read_weights

WEIGHTS = "alterations"
LEAST_PLACES = 60  # of a print, 0.035 square inches: of less nothing is said

_SMOOTH = 0.8  # places: sigma over which the places' scores are averaged
_TOPS = (3, 8, 20, 50)  # places whose mean is looked at
_LIMITS = (0.3, 0.6)  # scores of places that are counted
_CROWD = (30.0, 60.0)  # pixels around a minutia in which others are counted
_UNIT = 20.0  # minutiae


class AlterationNetworks(NamedTuple):
    """What looks at the places, and what weighs them; `limit`: likelihood from which on an alteration is reported."""

    of_places: Perceptron
    of_print: Perceptron
    limit: float


def is_altered(pixels: NDArray[np.uint8], template: FingerprintTemplate) -> bool:
    """Say whether to report a possible alteration of a grey print at 500 ppi."""
    likelihood = alteration(pixels, template)
    return likelihood is not None and likelihood >= shipped_networks().limit


def alteration(pixels: NDArray[np.uint8], template: FingerprintTemplate) -> float | None:
    """Return the likelihood of an alteration in a grey print at 500 ppi; None where too little of a print shows."""
    networks = shipped_networks()
    numbers, print_ = place_numbers(pixels)
    if np.count_nonzero(print_) < LEAST_PLACES:
        return None
    scores = networks.of_places.estimates(numbers)[..., 0]
    return float(networks.of_print.estimates(print_numbers(scores, print_, template)[None])[0, 0])


def print_numbers(scores: Field, print_: NDArray[np.bool_], template: FingerprintTemplate) -> Field:
    """Return what is weighed: shape (numbers,). `scores` are those of the places, `print_` which of them count."""
    smooth = cv2.GaussianBlur(scores * print_, (0, 0), _SMOOTH)[print_]
    ordered = np.sort(smooth)[::-1]
    numbers = [float(ordered[0]), *(float(ordered[:top].mean()) for top in _TOPS)]
    numbers += [float((smooth > limit).mean()) for limit in _LIMITS]
    return np.array([*numbers, *_crowding(template, int(print_.sum()))], np.float32)


def _crowding(template: FingerprintTemplate, places: int) -> list[float]:
    """Return the minutiae for the print's size, the most that lie around one of them, and their mean quality."""
    away = np.hypot(template.x[:, None] - template.x, template.y[:, None] - template.y)
    around = [float((away < reach).sum(axis=1).max(initial=0)) / _UNIT for reach in _CROWD]
    quality = float(template.quality.mean()) if len(template) else 0.0
    return [len(template) / places, *around, quality]


@cache
def shipped_networks() -> AlterationNetworks:
    """Return the networks that were trained."""
    return read_weights(WEIGHTS, _read_networks)


def _read_networks(arrays: Mapping[str, Any]) -> AlterationNetworks:
    of_places, of_print = (Perceptron.read(arrays, prefix) for prefix in ("places_", "print_"))
    return AlterationNetworks(of_places, of_print, float(arrays["limit"]))
