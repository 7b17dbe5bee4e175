"""Calibrations made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from biometrics.kernel.types import Modality
from biometrics.matching.calibration import FORMAT, Calibration


def made_calibration(
    modality: Modality, model: str, knots: Sequence[tuple[float, float]], scale: float, shape: float = 0.0
) -> Calibration:
    """Make one that is sure of itself: intervals of no width."""
    tail = {"scale": scale, "shape": shape}
    return Calibration.parse(
        {
            "format": FORMAT,
            "modality": modality,
            "model": model,
            "knots": [(raw, decibans, decibans, decibans) for raw, decibans in knots],
            "tail": tail,
            "tail_low": tail,
            "tail_high": tail,
            "spread": None,
        }
    )
