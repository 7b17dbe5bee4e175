"""Make a calibration from non-mated comparisons; biometrics/calibration.py defines the file and reads it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.datasets import LabelledImage, UnusableDataset
from benchmarks.measure import Extraction, score_pairs
from benchmarks.metrics import Scores
from benchmarks.protocols import impostor_pairs
from biometrics.calibration import FORMAT
from biometrics.ports import Recogniser
from biometrics.types import Modality

STEP = 0.5  # decibans between knots
LAST_KNOT = 30  # comparisons that score as high as the last knot; fewer say too little of a rate
TAIL = 1000  # highest scores that the tail is fitted on
MIN_COMPARISONS = 10 * TAIL

Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Tail:
    """A generalised Pareto tail past the last knot: `scale` in raw score, `shape` >= 0 (0: exponential)."""

    scale: float
    shape: float


def non_mated_scores(
    recogniser: Recogniser, images: Sequence[LabelledImage], extraction: Extraction, comparisons: int, threads: int
) -> Scores:
    """Return the raw scores of up to `comparisons` random pairs of two subjects; failed images are left out.

    Raises:
        UnusableDataset: fewer pairs than a calibration takes.
    """
    pairs = impostor_pairs([image.subject for image in images], comparisons)
    scores = score_pairs(recogniser, extraction.templates, pairs, threads)
    scores = scores[np.isfinite(scores)]
    if len(scores) < MIN_COMPARISONS:
        raise UnusableDataset(
            f"A calibration takes {MIN_COMPARISONS:,} non-mated comparisons, and these images give {len(scores):,}; "
            "name more folders."
        )
    return scores


def calibration_content(modality: Modality, model: str, scores: Scores, subjects: int, command: str) -> dict[str, Any]:
    """Return the content of the calibration file of these non-mated scores of a model.

    Raises:
        UnusableDataset: the scores vary too little.
    """
    knots = empirical_knots(scores)
    tail = fit_tail(scores, knots[-1][0])
    return {
        "format": FORMAT,
        "modality": modality.value,
        "model": model,
        "knots": knots,
        "tail": {"scale": tail.scale, "shape": tail.shape},
        "non_mated": len(scores),
        "subjects": subjects,
        "command": command,
    }


def empirical_knots(scores: Scores) -> Knots:
    """Return (raw, decibans) from the lowest score, 0 decibans, to where LAST_KNOT scores are as high.

    Knots lie at scores that occur, about STEP decibans apart, each with the share of scores at least as high. Between
    scores that many pairs share, knots lie wider apart, and the straight line there claims less than the data would.

    Raises:
        UnusableDataset: the scores vary too little.
    """
    rising = np.sort(scores)
    count = len(rising)
    steps = np.arange(0.0, 10.0 * math.log10(count / LAST_KNOT), STEP)
    as_high = np.append(np.ceil(count * 10.0 ** (-steps / 10.0)).astype(np.int64), LAST_KNOT)
    raws = np.unique(rising[count - as_high])
    shares = (count - np.searchsorted(rising, raws, side="left")) / count
    if len(raws) < 2:
        raise UnusableDataset("The non-mated scores hardly vary, so they say nothing of false match rates.")
    return tuple(
        (float(raw), round(-10.0 * math.log10(share), 4) + 0.0) for raw, share in zip(raws, shares, strict=True)
    )


def fit_tail(scores: Scores, last_knot: float) -> Tail:
    """Fit a generalised Pareto distribution to the TAIL highest scores, and carry it to the last knot.

    By probability-weighted moments; an estimate with a finite end (shape < 0) is replaced by the exponential of the
    same mean, which claims less. Past a higher start the scale is `scale + shape * (higher - start)`, the shape the
    same.
    Sources: Hosking, Wallis, Technometrics 29(3), 1987, section 3; Coles, An Introduction to Statistical Modeling of
    Extreme Values, 2001, section 4.2.

    Raises:
        UnusableDataset: the highest scores do not vary.
    """
    start = float(np.sort(scores)[-TAIL])
    excess = np.sort(scores[scores > start]) - start
    n = len(excess)
    if n < LAST_KNOT or excess[0] == excess[-1]:
        raise UnusableDataset("The highest non-mated scores hardly vary, so nothing can be said beyond them.")
    mean = float(excess.mean())
    weighted = float(np.mean(excess * (n - np.arange(1, n + 1)) / (n - 1)))  # estimates E[X (1 - F(X))]
    shape = 2.0 - mean / (mean - 2.0 * weighted)
    if shape <= 0.0:
        return Tail(mean, 0.0)
    scale = 2.0 * mean * weighted / (mean - 2.0 * weighted)
    return Tail(scale + shape * (last_knot - start), shape)
