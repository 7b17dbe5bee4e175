"""How searches before 29 November 2026 scored a person: every sample for itself, as if all were independent.

Such searches are replayed by it, so that their replay shows whether anything but the rule has changed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from biometrics.kernel.templates import StoredTemplate
from biometrics.kernel.types import Modality, Probe
from biometrics.matching.calibration import Score, best_of, decibans_of, log_fmr
from biometrics.matching.channel import Channel
from biometrics.matching.scoring import PersonScore, SampleScore, comparable


class EarlierComparison:
    """Probes of one person, compared as `biometrics.matching.scoring.PersonComparison` compares them today."""

    def __init__(self, channels: Mapping[Modality, Channel], probes: Sequence[Probe]) -> None:
        """Take the probes as they are."""
        self._channels, self._probes = channels, probes

    def score(self, templates: Sequence[StoredTemplate]) -> PersonScore | None:
        """Compare with a person's templates, where they may be compared; None where there are none."""
        samples = []
        for probe in self._probes:
            candidates = [stored for stored in templates if comparable(probe, stored)]
            if candidates:
                samples.append(self._best(probe, candidates))
        if not samples:
            return None
        return PersonScore(_fused([sample.score for sample in samples]), tuple(samples))

    def score_all(self, people: Sequence[Sequence[StoredTemplate]]) -> list[PersonScore | None]:
        """Compare with the templates of each of several people."""
        return [self.score(templates) for templates in people]

    def together(self, decibans: Mapping[int, float]) -> float:
        """Combine decibans by the places of the probes."""
        return combined(list(decibans.values()))

    def _best(self, probe: Probe, candidates: Sequence[StoredTemplate]) -> SampleScore:
        channel = self._channels[probe.template.modality]
        raw = channel.recogniser.compare(probe.template, [stored.template for stored in candidates])
        winner = int(raw.argmax())
        score = best_of(channel.calibration.score(float(raw[winner])), len(candidates))
        return SampleScore(probe, candidates[winner].sample_id, score)


def _fused(scores: Sequence[Score]) -> Score:
    decibans, low, high = (
        combined(values)
        for values in (
            [score.decibans for score in scores],
            [score.low for score in scores],
            [score.high for score in scores],
        )
    )
    return Score(
        decibans,
        any(score.extrapolated for score in scores),
        low,
        high,
        max(score.bound for score in scores),
        all(score.calibrated for score in scores),
    )


def combined(decibans: Sequence[float]) -> float:
    """Return the decibans of several independent comparisons together: those of all, or of the best of them alone.

    Fisher's method on all samples asks each to say something: nine prints too poor to match take most of what the
    tenth says. So it is applied to the best k of n, too, for each k, at the price of having chosen: there are
    n over k ways to choose, half of the chance of a false match is left to the choice of all n, and the other half is
    shared by the others. A poor sample so takes some decibans at most, however much the others say; where all say
    something, 3 are lost against Fisher's method alone (docs/decisions/0013).
    Source: R. A. Fisher, Statistical Methods for Research Workers, 4th ed., section 21.1; the sum of the union bound is
    Bonferroni's.
    """
    rarities = sorted((-log_fmr(score) for score in decibans), reverse=True)
    n, total = len(rarities), 0.0
    if n == 1:
        return decibans[0]
    logs = []
    for k, rarity in enumerate(rarities, start=1):
        total += rarity
        share = 0.5 if k == n else 0.5 / (n - 1)
        logs.append(math.log(math.comb(n, k) / share) + fisher(total, k))
    return decibans_of(min(logs))


def fisher(total: float, count: int) -> float:
    """Return the logarithm of the chance that `count` false match rates multiply to exp(-together) or less.

    With y = -sum(ln FMR_i) it is the upper tail of a chi-square with 2n degrees of freedom at 2y, which for even
    degrees is exp(-y) * sum(y^i / i!, i < n).
    """
    series, term = 1.0, 1.0
    for i in range(1, count):
        term *= total / i
        series += term
    return math.log(series) - total
