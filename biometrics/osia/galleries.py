"""Galleries: who is in one, by the ids that clients of OSIA's interface gave, and whose templates are searched there.

An encounter that came by another way is known by its own id, and is in the gallery of its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select, union

from biometrics.access import jurisdiction
from biometrics.access.jurisdiction import unit_of
from biometrics.access.rights import MATCHING, needs, needs_one_of, unrestricted
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.errors import InvalidField, UnknownGallery
from biometrics.kernel.people.labels import Members
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.osia.model import ALL
from biometrics.storage.audit.log import Action, note
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.osia import encounter_galleries, osia_encounters, osia_persons
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.templates import changes, templates

MAX_PAGE = 100_000  # ids in one answer

OWN = encounters.alias("own")  # distinct from `encounters`, which a condition on a record's encounters uses

_TEMPLATE_IDS = (
    select(templates.c.id)
    .join(samples, samples.c.id == templates.c.sample_id)
    .join(OWN, OWN.c.id == samples.c.encounter_id)
)


class GalleryStore:
    """The galleries, as an actor sees them."""

    def __init__(self, database: Database, act: Act | None) -> None:
        """Read an open database."""
        self._database = database
        self._act = act

    @needs(Scope.ENCOUNTER_WRITE)
    def contains(self, gallery: str, client_id: str) -> bool:
        """Return whether an encounter with an id is in a gallery and visible to the actor."""
        with self._database.reading() as connection:
            return connection.execute(self._visible(encounters_called(gallery, [client_id]))).first() is not None

    @needs_one_of(Scope.GALLERY_READ, Scope.ENCOUNTER_READ)
    def count(self, gallery: str) -> int:
        """Count the encounters in a gallery that the actor sees."""
        with self._database.reading() as connection:
            query = self._visible(_in_gallery(select(func.count(OWN.c.id.distinct())), gallery))
            counted = int(connection.execute(query).scalar_one())
        note(self._database, self._act, Action.GALLERY_READ, counted=counted)
        return counted

    @needs(Scope.GALLERY_READ)
    def names(self) -> list[str]:
        """Return the names of all galleries with a person that the actor sees."""
        own_galleries = self._visible(select(OWN.c.kind.label("gallery")).where(~_has_row())).distinct()
        joined = select(encounter_galleries.c.gallery).join(OWN, OWN.c.id == encounter_galleries.c.encounter_id)
        row_galleries = self._visible(joined).distinct()
        with self._database.reading() as connection:
            return sorted({row.gallery for row in connection.execute(union(row_galleries, own_galleries))})

    @needs(Scope.GALLERY_READ)
    def page(self, gallery: str, offset: int, limit: int) -> list[tuple[str, str]]:
        """Return (person id, encounter id) of the encounters in a gallery, the first stored first.

        Raises:
            UnknownGallery: it is empty.
            InvalidField: the offset or the limit is not valid.
        """
        if not (0 <= offset < 2**63 and 0 <= limit <= MAX_PAGE):
            raise InvalidField(f"Give an offset from 0 on, and a limit from 0 to {MAX_PAGE:,}.")
        query = (
            select(OWN.c.record_id, OWN.c.id, osia_encounters.c.client_id, osia_persons.c.person_id)
            .outerjoin(osia_encounters, osia_encounters.c.encounter_id == OWN.c.id)
            .outerjoin(osia_persons, osia_persons.c.record_id == OWN.c.record_id)
        )
        with self._database.reading() as connection:
            self._require(connection, gallery)
            query = self._visible(_in_gallery(query, gallery)).order_by(OWN.c.created_at, OWN.c.id)
            rows = connection.execute(query.offset(offset).limit(limit)).all()
        note(self._database, self._act, Action.GALLERY_READ, listed=len(rows))
        return [(row.person_id or row.record_id, row.client_id or row.id) for row in rows]

    @unrestricted(MATCHING)
    def members(self, gallery: str) -> NDArray[np.int64]:
        """Return the ids of the templates of a gallery, ascending, those of inactive encounters too.

        Raises:
            UnknownGallery: it is empty.
        """
        with self._database.reading() as connection:
            self._require(connection, gallery)
            return _template_ids(connection, _in_gallery(_TEMPLATE_IDS, gallery))

    @unrestricted(MATCHING)
    def members_since(self, gallery: str, members: Members, sequence: int) -> Members:
        """Update a result of `members` from some number of the change sequence on: only changes are read.

        Raises:
            UnknownGallery: it is empty.
        """
        changed = select(changes.c.template_id).where(changes.c.sequence > sequence)
        with self._database.reading() as connection:
            self._require(connection, gallery)
            changed_ids = _template_ids(connection, changed)
            member_ids = _template_ids(
                connection, _in_gallery(_TEMPLATE_IDS.where(templates.c.id.in_(changed)), gallery)
            )
        return members.without(changed_ids).and_also(member_ids)

    @unrestricted(MATCHING)
    def members_among(self, gallery: str, client_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the ids of the templates of those encounters in a gallery that have such ids, as `members` does."""
        parts = [np.empty(0, dtype=np.int64)]
        with self._database.reading() as connection:
            for part in in_chunks(client_ids, CHUNK):
                called = encounters_called(gallery, part).with_only_columns(OWN.c.id)
                parts.append(_template_ids(connection, _TEMPLATE_IDS.where(OWN.c.id.in_(called))))
        return np.unique(np.concatenate(parts))

    @needs_one_of(Scope.GALLERY_READ, Scope.IDENTIFY, Scope.VERIFY)
    def require(self, gallery: str) -> None:
        """Refuse a gallery with no person that the actor sees.

        Raises:
            UnknownGallery: there is none of this name.
        """
        with self._database.reading() as connection:
            self._require(connection, gallery)

    def _visible(self, query: Select[Any]) -> Select[Any]:
        """Narrow a query over `OWN` to records that the actor sees."""
        unit = unit_of(self._act)
        if not unit.state:
            return query
        return query.join(records, records.c.id == OWN.c.record_id).where(jurisdiction.visible(unit))

    def _require(self, connection: Connection, gallery: str) -> None:
        if gallery != ALL:
            query = self._visible(_in_gallery(select(OWN.c.id), gallery)).limit(1)
            if connection.execute(query).first() is None:
                raise UnknownGallery("There is no such gallery, or it is empty; check the name.")


def _in_gallery(query: Select[Any], gallery: str) -> Select[Any]:
    """Narrow a query over `OWN` to those in a gallery."""
    if gallery == ALL:
        return query
    if "\0" in gallery:
        raise UnknownGallery("There is no such gallery, or it is empty; check the name.")
    in_row = exists().where(encounter_galleries.c.encounter_id == OWN.c.id, encounter_galleries.c.gallery == gallery)
    return query.where(or_(in_row, (OWN.c.kind == gallery) & ~_has_row()))


def encounters_called(gallery: str, client_ids: Sequence[str]) -> Select[Any]:
    """Return the query for id and record_id of the encounters in a gallery of such ids, few enough for one IN list."""
    query = select(OWN.c.id, OWN.c.record_id).join(osia_encounters, osia_encounters.c.encounter_id == OWN.c.id)
    return _in_gallery(query.where(osia_encounters.c.client_id.in_(client_ids)), gallery)


def _template_ids(connection: Connection, query: Select[Any]) -> NDArray[np.int64]:
    """Return the ids that a query finds, ascending."""
    ids = np.fromiter(connection.execute(query).scalars(), dtype=np.int64)
    ids.sort()
    return ids


def _has_row() -> ColumnElement[bool]:
    row = osia_encounters.alias()
    return exists().where(row.c.encounter_id == OWN.c.id)
