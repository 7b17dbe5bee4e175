"""Certificates of destruction of samples that were collected in the actor's unit or below it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, select

from biometrics.access.jurisdiction import unit_of
from biometrics.access.rights import needs, needs_one_of
from biometrics.access.units import path_within
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.page import Page
from biometrics.retention.certificates import Certificate
from biometrics.storage.database.engine import Database
from biometrics.storage.database.paging import cursor, older_than, paginate
from biometrics.storage.tables.retention import expungements


class CertificateStore:
    """Reads certificates for an actor; an unfinished expungement has none yet."""

    def __init__(self, database: Database, act: Act | None) -> None:
        """Read an open database."""
        self._database = database
        self._act = act

    @needs_one_of(Scope.RETENTION_MANAGE, Scope.RECORD_EXPUNGE)
    def find(self, expungement_id: str) -> Certificate | None:
        """Return the certificate of an expungement, None where there is none that one may see."""
        with self._database.reading() as connection:
            query = self._signed().where(expungements.c.id == canonical_id(expungement_id))
            row = connection.execute(query).first()
        return _certificate(row) if row else None

    @needs(Scope.RETENTION_MANAGE)
    def page(self, limit: int, after: str | None = None) -> Page[Certificate, str]:
        """Return some certificates, the newest first; `after`: cursor of the previous page.

        Raises:
            InvalidField: no page named the cursor.
        """
        order = (expungements.c.created_at, expungements.c.id)
        query = self._signed().where(*older_than(*order, after))
        query = query.order_by(*(column.desc() for column in order)).limit(limit + 1)
        with self._database.reading() as connection:
            rows, next_cursor = paginate(connection.execute(query).all(), limit, cursor)
        return Page(tuple(map(_certificate, rows)), next_cursor)

    @needs(Scope.RETENTION_MANAGE)
    def everything(self) -> Iterator[Certificate]:
        """Walk through all of them, the oldest first."""
        query = self._signed().order_by(expungements.c.created_at, expungements.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        yield from map(_certificate, rows)

    def _signed(self) -> Select[Any]:
        within_unit = path_within(expungements.c.unit, unit_of(self._act))
        return select(expungements).where(expungements.c.signature.is_not(None), within_unit)


def _certificate(row: Row[Any]) -> Certificate:
    return Certificate(json.loads(row.content), row.signature)
