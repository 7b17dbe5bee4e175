"""What a state gives the national index: its change sequence, with templates under references in place of records.

This is the one place that decides what leaves the state: the templates that searches of the state itself may find, the
unit to call, and nothing else of a person.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Connection, select

from biometrics.access import jurisdiction, persons
from biometrics.access.rights import needs
from biometrics.kernel.access import EVERYWHERE, Act, Scope
from biometrics.kernel.errors import UnknownRecord
from biometrics.kernel.people.national import ChangesPage, GivenTemplate, Removal
from biometrics.kernel.people.record import Elsewhere
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.counters import PEOPLE_COUNTER, counter_value
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.keys import REFERENCES
from biometrics.storage.tables.station import identity
from biometrics.storage.tables.templates import changes, models_in_use
from biometrics.templates.change_log import last_sequence
from biometrics.templates.templates import load_templates

MOST: Final = 1000  # changes of a page

_PLACE: Final = [b"national reference"]


class TemplateFeed:
    """The changes of a database's templates for the national index, on behalf of an actor."""

    def __init__(self, database: Database, keys: DataKeys, act: Act | None) -> None:
        self._database = database
        self._keys = keys
        self._act = act

    @needs(Scope.NATIONAL_FOLLOW)
    def page(self, after: int, mark: str, limit: int = MOST) -> ChangesPage:
        """Return the state of the templates that changed after a sequence number, at most `limit` changes.

        `mark` is that of the page before, "" for the first. The page begins from the start, with `since` 0, where the
        mark is not of this database's history: it was restored from a backup since, or is another one.

        Raises:
            OutOfJurisdiction: the actor's unit is not the national bureau.
        """
        jurisdiction.require_unit(self._act, EVERYWHERE)
        cipher = self._cipher()
        unreadable: set[int] = set()
        with self._database.reading() as connection:
            last = last_sequence(connection)
            since = after if after <= last and _is_ours(connection, mark) else 0
            rows = connection.execute(
                select(changes.c.sequence, changes.c.operation, changes.c.template_id)
                .where(changes.c.sequence > since)
                .order_by(changes.c.sequence)
                .limit(min(limit, MOST))
            ).all()
            until = rows[-1].sequence if len(rows) == min(limit, MOST) else last
            newest = {row.template_id: (row.sequence, row.operation) for row in rows}
            present = [number for number, (_, operation) in newest.items() if operation != Operation.REMOVE]
            loaded = load_templates(connection, self._keys, present, unreadable)
            units = _units(connection, {stored.record_id for stored in loaded})
            page = ChangesPage(
                since,
                until,
                last,
                _mark(connection),
                datetime.now(UTC),
                counter_value(connection, PEOPLE_COUNTER),
                _in_force(connection),
                [
                    GivenTemplate(
                        newest[stored.id][0],
                        stored.id,
                        _sealed(cipher, stored.record_id),
                        units[stored.record_id].unit,
                        stored.position,
                        stored.template,
                    )
                    for stored in loaded
                ],
                [Removal(newest[number][0], number) for number in newest.keys() - {stored.id for stored in loaded}],
                list({unit.unit: unit for unit in units.values()}.values()),
            )
        if rows:
            audit.note(self._database, self._act, Action.TEMPLATES_FOLLOWED, since=since, until=until)
        return page

    @needs(Scope.ENCOUNTER_READ)
    def resolve(self, reference: str) -> str:
        """Return the id of the record that a reference stands for, or of the one that it was merged into.

        Raises:
            UnknownRecord: the reference is not one of this database.
            OutOfJurisdiction: another unit keeps the record; it names the one to call.
        """
        try:
            sealed = urlsafe_b64decode(reference + "=" * (-len(reference) % 4))
            record_id = str(UUID(bytes=self._cipher().decrypt(sealed, _PLACE)))
        except (InvalidTag, NotBase64, ValueError) as error:
            raise UnknownRecord("The reference is not of this state; check it.") from error
        with self._database.reading() as connection:
            lead_id = persons.resolve_merged_ids(connection, [record_id]).get(record_id)
            if lead_id is None:
                raise UnknownRecord("The record of this reference was removed.")
            jurisdiction.require_record(connection, self._act, lead_id)
        audit.note(self._database, self._act, Action.REFERENCE_RESOLVED, lead_id)
        return lead_id

    def _cipher(self) -> AESSIV:
        return AESSIV(self._keys.obtained(self._database, REFERENCES))


def _sealed(cipher: AESSIV, record_id: str) -> str:
    """Return the reference of a record: always the same one, so that a person's templates can be grouped."""
    return urlsafe_b64encode(cipher.encrypt(UUID(record_id).bytes, _PLACE)).decode().rstrip("=")


def _units(connection: Connection, record_ids: set[str]) -> dict[str, Elsewhere]:
    """Return the unit to call about each record, as a search within the state names it."""
    units: dict[str, Elsewhere] = {}
    for chunk in in_chunks(sorted(record_ids), CHUNK):
        units |= jurisdiction.elsewhere(connection, chunk)
    return units


def _in_force(connection: Connection) -> dict[Modality, str]:
    rows = connection.execute(
        select(models_in_use.c.modality, models_in_use.c.model).where(models_in_use.c.in_force.is_(True))
    )
    return {Modality.named(modality): model for modality, model in rows}


def _mark(connection: Connection) -> str:
    """Return what identifies the history so far: this station, and the newest entry of its chained audit log.

    Whatever is written after a restore gets other entries than what was lost, so that no two histories share a mark.
    """
    newest = select(audit_entries.c.number, audit_entries.c.hash).order_by(audit_entries.c.number.desc()).limit(1)
    entry = connection.execute(newest).first()
    station = connection.execute(select(identity.c.id)).scalar_one()
    return f"{station} {entry.number} {entry.hash}" if entry else f"{station} 0 "


def _is_ours(connection: Connection, mark: str) -> bool:
    station, _, entry = mark.partition(" ")
    number, _, digest = entry.partition(" ")
    if station != connection.execute(select(identity.c.id)).scalar_one() or not number.isdecimal():
        return False
    if int(number) == 0:
        return True
    query = select(audit_entries.c.hash).where(audit_entries.c.number == int(number))
    return bool(connection.execute(query).scalar() == digest)
