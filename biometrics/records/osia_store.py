"""People and encounters as OSIA's interface names them: ids of the client's own, a status, data of any form.

A person is a record. Its id there is the one that the client gave, else that of the record; a national number leads to
its record, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select

from biometrics.access import jurisdiction
from biometrics.access.rights import HIDE, needs, needs_one_of, unrestricted
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import NotFound, OutOfJurisdiction, UnknownEncounter
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.osia import rows as osia_rows
from biometrics.osia.galleries import OWN, GalleryStore, encounters_called
from biometrics.osia.model import ClientEncounter, check_galleries
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.osia import encounter_galleries, osia_encounters
from biometrics.storage.tables.people import encounters, records
from biometrics.templates import templates

_WORKS_ON_PEOPLE = (
    Scope.ENCOUNTER_READ,
    Scope.ENCOUNTER_WRITE,
    Scope.VERIFY,
    Scope.IDENTIFY,
    Scope.RECORD_MERGE,
    Scope.RECORD_EXPUNGE,
)


class OsiaStore:
    """The data of OSIA's interface, in a records store and for the same actor."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._database = store.database
        self._keys = store.keys

    @property
    def galleries(self) -> GalleryStore:
        """The galleries, on the same behalf."""
        return GalleryStore(self._database, self._store.act)

    @unrestricted("an id alone; reading or changing the record checks the unit")
    def record_id(self, person_id: str, strictly: bool = False) -> str:
        """Return the id of a person's record: of one that was merged into another, that other one, unless `strictly`.

        Raises:
            UnknownRecord: there is none, or another unit keeps it.
        """
        with self._noting(person_id), self._database.reading() as connection:
            return osia_rows.record_id_of(connection, self._store.act, person_id, strictly)

    @needs_one_of(*_WORKS_ON_PEOPLE)
    def encounter(self, person_id: str, client_id: str) -> ClientEncounter:
        """Return one encounter of a person.

        Raises:
            UnknownRecord, UnknownEncounter.
        """
        matches = [encounter for encounter in self.encounters(person_id) if encounter.client_id == client_id]
        if not matches:
            raise UnknownEncounter("The person has no encounter of this id; check it.")
        return matches[0]

    @needs_one_of(*_WORKS_ON_PEOPLE)
    def encounters(self, person_id: str) -> list[ClientEncounter]:
        """Return all encounters of a person, the first stored first.

        Raises:
            UnknownRecord: there is no such person, or none with an encounter.
        """
        record = self._store.people.get(self.record_id(person_id))
        if not record.encounters:
            raise osia_rows.unknown_person(person_id)
        with self._database.reading() as connection:
            return osia_rows.client_encounters(connection, self._keys, record, person_id)

    @needs_one_of(Scope.IDENTIFY, Scope.RECORD_EXPUNGE)
    def encounter_in(self, gallery: str, client_id: str) -> ClientEncounter:
        """Return the encounter with an id in a gallery.

        Raises:
            UnknownEncounter: there is none, or another unit keeps it.
        """
        with self._database.reading() as connection:
            called = encounters_called(gallery, [client_id]).join(records, records.c.id == OWN.c.record_id)
            visible = called.where(jurisdiction.visible(jurisdiction.unit_of(self._store.act)))
            row = connection.execute(visible).first()
            is_elsewhere = row is None and connection.execute(called).first() is not None
        if row is None:
            with self._noting(client_id):
                error = UnknownEncounter("The gallery has no encounter of this id; check it.")
                error.elsewhere = is_elsewhere
                raise error
        record = self._store.people.get(row.record_id)
        with self._database.reading() as connection:
            candidates = osia_rows.client_encounters(connection, self._keys, record, client_id)
        encounter = next((encounter for encounter in candidates if encounter.stored.id == row.id), None)
        if encounter is None:  # it was destroyed meanwhile
            raise UnknownEncounter("The gallery has no encounter of this id; check it.")
        return encounter

    @needs_one_of(Scope.IDENTIFY, Scope.ENCOUNTER_READ)
    def names(self, record_ids: Sequence[str]) -> dict[str, str]:
        """Return the clients' ids of people (few enough for one IN list), by record id."""
        with self._database.reading() as connection:
            return osia_rows.person_ids(connection, record_ids)

    @needs_one_of(Scope.IDENTIFY, Scope.ENCOUNTER_READ)
    def places(self, record_ids: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return the clients' ids of the encounters of people (few enough for one IN list), and their galleries.

        By the encounter's own id; those of an encounter without galleries of its own are left out.
        """
        of_records = encounters.c.record_id.in_(record_ids)
        osia_query = select(osia_encounters).join(encounters, encounters.c.id == osia_encounters.c.encounter_id)
        gallery_query = select(encounter_galleries).join(
            encounters, encounters.c.id == encounter_galleries.c.encounter_id
        )
        with self._database.reading() as connection:
            client_ids = {row.encounter_id: row.client_id for row in connection.execute(osia_query.where(of_records))}
            galleries: dict[str, tuple[str, ...]] = {}
            for row in connection.execute(gallery_query.where(of_records).order_by(encounter_galleries.c.gallery)):
                galleries[row.encounter_id] = (*galleries.get(row.encounter_id, ()), row.gallery)
        return {
            encounter_id: (client_id, galleries.get(encounter_id, ())) for encounter_id, client_id in client_ids.items()
        }

    @needs(HIDE)
    def set_active(self, person_id: str, client_id: str, active: bool) -> None:
        """Include an encounter's samples in searches, or exclude them.

        Raises:
            UnknownRecord, UnknownEncounter.
        """
        with self._noting(person_id), self._store.begin() as work:
            record_id, encounter_id = work.client_data.set_active(person_id, client_id, active)
            work.audit(Action.ENCOUNTER_STATUS, record_id, encounter=encounter_id, active=active)

    @needs(Scope.ENCOUNTER_WRITE)
    def set_galleries(self, person_id: str, client_id: str, galleries: Sequence[str]) -> None:
        """Put an encounter into other galleries.

        Raises:
            UnknownRecord, UnknownEncounter, InvalidField.
            Forbidden: it would leave a gallery, and the actor may not take samples out of searches.
        """
        check_galleries(galleries)
        with self._noting(person_id), self._store.begin() as work:
            record_id, encounter_id = work.client_data.set_galleries(person_id, client_id, galleries)
            work.audit(Action.ENCOUNTER_GALLERIES, record_id, encounter=encounter_id)

    @needs_one_of(Scope.ENCOUNTER_READ, Scope.IDENTIFY)
    def templates(self, encounter: ClientEncounter) -> list[StoredTemplate]:
        """Return the templates of an encounter, active or not."""
        with self._database.reading() as connection:
            stored = templates.load_templates_at(connection, self._keys, encounter.stored.id)
        self._store.note(
            Action.TEMPLATES_EXPORTED, encounter.record.id, encounter=encounter.stored.id, templates=len(stored)
        )
        return stored

    @contextmanager
    def _noting(self, subject: str) -> Iterator[None]:
        """Audit a request for what another unit keeps; the caller learns only that it is unknown."""
        try:
            yield
        except NotFound as error:
            if error.elsewhere:
                self._store.note(Action.REFUSED, subject, code=OutOfJurisdiction.code)
            raise
