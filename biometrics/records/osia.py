"""People and encounters as OSIA's interface names them: ids of the client's own, galleries, a status, data of any form.

A person is a record. Its id there is the one that the client gave, else that of the record; a national number leads to
its record, too. An encounter that came by another way is known by its own id, and is in the gallery of its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, or_, select, union

from biometrics.errors import EncounterExists, InvalidField, UnknownEncounter, UnknownGallery, UnknownRecord
from biometrics.labels import Members
from biometrics.person import is_national_number
from biometrics.records import audit, jurisdiction, people, templates
from biometrics.records.audit import Action
from biometrics.records.changes import append_changes
from biometrics.records.database import insert
from biometrics.records.jurisdiction import unit_of
from biometrics.records.keys import DataKeys
from biometrics.records.osia_tables import (
    CLIENT_ID_LENGTH,
    encounter_galleries,
    inactive_encounters,
    osia_encounters,
    osia_persons,
)
from biometrics.records.sealing import Place, seal, unseal
from biometrics.records.store import Beside, RecordStore
from biometrics.records.tables import changes, encounters, records, samples
from biometrics.records.tables import templates as template_rows
from biometrics.records.values import Enrolment, Operation, Record, StoredEncounter, StoredTemplate
from biometrics.text import clean_text
from biometrics.types import Modality

ALL = "ALL"  # galleries
MAX_PAGE = 100_000  # ids in one answer

_OWN = encounters.alias("own")  # so that a condition on all encounters of a record stands beside it


@dataclass(frozen=True)
class ClientData:
    """What a client says of an encounter beside what the record holds.

    `content` is what is given back as it came, in bytes that are sealed in the database, None where that is what the
    record says. `task_id` is the task that writes it, empty where none does.

    Raises:
        InvalidField: a name breaks its rule, or there is no gallery.
    """

    client_id: str
    encounter_type: str
    galleries: tuple[str, ...]
    active: bool
    content: bytes | None
    task_id: str = ""

    def __post_init__(self) -> None:
        """Check."""
        if self.client_id:
            check_name("encounterId", self.client_id)
        check_name("encounterType", self.encounter_type)
        check_galleries(self.galleries)


@dataclass(frozen=True)
class ClientEncounter:
    """A stored encounter as a client knows it; `content` is None where it came by another way."""

    record: Record
    stored: StoredEncounter
    person_id: str
    client_id: str
    encounter_type: str
    galleries: tuple[str, ...]
    active: bool
    updated_at: datetime
    content: bytes | None
    task_id: str


def check_name(what: str, text: str) -> None:
    """Refuse a name that would not be the same after it was stored.

    Raises:
        InvalidField: the message says why.
    """
    if clean_text(what, text, CLIENT_ID_LENGTH) != text:
        raise InvalidField(f"The {what} begins or ends with blanks, or is not in Unicode's composed form; change it.")


def check_galleries(galleries: Sequence[str]) -> None:
    """Refuse galleries that an encounter cannot be in.

    Raises:
        InvalidField: there is none, one twice, or one that cannot be named.
    """
    for gallery in galleries:
        check_name("gallery", gallery)
    if not galleries or len(set(galleries)) < len(galleries):
        raise InvalidField("Give at least one gallery, and each only once.")
    if ALL in galleries:
        raise InvalidField(f"{ALL} stands for all galleries, and is the name of none.")


_TEMPLATE_IDS = (
    select(template_rows.c.id)
    .join(samples, samples.c.id == template_rows.c.sample_id)
    .join(_OWN, _OWN.c.id == samples.c.encounter_id)
)


class OsiaStore:
    """What OSIA's interface keeps, beside a records store and on the same behalf."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._database = store.database
        self._keys = store.keys

    def record_id(self, person_id: str, strictly: bool = False) -> str:
        """Return the id of a person's record: of one that was merged into another, that other one, unless `strictly`.

        Raises:
            UnknownRecord: there is none.
        """
        with self._database.reading() as connection:
            return _record_id(connection, person_id, strictly)

    def beside(self, person_id: str, data: ClientData) -> Beside:
        """Return what writes a client's data of a new encounter; `person_id` names a new record, empty otherwise.

        It raises EncounterExists where the person has an encounter of that id.
        """

        def write(connection: Connection, enrolment: Enrolment) -> None:
            if person_id:
                named = {"record_id": enrolment.record_id, "person_id": person_id}
                statement = insert(connection, osia_persons).values(named).on_conflict_do_nothing()
                if connection.execute(statement.returning(osia_persons.c.record_id)).first() is None:
                    raise EncounterExists(f"The person {person_id} was created meanwhile; send it again.")
            client_id = data.client_id or enrolment.encounter_id
            if _find(connection, enrolment.record_id, client_id, but=enrolment.encounter_id):
                raise EncounterExists(f"The person has an encounter {client_id} already; give another id.")
            _write(connection, self._keys, enrolment.encounter_id, data, client_id)

        return write

    def instead(self, data: ClientData) -> Beside:
        """Return what writes a client's data of an encounter in place of what there was."""

        def write(connection: Connection, enrolment: Enrolment) -> None:
            connection.execute(delete(osia_encounters).where(osia_encounters.c.encounter_id == enrolment.encounter_id))
            connection.execute(
                delete(inactive_encounters).where(inactive_encounters.c.encounter_id == enrolment.encounter_id)
            )
            _write(connection, self._keys, enrolment.encounter_id, data, data.client_id or enrolment.encounter_id)

        return write

    def encounter(self, person_id: str, client_id: str) -> ClientEncounter:
        """Return one encounter of a person.

        Raises:
            UnknownRecord, UnknownEncounter.
        """
        found = [one for one in self.encounters(person_id) if one.client_id == client_id]
        if not found:
            raise UnknownEncounter("The person has no encounter of this id; check it.")
        return found[0]

    def encounters(self, person_id: str) -> list[ClientEncounter]:
        """Return all encounters of a person, the first stored first.

        Raises:
            UnknownRecord: there is no such person, or none with an encounter.
        """
        record = self._store.record(self.record_id(person_id))
        if not record.encounters:
            raise _unknown(person_id)
        with self._database.reading() as connection:
            return _client_encounters(connection, self._keys, record, person_id)

    def known(self, gallery: str, client_id: str) -> bool:
        """Say whether an encounter in a gallery has an id, whoever keeps it."""
        with self._database.reading() as connection:
            return connection.execute(_called(gallery, [client_id])).first() is not None

    def encounter_in(self, gallery: str, client_id: str) -> ClientEncounter:
        """Return the encounter in a gallery that has an id, whoever's it is.

        Raises:
            UnknownEncounter, OutOfJurisdiction.
        """
        with self._database.reading() as connection:
            row = connection.execute(_called(gallery, [client_id])).first()
        if row is None:
            raise UnknownEncounter("The gallery has no encounter of this id; check it.")
        record = self._store.record(row.record_id)
        with self._database.reading() as connection:
            found = _client_encounters(connection, self._keys, record, client_id)
        return next(one for one in found if one.stored.id == row.id)

    def count(self, gallery: str) -> int:
        """Count the encounters in a gallery that whoever is acting sees."""
        with self._database.reading() as connection:
            query = self._seen(_in_gallery(select(func.count(_OWN.c.id.distinct())), gallery))
            counted = int(connection.execute(query).scalar_one())
        self._store.note(Action.GALLERY_READ, counted=counted)
        return counted

    def names(self, record_ids: Sequence[str]) -> dict[str, str]:
        """Return what clients call some people (at most templates.CHUNK), by record id."""
        with self._database.reading() as connection:
            return _person_ids(connection, record_ids)

    def places(self, record_ids: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return what clients call the encounters of some people (few enough for one IN list), and their galleries.

        By the encounter's own id; those of an encounter without galleries of its own are left out.
        """
        held = encounters.c.record_id.in_(record_ids)
        named = select(osia_encounters).join(encounters, encounters.c.id == osia_encounters.c.encounter_id)
        listed = select(encounter_galleries).join(encounters, encounters.c.id == encounter_galleries.c.encounter_id)
        with self._database.reading() as connection:
            client_ids = {row.encounter_id: row.client_id for row in connection.execute(named.where(held))}
            found: dict[str, tuple[str, ...]] = {}
            for row in connection.execute(listed.where(held).order_by(encounter_galleries.c.gallery)):
                found[row.encounter_id] = (*found.get(row.encounter_id, ()), row.gallery)
        return {own: (client_id, found.get(own, ())) for own, client_id in client_ids.items()}

    def set_active(self, person_id: str, client_id: str, active: bool) -> None:
        """Let searches find an encounter's samples, or not any more.

        Raises:
            UnknownRecord, UnknownEncounter.
        """
        with self._database.writing() as connection:
            record_id, encounter_id = self._held(connection, person_id, client_id)
            _set_active(connection, encounter_id, active)
            _own_row(connection, encounter_id)
            audit.append(
                connection, self._store.act, Action.ENCOUNTER_STATUS, record_id, encounter=encounter_id, active=active
            )

    def set_galleries(self, person_id: str, client_id: str, galleries: Sequence[str]) -> None:
        """Put an encounter into other galleries.

        Raises:
            UnknownRecord, UnknownEncounter, InvalidField.
        """
        check_galleries(galleries)
        with self._database.writing() as connection:
            record_id, encounter_id = self._held(connection, person_id, client_id)
            _own_row(connection, encounter_id)
            _set_galleries(connection, encounter_id, galleries)
            append_changes(connection, Operation.RELABEL, _template_keys(connection, encounter_id))
            audit.append(connection, self._store.act, Action.ENCOUNTER_GALLERIES, record_id, encounter=encounter_id)

    def templates(self, one: ClientEncounter) -> list[StoredTemplate]:
        """Return the templates of an encounter, active or not."""
        with self._database.reading() as connection:
            found = templates.load_templates_at(connection, self._keys, one.stored.id)
        self._store.note(Action.TEMPLATES_EXPORTED, one.record.id, encounter=one.stored.id, templates=len(found))
        return found

    def galleries(self) -> list[str]:
        """Return the names of all galleries that somebody is in."""
        own = select(_OWN.c.kind.label("gallery")).where(~_has_row()).distinct()
        named = select(encounter_galleries.c.gallery).distinct()
        with self._database.reading() as connection:
            return sorted({row.gallery for row in connection.execute(union(named, own))})

    def page(self, gallery: str, offset: int, limit: int) -> list[tuple[str, str]]:
        """Return (person id, encounter id) of the encounters in a gallery, the first stored first.

        Raises:
            UnknownGallery: nobody is in it.
            InvalidField: the offset or the limit is not valid.
        """
        if not (0 <= offset < 2**63 and 0 <= limit <= MAX_PAGE):
            raise InvalidField(f"Give an offset from 0 on, and a limit from 0 to {MAX_PAGE:,}.")
        query = (
            select(_OWN.c.record_id, _OWN.c.id, osia_encounters.c.client_id, osia_persons.c.person_id)
            .outerjoin(osia_encounters, osia_encounters.c.encounter_id == _OWN.c.id)
            .outerjoin(osia_persons, osia_persons.c.record_id == _OWN.c.record_id)
        )
        with self._database.reading() as connection:
            self._require(connection, gallery)
            query = self._seen(_in_gallery(query, gallery)).order_by(_OWN.c.created_at, _OWN.c.id)
            rows = connection.execute(query.offset(offset).limit(limit)).all()
        self._store.note(Action.GALLERY_READ, listed=len(rows))
        return [(row.person_id or row.record_id, row.client_id or row.id) for row in rows]

    def members(self, gallery: str) -> NDArray[np.int64]:
        """Return the ids of the templates of a gallery, ascending, those of inactive encounters too.

        Raises:
            UnknownGallery: nobody is in it.
        """
        with self._database.reading() as connection:
            self._require(connection, gallery)
            return _template_ids(connection, _in_gallery(_TEMPLATE_IDS, gallery))

    def members_since(self, gallery: str, known: Members, sequence: int) -> Members:
        """Return what `members` does, by what it was at some number of the change sequence: only changes are read.

        Raises:
            UnknownGallery: nobody is in it.
        """
        changed = select(changes.c.template_id).where(changes.c.sequence > sequence)
        with self._database.reading() as connection:
            self._require(connection, gallery)
            touched = _template_ids(connection, changed)
            inside = _template_ids(
                connection, _in_gallery(_TEMPLATE_IDS.where(template_rows.c.id.in_(changed)), gallery)
            )
        return known.without(touched).and_also(inside)

    def members_among(self, gallery: str, client_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the ids of the templates of those encounters in a gallery that have such ids, as `members` does."""
        found = [np.empty(0, dtype=np.int64)]
        with self._database.reading() as connection:
            for start in range(0, len(client_ids), templates.CHUNK):
                part = client_ids[start : start + templates.CHUNK]
                called = _called(gallery, part).with_only_columns(_OWN.c.id)
                found.append(_template_ids(connection, _TEMPLATE_IDS.where(_OWN.c.id.in_(called))))
        return np.unique(np.concatenate(found))

    def require_gallery(self, gallery: str) -> None:
        """Refuse a gallery that nobody is in.

        Raises:
            UnknownGallery: there is none of this name.
        """
        with self._database.reading() as connection:
            self._require(connection, gallery)

    def _held(self, connection: Connection, person_id: str, client_id: str) -> tuple[str, str]:
        """Return the ids of a record and its encounter; nobody else changes the record before the commit."""
        row = people.touch(connection, _record_id(connection, person_id))
        jurisdiction.require_record(connection, self._store.act, row.id)
        encounter_id = _find(connection, row.id, client_id)
        if encounter_id is None:
            raise UnknownEncounter("The person has no encounter of this id; check it.")
        return row.id, encounter_id

    def _seen(self, query: Select[Any]) -> Select[Any]:
        """Narrow a query over `_OWN` to those of records that whoever is acting sees."""
        unit = unit_of(self._store.act)
        if not unit.state:
            return query
        return query.join(records, records.c.id == _OWN.c.record_id).where(jurisdiction.visible(unit))

    def _require(self, connection: Connection, gallery: str) -> None:
        if gallery != ALL:
            query = _in_gallery(select(_OWN.c.id), gallery).limit(1)
            if connection.execute(query).first() is None:
                raise UnknownGallery("Nobody is in a gallery of this name; check it.")


def _record_id(connection: Connection, person_id: str, strictly: bool = False) -> str:
    if "\0" in person_id:
        raise _unknown(person_id)
    named = select(osia_persons.c.record_id).where(osia_persons.c.person_id == person_id)
    found = connection.execute(named).scalar()
    if found is None:
        is_it = records.c.id == people.canonical_id(person_id)
        if is_national_number(person_id):
            is_it = records.c.national_number == person_id
        found = connection.execute(select(records.c.id).where(is_it)).scalar()
    if found is None:
        raise _unknown(person_id)
    led = people.lead(connection, str(found))
    if strictly and led != found:
        raise UnknownRecord(f"The person {person_id[:CLIENT_ID_LENGTH]!r} was merged into another; name that one.")
    return led


def _unknown(person_id: str) -> UnknownRecord:
    return UnknownRecord(f"There is no person {person_id[:CLIENT_ID_LENGTH]!r}; check the id.")


def _person_ids(connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
    named = select(osia_persons).where(osia_persons.c.record_id.in_(record_ids))
    found = {row.record_id: row.person_id for row in connection.execute(named)}
    return {record_id: found.get(record_id, record_id) for record_id in record_ids}


def _find(connection: Connection, record_id: str, client_id: str, but: str = "") -> str | None:
    """Return the id of a record's encounter that a client calls so, other than `but`."""
    query = (
        select(encounters.c.id)
        .outerjoin(osia_encounters, osia_encounters.c.encounter_id == encounters.c.id)
        .where(
            encounters.c.record_id == record_id,
            encounters.c.id != but,
            func.coalesce(osia_encounters.c.client_id, encounters.c.id) == client_id.replace("\0", ""),
        )
        .order_by(encounters.c.created_at, encounters.c.id)
    )
    return connection.execute(query).scalar()


def _write(connection: Connection, keys: DataKeys, encounter_id: str, data: ClientData, client_id: str) -> None:
    content = data.content
    if content is not None:
        content = seal(keys.obtain(connection, encounter_id), _place(encounter_id), content)
    connection.execute(
        osia_encounters.insert().values(
            encounter_id=encounter_id,
            client_id=client_id,
            encounter_type=data.encounter_type,
            updated_at=datetime.now(UTC),
            content=content,
            task_id=data.task_id or None,
        )
    )
    _set_galleries(connection, encounter_id, data.galleries)
    if not data.active:
        _set_active(connection, encounter_id, active=False)


def _own_row(connection: Connection, encounter_id: str) -> None:
    """Give an encounter that came by another way a row of its own, and every one a new time of its last change."""
    kind = select(encounters.c.kind).where(encounters.c.id == encounter_id).scalar_subquery()
    row = {
        "encounter_id": encounter_id,
        "client_id": encounter_id,
        "encounter_type": kind,
        "updated_at": datetime.now(UTC),
    }
    statement = insert(connection, osia_encounters).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=[osia_encounters.c.encounter_id], set_={"updated_at": row["updated_at"]}
    )
    connection.execute(statement)
    has_gallery = exists().where(encounter_galleries.c.encounter_id == encounter_id)
    if not connection.execute(select(has_gallery)).scalar():
        connection.execute(encounter_galleries.insert().values(encounter_id=encounter_id, gallery=kind))


def _set_galleries(connection: Connection, encounter_id: str, galleries: Sequence[str]) -> None:
    connection.execute(delete(encounter_galleries).where(encounter_galleries.c.encounter_id == encounter_id))
    rows = [{"encounter_id": encounter_id, "gallery": gallery} for gallery in galleries]
    connection.execute(encounter_galleries.insert(), rows)


def _set_active(connection: Connection, encounter_id: str, active: bool) -> None:
    held = inactive_encounters.c.encounter_id == encounter_id
    if active:
        changed = connection.execute(delete(inactive_encounters).where(held)).rowcount
    else:
        statement = insert(connection, inactive_encounters).values(encounter_id=encounter_id).on_conflict_do_nothing()
        changed = len(connection.execute(statement.returning(inactive_encounters.c.encounter_id)).all())
    if changed:
        operation = Operation.ADD if active else Operation.REMOVE
        append_changes(connection, operation, _template_keys(connection, encounter_id))


def _template_keys(connection: Connection, encounter_id: str) -> list[tuple[int, Modality, str]]:
    rows = connection.execute(
        select(template_rows.c.id, samples.c.modality, template_rows.c.model)
        .join(samples, samples.c.id == template_rows.c.sample_id)
        .where(samples.c.encounter_id == encounter_id)
        .order_by(template_rows.c.id)
    )
    return [(row.id, Modality(row.modality), row.model) for row in rows]


def _client_encounters(connection: Connection, keys: DataKeys, record: Record, person_id: str) -> list[ClientEncounter]:
    of_record = encounters.c.record_id == record.id
    query = select(osia_encounters).join(encounters, encounters.c.id == osia_encounters.c.encounter_id)
    rows = {row.encounter_id: row for row in connection.execute(query.where(of_record))}
    query = select(inactive_encounters.c.encounter_id).join(
        encounters, encounters.c.id == inactive_encounters.c.encounter_id
    )
    inactive = set(connection.execute(query.where(of_record)).scalars())
    listed: dict[str, list[str]] = {}
    query = select(encounter_galleries).join(encounters, encounters.c.id == encounter_galleries.c.encounter_id)
    for row in connection.execute(query.where(of_record).order_by(encounter_galleries.c.gallery)):
        listed.setdefault(row.encounter_id, []).append(row.gallery)
    found = []
    for stored in record.encounters:
        own = rows.get(stored.id)
        content = None
        if own is not None and own.content is not None:
            place = _place(stored.id)
            content = unseal(keys.get(connection, stored.id, place), place, own.content)
        found.append(
            ClientEncounter(
                record=record,
                stored=stored,
                person_id=person_id,
                client_id=own.client_id if own else stored.id,
                encounter_type=own.encounter_type if own else stored.encounter.kind.value,
                galleries=tuple(listed.get(stored.id, [stored.encounter.kind.value])),
                active=stored.id not in inactive,
                updated_at=own.updated_at if own else stored.created_at,
                content=content,
                task_id=(own.task_id or "") if own else "",
            )
        )
    return found


def _in_gallery(query: Select[Any], gallery: str) -> Select[Any]:
    """Narrow a query over `_OWN` to those in a gallery."""
    if gallery == ALL:
        return query
    if "\0" in gallery:
        raise UnknownGallery("Nobody is in a gallery of this name; check it.")
    named = exists().where(encounter_galleries.c.encounter_id == _OWN.c.id, encounter_galleries.c.gallery == gallery)
    return query.where(or_(named, (_OWN.c.kind == gallery) & ~_has_row()))


def _called(gallery: str, client_ids: Sequence[str]) -> Select[Any]:
    """Return the query for the encounters (`_OWN`) in a gallery that have such ids, few enough for one IN list."""
    query = select(_OWN.c.id, _OWN.c.record_id).join(osia_encounters, osia_encounters.c.encounter_id == _OWN.c.id)
    return _in_gallery(query.where(osia_encounters.c.client_id.in_(client_ids)), gallery)


def _template_ids(connection: Connection, query: Select[Any]) -> NDArray[np.int64]:
    """Return the ids that a query finds, ascending."""
    ids = np.fromiter(connection.execute(query).scalars(), dtype=np.int64)
    ids.sort()
    return ids


def _has_row() -> ColumnElement[bool]:
    row = osia_encounters.alias()
    return exists().where(row.c.encounter_id == _OWN.c.id)


def _place(encounter_id: str) -> Place:
    return ("client data", encounter_id)
