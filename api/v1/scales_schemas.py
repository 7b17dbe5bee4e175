"""Scales of scores, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from api.http.schemas import RequestBody, Schema
from api.modalities import ModalityName
from biometrics.kernel.access import REASON_LENGTH
from biometrics.use_cases.scale_report import Difference, ScaleReport, Waiting


class DifferenceOut(Schema):
    """What the scale in force says where the shipped one says `shipped` decibans."""

    shipped: float = Field(description="Decibans of the shipped scale")
    in_force: float = Field(description="Decibans of the scale in force, which order and thresholds go by")
    stated: float = Field(description="What is shown of such a score: the low end, at most the bound")


class LearnedOut(Schema):
    """What a learned scale was made from."""

    made_at: datetime
    comparisons: int = Field(description="Comparisons with strangers of the same finger, and sex and age where known")
    people: int = Field(description="Number of people that were drawn at random to make them")
    gallery_size: int = Field(description="People on record at that time")
    weight: float = Field(description="How far it counts where it claims more than the shipped scale: 1 from 25 people")
    left_out: int = Field(description="Pairs of records that were left out because they may be one person")


class WaitingScaleOut(Schema):
    """A learned scale that differs much from the one in force, and waits for a supervisor of the national bureau."""

    digest: str = Field(description="SHA-256 of the scale")
    learned: LearnedOut
    differences: list[DifferenceOut]


class LearningRefusalOut(Schema):
    """Why no scale was learned the last time."""

    reason: Literal["too_few_people", "too_few_sources", "too_few_comparisons"]
    text: str = Field(description="The same in words")
    left_out: dict[str, int] = Field(
        description="Templates that may not teach: `no_image` are minutiae records of other systems, "
        "`below_quality_floor` were enrolled with a reason"
    )
    at: datetime


class ScaleDecisionIn(RequestBody):
    """What becomes of a scale that waits."""

    approve: bool = Field(description="True puts it in force, false declines it")
    because: str = Field(description="The reason, for the audit log", max_length=REASON_LENGTH)


class ScaleOut(Schema):
    """The scale of one modality that is in force."""

    modality: ModalityName
    digest: str = Field(description="SHA-256 of the scale; each search stores it")
    shipped: str = Field(description="SHA-256 of the shipped calibration file")
    pinned: bool = Field(description="Whether the operator has chosen the shipped scales")
    bound: float = Field(description="The most that its data support, in decibans; nothing higher is shown")
    shipped_bound: float = Field(description="The same for the shipped scale")
    learned: LearnedOut | None = Field(description="Null: the shipped scale is in force")
    differences: list[DifferenceOut]
    waiting: WaitingScaleOut | None = Field(description="A scale that waits for a decision; null if there is none")
    refusal: LearningRefusalOut | None = Field(description="Null if one was learned, or none was tried yet")

    @classmethod
    def of(cls, report: ScaleReport) -> Self:
        """Show a report, with decibans rounded to a tenth."""
        return cls.showing(
            report,
            bound=_down(report.bound),
            shipped_bound=_down(report.shipped_bound),
            differences=_differences(report.differences),
            waiting=None if report.waiting is None else _waiting(report.waiting),
        )


class ScalesOut(Schema):
    """The scales in force."""

    scales: list[ScaleOut]


def _waiting(waiting: Waiting) -> WaitingScaleOut:
    return WaitingScaleOut.showing(waiting, differences=_differences(waiting.differences))


def _differences(differences: Sequence[Difference]) -> list[DifferenceOut]:
    return [
        DifferenceOut(shipped=each.shipped, in_force=round(each.in_force, 1), stated=_down(each.stated))
        for each in differences
    ]


def _down(decibans: float) -> float:
    return int(10.0 * decibans) / 10.0
