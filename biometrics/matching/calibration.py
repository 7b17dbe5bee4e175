"""From a raw score to decibans of false match, and from a target error rate to a threshold.

`decibans = -10 * log10(FMR)`, where FMR is the share of non-mated comparisons that score at least this high: 40 means
one in ten thousand. A calibration belongs to one modality and one model, and is a JSON file made by
`pehchan calibrate` from non-mated comparisons:

    format       3; files of format 2, without `mated`, are read too
    modality     its name, such as "face"
    model        SHA-256 of the model whose scores these are
    knots        [[raw, decibans, low, high], ...]: raw strictly rising, decibans from 0 and never falling. Decibans are
                 what the largest set shows; low and high are the ends that 97 of 100 populations that were not measured
                 do not pass (of a scale of one set: the 95 % interval that follows from which subjects there were)
    tail         {"scale": s, "shape": x}, past the last knot: with e = (raw - last) / s, the FMR is the last knot's
                 times (1 + x * e) ** (-1 / x), or exp(-e) where x is 0; x >= 0, so that the score keeps rising
    tail_low, tail_high   the same for the two ends of the interval
    spread       [a, b]: on a database that had no part in it, decibans are with 95 % chance a to b times as many;
                 null where it was not measured
    supported    the raw score up to which the data support the curve; the last knot where it is absent
    mated        [[raw, weight], ...] or absent: log10 of the density of mated comparisons at a score, over that of the
                 strangers who score as high if they thin out as fast as anywhere, see `MatedWeights`
    non_mated    comparisons it was made from       subjects   people or fingers they came from
    command      what made it                       checks     what was seen on data that had no part in it

Without `non_mated` comparisons and a `command` it is no calibration: its knots only put scores in an order, from 0 to
at most MOST_UNCALIBRATED decibans, and nothing is ever stated of them. It serves every model.

Past `supported` a score is an extrapolation, and says so. What people are shown never goes beyond it: see
`biometrics/kernel/recognition/evidence.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.recognition.evidence import Evidence, LatentsSeen, excluding_nobody
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Template
from biometrics.matching.scale_file import load_scale

FORMAT = 3
USUAL_FPIR = 0.001  # where nothing else is asked for
LEVELS = (10.0, 20.0, 30.0)  # decibans at which a calibration is checked
MOST_UNCALIBRATED = 20.0  # decibans of a score that only orders: so that it adds nothing to others (`fusion.ADDS`)
_A_NATURAL = 10.0 / math.log(10.0)  # decibans


@dataclass(frozen=True)
class Score:
    """A similarity in decibans of false match; `extrapolated` where it lies beyond the calibration's data.

    `low` and `high` are the interval of what it claims. `bound` is the most that the calibration's data support.
    `calibrated` is False for a score of something that the calibration was not made from, such as a photo of a mark.
    `ratio` is the likelihood ratio that may be stated, as a power of ten; None of a calibration without mated
    comparisons. `seen` is what a scale of latents states it by (`biometrics/matching/latent_scale.py`). `is_poor`: of a
    sample too poor to exclude anybody. These numbers give the order and are compared with thresholds; people are shown
    `evidence`.
    """

    decibans: float
    extrapolated: bool
    low: float
    high: float
    bound: float = math.inf
    calibrated: bool = True
    ratio: float | None = None
    seen: LatentsSeen | None = None
    is_poor: bool = False

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """Read a stored score."""
        return cls(**{**content, "seen": LatentsSeen.of(content)})

    @property
    def orders_only(self) -> bool:
        """Whether it leads to no verdict, see `Evidence.orders_only`."""
        return self.evidence.orders_only

    @property
    def evidence(self) -> Evidence:
        """What may be stated of it."""
        return Evidence.stated(
            self.low,
            self.high,
            self.bound,
            extrapolated=self.extrapolated,
            calibrated=self.calibrated,
            ratio=self.ratio,
            seen=self.seen,
            is_poor=self.is_poor,
        )

    @property
    def order(self) -> tuple[float, float]:
        """What orders people by the scores of a latent: what is stated, and where that is the same the decibans."""
        return self.evidence.decibans, self.decibans

    @property
    def stated(self) -> float:
        """The decibans that may be stated of it, before they are rounded."""
        return min(self.low, self.bound)

    def of_samples(self, *sides: Iterable[Template]) -> Score:
        """Return it as that of samples: where those of a side are all too poor to exclude anybody, it does not."""
        poor = any(all(template.is_too_poor for template in templates) for templates in sides)
        if not poor:
            return self
        return replace(self, ratio=None if self.ratio is None else excluding_nobody(self.ratio), is_poor=True)

    def lowered(self, lower: Callable[[float], float]) -> Score:
        """Return it with each number of decibans replaced, by fewer, and with the ratio that then may be stated."""
        less = replace(
            self,
            decibans=lower(self.decibans),
            low=lower(self.low),
            high=lower(self.high),
            bound=lower(self.bound),
        )
        if self.ratio is None:
            return less
        return replace(less, ratio=self.ratio - (self.stated - less.stated) / 10.0)


def log_fmr(decibans: float) -> float:
    """Return the natural logarithm of the false match rate that decibans stand for."""
    return -decibans / _A_NATURAL


def decibans_of(natural_log_fmr: float) -> float:
    """Return the decibans of a false match rate, given by its natural logarithm: 0 and more."""
    return max(0.0, -_A_NATURAL * natural_log_fmr)


@dataclass(frozen=True)
class Tail:
    """A generalised Pareto tail past the last knot: `scale` in raw score, `shape` >= 0 (0: exponential)."""

    scale: float
    shape: float

    def decibans(self, excess: float) -> float:
        """Return the decibans to add to the last knot's at this raw score beyond it."""
        units = excess / self.scale
        return _A_NATURAL * (math.log1p(self.shape * units) / self.shape if self.shape else units)

    def excess(self, decibans: float) -> float:
        """Return how far beyond the last knot, in raw score, a number of decibans are added."""
        naturals = decibans / _A_NATURAL
        return self.scale * (math.expm1(self.shape * naturals) / self.shape if self.shape else naturals)

    def times(self, factor: float) -> Tail:
        """Return the tail whose decibans are `factor` times as many."""
        return Tail(self.scale / factor, self.shape / factor)

    def __post_init__(self) -> None:
        """Refuse what is no tail."""
        if not (0 < self.scale < math.inf and 0 <= self.shape < math.inf):
            raise ValueError("a tail needs scale > 0 and shape >= 0")


@dataclass(frozen=True)
class Curve:
    """Decibans over the raw score: straight between knots, `tail` beyond; `raws` and `decibans` of shape (n,)."""

    raws: NDArray[np.float64]
    decibans: NDArray[np.float64]
    tail: Tail

    def at(self, raw: float) -> float:
        """Return the decibans of a raw score."""
        last = float(self.raws[-1])
        if raw <= last:
            return float(np.interp(raw, self.raws, self.decibans))
        return float(self.decibans[-1]) + self.tail.decibans(raw - last)

    def at_each(self, raws: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the decibans of raw scores, each of shape (n,)."""
        decibans = np.interp(raws, self.raws, self.decibans)
        beyond = np.flatnonzero(raws > self.raws[-1])
        decibans[beyond] = [self.at(float(raw)) for raw in raws[beyond]]
        return decibans

    def raw_at(self, decibans: float) -> float:
        """Return the lowest raw score that claims this many decibans."""
        last = float(self.decibans[-1])
        if decibans <= last:
            return float(np.interp(decibans, self.decibans, self.raws))
        return float(self.raws[-1]) + self.tail.excess(decibans - last)


@dataclass(frozen=True)
class MatedWeights:
    """What mated comparisons add to a false match rate to make it a likelihood ratio.

    The ratio of a score is the density of mated comparisons there over that of strangers. Strangers thin out with
    the score, so their density is their false match rate times how fast they thin out. So the ratio is the false
    match rate's inverse times a weight, which is the density of mated comparisons over that speed. The weight is at
    most 1: a ratio is never above the inverse of the rate, and at most one stranger in x can reach a ratio of x
    (Markov's inequality).

    Beyond the last point that the data support, strangers who score as high may lie anywhere, but do not grow
    denser: their density is at most the rate at that point over the distance from it.

    Weights are powers of ten, 0 or below, over the raw score, straight between them; each of shape (n,).
    """

    raws: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def parse(cls, knots: Sequence[Sequence[float]]) -> Self:
        """Read the pairs of raw score and weight of a calibration file.

        Raises:
            ValueError: they do not rise, or a weight is above 0.
        """
        raws, weights = np.array(knots, dtype=np.float64).reshape(-1, 2).T
        if len(raws) < 2 or not np.isfinite([raws, weights]).all() or not (np.diff(raws) > 0).all():
            raise ValueError("the scores of mated comparisons must rise")
        if (weights > 0.0).any():
            raise ValueError("mated comparisons cannot weigh more than 1")
        return cls(raws, weights)

    def at(self, raw: float) -> float:
        """Return the weight at a raw score, as a power of ten."""
        return float(np.interp(raw, self.raws, self.weights))


@dataclass(frozen=True)
class Calibration:
    """The score scale of one model; see the module's text for the fields. `digest` is the SHA-256 (hex) of its file.

    One that `only_orders` is no scale: its scores are not `calibrated`, reach no threshold and lead to no verdict. It
    serves every model of the modality.
    """

    modality: Modality
    model: str
    curve: Curve
    low: Curve
    high: Curve
    spread: tuple[float, float]
    digest: str = ""
    supported_raw: float | None = None
    mated: MatedWeights | None = None
    only_orders: bool = False

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read a calibration file.

        Raises:
            CalibrationUnusable: absent, not a calibration, or not monotone.
        """
        problem = "is not a calibration that can be used"
        return load_scale(path, lambda content, digest: replace(cls.parse(content), digest=digest), problem)

    @classmethod
    def parse(cls, content: dict[str, Any]) -> Self:
        """Make it of a file's content.

        Raises:
            ValueError, KeyError, TypeError: the content breaks a rule.
        """
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}, this version reads {FORMAT}; make a new calibration")
        raws, decibans, low, high = np.array(content["knots"], dtype=np.float64).reshape(-1, 4).T
        rising = np.isfinite([raws, decibans]).all() and (np.diff(raws) > 0).all() and (np.diff(decibans) >= 0).all()
        if len(raws) < 2 or not rising or decibans[0] != 0:
            raise ValueError("knots must rise from 0 decibans")
        if not ((low <= decibans) & (decibans <= high)).all():
            raise ValueError("an interval must hold its decibans")
        first, last = content["spread"] or (1.0, 1.0)
        if not 0 <= first <= 1 <= last < math.inf:
            raise ValueError("the spread must hold 1")
        supported = float(content.get("supported", raws[-1]))
        if not raws[0] <= supported <= raws[-1]:
            raise ValueError("the data must end between the first knot and the last one")
        only_orders = not (content.get("command") and content.get("non_mated"))
        if only_orders and decibans[-1] > MOST_UNCALIBRATED:
            raise ValueError(
                f"without command and non_mated it gives an order only, and ends at {MOST_UNCALIBRATED:g} decibans"
            )
        tail, tail_low, tail_high = (Tail(**content[name]) for name in ("tail", "tail_low", "tail_high"))
        return cls(
            Modality.named(content["modality"]),
            "" if only_orders else str(content["model"]),
            Curve(raws, decibans, tail),
            Curve(raws, low, tail_low),
            Curve(raws, high, tail_high),
            (float(first), float(last)),
            supported_raw=supported,
            mated=MatedWeights.parse(content["mated"]) if content.get("mated") else None,
            only_orders=only_orders,
        )

    def score(self, raw: float) -> Score:
        """Convert one raw score."""
        decibans = self.curve.at(raw)
        low = min(decibans, self.low.at(raw)) * self.spread[0]
        high = max(decibans, self.high.at(raw)) * self.spread[1]
        ratio = None if self.mated is None else min(low, self.bound) / 10.0 + self.mated.at(raw)
        return Score(decibans, bool(raw > self.supported), low, high, self.bound, not self.only_orders, ratio)

    def stated_at(self, decibans: float) -> float:
        """Return what may be stated of a score or threshold in decibans, before the bound."""
        return min(decibans, self.low.at(self.curve.raw_at(decibans)) * self.spread[0])

    @property
    def supported(self) -> float:
        """The raw score up to which the data support the curve."""
        return float(self.curve.raws[-1]) if self.supported_raw is None else self.supported_raw

    @property
    def bound(self) -> float:
        """The most that the data support, in decibans: the low end of the interval where the data end."""
        return self.low.at(self.supported) * self.spread[0]


def best_of(score: Score, comparisons: float) -> Score:
    """Score of the best of several comparisons with one person: the chance that any of them scores this high.

    `1 - (1 - FMR)^n`, so that a person with twenty stored prints does not rank above one with two by that alone.
    `comparisons` is as how many independent ones they count, see `ProbeSources`. A score without a
    calibration stays: it claims no chance.
    """
    if not score.calibrated:
        return score

    def of_any(decibans: float) -> float:
        log_one = log_fmr(decibans)
        fmr = math.exp(log_one)
        any_fmr = -math.expm1(comparisons * math.log1p(-fmr)) if fmr < 1 else 1.0
        # A far extrapolation underflows to FMR 0; there n * FMR is exact enough.
        return decibans_of(math.log(any_fmr) if any_fmr > 0 else log_one + math.log(comparisons))

    return score.lowered(of_any)


def threshold_for_fmr(fmr: float) -> float:
    """Return the decibans at which one comparison falsely matches at rate `fmr`."""
    return -10.0 * math.log10(fmr)


def threshold_for_fpir(fpir: float, people: int) -> float:
    """Return the decibans at which a search of `people` non-mated records returns any of them at rate `fpir`.

    From `FPIR = 1 - (1 - FMR)^N` (ISO/IEC 19795-1, independent comparisons).
    """
    return threshold_for_fmr(-math.expm1(math.log1p(-fpir) / max(people, 1)))


def fpir_at(decibans: float, people: int) -> float:
    """Return the rate at which a search of `people` non-mated records returns any of them from `decibans` on.

    The inverse of `threshold_for_fpir`.
    """
    fmr = math.exp(log_fmr(decibans))
    return -math.expm1(max(people, 1) * math.log1p(-fmr)) if fmr < 1 else 1.0
