"""What a form of a page asks in its address: a field that was left empty says nothing."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BeforeValidator

from api.schemas.base import Day

AskedDay = Annotated[Day | None, BeforeValidator(lambda value: value or None)]


def beginning(day: dt.date | None) -> str:
    """Return when a day begins by this machine's clock, in ISO 8601; nothing where no day is given."""
    return "" if day is None else dt.datetime.combine(day, dt.time()).astimezone().isoformat()


def end(day: dt.date | None) -> str:
    """Return when a day has ended by this machine's clock, in ISO 8601; nothing where no day is given."""
    return "" if day is None else beginning(day + dt.timedelta(days=1))
