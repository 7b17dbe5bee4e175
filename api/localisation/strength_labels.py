"""What the score of a comparison says in words: the same ones on pages and in the report for a court."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from api.localisation.translatable import N_
from api.localisation.value_labels import word
from biometrics.kernel.cases import Finding
from biometrics.kernel.evidence import Strength

FOR = N_("The comparison gives %(strength)s that both are of the same person.")
AGAINST = N_("The comparison gives %(strength)s that they are of different people.")
NEITHER = N_("The comparison supports neither side.")
PLACE = N_("Place %(rank)s of its list.")
ORDER_ONLY = N_("The list gives the order only: the score does not say how likely it is. The examiner decides.")
EARLIER = N_("Made before the strength of a comparison was stated.")


class Stated(Protocol):
    """What may be stated of a score: `biometrics.kernel.evidence.Evidence`, or as the API shows it."""

    @property
    def calibrated(self) -> bool:
        """Whether a scale fits."""
        ...

    @property
    def ratio(self) -> float | None:
        """The likelihood ratio as a power of ten."""
        ...

    @property
    def strength(self) -> Strength | None:
        """The ratio in the words of ENFSI."""
        ...


def strength_text(score: Stated, translate: Callable[[str], str]) -> str:
    """Return what the likelihood ratio of a score supports, and how strongly."""
    if not score.calibrated:
        return translate(ORDER_ONLY)
    if score.ratio is None or score.strength is None:
        return translate(EARLIER)
    if score.strength is Strength.NONE:
        return translate(NEITHER)
    text = translate(FOR if score.ratio > 0.0 else AGAINST)
    return text % {"strength": translate(word(score.strength))}


def finding_text(finding: Finding, translate: Callable[[str], str]) -> str:
    """Return what the search result of a case says: its place in the list, and what its score supports."""
    return f"{translate(PLACE) % {'rank': finding.rank}} {strength_text(finding.evidence, translate)}"
