"""Bounds of the error rates that a search or a comparison may be asked to keep."""

from __future__ import annotations

from typing import Final

from biometrics.kernel.errors import InvalidField

LEAST_TARGET: Final = 1e-6  # beyond what any calibration set reaches, for which nothing could be promised
MOST_TARGET: Final = 0.5


def check_target(name: str, rate: float) -> None:
    """Check a target FPIR or FMR.

    Raises:
        InvalidField: it is not from LEAST_TARGET to MOST_TARGET.
    """
    if not LEAST_TARGET <= rate <= MOST_TARGET:
        raise InvalidField(f"{name} is {rate:g}; give a rate from {LEAST_TARGET:g} to {MOST_TARGET:g}, such as 0.001.")
