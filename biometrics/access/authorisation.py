"""Searches without their authorisation: one condition, so that results, lists, cases and images share it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from biometrics.kernel.errors import SearchUnauthorised
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.searches import searches


def unauthorised() -> ColumnElement[bool]:
    """Return the condition that a row of `searches` was refused its order, or did not get it in time."""
    return and_(searches.c.authorise_until.is_not(None), searches.c.authorise_until <= datetime.now(UTC))


def of_unauthorised() -> ColumnElement[bool]:
    """Return the condition that a row of `cases` came of a search that is not authorised."""
    of_case = or_(searches.c.id == cases.c.search_id, searches.c.id == cases.c.candidate_search_id)
    return exists().where(of_case, unauthorised()).correlate(cases)


def require_authorised(connection: Connection, search_id: str) -> None:
    """Refuse what a search gave that was refused its order, or did not get it in time.

    Raises:
        SearchUnauthorised: it was.
    """
    if connection.execute(select(searches.c.id).where(searches.c.id == search_id, unauthorised())).first():
        raise SearchUnauthorised(
            "The order that this search needs was refused, or did not come in time; what it found is withheld."
        )
