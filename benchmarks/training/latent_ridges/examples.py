"""Patches to train on: latents and whole prints, with the ridges of the clean prints that they are made of.

Every step draws from random numbers of its own, so a training that is taken up again goes on with the same patches, and
no latent comes twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.training.latents.examples import (
    SEEN,
    SIDE,
    Covered,
    Patch,
    askew_or_not,
    lay,
    photographed_patch,
    worn_print,
)
from benchmarks.training.latents.pool import Grey, Pool
from fingerprint.extraction.ridges import ridge_map
from fingerprint.latents.ridges import network_input
from fingerprint.ridge_map import CELL
from fingerprint.synthetic.finger.frame import Field
from fingerprint.synthetic.latent import LeftLatent
from fingerprint.synthetic.randomness import random_numbers
from fingerprint.trace import Stage

MOST = 0.5  # deviations: answers of the filters beyond it are kept as this
_STEPS = 127  # of an answer that is kept as a byte
_STREAM = 12


@dataclass(frozen=True, eq=False)
class RidgePatch(Patch):
    """A patch with its ridges: the answer of the clean print's filter, and where there is a print (1) or none (0)."""

    response: Field
    here: Field
    LINEAR = frozenset({"pixels", "response"})


class Batch(NamedTuple):
    """What the network is shown, shape (n, CHANNELS, side, side), and the truth, (n, side, side); float32."""

    images: Field
    response: Field
    here: Field


class Targets:
    """What the filters answer in each print of a pool."""

    def __init__(self, pool: Pool) -> None:
        """Filter all prints."""
        self._kept = [_packed_response(pool[number].pixels) for number in range(len(pool))]

    def __getitem__(self, number: int) -> Field:
        """Return the answers in a print: float32, of its shape, in deviations."""
        answers: Field = self._kept[number].astype(np.float32) / np.float32(_STEPS) * np.float32(MOST)
        return answers


def batch(pool: Pool, targets: Targets, seed: int, step: int, size: int, whole: float) -> Batch:
    """Return the examples of one step, a share `whole` of them with whole prints."""
    rng = random_numbers(seed, _STREAM, step)
    rows = [_drawn(pool, targets, rng, whole=number < round(whole * size)) for number in range(size)]
    return Batch(*(np.stack(column).astype(np.float32) for column in zip(*rows, strict=True)))


def _drawn(pool: Pool, targets: Targets, rng: np.random.Generator, whole: bool) -> tuple[Field, Field, Field]:
    first, second = (int(number) for number in rng.choice(len(pool), 2, replace=False))
    clean, truth = pool[first].pixels, targets[first]
    if whole:
        pixels, covered = worn_print(clean, rng)
        patch = RidgePatch(pixels, truth, covered.astype(np.float32))
    else:
        left, away = lay(clean, pool[second].pixels, rng)
        across, ridges = pool[second].pixels, targets[second]
        if away is not None:
            across, ridges = np.roll(clean, away, (0, 1)), np.roll(truth, away, (0, 1))
        patch, covered = askew_or_not(stronger(left, truth, across, ridges), left.part, rng)
    patch = photographed_patch(patch, covered, rng, step=2)
    return network_input(patch.pixels), _halved(patch.response), _halved(patch.here)


def stronger(left: LeftLatent, truth: Field, across: Grey, ridges: Field) -> RidgePatch:
    """Return a latent with the ridges of the print that is stronger at each place; `ridges` are those `across` it."""
    presence, response = left.part.astype(np.float32), truth
    if left.other is not None:
        if left.other.turned:
            across, ridges = np.rot90(across, 2), np.rot90(ridges, 2)
        other_visible = (left.other.contrast > SEEN) & _inked(across)
        response = np.where(other_visible & ((left.other.contrast > left.contrast) | ~left.part), ridges, truth)
        presence = np.maximum(presence, other_visible.astype(np.float32))
    return RidgePatch(left.pixels, response.astype(np.float32), presence)


def _inked(pixels: Grey) -> Covered:
    return np.asarray(cv2.GaussianBlur(255 - pixels, (0, 0), 10.0) > 40)


def _packed_response(pixels: Grey) -> NDArray[np.int8]:
    stages: dict[Stage, NDArray[np.generic]] = {}
    ridge_map(pixels, trace=stages.__setitem__)
    cells = np.asarray(stages[Stage.RESPONSE], np.float32)
    rows, columns = pixels.shape
    response = np.zeros(pixels.shape, np.float32)
    grown = cv2.resize(cells, (cells.shape[1] * CELL, cells.shape[0] * CELL), interpolation=cv2.INTER_LINEAR)
    response[: grown.shape[0], : grown.shape[1]] = grown[:rows, :columns]
    return np.clip(np.rint(response * (_STEPS / MOST)), -_STEPS, _STEPS).astype(np.int8)


def _halved(field: Field) -> Field:
    side = SIDE // 2
    return np.asarray(cv2.resize(np.ascontiguousarray(field), (side, side), interpolation=cv2.INTER_AREA), np.float32)
