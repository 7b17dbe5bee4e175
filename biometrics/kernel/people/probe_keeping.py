"""How long the files of a search's probes are kept.

They are measurements of the Criminal Procedure (Identification) Act 2022, or evidence in a case, where the search is
part of an investigation. A check of a person in front of the officer needs its files only until examiners were asked,
that of an applicant for a clearance certificate until the decision, and for some days after it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from biometrics.kernel.access import Purpose
from biometrics.kernel.people.retention_rules import YEARS_KEPT, years_after

# Who is looked for may be enrolled later: the files are needed until then, whoever is on record today.
LOOKED_FOR: Final = frozenset({Purpose.MISSING_PERSON, Purpose.UNIDENTIFIED_BODY, Purpose.CLEARANCE})
CHECKS: Final = frozenset({Purpose.ARREST, Purpose.CUSTODY, Purpose.SYSTEM_TEST})  # of a person who is present


@dataclass(frozen=True)
class ProbeKeeping:
    """The operator's rule: years for investigations, latents and what examiners were asked about, days for checks.

    Also days after the decision on a clearance certificate: an applicant's files are not those of a case. A print or
    photo that is of nobody on record is kept for `unmatched_days`, and no longer: it is a stranger's. A latent is not:
    it is the evidence of an offence that is not solved.
    """

    years: int = YEARS_KEPT
    check_days: int = 1
    clearance_days: int = 30
    unmatched_days: int = 30

    def until(self, purpose: str, day: dt.date, *, is_latent: bool = False, is_matched: bool = True) -> dt.date | None:
        """Return the day on which the files of a search that is made on a day are due; None where none is kept.

        `is_matched`: somebody on record reached the threshold.
        """
        if not (is_latent or is_matched or purpose in LOOKED_FOR or purpose in CHECKS):
            return day + dt.timedelta(days=self.unmatched_days)
        if purpose not in CHECKS or is_latent:
            return self.for_case(day, purpose)
        return day + dt.timedelta(days=self.check_days) if self.check_days else None

    def for_case(self, day: dt.date, purpose: str = "") -> dt.date:
        """Return the day on which files are due that examiners are asked about, or that are searched for again."""
        if purpose == Purpose.CLEARANCE:
            return day + dt.timedelta(days=self.clearance_days)
        return years_after(day, self.years)


DEFAULT_KEEPING: Final = ProbeKeeping()
