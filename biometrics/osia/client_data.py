"""What a client of OSIA's interface says of an encounter, within a unit of work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from biometrics.access import jurisdiction
from biometrics.access.rights import HIDE, needs, refusal, require
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import EncounterExists, Forbidden, UnknownEncounter
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.people.templates import Operation
from biometrics.osia import rows
from biometrics.osia.model import ClientData
from biometrics.people import rows as people
from biometrics.storage.tables.osia import encounter_galleries
from biometrics.storage.transaction import Transaction
from biometrics.templates import templates
from biometrics.templates.change_log import append_changes


class ClientDataRepository:
    """The ids that clients give people and encounters, and the data that they send of an encounter."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    @needs(Scope.ENCOUNTER_WRITE)
    def name_person(self, record_id: str, person_id: str) -> None:
        """Give a new record the id that a client chose.

        Raises:
            EncounterExists: the id is taken.
        """
        rows.name_person(self._work.connection, self._work.act, record_id, person_id)

    @needs(Scope.ENCOUNTER_WRITE)
    def add(self, enrolment: Enrolment, data: ClientData) -> None:
        """Add a client's data of a new encounter.

        Raises:
            EncounterExists: the person has an encounter of that id.
            Forbidden: the encounter is to be inactive, and the actor may not take samples out of searches.
        """
        if not data.active:
            require(self, HIDE)
        client_id = data.client_id or enrolment.encounter_id
        if rows.find(self._work.connection, enrolment.record_id, client_id, but=enrolment.encounter_id):
            raise EncounterExists(f"The person has an encounter {client_id} already; give another id.")
        rows.write(self._work.connection, self._work.keys, enrolment.encounter_id, data, client_id)

    @needs(Scope.ENCOUNTER_WRITE, HIDE)
    def replace(self, encounter_id: str, data: ClientData) -> None:
        """Replace a client's data of an encounter."""
        rows.remove(self._work.connection, encounter_id)
        rows.write(self._work.connection, self._work.keys, encounter_id, data, data.client_id or encounter_id)

    @needs(HIDE)
    def set_active(self, person_id: str, client_id: str, active: bool) -> tuple[str, str]:
        """Include an encounter's samples in searches, or exclude them; return the ids of record and encounter.

        Raises:
            UnknownRecord, UnknownEncounter.
        """
        connection = self._work.connection
        record_id, encounter_id = self._record_and_encounter_ids(person_id, client_id)
        rows.set_active(connection, encounter_id, active, self._work.act)
        rows.own_row(connection, encounter_id)
        return record_id, encounter_id

    @needs(Scope.ENCOUNTER_WRITE)
    def set_galleries(self, person_id: str, client_id: str, galleries: Sequence[str]) -> tuple[str, str]:
        """Put an encounter into other galleries; return the ids of record and encounter.

        Raises:
            UnknownRecord, UnknownEncounter.
            Forbidden: it would leave a gallery, and the actor may not take samples out of searches.
        """
        connection, act = self._work.connection, self._work.act
        record_id, encounter_id = self._record_and_encounter_ids(person_id, client_id)
        rows.own_row(connection, encounter_id)
        current = select(encounter_galleries.c.gallery).where(encounter_galleries.c.encounter_id == encounter_id)
        removed = set(connection.execute(current).scalars()) - set(galleries)
        if removed and act is not None and not act.actor.may(HIDE):  # searches of those would not find it any more
            raise Forbidden(refusal([HIDE]))
        rows.set_galleries(connection, encounter_id, galleries)
        append_changes(connection, Operation.RELABEL, templates.templates_at(connection, [encounter_id]))
        return record_id, encounter_id

    def _record_and_encounter_ids(self, person_id: str, client_id: str) -> tuple[str, str]:
        """Return the ids of a record and its encounter; the record is locked until the commit."""
        connection, act = self._work.connection, self._work.act
        row = people.lock_record(connection, rows.record_id_of(connection, act, person_id))
        jurisdiction.require_record(connection, act, row.id)
        encounter_id = rows.find(connection, row.id, client_id)
        if encounter_id is None:
            raise UnknownEncounter("The person has no encounter of this id; check it.")
        jurisdiction.require_made_here(connection, act, encounter_id)
        return row.id, encounter_id
