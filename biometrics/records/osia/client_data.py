"""What a client of OSIA's interface says of an encounter, within a unit of work."""

from __future__ import annotations

from biometrics.domain.access import Scope
from biometrics.domain.errors import EncounterExists
from biometrics.records.access.rights import HIDE, needs, require
from biometrics.records.osia import rows
from biometrics.records.osia.data import ClientData
from biometrics.records.transaction import Transaction
from biometrics.records.values import Enrolment


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
