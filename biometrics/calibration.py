"""From a raw score to decibans of false match, and from a target error rate to a threshold.

`decibans = -10 * log10(FMR)`, where FMR is the share of non-mated comparisons that score at least this high: 40 means
one in ten thousand. A calibration belongs to one modality and one model, and is a JSON file made by
`pehchan calibrate` from non-mated comparisons:

    format       1
    modality     "fingerprint" or "face"
    model        SHA-256 of the model whose scores these are
    knots        [[raw, decibans], ...]: raw strictly rising, decibans from 0 and never falling
    tail         {"scale": s, "shape": x}, past the last knot: with e = (raw - last) / s, the FMR is the last knot's
                 times (1 + x * e) ** (-1 / x), or exp(-e) where x is 0; x >= 0, so that the score keeps rising
    non_mated    comparisons it was made from       subjects   people or fingers they came from
    command      what made it

Past the last knot a score is an extrapolation, and says so.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from biometrics.errors import CalibrationUnusable
from biometrics.types import Modality

FORMAT = 1


@dataclass(frozen=True)
class Score:
    """A similarity in decibans of false match; `extrapolated` where it lies beyond the calibration's data."""

    decibans: float
    extrapolated: bool

    @property
    def log_fmr(self) -> float:
        """Natural logarithm of the false match rate."""
        return -self.decibans * math.log(10.0) / 10.0


@dataclass(frozen=True)
class Calibration:
    """The score scale of one model; see the module's text for the fields."""

    modality: Modality
    model: str
    knots: tuple[tuple[float, float], ...]
    tail_scale: float
    tail_shape: float

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read a calibration file.

        Raises:
            CalibrationUnusable: absent, not a calibration, or not monotone.
        """
        try:
            return cls._parse(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CalibrationUnusable(f"{path.name} is not a calibration that can be used: {error}") from error

    @classmethod
    def _parse(cls, content: dict[str, Any]) -> Calibration:
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}, this version reads {FORMAT}")
        knots = tuple((float(raw), float(decibans)) for raw, decibans in content["knots"])
        raws, decibans = np.array(knots, dtype=np.float64).T
        rising = np.isfinite(knots).all() and (np.diff(raws) > 0).all() and (np.diff(decibans) >= 0).all()
        if len(knots) < 2 or not rising or decibans[0] != 0:
            raise ValueError("knots must rise from 0 decibans")
        scale, shape = float(content["tail"]["scale"]), float(content["tail"]["shape"])
        if not (0 < scale < math.inf and 0 <= shape < math.inf):
            raise ValueError("the tail needs scale > 0 and shape >= 0")
        return cls(Modality(content["modality"]), str(content["model"]), knots, scale, shape)

    def score(self, raw: float) -> Score:
        """Convert one raw score."""
        last_raw, last_decibans = self.knots[-1]
        if raw <= last_raw:
            raws, decibans = zip(*self.knots, strict=True)
            return Score(float(np.interp(raw, raws, decibans)), extrapolated=False)
        excess = (raw - last_raw) / self.tail_scale
        log_survival = -math.log1p(self.tail_shape * excess) / self.tail_shape if self.tail_shape else -excess
        return Score(last_decibans - 10.0 * log_survival / math.log(10.0), extrapolated=True)


def best_of(score: Score, comparisons: int) -> Score:
    """Score of the best of several comparisons with one person: the chance that any of them scores this high.

    `1 - (1 - FMR)^n`, so that a person with twenty stored prints does not rank above one with two by that alone.
    """
    fmr = math.exp(score.log_fmr)
    any_fmr = -math.expm1(comparisons * math.log1p(-fmr)) if fmr < 1 else 1.0
    # A far extrapolation underflows to FMR 0; there n * FMR is exact enough.
    log_any = math.log(any_fmr) if any_fmr > 0 else score.log_fmr + math.log(comparisons)
    return Score(max(0.0, -10.0 * log_any / math.log(10.0)), score.extrapolated)


def threshold_for_fmr(fmr: float) -> float:
    """Return the decibans at which one comparison falsely matches at rate `fmr`."""
    return -10.0 * math.log10(fmr)


def threshold_for_fpir(fpir: float, people: int) -> float:
    """Return the decibans at which a search of `people` non-mated records returns any of them at rate `fpir`.

    From `FPIR = 1 - (1 - FMR)^N` (ISO/IEC 19795-1, independent comparisons).
    """
    return threshold_for_fmr(-math.expm1(math.log1p(-fpir) / max(people, 1)))
