"""The scale of likelihood ratios for reports to a court, of the same fit as the rates that are stated of scores.

biometrics/matching/likelihood.py reads the file; docs/accuracy.md says what it rests on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks.calibration.evidence_scale import SetScores
from benchmarks.metrics import Scores
from benchmarks.metrics.likelihood import PRIORS, Validation
from benchmarks.runs.protocols import SEED
from biometrics.matching.calibration import Calibration

MOST = 20_000  # comparisons of a set that ratios are looked at on, drawn at random where there are more
KNOTS = 120
_POINTS = 81  # of a Tippett plot
_DECIMALS = 4


def content_of(scale: Calibration, sets: Sequence[SetScores], without: Callable[[str], Calibration]) -> dict[str, Any]:
    """Return what a file says of the ratios of a scale, without model and command.

    `without` makes the scale without one of the sets, which the ratios of that set are checked with.
    """
    knots = _knots(scale)
    quality = _validation(sets, without)
    return {
        "knots": knots,
        "bounds": [knots[0][2], knots[-1][2]],
        "sets": [
            {
                "name": set_scores.name,
                "subjects": set_scores.non_mated.subject_count,
                "mated": len(set_scores.mated),
                "non_mated": len(set_scores.non_mated.scores),
            }
            for set_scores in sets
            if not set_scores.generated
        ],
        "validation": validation_content(quality),
    }


def _knots(scale: Calibration) -> list[list[float]]:
    """Return raw scores with the ratio and its interval: the interval is the rate's, whose low end is stated."""
    assert scale.mated is not None, "a scale for ratios has mated comparisons"
    raws = scale.mated.raws
    if len(raws) > KNOTS:
        raws = raws[np.unique(np.linspace(0, len(raws) - 1, KNOTS).round().astype(np.int64))]
    rows = []
    for raw in raws.tolist():
        weight, at = scale.mated.at(raw), min(raw, scale.supported)
        low, middle, high = (
            min(end.at(at), limit) / 10.0 + weight
            for end, limit in ((scale.low, scale.bound), (scale.curve, math.inf), (scale.high, math.inf))
        )
        rows.append([raw, max(low, middle), low, max(low, middle, high)])
    knots = np.array(rows)
    knots[:, 1:] = np.maximum.accumulate(knots[:, 1:], axis=0)
    knots[:, 1] = np.clip(knots[:, 1], knots[:, 2], knots[:, 3])
    return [[float(f"{raw:.8g}"), *(round(float(value), _DECIMALS) + 0.0 for value in rest)] for raw, *rest in knots]


def _validation(sets: Sequence[SetScores], without: Callable[[str], Calibration]) -> Validation:
    mated, non_mated, rng = [], [], np.random.default_rng(SEED)
    for set_scores in sets:
        if set_scores.generated:
            continue
        scale = without(set_scores.name)
        mated.append(_ratios(scale, set_scores.mated))
        scores = set_scores.non_mated.scores
        chosen = scores if len(scores) <= MOST else rng.choice(scores, MOST, replace=False)
        non_mated.append(_ratios(scale, chosen))
    return Validation(np.concatenate(mated), np.concatenate(non_mated))


def _ratios(scale: Calibration, raws: Scores) -> Scores:
    return np.array([scale.score(float(raw)).ratio for raw in raws], dtype=np.float64)


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
    ratios_table = Table("set", "subjects", "mated", "non-mated", title="likelihood ratios")
    for set_content in content["sets"]:
        ratios_table.add_row(
            set_content["name"], *(f"{set_content[name]:,}" for name in ("subjects", "mated", "non_mated"))
        )
    quality, bounds = content["validation"], content["bounds"]
    ratios_table.caption = (
        f"Cllr {quality['cllr']:.3f}, Cllr-min {quality['cllr_min']:.3f} on {quality['mated']:,} mated and "
        f"{quality['non_mated']:,} non-mated comparisons of other subjects; bounds 10^{bounds[0]:.2f} to "
        f"10^{bounds[1]:.2f}"
    )
    return ratios_table
