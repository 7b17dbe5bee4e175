"""Scales of scores, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import Field

from api.http.schemas import Schema
from biometrics.kernel.types import Modality
from biometrics.use_cases.scale_report import ScaleReport


class DifferenceOut(Schema):
    """What the scale in force says where the shipped one says `shipped` decibans."""

    shipped: float = Field(description="Decibans of the shipped scale")
    in_force: float = Field(description="Decibans of the scale in force, which order and thresholds go by")
    stated: float = Field(description="What is shown of such a score: the low end, at most the bound")


class LearnedOut(Schema):
    """What a learned scale was made from."""

    made_at: datetime
    comparisons: int = Field(description="Comparisons with strangers of the same finger, and sex and age where known")
    people: int = Field(description="People among whom they were made, drawn at random")
    gallery_size: int = Field(description="People on record at that time")
    weight: float = Field(description="How far it counts where it claims more than the shipped scale: 1 from 25 people")
    left_out: int = Field(description="Pairs of records that were left out because they may be one person")


class ScaleOut(Schema):
    """The scale of one modality that is in force."""

    modality: Modality
    digest: str = Field(description="SHA-256 of the scale; each search stores it")
    shipped: str = Field(description="SHA-256 of the shipped calibration file")
    pinned: bool = Field(description="Whether the operator has chosen the shipped scales")
    bound: float = Field(description="The most that its data support, in decibans; nothing higher is shown")
    shipped_bound: float = Field(description="The same for the shipped scale")
    learned: LearnedOut | None = Field(description="Null: the shipped scale is in force")
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, report: ScaleReport) -> Self:
        """Show a report, with decibans rounded to a tenth."""
        return cls(
            modality=report.modality,
            digest=report.digest,
            shipped=report.shipped,
            pinned=report.pinned,
            bound=_down(report.bound),
            shipped_bound=_down(report.shipped_bound),
            learned=None if report.learned is None else LearnedOut.model_validate(report.learned),
            differences=[
                DifferenceOut(
                    shipped=each.shipped, in_force=round(each.in_force, 1), stated=min(_down(each.stated), report.bound)
                )
                for each in report.differences
            ],
        )


class ScalesOut(Schema):
    """The scales in force."""

    scales: list[ScaleOut]


def _down(decibans: float) -> float:
    return int(10.0 * decibans) / 10.0
