"""What is counted in a report, and the report itself: a table of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from biometrics.kernel.errors import InvalidField

MAX_DIMENSIONS: Final = 4

Value = str | int | float | None


class Dimension(StrEnum):
    """What encounters are counted by."""

    STATE = "state"
    DISTRICT = "district"
    STATION = "station"
    YEAR = "year"
    MONTH = "month"
    SEX = "sex"
    AGE = "age"
    KIND = "kind"
    ACT = "act"
    SECTION = "section"


# Of age in years at the encounter: the first year of each band and its label.
AGE_BANDS: Final = ((0, "under 18"), (18, "18 to 24"), (25, "25 to 34"), (35, "35 to 49"), (50, "50 and over"))


@dataclass(frozen=True)
class Period:
    """The first and the last day that are reported on; None is open.

    Raises:
        InvalidField: the last day is before the first.
    """

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        """Check."""
        if self.first and self.last and self.first > self.last:
            raise InvalidField(f"The days are {self.first} to {self.last}; give the earlier one first.")


@dataclass(frozen=True)
class Report:
    """Rows of values under the names of their columns; None is unknown, or suppressed in a public report."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    public: bool = False


@dataclass(frozen=True)
class DayFigures:
    """A unit's figures of a day; `hits` are searches with a candidate above the threshold."""

    encounters: int
    searches: int
    hits: int


def check_dimensions(dimensions: tuple[Dimension, ...]) -> None:
    """Check what is to be counted by.

    Raises:
        InvalidField: nothing, too much, or something twice.
    """
    if not 1 <= len(dimensions) <= MAX_DIMENSIONS or len(set(dimensions)) < len(dimensions):
        raise InvalidField(f"Count by 1 to {MAX_DIMENSIONS} different dimensions: {', '.join(Dimension)}.")
