"""Galleries that latents are searched in: all prints are compared, or those that an index returns from many more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from api.cli.progress_bars import progress
from benchmarks.search.gallery import FINGERS, PrintGallery, labels
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ranking import AFTER_FIRST_LOOK
from fingerprint.recogniser import FingerprintRecogniser
from index.feature_sets import FeatureSetIndex

SHORTLIST = 200  # prints compared for each orientation, as in the service


class Scores(NamedTuple):
    """The better score of each compared print over the orientations of a latent, by the number of the print.

    `places`: the best place of each in the shortlist of any orientation, from 1 on; empty where all are compared.
    """

    best: dict[int, float]
    places: dict[int, int]


class ComparedPrints:
    """Prints that are all compared with each latent, numbered in their order; None where an image gave none."""

    def __init__(self, recogniser: FingerprintRecogniser, stored: Sequence[Template | None]) -> None:
        self._recogniser = recogniser
        self._count = len(stored)
        self._templates = {number: template for number, template in enumerate(stored) if template is not None}

    def __len__(self) -> int:
        """Count the prints."""
        return self._count

    def scores(self, ways: Sequence[Template]) -> Scores:
        """Return the score of each print with the better of two orientations of a latent."""
        templates = list(self._templates.values())
        best = np.max([self._recogniser.compare(way, templates) for way in ways], axis=0)
        return Scores(dict(zip(self._templates, best.tolist(), strict=True)), {})


class IndexedPrints:
    """Some prints, numbered in their order, and generated ones, whose numbers are higher, in one index."""

    def __init__(
        self,
        recogniser: FingerprintRecogniser,
        stored: Sequence[Template | None],
        generated: int,
        shortlist: int,
        threads: int,
    ) -> None:
        self._recogniser = recogniser
        self._shortlist = shortlist
        self._count = len(stored)
        self._made = PrintGallery(FeatureSetIndex(threads=threads), recogniser.model)
        with progress("Generating", generated) as advance:
            self._made.fill(generated, threads, advance)
        self._first = FINGERS * -(-generated // FINGERS)  # id of the first of the prints that were not generated
        self._templates = {number: template for number, template in enumerate(stored) if template is not None}
        ids = self._first + FINGERS * np.array(list(self._templates), np.int64)
        sets = [recogniser.features(template) for template in self._templates.values()]
        self._made.index.add(ids, sets, labels(ids))

    def __len__(self) -> int:
        """Count the prints."""
        return self._count + len(self._made)

    def scores(self, ways: Sequence[Template]) -> Scores:
        """Return the scores of the prints that the index names for any orientation, compared in all of them.

        As in the service, those that are least similar at a first look are compared no further, and have none.
        """
        places: dict[int, int] = {}
        for way in ways:
            hits = self._made.index.search(self._recogniser.features(way), self._shortlist)
            for rank, template_id in enumerate(hits.ids.tolist(), start=1):
                number = self._number(template_id)
                places[number] = min(places.get(number, rank), rank)
        first_looks = [self._recogniser.first_look(way) for way in ways]
        best = self._best(first_looks, list(places))
        if first_looks != list(ways):
            best = self._best(ways, sorted(best, key=lambda number: -best[number])[:AFTER_FIRST_LOOK])
        return Scores(best, places)

    def _best(self, ways: Sequence[Template], numbers: Sequence[int]) -> dict[int, float]:
        """Compare some prints with each orientation; return the better score of each."""
        compared = [self._template(number) for number in numbers]
        best = np.max([self._recogniser.compare(way, compared) for way in ways], axis=0)
        return dict(zip(numbers, best.tolist(), strict=True))

    def _number(self, template_id: int) -> int:
        if template_id >= self._first:
            return (template_id - self._first) // FINGERS
        return self._count + template_id

    def _template(self, number: int) -> Template:
        return self._templates[number] if number < self._count else self._made.template(number - self._count)
