"""The grounds of an opinion about two prints, by the levels of detail of ACE-V.

Level 1 is ridge flow with cores and deltas, level 2 are minutiae, level 3 pores and the edges of ridges. After ENFSI,
Best Practice Manual for Fingerprint Examination (2015), and OSAC, Standard for Friction Ridge Examination Conclusions:
a difference that nothing explains rules out an identification, and an exclusion rests on one.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from biometrics.kernel.errors import BasisContradicts, InvalidField
from biometrics.kernel.technique.text import clean_text

EXPLANATION_LENGTH = 1000  # characters


class Agreement(StrEnum):
    """How two prints compare at a level of detail."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_VISIBLE = "not_visible"  # in one of them, or in both


class Differences(StrEnum):
    """Whether two prints differ in minutiae or otherwise."""

    NONE = "none"
    EXPLAINED = "explained"  # by distortion, pressure or the surface
    UNEXPLAINED = "unexplained"


class QualityLimit(StrEnum):
    """What limits the comparison of two prints."""

    SMALL_AREA = "small_area"
    LOW_CLARITY = "low_clarity"
    DISTORTION = "distortion"
    BACKGROUND = "background"
    OVERLAP = "overlap"  # of another print
    SCARS = "scars"


class Basis(NamedTuple):
    """What an opinion rests on; None where nothing is stated. `explanation` says which differences, and why."""

    pattern: Agreement | None = None
    cores_deltas: Agreement | None = None
    differences: Differences | None = None
    explanation: str = ""
    level_three: Agreement | None = None
    limits: tuple[QualityLimit, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Whether it says what an identification or an exclusion must."""
        return None not in (self.pattern, self.cores_deltas, self.differences)


UNSTATED: Final = Basis()


def checked_basis(basis: Basis, *, identifies: bool = False, excludes: bool = False) -> Basis:
    """Return the grounds of an opinion as it holds them.

    Raises:
        InvalidField: a difference is not explained in words.
        BasisContradicts: the opinion identifies or excludes, and its grounds say otherwise.
    """
    explanation = clean_text("explanation", " ".join(basis.explanation.split()), EXPLANATION_LENGTH, required=False)
    if basis.differences in (Differences.EXPLAINED, Differences.UNEXPLAINED) and not explanation:
        raise InvalidField("Say which differences there are, and what explains them or why nothing does (explanation).")
    compared = {"pattern": basis.pattern, "cores and deltas": basis.cores_deltas, "level 3": basis.level_three}
    differing = [name for name, agreement in compared.items() if agreement is Agreement.DIFFERS]
    if identifies and basis.differences is Differences.UNEXPLAINED:
        raise BasisContradicts("A difference that nothing explains rules out an identification.")
    if identifies and differing:
        raise BasisContradicts(
            f"Your grounds state a difference ({', '.join(differing)}), which rules out an identification. If "
            "distortion explains it, state agreement and an explained difference."
        )
    rests_on_one = basis.differences is Differences.UNEXPLAINED or set(differing) - {"level 3"}
    if excludes and basis.is_stated and not rests_on_one:
        raise BasisContradicts(
            "Your grounds state no difference that an exclusion can rest on: of the pattern, of cores and deltas, or "
            "one that nothing explains."
        )
    return basis._replace(explanation=explanation, limits=tuple(dict.fromkeys(basis.limits)))


def basis_from_json(row: Sequence[Any] | None) -> Basis:
    """Return stored grounds; those that were erased state nothing."""
    if row is None:
        return UNSTATED
    pattern, cores_deltas, differences, explanation, level_three, limits = row
    return Basis(
        pattern and Agreement(pattern),
        cores_deltas and Agreement(cores_deltas),
        differences and Differences(differences),
        explanation,
        level_three and Agreement(level_three),
        tuple(map(QualityLimit, limits)),
    )
