"""Dates in the query of a page's form: an empty field is no date."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BeforeValidator

from api.schemas.base import Day

OptionalDay = Annotated[Day | None, BeforeValidator(lambda value: value or None)]


def beginning(day: dt.date | None) -> str:
    """Return when a day begins by this machine's clock, in ISO 8601; empty without a day."""
    return "" if day is None else dt.datetime.combine(day, dt.time()).astimezone().isoformat()


def end(day: dt.date | None) -> str:
    """Return when a day ends by this machine's clock, in ISO 8601; empty without a day."""
    return "" if day is None else beginning(day + dt.timedelta(days=1))
