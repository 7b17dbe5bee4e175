"""Places between two pages: they name a row, so that rows which come or go meanwhile do not move them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, or_

from biometrics.domain.errors import InvalidField

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def cursor(created_at: datetime, row_id: str) -> str:
    """Name the place after a row, in the order of time and id."""
    return f"{(created_at - _EPOCH) // _MICROSECOND}.{row_id}"


def named_row(text: str) -> tuple[datetime, str]:
    """Return the time and the id of the row that a cursor names.

    Raises:
        InvalidField: no page named it.
    """
    number, row_id = parts(r"([0-9]{1,17})\.([0-9a-f-]{36})", text)
    return _EPOCH + number * _MICROSECOND, row_id


def older_than(
    created_at: ColumnElement[datetime], row_id: ColumnElement[str], after: tuple[datetime, str] | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of the rows behind one that was named, in the order of time and id, the newest first."""
    if after is None:
        return []
    # The first condition follows from the second; it is what an index can be used for.
    return [created_at <= after[0], or_(created_at < after[0], row_id < after[1])]


def parts(form: str, text: str) -> tuple[int, str]:
    """Return the number and the id that a cursor of some form, a regular expression with two groups, is made of.

    Raises:
        InvalidField: no page named it.
    """
    match = re.fullmatch(form, text)
    if match is None:
        raise InvalidField("The place to go on from is not one that a page before named; start from the first page.")
    return int(match[1]), match[2]
