"""Searches of prints in galleries of any size: time, and losses against exhaustive comparison.

The gallery is generated; the mates are real. Each search first adds its mates to the gallery, and then removes them.
The time covers everything from the probes' templates to the ranked candidates; the candidates' templates, which are in
a database otherwise, are kept in memory or assembled here (some 10 ms of a search).

A million prints cannot be compared exactly for every search. So a search counts as mated if the mate scores higher
than all people whom the index names, and so high that no higher score is expected among as many real prints (generated
ones, which have no ridges, score lower than real ones). It is lost if the index does not name the mate. People whom the
index does not name might have scored higher still, so the losses are an upper bound.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.figure import SearchFigure, cpu_seconds
from benchmarks.search.gallery import FINGERS, PrintGallery, labels
from biometrics.kernel.people.labels import NO_FILTER, Filter
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import Calibration, Score, threshold_for_fpir
from biometrics.matching.fusion import fuse
from biometrics.matching.ports import BatchIndex, Hits, Recogniser
from biometrics.matching.ranking import LEAST_HITS
from biometrics.matching.shortlist import most_alike, pieces
from index.feature_sets import FeatureSetIndex
from index.snapshot import load

UNKNOWN_FINGER = "one print of an unknown finger"
KNOWN_FINGER = "one print of a known finger"
TEN_PRINTS = "ten prints of one person"
LOST_TARGETS = {100_000: 0.002, 1_000_000: 0.003, 13_000_000: 0.003}  # by fingers in the gallery
P50_TARGETS_MS = {
    UNKNOWN_FINGER: {100_000: 100.0, 1_000_000: 400.0, 13_000_000: 1200.0},
    KNOWN_FINGER: {13_000_000: 200.0},
    TEN_PRINTS: {1_000_000: 300.0, 13_000_000: 800.0},  # a million fingers are 100,000 people
}
CHANGE_TARGET_MS = 1000.0
SNAPSHOT_SAVED, SNAPSHOT_LOADED = "save a snapshot", "load a snapshot"
RECALLED = "hits of the embedded index"
EXPECTED = 0.5  # chance that another person scores as high in a gallery of real prints
_FEATURE_SPACE = "0" * 64  # any, for a snapshot that nobody else reads
_PIECE = 64  # templates that a thread compares at a time, at most


@dataclass(frozen=True)
class Mates:
    """Prints of one person to search with, and those of the same fingers to be found, by position."""

    probes: dict[FingerPosition, Template]
    stored: dict[FingerPosition, Template]


@dataclass(frozen=True)
class TimedSearch:
    """The result of one search, and its time in seconds, by the clock and of the processors."""

    seconds: float
    cpu_seconds: float
    right: bool
    lost: bool


class Searcher:
    """Searches a gallery as `biometrics.use_cases.search.identify` does."""

    def __init__(
        self,
        gallery: PrintGallery,
        recogniser: Recogniser,
        calibration: Calibration,
        shortlist: int,
        threads: int = os.cpu_count() or 1,
    ) -> None:
        self._gallery = gallery
        self._recogniser = recogniser
        self._calibration = calibration
        self._shortlist = shortlist
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads)

    def search(self, mates: Mates) -> TimedSearch:
        """Search with all probes of one person; a probe whose position is UNKNOWN is compared with every finger."""
        person, added = self._add(mates)
        cpu_began, began = cpu_seconds(), time.perf_counter()
        hits_each = max(LEAST_HITS, self._shortlist // len(mates.probes))
        hits = self._searched(mates, hits_each)
        scores: defaultdict[int, list[Score]] = defaultdict(list)
        for number, raw in self._compared(mates, hits, added):
            scores[number].append(self._calibration.score(raw))
        fused = {number: fuse(of_probes).decibans for number, of_probes in scores.items()}
        ranked = sorted(fused, key=lambda number: -fused[number])
        seconds, cpu = time.perf_counter() - began, cpu_seconds() - cpu_began
        self._gallery.index.remove(np.array(list(added)))
        best = self._decibans(mates)
        best_other = next((fused[number] for number in ranked if number != person), 0.0)
        compared = len(self._gallery) / (1 if FingerPosition.UNKNOWN in mates.probes else FINGERS)
        right = best > max(best_other, threshold_for_fpir(EXPECTED, round(compared)))
        return TimedSearch(seconds, cpu, right, right and person not in fused)

    def _decibans(self, mates: Mates) -> float:
        """Score the mates themselves."""
        raw = [self._recogniser.compare(probe, [mates.stored[at]])[0] for at, probe in mates.probes.items()]
        return fuse([self._calibration.score(float(score)) for score in raw]).decibans

    def _add(self, mates: Mates) -> tuple[int, dict[int, Template]]:
        """Add a person to the gallery; return their number, and the templates by their ids."""
        first = -(-len(self._gallery) // FINGERS) * FINGERS
        added = {first + max(int(position), 1) - 1: template for position, template in mates.stored.items()}
        ids = np.array(list(added))
        sets = [self._recogniser.features(template) for template in added.values()]
        self._gallery.index.add(ids, sets, labels(ids))
        return first // FINGERS, added

    def _searched(self, mates: Mates, hits: int) -> list[Hits]:
        index = self._gallery.index
        features = self._pool.map(self._recogniser.features, mates.probes.values())
        filters = [Filter(positions=frozenset({at})) if at else NO_FILTER for at in mates.probes]
        probes = list(zip(features, filters, strict=True))
        if isinstance(index, BatchIndex):
            return index.search_all(probes, hits)
        return list(self._pool.map(lambda probe: index.search(probe[0], hits, probe[1]), probes))

    def _compared(self, mates: Mates, hits: Sequence[Hits], added: dict[int, Template]) -> Iterator[tuple[int, float]]:
        """Compare exactly; yield people with the best score of each probe."""
        chosen = most_alike(hits, self._shortlist)
        divided = [
            (at, probe, piece)
            for at, (probe, ids) in enumerate(zip(mates.probes.values(), chosen, strict=True))
            for piece in pieces(ids, _PIECE)
        ]
        best: dict[tuple[int, int], float] = {}
        scored = self._pool.map(lambda piece: self._scored(added, piece[1], piece[2]), divided)
        for (at, _, ids), raw in zip(divided, scored, strict=True):
            for finger, score in zip(ids.tolist(), raw.tolist(), strict=True):
                key = (at, finger // FINGERS)
                best[key] = max(best.get(key, 0.0), score)
        return ((person, score) for (_, person), score in best.items())

    def _scored(self, added: dict[int, Template], probe: Template, ids: NDArray[np.int64]) -> NDArray[np.float64]:
        stored = [added.get(finger) or self._gallery.template(finger) for finger in ids.tolist()]
        return self._recogniser.compare(probe, stored)


def measure(
    gallery: PrintGallery,
    searcher: Searcher,
    label: str,
    people: Sequence[Mates],
    advance: Callable[[int], None] = lambda done: None,
) -> SearchFigure:
    """Search for each person; the first search is repeated, untimed, to warm up."""
    searcher.search(people[0])
    outcomes = []
    for mates in people:
        outcomes.append(searcher.search(mates))
        advance(1)
    ten = len(people[0].probes) > 1
    return replace(
        _timed(gallery, label, [outcome.seconds for outcome in outcomes]),
        cpu_ms=1000 * float(np.median([outcome.cpu_seconds for outcome in outcomes])),
        mated=sum(outcome.right for outcome in outcomes),
        lost=sum(outcome.lost for outcome in outcomes),
        p50_target_ms=P50_TARGETS_MS.get(label, {}).get(len(gallery)),
        lost_target=0.0 if ten else LOST_TARGETS.get(len(gallery)),
    )


def measure_changes(gallery: PrintGallery, features: Sequence[NDArray[np.void]]) -> list[SearchFigure]:
    """Add prints one by one, each until a search finds it, and remove them."""
    added, removed = [], []
    for number, print_features in enumerate(features, start=len(gallery)):
        ids = np.array([number])
        began = time.perf_counter()
        gallery.index.add(ids, [print_features], labels(ids))
        added.append(time.perf_counter() - began)
        assert number in gallery.index.search(print_features, 1).ids
        began = time.perf_counter()
        gallery.index.remove(ids)
        removed.append(time.perf_counter() - began)
        assert number not in gallery.index.search(print_features, 1).ids
    return [
        replace(_timed(gallery, label, seconds), p50_target_ms=CHANGE_TARGET_MS)
        for label, seconds in (("add a print", added), ("remove a print", removed))
    ]


def recall(gallery: PrintGallery, both: int, expected: int) -> SearchFigure:
    """Say how many of the hits of the embedded index another one lost."""
    return replace(_timed(gallery, RECALLED, [0.0]), mated=expected, lost=expected - both)


def measure_snapshot(gallery: PrintGallery, folder: Path) -> list[SearchFigure]:
    """Save the index, encrypted, let it go, and load it again."""
    path, secret = folder / "gallery.index", os.urandom(32)
    saved = measure_saving(gallery, path, secret)
    gallery.index = FeatureSetIndex()  # two of many millions of prints would not fit into memory
    began = time.perf_counter()
    gallery.index = load(path, _FEATURE_SPACE, {FeatureSetIndex.KIND: FeatureSetIndex.restored}, secret)
    loaded = time.perf_counter() - began
    path.unlink()
    return [saved, _timed(gallery, SNAPSHOT_LOADED, [loaded])]


def measure_saving(gallery: PrintGallery, path: Path, secret: bytes) -> SearchFigure:
    """Save the index, encrypted; a divided one has a snapshot for each partition, next to `path`."""
    began = time.perf_counter()
    gallery.index.snapshot(path, _FEATURE_SPACE, secret)()
    return _timed(gallery, SNAPSHOT_SAVED, [time.perf_counter() - began])


def _timed(gallery: PrintGallery, label: str, seconds: Sequence[float]) -> SearchFigure:
    return SearchFigure(
        what=label,
        gallery=len(gallery),
        searches=len(seconds),
        p50_ms=1000 * float(np.median(seconds)),
        p95_ms=1000 * float(np.quantile(seconds, 0.95)),
        mated=0,
        lost=0,
        resident_mb=gallery.resident_mb,
        build_s=gallery.build_s,
    )


def single_fingers(impressions: Sequence[Sequence[Template]], at_most: int, *, is_known: bool = False) -> list[Mates]:
    """Pair the impressions of each finger, each as probe for every other; thinned evenly to `at_most`.

    The finger is unknown, or said to be one of the ten, which take turns.
    """
    pairs = [
        Mates({position: probe}, {position: stored})
        for number, finger in enumerate(impressions)
        for position in [FingerPosition(number % FINGERS + 1) if is_known else FingerPosition.UNKNOWN]
        for probe in finger
        for stored in finger
        if probe is not stored
    ]
    return _thinned(pairs, at_most)


def ten_prints(impressions: Sequence[Sequence[Template]], at_most: int) -> list[Mates]:
    """Combine each ten fingers to one person, searched by each impression of all ten for every other."""
    positions = [position for position in FingerPosition if position]
    people = []
    for start in range(0, len(impressions) - FINGERS + 1, FINGERS):
        fingers = dict(zip(positions, impressions[start : start + FINGERS], strict=True))
        count = min(map(len, fingers.values()))
        prints = [{position: finger[i] for position, finger in fingers.items()} for i in range(count)]
        people += [Mates(probe, stored) for probe in prints for stored in prints if probe is not stored]
    return _thinned(people, at_most)


def _thinned(people: list[Mates], at_most: int) -> list[Mates]:
    chosen = np.unique(np.linspace(0, len(people) - 1, min(at_most, len(people))).round().astype(int))
    return [people[i] for i in chosen]
