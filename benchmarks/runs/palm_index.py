"""Searches with latents of palms in an index that holds their mates among many generated palms."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from api.cli.progress_bars import progress
from biometrics.kernel.people.labels import LABEL
from biometrics.matching.local_features import CODE_BITS, LOCAL_FEATURE
from fingerprint.features import features
from fingerprint.synthetic.finger.scatter import scatter
from fingerprint.synthetic.randomness import random_numbers
from index.feature_sets import FeatureSetIndex
from palm.synthetic.flow import PALM_SHAPE, draw_flow
from palm.template import PalmTemplate

HITS = 10
_DRAWN, _AT_ONCE = 100, 500  # palms whose minutiae are scattered; palms added to the index at a time
_STEP = 16  # pixels from one sample of the flow to the next
_COUNT = (450, 60)  # minutiae of a palm: mean and standard deviation, as LEADER finds on generated palms
_STREAM = 30


@dataclass(frozen=True)
class IndexRun:
    """Searches with latents: median ms of one, and the share (%) that put the mate first, and among the first ten."""

    palms: int
    threads: int
    median_ms: float
    searches: int
    first: int
    among_ten: int


def run_index(
    palms: int, gallery: Sequence[PalmTemplate | None], latents: Sequence[tuple[Sequence[PalmTemplate], int]]
) -> IndexRun:
    """Search latents, both ways and each with the place of its mate, in an index of a gallery and generated palms."""
    index = FeatureSetIndex()
    sets = [np.zeros(0, LOCAL_FEATURE) if palm is None else features(palm) for palm in gallery]
    index.add(np.arange(len(sets)), sets, np.zeros(len(sets), LABEL))
    drawn = [_drawn(seed) for seed in range(_DRAWN)]
    rng = random_numbers(0, _STREAM)
    with progress("Filling the index", palms) as advance:
        for begin in range(0, palms, _AT_ONCE):
            some = [_stranger(drawn, rng) for _ in range(min(_AT_ONCE, palms - begin))]
            index.add(len(sets) + begin + np.arange(len(some)), some, np.zeros(len(some), LABEL))
            advance(len(some))
    times, places = [], []
    for latent, mate in latents:
        probes = [features(way) for way in latent]
        if not probes:
            places.append(HITS)
            continue
        before = time.perf_counter()
        hits = [index.search(probe, HITS) for probe in probes]
        times.append(1000 * (time.perf_counter() - before))
        best_first = np.concatenate([hit_list.ids for hit_list in hits])[
            np.argsort(-np.concatenate([hit_list.scores for hit_list in hits]))
        ]
        ids = list(dict.fromkeys(best_first.tolist()))[:HITS]
        places.append(ids.index(mate) if mate in ids else HITS)
    return IndexRun(
        len(index),
        os.cpu_count() or 1,
        float(np.median(times[1:] or times)),  # the first compiles
        len(places),
        sum(rank == 0 for rank in places),
        sum(rank < HITS for rank in places),
    )


def _drawn(seed: int) -> NDArray[np.void]:
    """Return the features of minutiae scattered along the flow of a palm."""
    rng = random_numbers(seed, _STREAM)
    height, width = PALM_SHAPE
    ellipse = np.array([0.5 * width, 0.5 * height, 0.52 * width, 0.52 * height])
    count = int(rng.normal(*_COUNT))
    points = scatter(rng, count, ellipse, draw_flow(rng, _STEP), rng.standard_normal((12, 11)), float(_STEP))
    return features(
        PalmTemplate(
            width=width,
            height=height,
            x=np.clip(points[:, 0], 0, width),
            y=np.clip(points[:, 1], 0, height),
            direction=(points[:, 2] % (2 * pi)).astype(np.float32),
            quality=rng.uniform(0.5, 1, len(points)).astype(np.float32),
            type=np.ones(len(points), np.uint8),
        )
    )


def _stranger(drawn: Sequence[NDArray[np.void]], rng: np.random.Generator) -> NDArray[np.void]:
    """Return the places and directions of a drawn palm with codes of its own: those that are drawn, bits flipped."""
    stranger = drawn[int(rng.integers(len(drawn)))].copy()
    stranger["code"] ^= rng.integers(0, 1 << 63, CODE_BITS // 64, np.uint64, endpoint=True)
    return stranger
