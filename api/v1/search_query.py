"""Query parameters to the searches that are asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.http.dependencies import ZoneDependency
from api.http.schemas import Day
from biometrics.kernel.access import Purpose
from biometrics.searches.listing import SearchQuery


def search_query(
    case_number: Annotated[str, Query(description="The case or FIR that the search was for, as it was entered")] = "",
    purpose: Annotated[Purpose | None, Query(description="What it was for")] = None,
    first_date: Annotated[
        Day | None, Query(description="Made on this day or later, in the service's time zone")
    ] = None,
    last_date: Annotated[Day | None, Query(description="Made on this day or earlier")] = None,
    mine: Annotated[bool, Query(description="Only your own")] = False,
    *,
    zone: ZoneDependency,
) -> SearchQuery:
    """Collect what is asked for."""
    return SearchQuery(case_number, purpose or "", first_date, last_date, mine, zone)
