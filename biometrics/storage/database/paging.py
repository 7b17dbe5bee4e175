"""Reading lists page by page.

The place between two pages names a row, so that rows which come or go meanwhile do not move it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.page import Item, Place

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def require_limit(limit: int, largest: int, noun: str) -> None:
    """Refuse a page of an improper size.

    Raises:
        InvalidField: the limit is not from 1 to `largest`.
    """
    if not 1 <= limit <= largest:
        raise InvalidField(f"The limit is {limit}; ask for 1 to {largest} {noun} at a time.")


def paginate(
    rows: Sequence[Item], limit: int, place_of: Callable[[Item], Place]
) -> tuple[Sequence[Item], Place | None]:
    """Split what a query for one row more than `limit` returned: the rows of the page, and the place after them."""
    page = rows[:limit]
    return page, place_of(page[-1]) if len(rows) > limit else None


def cursor(row: Any) -> str:
    """Name the place after a row with `created_at` and `id`, in the order of both."""
    return cursor_at(row.created_at, row.id)


def cursor_at(created_at: datetime, row_id: str) -> str:
    """Name the place after the row with a time and an id."""
    return f"{(created_at - _EPOCH) // _MICROSECOND}.{row_id}"


def older_than(
    created_at: ColumnElement[datetime], row_id: ColumnElement[str], after: str | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of the rows behind a cursor, in the order of time and id, the newest first.

    Raises:
        InvalidField: no page named the cursor.
    """
    if after is None:
        return []
    time, last = _named_row(after)
    # The first condition follows from the second; it is what an index can be used for.
    return [created_at <= time, or_(created_at < time, row_id < last)]


def later_than(
    created_at: ColumnElement[datetime], row_id: ColumnElement[str], after: str | None
) -> list[ColumnElement[bool]]:
    """Do as `older_than` for the oldest first."""
    if after is None:
        return []
    time, last = _named_row(after)
    return [created_at >= time, or_(created_at > time, row_id > last)]


def parts(form: str, text: str) -> tuple[int, str]:
    """Return the number and the id that a cursor of some form, a regular expression with two groups, is made of.

    Raises:
        InvalidField: no page named it.
    """
    match = re.fullmatch(form, text)
    if match is None:
        raise InvalidField("The place to go on from is not one that a page before named; start from the first page.")
    return int(match[1]), match[2]


def _named_row(text: str) -> tuple[datetime, str]:
    number, row_id = parts(r"([0-9]{1,17})\.([0-9a-f-]{36})", text)
    return _EPOCH + number * _MICROSECOND, row_id
