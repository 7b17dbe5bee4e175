"""What a search tells of people whom the searching unit does not see: one bit, at the operator's threshold.

No part of a request changes it: whoever is above the threshold is told of as the unit to call, and nobody else. How
often an account may have such an answer is bounded. docs/security.md says the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from biometrics.matching.calibration import USUAL_FPIR

PEOPLE: Final = 10  # of other units that are compared in full, at most


@dataclass(frozen=True)
class ElsewhereRules:
    """How people of other units are searched.

    Attributes:
        fpir: the accepted chance that a search for somebody who is not on record tells of another unit.
        searches_per_hour: searches that one account may make in an hour, unless it sees everybody.
    """

    fpir: float = USUAL_FPIR
    searches_per_hour: int = 300


DEFAULT_ELSEWHERE: Final = ElsewhereRules()
