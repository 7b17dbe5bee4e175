"""What a records clerk does to records that there are: corrections, what courts decided, what belongs together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from biometrics.access import Act
from biometrics.court import Outcome
from biometrics.person import Person
from biometrics.records import jurisdiction, outcomes, people
from biometrics.records.audit import Action, append
from biometrics.records.database import Database
from biometrics.records.values import EncounterLink, LinkKind, PersonVersion, Record, StoredOutcome


class RecordClerk:
    """Changes of stored records, each one transaction; `RecordStore.clerk` gives one.

    A method that takes a `version` raises VersionMismatch, and changes nothing, where the record has another one by
    now: somebody else has changed it since the caller read it. Any raises OutOfJurisdiction for what another unit
    keeps.
    """

    def __init__(self, database: Database, act: Act | None) -> None:
        self._database = database
        self._act = act

    @property
    def _who(self) -> str:
        """The id of whoever acts, empty for the service itself."""
        return self._act.actor.id if self._act else ""

    def correct_person(self, record_id: str, person: Person, version: int) -> Record:
        """Put another person's data in place of a record's; what it was before is kept in the history.

        The national number is for ever, and stays whatever `person` says of it. Indexes learn of a sex or a year of
        birth that a search may ask for.

        Raises:
            UnknownRecord, VersionMismatch.
        """
        with self._database.writing() as connection:
            jurisdiction.require_record(connection, self._act, people.canonical_id(record_id))
            row_id = people.correct_person(connection, record_id, person, version, self._who)
            corrected = people.load_records(connection, [row_id])[0]
            self._append(connection, Action.RECORD_CORRECTED, row_id, version=corrected.version)
            return corrected

    def history(self, record_id: str) -> list[PersonVersion]:
        """Return what a person's data was before each correction, the oldest first.

        Raises:
            UnknownRecord: there is none of this id.
        """
        with self._database.writing() if self._act else self._database.reading() as connection:
            jurisdiction.require_record(connection, self._act, people.canonical_id(record_id))
            old = people.load_history(connection, record_id)
            self._append(connection, Action.HISTORY_READ, people.canonical_id(record_id), versions=len(old))
            return old

    def add_outcome(self, encounter_id: str, outcome: Outcome, version: int | None = None) -> StoredOutcome:
        """Add what a court did about an encounter.

        Raises:
            UnknownEncounter, VersionMismatch.
            InvalidField: it does not follow from what is known of the case.
        """
        with self._database.writing() as connection:
            jurisdiction.require_encounter(connection, self._act, people.canonical_id(encounter_id))
            stored = outcomes.insert_outcome(connection, encounter_id, outcome, self._who, version)
            self._append(connection, Action.OUTCOME_ADDED, stored.encounter_id, outcome=stored.id, event=outcome.event)
            return stored

    def link(self, from_id: str, to_id: str, kind: LinkKind) -> EncounterLink:
        """Say that two encounters belong together; linking them again changes nothing.

        Raises:
            UnknownEncounter: there is none of an id.
            InvalidField: both are one and the same.
        """
        with self._database.writing() as connection:
            for one in (from_id, to_id):
                jurisdiction.require_encounter(connection, self._act, people.canonical_id(one))
            link = outcomes.insert_link(connection, from_id, to_id, kind, self._who)
            self._append(connection, Action.ENCOUNTERS_LINKED, link.from_id, to=link.to_id, kind=kind)
            return link

    def _append(self, connection: Connection, action: Action, subject_id: str, /, **detail: Any) -> None:
        """Append to the audit log in the transaction of what was done, at its end."""
        if self._act is not None:
            append(connection, self._act, action, subject_id, **detail)
