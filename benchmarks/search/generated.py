"""Whether generated templates score among themselves like real prints of different people, minutiae only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.table import Table

from benchmarks.metrics import Scores
from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.runs.measure import Extraction
from fingerprint.codec import decode
from fingerprint.matching.cylinders import PreparedPrint, prepare
from fingerprint.matching.matcher import match
from fingerprint.ridge_map import NO_RIDGES
from fingerprint.synthetic import synthetic_template

QUANTILES = (0.5, 0.9, 0.99, 0.999, 0.9999)
FIRST_SEED = 0

Distributions = dict[str, Scores]


def non_mated(images: Sequence[LabelledImage], extraction: Extraction) -> Distributions:
    """Return raw scores of real prints of two subjects, of as many generated ones, and of the two with each other.

    The ridges are left out of the real templates, for generated ones have none.

    Raises:
        UnusableDataset: fewer than two subjects.
    """
    usable = [
        (image.subject, template) for image, template in zip(images, extraction.templates, strict=True) if template
    ]
    real = [prepare(replace(decode(template.data), ridges=NO_RIDGES)) for _, template in usable]
    subjects = np.array([subject for subject, _ in usable])
    if len(set(subjects)) < 2:
        raise UnusableDataset("Scores of different people need the prints of two people or more.")
    generated = [prepare(synthetic_template(FIRST_SEED + i)) for i in range(len(real))]
    everyone = np.arange(len(generated))
    return {
        "real with real": _scores(real, subjects),
        "generated with generated": _scores(generated, everyone),
        "generated with real": np.concatenate([match(print_, real) for print_ in generated]),
    }


def _scores(prints: Sequence[PreparedPrint], subjects: np.ndarray) -> Scores:
    """Return the scores of each print with the later ones of other subjects."""
    rows = [match(print_, prints[i + 1 :])[subjects[i + 1 :] != subjects[i]] for i, print_ in enumerate(prints)]
    return np.concatenate(rows)


def figures(scores: Distributions) -> dict[str, dict[str, object]]:
    """Return the number of comparisons and the quantiles of each distribution."""
    return {
        name: {
            "comparisons": len(values),
            "quantiles": dict(zip(QUANTILES, np.quantile(values, QUANTILES), strict=True)),
        }
        for name, values in scores.items()
    }


def table(title: str, scores: Distributions) -> Table:
    """Show the quantiles of each distribution."""
    quantiles_table = Table("pairs", "comparisons", *(f"{100 * q:g} %" for q in QUANTILES), title=title)
    for name, values in scores.items():
        quantiles_table.add_row(name, f"{len(values):,}", *(f"{value:.5f}" for value in np.quantile(values, QUANTILES)))
    return quantiles_table


def plot(scores: Distributions, out: Path) -> None:
    """Draw the false match rate of each distribution over the raw score, to a PNG."""
    from matplotlib.figure import Figure  # here, because it comes with an extra

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.add_subplot()
    for name, values in scores.items():
        ordered = np.sort(values)
        axes.semilogy(ordered, 1 - np.arange(len(ordered)) / len(ordered), label=name)
    axes.set_xlabel("raw score of the minutiae")
    axes.set_ylabel("part of the non-mated comparisons that reach it")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(out, dpi=90)
