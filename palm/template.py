"""A palm, or a part of one, as its minutiae and ridges: as for a finger, but larger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fingerprint.ridge_map import TILE, RidgeMap
from fingerprint.template import FingerprintTemplate, RidgeMapKind

MOST_MINUTIAE = 2000  # the surest ones are kept
MOST_PIXELS = 13_000_000  # at 500 ppi: a full palm with its fingers, 5.5 x 8.5 inches, and some


@dataclass(frozen=True, eq=False)
class PalmRidges(RidgeMap):
    """The ridges of a palm; see `RidgeMap`."""

    MOST: ClassVar[int] = MOST_PIXELS // TILE**2


@dataclass(frozen=True, eq=False)
class PalmTemplate(FingerprintTemplate):
    """The minutiae of a palm, the surest first, and its ridges; see `FingerprintTemplate`."""

    MOST: ClassVar[int] = MOST_MINUTIAE
    RIDGES: ClassVar[RidgeMapKind] = PalmRidges
