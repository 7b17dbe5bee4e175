"""Which images are compared: pairs of places in the list of images, int64, shape (n, 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pairs = NDArray[np.int64]

SEED = 20090619  # any fixed number, so that a sample is the same at every run


@dataclass(frozen=True)
class Identification:
    """A closed-set search: every probe has its mate in the gallery.

    `probes`, shape (n,), and `gallery`, shape (m,), are places of images; `mates` is each probe's place in `gallery`.
    """

    probes: NDArray[np.int64]
    gallery: NDArray[np.int64]
    mates: NDArray[np.int64]


def genuine_pairs(subjects: Sequence[str]) -> Pairs:
    """Return all pairs of the same subject, each once, the earlier image first."""
    labels = _labels(subjects)
    return np.array(
        [(i, j) for i in range(len(labels)) for j in i + 1 + np.flatnonzero(labels[i + 1 :] == labels[i])],
        dtype=np.int64,
    ).reshape(-1, 2)


def impostor_pairs(subjects: Sequence[str], at_most: int) -> Pairs:
    """Return all pairs of two subjects, each once, the earlier image first; a random sample where there are more.

    The sample is of `at_most` different pairs, each equally likely, and the same for the same subjects.
    """
    labels = _labels(subjects)
    count = len(labels)
    genuine = int(np.sum([n * (n - 1) // 2 for n in np.bincount(labels)]))
    if count * (count - 1) // 2 - genuine > 2 * at_most:
        return _drawn(labels, at_most)
    i, j = np.triu_indices(count, k=1)
    pairs: Pairs = np.stack([i, j], axis=1)[labels[i] != labels[j]]
    if len(pairs) > at_most:
        pairs = pairs[np.sort(np.random.default_rng(SEED).choice(len(pairs), at_most, replace=False))]
    return pairs


def _drawn(labels: NDArray[np.int64], pair_count: int) -> Pairs:
    """Draw pairs until there are enough different ones: all of them may be too many to list."""
    rng, count = np.random.default_rng(SEED), len(labels)
    codes = np.empty(0, dtype=np.int64)
    while len(codes) < pair_count:
        drawn = np.sort(rng.integers(0, count, size=(pair_count, 2)), axis=1)
        drawn = drawn[labels[drawn[:, 0]] != labels[drawn[:, 1]]]
        codes = np.unique(np.append(codes, drawn[:, 0] * count + drawn[:, 1]))
    codes = np.sort(rng.choice(codes, pair_count, replace=False))
    return np.stack(np.divmod(codes, count), axis=1)


def first_of_each(subjects: Sequence[str]) -> NDArray[np.int64]:
    """Return the place of each subject's first image."""
    return np.asarray(np.sort(np.unique(_labels(subjects), return_index=True)[1]), dtype=np.int64)


def first_impressions(subjects: Sequence[str]) -> Pairs:
    """Return all pairs of two subjects' first images: FVC's impostor comparisons."""
    first = first_of_each(subjects)
    i, j = np.triu_indices(len(first), k=1)
    return np.stack([first[i], first[j]], axis=1)


def identification(subjects: Sequence[str]) -> Identification:
    """Search every later image of a subject in the gallery of everyone's first images."""
    labels, gallery = _labels(subjects), first_of_each(subjects)
    probes = np.setdiff1d(np.arange(len(labels), dtype=np.int64), gallery)
    column_of = {int(labels[at]): i for i, at in enumerate(gallery)}
    return Identification(probes, gallery, np.array([column_of[int(labels[at])] for at in probes], dtype=np.int64))


def _labels(subjects: Sequence[str]) -> NDArray[np.int64]:
    return np.unique(np.array(subjects), return_inverse=True)[1].astype(np.int64)
