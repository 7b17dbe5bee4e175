"""Search terms for records, as query parameters."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.http.schemas import Day
from biometrics.kernel.people.person import Sex
from biometrics.kernel.people.record import RecordQuery
from biometrics.kernel.recognition.body_marks import BodyMarkKind, BodyPart, BodySide, MarkColour, TattooClass


def record_query(
    name: Annotated[str, Query(description="Words of the name or of an alias, in any script and spelling")] = "",
    national_number: str = "",
    sex: Sex | None = None,
    birth_year: int | None = None,
    fir_number: str = "",
    fir_year: int | None = None,
    station_code: str = "",
    district_code: str = "",
    state_code: str = "",
    first_date: Annotated[Day | None, Query(description="Encounters of this day or later")] = None,
    last_date: Annotated[Day | None, Query(description="Encounters of this day or earlier")] = None,
    section: Annotated[str, Query(description="Section of an act that a person was charged under")] = "",
    act: Annotated[str, Query(description="The section's act; needs a section")] = "",
    mark: Annotated[str, Query(description="Words of a mark's description; conditions on a mark hold for one")] = "",
    mark_kind: BodyMarkKind | None = None,
    body_part: Annotated[BodyPart | None, Query(description="Where the mark is, or a part around or in it")] = None,
    body_side: Annotated[BodySide | None, Query(description="The mark's side; also those without any")] = None,
    mark_colour: MarkColour | None = None,
    tattoo_class: Annotated[TattooClass | None, Query(description="What a tattoo shows")] = None,
    enrolled_by: Annotated[str, Query(description="Id of the account that entered the encounter; `me`: yours")] = "",
) -> RecordQuery:
    """Return what is asked for; conditions on an encounter hold for one and the same."""
    return RecordQuery(
        name,
        national_number,
        sex,
        birth_year,
        fir_number,
        station_code,
        district_code,
        state_code,
        fir_year,
        first_date,
        last_date,
        act,
        section,
        mark,
        mark_kind,
        body_part,
        body_side,
        mark_colour,
        tattoo_class,
        enrolled_by,
    )


def mark_query(
    mark: Annotated[str, Query(description="Words of the description")] = "",
    mark_kind: BodyMarkKind | None = None,
    body_part: Annotated[BodyPart | None, Query(description="Where the mark is, or a part around or in it")] = None,
    body_side: Annotated[BodySide | None, Query(description="The mark's side; also those without any")] = None,
    mark_colour: MarkColour | None = None,
    tattoo_class: Annotated[TattooClass | None, Query(description="What a tattoo shows")] = None,
) -> RecordQuery:
    """Return what is asked of a mark."""
    return RecordQuery(
        mark=mark,
        mark_kind=mark_kind,
        body_part=body_part,
        body_side=body_side,
        mark_colour=mark_colour,
        tattoo_class=tattoo_class,
    )
