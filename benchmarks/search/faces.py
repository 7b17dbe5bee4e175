"""Search with one face in galleries of any size: time, losses and memory.

The vectors are synthetic, distributed as SFace's are on Labeled Faces in the Wild (3,094 people, 4,989 photos). They
are generated in chunks from a seed, and again for the exhaustive answer, so that they are never all in memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.search.figure import SearchFigure, resident_mb
from biometrics.kernel.people.labels import LABEL, NO_FILTER, SEXES, Filter, Labels, code_number
from biometrics.kernel.people.person import Sex
from index.faiss_index import FaissIndex

DIMENSION = 128
P50_TARGETS_MS = {1_000_000: 2.0, 10_000_000: 15.0}  # by gallery; issue 4
LOST_TARGET = 0.001
CHANGE_TARGET_MS = 1000.0
CHANGES = 50  # additions timed, and removals
LAST = "face, removed until not found"  # what the last figure of a gallery is of
STATIONS = 2000

MEAN_LENGTH = 0.29  # of the mean of all vectors
BETWEEN, BETWEEN_DECAY = 0.579, 65  # variance between people; its i-th principal part goes with exp(-i / 65)
WITHIN, WITHIN_DECAY = 0.336, 100  # variance between photos of a person
UNEVEN = 0.3  # log-normal: some photos are much less like their person than others; mates' cosines vary by 0.11 so

_CHUNK = 100_000
_CHOICE, _MATES, _STRANGERS = range(3)  # seeds
_PERSON, _PHOTO = 3, 4


@dataclass(frozen=True)
class FaceSearches:
    """A set of searches: probes, shape (n, DIMENSION), and the filter.

    `answers` are the ids that an exhaustive search gives, to be among the first `hits`; `counted` says which probes
    count: of mated probes, those whose mate the exhaustive search ranks first.
    """

    what: str
    probes: NDArray[np.float32]
    where: Filter
    hits: int
    answers: NDArray[np.int64]
    counted: NDArray[np.bool_]


def measure(
    gallery_size: int, searches: int = 2000, advance: Callable[[int], None] = lambda done: None
) -> list[SearchFigure]:
    """Search a gallery of synthetic faces, with and without filters, then change it.

    A mated probe is lost if an exhaustive search ranks the mate first and the index does not. A non-mated probe is lost
    if the two name different people. The best non-mated scores lie close together, and those of the index are
    approximate at scale, so its first candidate may well be the second or third best; hence also the first ten, which
    identification compares by the float vectors.

    Args:
        gallery_size: photos, one per person.
        searches: mated ones; of each non-mated kind a quarter as many. A loss of 1 in 1,000 needs thousands.
        advance: called with the size of each finished chunk, 2 * gallery_size photos in all.
    """
    _warm_up()
    before = resident_mb()
    index, build_s = FaissIndex(DIMENSION), 0.0
    chosen = np.sort(np.random.default_rng(_CHOICE).choice(gallery_size, min(searches, gallery_size), replace=False))
    centres = []
    for start, people, photos, labels in _chunks(gallery_size):
        centres.append(people[chosen[(chosen >= start) & (chosen < start + len(people))] - start])
        began = time.perf_counter()
        index.add(np.arange(start, start + len(photos)), photos, labels)
        build_s += time.perf_counter() - began
        advance(len(photos))
    del people, photos, labels
    resident = resident_mb() - before
    mates, non_mated = _photos(np.concatenate(centres), _MATES), strangers(-(-searches // 4), _STRANGERS)
    questions = _answered(gallery_size, mates, chosen, non_mated, advance)
    figures = [_figure(index, question, resident, build_s) for question in questions]
    return [*figures, *_changes(index, mates, resident, build_s)]


def _figure(index: FaissIndex, question: FaceSearches, resident_mb: float, build_s: float) -> SearchFigure:
    is_found, milliseconds = np.zeros(len(question.probes), np.bool_), np.empty(len(question.probes))
    index.search(question.probes[0], question.hits, question.where)
    for i, probe in enumerate(question.probes):
        began = time.perf_counter()
        hits = index.search(probe, question.hits, question.where)
        milliseconds[i] = (time.perf_counter() - began) * 1000
        is_found[i] = question.answers[i] in hits.ids
    return SearchFigure(
        question.what,
        len(index),
        len(milliseconds),
        float(np.median(milliseconds)),
        float(np.quantile(milliseconds, 0.95)),
        mated=int(np.count_nonzero(question.counted)),
        lost=int(np.count_nonzero(question.counted & ~is_found)),
        resident_mb=resident_mb,
        build_s=build_s,
        p50_target_ms=P50_TARGETS_MS.get(len(index)),
        lost_target=LOST_TARGET,
    )


def _changes(
    index: FaissIndex, faces: NDArray[np.float32], resident_mb: float, build_s: float
) -> Iterator[SearchFigure]:
    """Add faces and remove them, one at a time, each until a search shows the change."""
    size, added, removed = len(index), [], []
    for i, face in enumerate(faces[:CHANGES]):
        began = time.perf_counter()
        index.add(np.array([2 * size + i]), face[None], np.zeros(1, LABEL))
        is_found = index.search(face, 1).ids[0] == 2 * size + i
        added.append((time.perf_counter() - began, is_found))
        began = time.perf_counter()
        index.remove(np.array([2 * size + i]))
        is_gone = index.search(face, 1).ids[0] != 2 * size + i
        removed.append((time.perf_counter() - began, is_gone))
    for label, changes in (("face, added until found", added), (LAST, removed)):
        milliseconds = [seconds * 1000 for seconds, _ in changes]
        yield SearchFigure(
            label,
            size,
            len(changes),
            float(np.median(milliseconds)),
            float(np.quantile(milliseconds, 0.95)),
            mated=len(changes),
            lost=sum(not right for _, right in changes),
            resident_mb=resident_mb,
            build_s=build_s,
            p50_target_ms=CHANGE_TARGET_MS,
            lost_target=0.0,
        )


def _answered(
    gallery_size: int,
    mates: NDArray[np.float32],
    chosen: NDArray[np.int64],
    non_mated: NDArray[np.float32],
    advance: Callable[[int], None],
) -> list[FaceSearches]:
    """Search all people, women and one station, and answer by exhaustive comparison."""
    women, station = Filter(sexes=frozenset({Sex.FEMALE})), Filter(stations=frozenset({"ST7"}))
    searches = [
        ("face, mated", mates, NO_FILTER, 1),
        ("face, non-mated", non_mated, NO_FILTER, 1),
        ("face, non-mated, in the first ten", non_mated, NO_FILTER, 10),
        ("face, non-mated, among women", non_mated, women, 10),
        ("face, non-mated, at one station", non_mated, station, 10),
    ]
    distinct = {(probes is mates, where): probes for _, probes, where, _ in searches}
    best = {key: np.full(len(probes), -np.inf, np.float32) for key, probes in distinct.items()}
    answers = {key: np.full(len(probes), -1) for key, probes in distinct.items()}
    for start, _, photos, labels in _chunks(gallery_size):
        for key, probes in distinct.items():
            matching = np.flatnonzero(key[1].meets(labels))
            if len(matching):
                scores = probes @ photos[matching].T
                better = scores.max(axis=1) > best[key]
                best[key][better] = scores.max(axis=1)[better]
                answers[key][better] = start + matching[scores.argmax(axis=1)[better]]
        advance(len(photos))
    return [
        FaceSearches(label, probes, where, hits, answer, answer == chosen if probes is mates else answer >= 0)
        for label, probes, where, hits in searches
        if ((answer := answers[probes is mates, where]) >= 0).all()
    ]


def _chunks(gallery_size: int) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32], Labels]]:
    """Yield the gallery in chunks: the first id, the people's centres, a photo of each, and its label."""
    for start in range(0, gallery_size, _CHUNK):
        count, seed = min(_CHUNK, gallery_size - start), 100 + start
        people = _people(count, seed)
        yield start, people, _photos(people, seed), _labels(start, count, seed)


def strangers(count: int, seed: int) -> NDArray[np.float32]:
    """Return one photo vector for each of `count` people: unit length, shape (count, DIMENSION)."""
    return _photos(_people(count, seed), seed)


def _people(count: int, seed: int) -> NDArray[np.float32]:
    """Return people's centres, shape (count, DIMENSION)."""
    centres: NDArray[np.float32] = _normal(count, seed, _PERSON) * _spread(BETWEEN, BETWEEN_DECAY)
    centres[:, ::8] += np.float32(MEAN_LENGTH / np.sqrt(DIMENSION / 8))
    return centres


def _photos(people: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Return one photo vector for each person: unit length, shape as `people`."""
    # In the reverse order of the centres' parts, so that the sum is spread nearly evenly, as it is on LFW.
    noise = _normal(len(people), seed, _PHOTO) * _spread(WITHIN, WITHIN_DECAY)[::-1]
    lengths = np.random.default_rng([seed, _PHOTO, 1]).lognormal(0, UNEVEN, (len(people), 1)).astype(np.float32)
    vectors = people + noise * lengths
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _normal(count: int, *seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((count, DIMENSION), dtype=np.float32)


def _spread(variance: float, decay: float) -> NDArray[np.float32]:
    parts: NDArray[np.float64] = np.exp(-np.arange(DIMENSION) / decay)
    spread: NDArray[np.float32] = np.sqrt(parts * (variance / parts.sum())).astype(np.float32)
    return spread


def _labels(start: int, count: int, seed: int) -> Labels:
    rng, labels = np.random.default_rng([seed, 5]), np.zeros(count, LABEL)
    labels["person"] = np.arange(start, start + count) + 10**11
    labels["sex"] = rng.integers(0, len(SEXES), count)
    labels["birth_year"] = rng.integers(1940, 2010, count)
    labels["station"] = _STATION_NUMBERS[rng.integers(0, STATIONS, count)]
    labels["district"] = labels["station"] % 700
    return labels


_STATION_NUMBERS = np.array([code_number(f"ST{number}") for number in range(STATIONS)], np.uint64)


def _warm_up() -> None:
    """Load what an index needs, so that it counts as neither memory nor time of the gallery."""
    for exact_at_most in (0, 10):
        index = FaissIndex(DIMENSION, exact_at_most)
        index.add(np.arange(4), _photos(_people(4, 0), 0), np.zeros(4, LABEL))
        index.search(_photos(_people(1, 0), 0)[0], 1)
