"""What a search reports of people that the searching unit does not see: one bit, at the operator's threshold.

No part of a request changes it: for a person above the threshold the unit to call is reported, and for others nothing.
How often an account may have such an answer is limited. docs/security.md has the rule.
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
        fpir: the accepted chance that a search for a person not on record reports another unit.
        searches_per_hour: searches that one account may make in an hour, unless it sees all records.
        field_checks_per_hour: how many of them may be field checks, whatever the account sees.
    """

    fpir: float = USUAL_FPIR
    searches_per_hour: int = 300
    field_checks_per_hour: int = 60


DEFAULT_ELSEWHERE: Final = ElsewhereRules()
