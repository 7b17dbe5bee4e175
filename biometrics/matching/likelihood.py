"""From a raw score to a likelihood ratio: how much more likely it is if two images are of one source.

A scale belongs to one modality and one model. It is a JSON file made by `pehchan calibrate populations` or `look`, of
the same fit as the calibration: its low ratios are those of the calibration's scores. It says how good they are:

    format       1
    modality     "fingerprint" or "face"
    model        SHA-256 of the model whose scores these are
    knots        [[raw, ratio, low, high], ...]: raw strictly rising, ratios as powers of ten; low and high are the ends
                 that 97 of 100 populations that were not measured do not pass
    bounds       [lowest, highest] ratio that the data support, as powers of ten
    sets         [{"name", "subjects", "mated", "non_mated"}, ...]: the data used
    validation   of sets that had no part in the fit: "mated" and "non_mated" comparisons, "cllr", "cllr_min",
                 "tippett": [[ratio, share of mated, share of non-mated that reach it], ...],
                 "ece": [[prior odds, of these ratios, of the best possible ones, of no ratios], ...], powers of ten and
                 bits
    command      what made it
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.scale_file import load_scale

FORMAT = 1


@dataclass(frozen=True)
class Ratio:
    """A likelihood ratio: its interval as powers of ten, never beyond the bounds of its data.

    `above` and `below` say that the score gives the highest or the lowest ratio that the data support, or would more.
    """

    low: float
    high: float
    above: bool
    below: bool

    @property
    def stated(self) -> float:
        """The end of the interval that says less, as a power of ten; 0 if the interval holds 1."""
        if self.low > 0.0:
            return self.low
        return min(self.high, 0.0)


@dataclass(frozen=True)
class DataSet:
    """A set of images that a scale was made from, and its comparisons."""

    name: str
    subjects: int
    mated: int
    non_mated: int


@dataclass(frozen=True)
class Quality:
    """How good the ratios are for subjects who had no part in the fit; see the module's text."""

    mated: int
    non_mated: int
    cllr: float
    cllr_min: float
    tippett: NDArray[np.float64]
    ece: NDArray[np.float64]


@dataclass(frozen=True)
class LikelihoodScale:
    """The likelihood ratios of one model's scores; `digest` is the SHA-256 (hex) of its file."""

    modality: Modality
    model: str
    knots: NDArray[np.float64]
    bounds: tuple[float, float]
    sets: tuple[DataSet, ...]
    quality: Quality
    digest: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            CalibrationUnusable: absent, of another form, or not monotone.
        """
        return load_scale(path, cls._parse, "is no scale of likelihood ratios")

    @classmethod
    def _parse(cls, content: Mapping[str, Any], digest: str) -> Self:
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}, this version reads {FORMAT}")
        knots = np.array(content["knots"], dtype=np.float64).reshape(-1, 4)
        raws, ratios, low, high = knots.T
        lowest, highest = (float(bound) for bound in content["bounds"])
        if len(raws) < 2 or not np.isfinite(knots).all() or not (np.diff(raws) > 0).all():
            raise ValueError("knots must rise")
        if not (np.diff(ratios) >= 0).all() or not ((low <= ratios) & (ratios <= high)).all():
            raise ValueError("ratios must not fall, and an interval must hold its ratio")
        if not -math.inf < lowest <= 0.0 <= highest < math.inf:
            raise ValueError("the bounds must hold 0")
        quality = dict(content["validation"])
        tippett, ece = (np.array(quality.pop(name), dtype=np.float64) for name in ("tippett", "ece"))
        return cls(
            Modality.named(content["modality"]),
            str(content["model"]),
            knots,
            (lowest, highest),
            tuple(DataSet(**data_set) for data_set in content["sets"]),
            Quality(**quality, tippett=tippett.reshape(-1, 3), ece=ece.reshape(-1, 4)),
            digest,
        )

    def ratio(self, raw: float) -> Ratio:
        """Return the ratio to state for a raw score."""
        raws = self.knots[:, 0]
        low, high = (float(np.interp(raw, raws, self.knots[:, column])) for column in (2, 3))
        lowest, highest = self.bounds
        return Ratio(
            min(max(low, lowest), highest), min(max(high, lowest), highest), above=low >= highest, below=high <= lowest
        )
