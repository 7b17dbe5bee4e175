"""A large gallery of generated prints, with room for the real ones that are searched for."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.figure import resident_mb
from biometrics.domain.labels import LABEL, Labels
from biometrics.domain.types import Modality, Template
from biometrics.matching.ports import SearchIndex
from fingerprint.codec import encode
from fingerprint.features import features
from fingerprint.synthetic.templates import synthetic_template

FIRST_SEED = 1_000_000
FINGERS = 10  # of a person
_PART = 500  # fingers that a process makes at a time

Made = tuple[list[bytes], list[NDArray[np.void]]]


class PrintGallery:
    """An index of generated prints with their templates' bytes, ten fingers a person, each under its number.

    `build_s` is the time that the index took to take them, without making them and their features. `resident_mb` is the
    memory that the index takes in this process, without the templates, which lie in the database otherwise.
    """

    def __init__(self, index: SearchIndex, model: str) -> None:
        self.index = index
        self.build_s = 0.0
        self.resident_mb = 0.0
        self._model = model
        self._data: list[bytes] = []

    def __len__(self) -> int:
        """Count the fingers."""
        return len(self._data)

    def fill(self, count: int, workers: int, advance: Callable[[int], None] = lambda done: None) -> None:
        """Add fingers until there are `count`."""
        before = resident_mb()
        of_templates = sum(map(sys.getsizeof, self._data))
        starts = range(FIRST_SEED + len(self), FIRST_SEED + count, _PART)
        orders = [(start, min(_PART, FIRST_SEED + count - start)) for start in starts]
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            for data, sets in pool.map(_made, orders):
                ids = np.arange(len(self), len(self) + len(data))
                began = time.perf_counter()
                self.index.add(ids, sets, labels(ids))
                self.build_s += time.perf_counter() - began
                self._data += data
                advance(len(data))
        of_templates = sum(map(sys.getsizeof, self._data)) + 8 * len(self) - of_templates
        self.resident_mb += resident_mb() - before - of_templates / 1e6

    def template(self, finger: int) -> Template:
        """Return the template of a finger, as the records store would."""
        return Template(Modality.FINGERPRINT, self._model, self._data[finger], None)


def labels(ids: NDArray[np.int64]) -> Labels:
    """Label fingers by their numbers: person and position follow from them."""
    made = np.zeros(len(ids), LABEL)
    made["person"], made["position"] = ids // FINGERS, ids % FINGERS + 1
    return made


def _made(order: tuple[int, int]) -> Made:
    start, count = order
    templates = [synthetic_template(seed) for seed in range(start, start + count)]
    return [encode(template) for template in templates], [features(template) for template in templates]
