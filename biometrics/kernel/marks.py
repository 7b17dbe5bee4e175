"""Minutiae that an examiner marks on the two images of a comparison: each has one number in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import isfinite
from typing import Any, Final, NamedTuple

from biometrics.kernel.errors import InvalidField

MOST_MARKS: Final = 200  # of an opinion; a rolled print has about 100 minutiae
_LARGEST: Final = 1e5  # pixels, of any coordinate

Place = tuple[float, float]  # x and y in pixels of the image, from its upper left corner


class MinutiaKind(StrEnum):
    """The kind of a minutia that an examiner marks."""

    ENDING = "ending"
    BIFURCATION = "bifurcation"
    OTHER = "other"  # neither, or it cannot be seen which


class CaseMark(NamedTuple):
    """A minutia on the probe, on the candidate's image, or on both; its number is its place in the opinion's list."""

    kind: MinutiaKind
    probe: Place | None
    candidate: Place | None


def checked(marks: Iterable[CaseMark]) -> tuple[CaseMark, ...]:
    """Return marks as an opinion holds them.

    Raises:
        InvalidField: there are more than 200, or one lies on neither image or outside any image.
    """
    listed = tuple(marks)
    if len(listed) > MOST_MARKS:
        raise InvalidField(f"{len(listed)} minutiae are marked; mark at most {MOST_MARKS}.")
    for number, mark in enumerate(listed, start=1):
        places = [place for place in (mark.probe, mark.candidate) if place is not None]
        if not places:
            raise InvalidField(f"Mark {number} lies on neither image; give its place on one or both.")
        if not all(isfinite(value) and 0 <= value <= _LARGEST for place in places for value in place):
            raise InvalidField(f"Mark {number} lies outside the image; give pixels from its upper left corner.")
    return listed


def from_json(rows: Sequence[Any] | None) -> tuple[CaseMark, ...]:
    """Return stored marks; of opinions older than this field there are none."""
    return tuple(
        CaseMark(
            MinutiaKind(kind),
            (probe[0], probe[1]) if probe else None,
            (candidate[0], candidate[1]) if candidate else None,
        )
        for kind, probe, candidate in rows or ()
    )
