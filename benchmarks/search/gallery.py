"""A large gallery of generated prints, with room for the real prints that searches look for."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from copy import copy

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.assembled import Parts
from benchmarks.search.figure import resident_mb
from biometrics.kernel.people.labels import LABEL, Labels
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ports import SearchIndex
from fingerprint.codec import encode
from fingerprint.features import features
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template

FIRST_SEED = 1_000_000
FINGERS = 10  # of a person
GENERATED = 100_000  # prints that are generated whole; further ones are assembled of these
_PART = 500  # fingers that a process makes at a time
_ASSEMBLED = 5000  # fingers assembled and added at a time

Made = tuple[list[bytes], list[NDArray[np.void]]]


class PrintGallery:
    """An index of generated prints, ten fingers a person, each under its number.

    The first `generated` prints are whole, and their templates are kept. Further ones are assembled from thirds of them
    (`benchmarks.search.assembled`), and their templates are assembled again when they are read.

    `build_s` is the time that the index took to take them, without making them and their features. `resident_mb` is the
    memory that the index takes, without the templates, which lie in the database otherwise.
    """

    def __init__(
        self,
        index: SearchIndex,
        model: str,
        generated: int = GENERATED,
        memory: Callable[[], float] | None = None,
    ) -> None:
        """Make an empty gallery; `memory` returns the megabytes of an index that is not in this process."""
        self.index = index
        self._memory = memory
        self.build_s = 0.0
        self.resident_mb = 0.0
        self._model = model
        self._generated = generated
        self._data: list[bytes] = []
        self._sets: list[NDArray[np.void]] = []  # until all prints exist that others are assembled from
        self._parts: Parts | None = None
        self._count = 0

    def __len__(self) -> int:
        """Count the fingers."""
        return self._count

    def fill(self, count: int, workers: int, advance: Callable[[int], None] = lambda done: None) -> None:
        """Add fingers until there are `count`."""
        self._fill_generated(min(count, self._generated), workers, advance)
        if len(self) < count:
            self._parts = self._parts or Parts(self._data, self._sets)
            self._sets = []
        before = self._index_mb()
        while len(self) < count:
            ids = np.arange(len(self), min(count, len(self) + _ASSEMBLED))
            assert self._parts is not None
            self._add(ids, self._parts.features(ids))
            advance(len(ids))
        self.resident_mb += self._index_mb() - before

    def of_index(self, index: SearchIndex) -> PrintGallery:
        """Return the same fingers as another index holds them, whose time to build and memory are not known."""
        other = copy(self)
        other.index, other.build_s, other.resident_mb = index, 0.0, 0.0
        return other

    def template(self, finger: int) -> Template:
        """Return the template of a finger, as the records store would."""
        if finger < len(self._data):
            data = self._data[finger]
        else:
            assert self._parts is not None
            [data] = self._parts.data(np.array([finger]))
        return Template(FINGERPRINT, self._model, data, None)

    def _fill_generated(self, count: int, workers: int, advance: Callable[[int], None]) -> None:
        starts = range(FIRST_SEED + len(self), FIRST_SEED + count, _PART)
        orders = [(start, min(_PART, FIRST_SEED + count - start)) for start in starts]
        if not orders:
            return
        before = self._index_mb()
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            for data, sets in pool.map(_templates_and_features, orders):
                self._data += data
                self._sets += sets
                self._add(np.arange(len(self), len(self) + len(data)), sets)
                advance(len(data))
        self.resident_mb += self._index_mb() - before

    def _index_mb(self) -> float:
        """Return the memory that has been taken, without that of what is kept to make templates and further prints."""
        if self._memory is not None:
            return self._memory()
        source_bytes = sum(map(sys.getsizeof, self._data)) + sum(map(sys.getsizeof, self._sets)) + 16 * len(self._data)
        return resident_mb() - source_bytes / 1e6

    def _add(self, ids: NDArray[np.int64], sets: list[NDArray[np.void]]) -> None:
        began = time.perf_counter()
        self.index.add(ids, sets, labels(ids))
        self.build_s += time.perf_counter() - began
        self._count += len(ids)


def labels(ids: NDArray[np.int64]) -> Labels:
    """Label fingers by their numbers: person and position follow from them."""
    finger_labels = np.zeros(len(ids), LABEL)
    finger_labels["person"], finger_labels["position"] = ids // FINGERS, ids % FINGERS + 1
    return finger_labels


def _templates_and_features(order: tuple[int, int]) -> Made:
    start, count = order
    templates = [synthetic_template(seed) for seed in range(start, start + count)]
    return [encode(template) for template in templates], [features(template) for template in templates]
