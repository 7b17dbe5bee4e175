"""Error rates of a detector of presentation attacks (ISO/IEC 30107-3), from how likely it takes each photo for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.metrics import Scores


@dataclass(frozen=True)
class AttackRates:
    """At one limit; a photo is taken for an attack where the detector's value is above it.

    Attributes:
        limit: the limit.
        bpcer: share of bona fide presentations that are taken for attacks.
        apcer: by kind of attack instrument, share of its presentations that are taken for bona fide ones. The standard
            reports the worst kind: attackers choose theirs.
    """

    limit: float
    bpcer: float
    apcer: Mapping[str, float]

    @property
    def worst(self) -> float:
        """APCER of the kind that passes most often."""
        return max(self.apcer.values())


def attack_rates(bona_fide: Scores, attacks: Mapping[str, Scores], limit: float) -> AttackRates:
    """Return the rates at a limit; each array has one value a presentation, at least one."""
    passed = {kind: float((values <= limit).mean()) for kind, values in attacks.items()}
    return AttackRates(limit, float((bona_fide > limit).mean()), passed)


def rates_at_bpcer(bona_fide: Scores, attacks: Mapping[str, Scores], bpcer: float) -> AttackRates:
    """Return the rates at the lowest limit at which no more than `bpcer` of bona fide presentations are reported."""
    ordered = np.sort(bona_fide)
    reported = int(np.floor(bpcer * len(ordered) + 1e-9))
    limit = float(ordered[len(ordered) - 1 - reported]) if reported < len(ordered) else -np.inf
    return attack_rates(bona_fide, attacks, limit)
