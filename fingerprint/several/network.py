"""Whether a print is one or several, by how its ridges run: they arch over one middle, or over several.

Two small networks look at the flow of the ridges on a coarse grid, one as an image shows it, one as the minutiae alone
do. Both were trained on single prints, some with the joint below, and on two to six put together
(`benchmarks.training.several`). Each looks six times, at the print turned a little and mirrored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from biometrics.kernel.errors import SeveralPrints
from fingerprint.perceptron import Perceptron
from fingerprint.several import minutiae
from fingerprint.several.flow import STEP, RidgeFlow
from fingerprint.several.grid import GRID, SQUARE, Planes
from fingerprint.template import FingerprintTemplate
from models.trained import read_weights

WEIGHTS = "several"
# Above the first an officer has to say whether an image shows one print, above the second minutiae are refused
# (docs/fingerprint.md).
MAX_BY_IMAGE, MAX_BY_MINUTIAE = 0.99, 0.9999
# A box of a card shows parts of other prints, letters and lines: as large both ways, it is judged by its size alone.
_BOX = 720  # pixels at 500 ppi
LEAST_MINUTIAE = 8  # fewer say nothing about how the ridges run
_TURNS = (-8.0, 8.0)  # degrees
_CERTAIN = 1e-7


class SeveralNetworks(NamedTuple):
    """What looks at the flow in an image, and what looks at that by minutiae."""

    of_image: Perceptron
    of_minutiae: Perceptron


def may_show_several(flow: RidgeFlow) -> bool:
    """Return whether an image may show more than one print."""
    flow = flow.trimmed()
    sides = [STEP * side for side in flow.mask.shape]
    if min(sides) >= _BOX:
        return False
    if max(sides) > GRID * SQUARE:  # as the box of a plain thumb
        flow = flow.without_lines()
    return likelihood_by_image(flow) > MAX_BY_IMAGE


def check_minutiae(template: FingerprintTemplate) -> None:
    """Check that minutiae of which there is no image are those of one print.

    Raises:
        SeveralPrints: they are those of several.
    """
    if likelihood_by_minutiae(template) > MAX_BY_MINUTIAE:
        raise SeveralPrints("The minutiae are those of more than one print; send each finger alone.")


def likelihood_by_image(flow: RidgeFlow, networks: SeveralNetworks | None = None) -> float:
    """Return how likely an image shows several prints, 0 to 1."""
    flow = flow.trimmed()
    if flow.mask.size == 0:
        return 0.0
    both = (flow, flow.mirrored())
    views = [view for side in both for view in (side, *(side.turned(turn) for turn in _TURNS))]
    return _mean((networks or _shipped()).of_image, [view.numbers() for view in views])


def likelihood_by_minutiae(template: FingerprintTemplate, networks: SeveralNetworks | None = None) -> float:
    """Return how likely minutiae are those of several prints, 0 to 1."""
    return likelihood_by_points(minutiae.points_of(template), networks)


def likelihood_by_points(points: minutiae.Points, networks: SeveralNetworks | None = None) -> float:
    """Return the same of minutiae that are no template."""
    if len(points) < LEAST_MINUTIAE:
        return 0.0
    both = (points, minutiae.mirrored(points))
    views = [view for side in both for view in (side, *(minutiae.turned(side, turn) for turn in _TURNS))]
    return _mean((networks or _shipped()).of_minutiae, [minutiae.numbers(view) for view in views])


def _mean(network: Perceptron, views: Sequence[Planes]) -> float:
    """Return the estimate of all views together: the mean of their logarithms of the odds."""
    estimates = np.clip(network.estimates(np.stack(views))[:, 0].astype(np.float64), _CERTAIN, 1 - _CERTAIN)
    return float(1 / (1 + np.exp(-np.log(estimates / (1 - estimates)).mean())))


@cache
def _shipped() -> SeveralNetworks:
    return read_weights(WEIGHTS, _read_networks)


def _read_networks(arrays: Mapping[str, Any]) -> SeveralNetworks:
    return SeveralNetworks(*(Perceptron.read(arrays, prefix) for prefix in ("image_", "minutiae_")))
