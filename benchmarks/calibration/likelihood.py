"""Make a scale of likelihood ratios from mated and non-mated pairs; biometrics/matching/likelihood.py reads it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from api.bootstrap.engine import vectors_of
from benchmarks.calibration.fitting import looks_of, pairs_of_one_look
from benchmarks.metrics import Indices, Scores
from benchmarks.metrics.intervals import interval
from benchmarks.metrics.likelihood import PRIORS, Logistic, Validation, held_out
from benchmarks.runs.datasets import LabelledImage, UnusableDataset, groups_of
from benchmarks.runs.measure import score_pairs
from benchmarks.runs.protocols import SEED, Pairs, genuine_pairs, impostor_pairs
from biometrics.kernel.types import Template
from biometrics.matching.ports import Recogniser

MOST_MATED, MOST_NON_MATED = 2000, 20_000  # comparisons of a set, drawn at random where there are more
REPLICATES = 200  # of the bootstrap
KNOTS = 41
_POINTS = 81  # of a Tippett plot
_MARGIN = 1.5  # powers of ten beyond the bounds that the knots reach
_DECIMALS = 4


@dataclass(frozen=True)
class Compared:
    """The scores of one set, with the two subjects of each; numbers count from 0."""

    name: str
    scores: Scores
    first: Indices
    second: Indices

    @property
    def mated(self) -> NDArray[np.bool_]:
        """Which comparisons are mated."""
        return np.asarray(self.first == self.second)

    def content(self) -> dict[str, Any]:
        """Say what there is of it."""
        mated = int(np.count_nonzero(self.mated))
        subjects = len(np.unique(np.concatenate([self.first, self.second])))
        return {"name": self.name, "subjects": subjects, "mated": mated, "non_mated": len(self.scores) - mated}


def compared(
    recogniser: Recogniser,
    name: str,
    images: Sequence[LabelledImage],
    templates: Sequence[Template | None],
    looks: int | None,
    threads: int,
) -> Compared:
    """Compare mated pairs and non-mated ones: of the same finger where names contain it, or of one look."""
    kept = [place for place, template in enumerate(templates) if template is not None]
    images, templates = [images[place] for place in kept], [templates[place] for place in kept]
    subjects = [image.subject for image in images]
    numbers = np.unique(subjects, return_inverse=True)[1].astype(np.int64)
    mated = _drawn(_of_one_finger(genuine_pairs(subjects), images), MOST_MATED)
    if looks is None:
        others = _of_one_finger(impostor_pairs(subjects, 50 * MOST_NON_MATED), images)
    else:
        made = vectors_of(recogniser).vector_of
        vectors = np.array([made(recogniser.features(template)) for template in templates if template])
        others = pairs_of_one_look(looks_of(vectors, looks), numbers, MOST_NON_MATED)
    pairs = np.concatenate([mated, _drawn(others, MOST_NON_MATED)])
    scores = score_pairs(recogniser, templates, pairs, threads)
    first, second = numbers[pairs].T
    return Compared(name, scores, first, second)


def _of_one_finger(pairs: Pairs, images: Sequence[LabelledImage]) -> Pairs:
    fingers = groups_of(images).get("finger")
    if fingers is None:
        return pairs
    first, second = np.array(fingers)[pairs].T
    within: Pairs = pairs[first == second]
    return within


def _drawn(pairs: Pairs, most: int) -> Pairs:
    if len(pairs) <= most:
        return pairs
    return pairs[np.sort(np.random.default_rng(SEED).choice(len(pairs), most, replace=False))]


def content_of(sets: Sequence[Compared]) -> dict[str, Any]:
    """Return what a file says of the ratios of some sets, without model and command.

    Raises:
        UnusableDataset: there are too few mated or non-mated comparisons.
    """
    scores, first, second, of = _joined(sets)
    mated = first == second
    try:
        ratios = held_out(scores, (first, second))
        line = Logistic.fit(scores[mated], scores[~mated])
    except ValueError as error:
        raise UnusableDataset(f"These sets are too few: {error}.") from error
    looked_at = np.isfinite(ratios)
    bounds = _independent(ratios, first, second, looked_at & mated, looked_at & ~mated).bounds
    quality = Validation(*(np.clip(ratios[looked_at & side], *bounds) for side in (mated, ~mated)))
    return {
        "knots": _knots(line, _replicates(line, scores, first, second, of), bounds),
        "bounds": [round(bound, _DECIMALS) for bound in bounds],
        "sets": [each.content() for each in sets],
        "validation": validation_content(quality),
    }


def _joined(sets: Sequence[Compared]) -> tuple[Scores, Indices, Indices, Indices]:
    """Return the scores of all sets, the subjects, numbered apart, and the place of each set."""
    start, firsts, seconds = 0, [], []
    for each in sets:
        firsts.append(each.first + start)
        seconds.append(each.second + start)
        start += int(max(each.first.max(), each.second.max())) + 1
    of = np.repeat(np.arange(len(sets)), [len(each.scores) for each in sets])
    return np.concatenate([each.scores for each in sets]), np.concatenate(firsts), np.concatenate(seconds), of


def _independent(
    ratios: Scores, first: Indices, second: Indices, mated: NDArray[np.bool_], non_mated: NDArray[np.bool_]
) -> Validation:
    """Keep one non-mated comparison of the same two subjects, the highest: the others say little more."""
    codes = np.minimum(first, second) * (int(max(first.max(), second.max())) + 1) + np.maximum(first, second)
    return Validation(ratios[mated], _highest(ratios[non_mated], codes[non_mated]))


def _highest(values: Scores, codes: Indices) -> Scores:
    """Return the highest value of each code."""
    order = np.lexsort((values, codes))
    last = np.append(np.diff(codes[order]) != 0, True)
    return np.asarray(values[order][last])


def _replicates(line: Logistic, scores: Scores, first: Indices, second: Indices, of: Indices) -> list[Logistic]:
    """Fit to draws of the sets, and of the subjects within them: a comparison counts as often as both were drawn."""
    rng = np.random.default_rng(SEED)
    mated, lines = first == second, []
    for _ in range(REPLICATES):
        sets = rng.multinomial(of[-1] + 1, np.full(of[-1] + 1, 1.0 / (of[-1] + 1)))
        times = rng.poisson(1.0, int(max(first.max(), second.max())) + 1)
        weights = (sets[of] * np.where(mated, times[first], times[first] * times[second])).astype(np.float64)
        if weights[mated].any() and weights[~mated].any():
            kinds = (weights[mated], weights[~mated])
            lines.append(Logistic.fitted(line.form, scores[mated], scores[~mated], kinds))
    return lines


def _knots(line: Logistic, drawn: Sequence[Logistic], bounds: tuple[float, float]) -> list[list[float]]:
    """Return raw scores from below the lowest bound to above the highest, with the ratio and its interval."""
    raws = line.back(np.linspace(bounds[0] - _MARGIN, bounds[1] + _MARGIN, KNOTS))
    ratios = line.at(raws)
    low, high = interval(np.array([each.at(raws) for each in drawn]))
    rows = zip(raws, np.minimum(low, ratios), ratios, np.maximum(high, ratios), strict=True)
    return [
        [float(f"{raw:.6g}"), *(round(float(value), _DECIMALS) + 0.0 for value in (ratio, least, most))]
        for raw, least, ratio, most in rows
    ]


def validation_content(quality: Validation) -> dict[str, Any]:
    """Return the quality of ratios as plain JSON: figures, and points of the plots."""
    low = math.floor(min(float(quality.mated.min()), float(quality.non_mated.min()))) - 0.5
    high = math.ceil(max(float(quality.mated.max()), float(quality.non_mated.max()))) + 0.5
    at = np.linspace(low, high, _POINTS)
    mated, non_mated = quality.tippett(at)
    return {
        "mated": len(quality.mated),
        "non_mated": len(quality.non_mated),
        "cllr": round(quality.cllr, _DECIMALS),
        "cllr_min": round(quality.cllr_min, _DECIMALS),
        "tippett": np.stack([at, mated, non_mated], axis=1).round(_DECIMALS).tolist(),
        "ece": np.concatenate([PRIORS[None], quality.entropies()]).T.round(_DECIMALS).tolist(),
    }


def table(content: dict[str, Any]) -> Table:
    """Show what a file says."""
    shown = Table("set", "subjects", "mated", "non-mated", title="likelihood ratios")
    for each in content["sets"]:
        shown.add_row(each["name"], *(f"{each[name]:,}" for name in ("subjects", "mated", "non_mated")))
    quality, bounds = content["validation"], content["bounds"]
    shown.caption = (
        f"Cllr {quality['cllr']:.3f}, Cllr-min {quality['cllr_min']:.3f} on {quality['mated']:,} mated and "
        f"{quality['non_mated']:,} non-mated comparisons of other subjects; bounds 10^{bounds[0]:.2f} to "
        f"10^{bounds[1]:.2f}"
    )
    return shown
