"""How a list is read page by page: the same query parameters, and the same kind of cursor, everywhere."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Query

from api.http.schemas import MOST_LISTED
from biometrics.kernel.errors import InvalidField

Limit = Annotated[int, Query(ge=1, le=MOST_LISTED, description="At most so many")]
After = Annotated[str | None, Query(description="`next` of the page before")]

USUAL = 50


def number_after(after: str | None) -> int | None:
    """Return the number that a cursor stands for, where things are numbered.

    Raises:
        InvalidField: it is no cursor that a page gave.
    """
    if after is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", after):
        raise InvalidField("after is not a cursor; send `next` of the page before as it came.")
    return int(after)


def cursor(number: int | None) -> str | None:
    """Return the cursor of a number."""
    return None if number is None else str(number)
