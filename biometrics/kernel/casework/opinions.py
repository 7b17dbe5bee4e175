"""Analyses and opinions of examiners, and the grounds of an opinion about two prints by the levels of detail of ACE-V.

Level 1 is ridge flow with cores and deltas, level 2 are minutiae, level 3 pores and the edges of ridges. After ENFSI,
Best Practice Manual for Fingerprint Examination (2015), and OSAC, Standard for Friction Ridge Examination Conclusions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from biometrics.kernel.casework.annotations import (
    MOST_ADJUSTMENTS,
    MOST_DRAWINGS,
    MOST_MARKS,
    Adjustment,
    CaseMark,
    Drawing,
    ProbeMark,
)
from biometrics.kernel.casework.cases import Conclusion, Pair, Part, PatternClass
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.json_fields import AS_JSON, about

_EXCLUDED_BELOW: Final = 3.0  # likelihood ratio as a power of ten: from here on it supports one source strongly
_DRAWINGS: Final = about("Ridge counts, and ridges that you followed, on images you opened", max_length=MOST_DRAWINGS)


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


@dataclass(frozen=True)
class AnalysisDraft:
    """What an examiner finds in the probe, before comparing."""

    __pydantic_config__ = AS_JSON
    of_value: bool = field(metadata=about("Whether the probe shows enough to compare"))
    notes: str
    marks: tuple[ProbeMark, ...] = field(
        default=(),
        metadata=about(
            "Features that you see in images of the probe that you have opened. They cannot change once you have "
            "opened an image of the candidate",
            max_length=MOST_MARKS,
        ),
    )
    pattern: PatternClass | None = field(
        default=None, metadata=about("Pattern class, as in ANSI/NIST-ITL, field 9.307")
    )
    drawings: tuple[Drawing, ...] = field(default=(), metadata=_DRAWINGS)


@dataclass(frozen=True)
class Analysis:
    """An analysis that an examiner has made; `marks` are None once they were erased."""

    actor: str
    of_value: bool
    notes: str
    at: datetime
    marks: tuple[ProbeMark, ...] | None = ()
    pattern: PatternClass | None = None
    drawings: tuple[Drawing, ...] = ()


@dataclass(frozen=True)
class Basis:
    """The grounds of an opinion about two prints, by levels of detail; null where nothing is stated."""

    __pydantic_config__ = AS_JSON
    pattern: Agreement | None = field(default=None, metadata=about("Level 1: ridge flow and pattern"))
    cores_deltas: Agreement | None = field(default=None, metadata=about("Level 1: cores and deltas"))
    differences: Differences | None = field(
        default=None, metadata=about("Level 2 and others. `unexplained` rules out an identification")
    )
    explanation: str = field(
        default="", metadata=about("Which differences, and what explains them or why nothing does")
    )
    level_three: Agreement | None = field(default=None, metadata=about("Level 3: pores and edges of ridges, if used"))
    limits: tuple[QualityLimit, ...] = field(default=(), metadata=about("What limits the comparison"))

    @property
    def is_stated(self) -> bool:
        """Whether it says what an identification or an exclusion must."""
        return None not in (self.pattern, self.cores_deltas, self.differences)


@dataclass(frozen=True)
class OpinionDraft:
    """An opinion, as its author gives it."""

    __pydantic_config__ = AS_JSON
    conclusion: Conclusion
    notes: str = field(metadata=about("Reasons that another examiner can follow"))
    probe_image: str = field(
        default="",
        metadata=about(
            "Name of the probe image that the opinion rests on. An identification must name a pair of images "
            "that its author opened after their analysis; any other opinion may name one"
        ),
    )
    candidate_image: str = field(default="", metadata=about("Name of the candidate image that the opinion rests on"))
    because: str = field(default="", metadata=about("Why it replaces your earlier opinion; empty for your first one"))
    marks: tuple[CaseMark, ...] = field(
        default=(), metadata=about("Features that you marked on the pair of images", max_length=MOST_MARKS)
    )
    grounds: str = field(
        default="",
        metadata=about("A supervisor's reasons for a conclusion against the automatic comparison"),
    )
    unmarked_because: str = field(
        default="",
        metadata=about("Why an identification of two prints marks no feature in both; ignored if one is marked"),
    )
    basis: Basis = field(
        default=Basis(),
        metadata=about(
            "The grounds. An identification or exclusion of prints states `pattern`, `cores_deltas` and "
            "`differences`; an exclusion rests on a difference"
        ),
    )
    adjustments: tuple[Adjustment, ...] = field(
        default=(), metadata=about("How you displayed the images, in order", max_length=MOST_ADJUSTMENTS)
    )
    drawings: tuple[Drawing, ...] = field(default=(), metadata=_DRAWINGS)

    @property
    def pair(self) -> Pair | None:
        """The pair of images that it rests on.

        Raises:
            InvalidField: it names only one of the two.
        """
        if bool(self.probe_image) is not bool(self.candidate_image):
            raise InvalidField("Name both images of the pair, probe_image and candidate_image, or neither.")
        return (self.probe_image, self.candidate_image) if self.probe_image else None

    @property
    def identifies(self) -> bool:
        """Whether the candidate is the person of the probe."""
        return self.conclusion is Conclusion.IDENTIFICATION

    def contradicts(self, ratio: float | None) -> bool:
        """Return whether it goes against a likelihood ratio, a power of ten: the bound of the rule in docs/cases.md.

        An identification goes against any ratio that supports two sources, an exclusion against one that supports one
        source strongly. Other conclusions go against none.
        """
        if ratio is None:
            return False
        return ratio < 0.0 if self.identifies else self.excludes and ratio >= _EXCLUDED_BELOW

    @property
    def excludes(self) -> bool:
        """Whether the candidate is not the person of the probe."""
        return self.conclusion is Conclusion.EXCLUSION


@dataclass(frozen=True, kw_only=True)
class Opinion(OpinionDraft):
    """An opinion that was given. `looked_at` names the images viewed, `unit` is the path of the author's unit then.

    `against_ratio`: it contradicts the likelihood ratio of the automatic comparison (`contradicts`); its author did not
    know that, unless they are the supervisor.
    """

    actor: str
    part: Part
    at: datetime
    unit: str = ""
    looked_at: tuple[str, ...] = ()
    against_ratio: bool = False
