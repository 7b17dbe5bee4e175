"""Reading what was corrected, merged and moved, as one actor sees it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection, or_, select

from biometrics.access import jurisdiction, persons
from biometrics.access.blinding import require_person_shown
from biometrics.access.rights import needs
from biometrics.corrections import merging
from biometrics.corrections.merge_history import Merge, Move, PendingMerge, Provenance
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.people.record import EncounterVersion, PersonVersion
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.entry import changed
from biometrics.kernel.technique.ids import canonical_id
from biometrics.people import encounter_update
from biometrics.people import rows as people
from biometrics.people.shared_names import shared_names, sources_of_names
from biometrics.storage.audit.log import Action, append
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.cases import FOLLOW_UP, cases
from biometrics.storage.tables.people import encounters


class HistoryReader:
    """What people's data and encounters were before, and the merges and moves of records.

    Any method raises OutOfJurisdiction for what another unit keeps.
    """

    def __init__(self, database: Database, act: Act | None) -> None:
        self._database = database
        self._act = act

    @needs(Scope.ENCOUNTER_READ)
    def of_person(self, record_id: str) -> list[PersonVersion]:
        """Return a person's data before each correction, the oldest first.

        Names that came with a merge are left out where that was undone, and the actor does not see the other record.

        Raises:
            UnknownRecord: there is none of this id.
        """
        with self._database.noting() if self._act else self._database.reading() as connection:
            self._require(connection, record_id)
            old = self._without_names_elsewhere(connection, record_id, people.load_history(connection, record_id))
            append(connection, self._act, Action.HISTORY_READ, canonical_id(record_id), versions=len(old))
            return old

    @needs(Scope.ENCOUNTER_READ)
    def of_encounter(self, encounter_id: str) -> list[EncounterVersion]:
        """Return an encounter before each replacement, the oldest first, with the ids of its samples of then.

        Raises:
            UnknownEncounter: there is none of this id.
        """
        with self._database.noting() if self._act else self._database.reading() as connection:
            canonical = canonical_id(encounter_id)
            self._require(connection, people.record_of(connection, canonical))
            old = encounter_update.load_versions_of(connection, encounters.c.id == canonical).get(canonical, [])
            append(connection, self._act, Action.HISTORY_READ, canonical, versions=len(old))
            return old

    @needs(Scope.ENCOUNTER_READ)
    def of_encounters(self, record_id: str) -> dict[str, list[EncounterVersion]]:
        """Return the histories of a record's encounters by their ids, without those never replaced.

        Raises:
            UnknownRecord: there is none of this id.
        """
        with self._database.noting() if self._act else self._database.reading() as connection:
            self._require(connection, record_id)
            lead_id = people.resolve_merged_id(connection, record_id)
            old = encounter_update.load_versions_of(connection, encounters.c.record_id == lead_id)
            append(connection, self._act, Action.HISTORY_READ, lead_id, versions=sum(map(len, old.values())))
            return old

    @needs(Scope.ENCOUNTER_READ)
    def provenance(self, record_id: str) -> Provenance:
        """Return the merges and moves that a record had a part in, also one that was merged into another.

        Of a record that the actor does not see they have neither the id nor the number, and not the reason either.

        Raises:
            UnknownRecord: there is none of this id.
        """
        with self._database.noting() if self._act else self._database.reading() as connection:
            self._require(connection, record_id)
            provenance = self._without_hidden(connection, merging.load_provenance(connection, record_id))
            provenance = replace(provenance, pending=self._pending(connection, record_id))
            append(connection, self._act, Action.PROVENANCE_READ, canonical_id(record_id))
            return provenance

    def _elsewhere(self, connection: Connection, record_ids: Collection[str]) -> set[str]:
        """Return the records that exist and that the actor does not see."""
        unit = jurisdiction.unit_of(self._act)
        existing: set[str] = set()
        visible: set[str] = set()
        for chunk in in_chunks(sorted(record_ids), CHUNK):
            existing |= persons.resolve_merged_ids(connection, chunk).keys()
            visible |= persons.visible_by_lead(connection, unit, chunk)
        return existing - visible

    def _without_hidden(self, connection: Connection, provenance: Provenance) -> Provenance:
        """Return a provenance without the records that the actor does not see, and why they had a part in it."""
        ids = {record_id for merge in provenance.merges for record_id in (merge.survivor_id, merge.merged_id)}
        ids |= {record_id for move in provenance.moves for record_id in (move.from_id, move.to_id)}
        hidden = self._elsewhere(connection, ids)
        return Provenance(
            tuple(_merge_without(merge, hidden) for merge in provenance.merges),
            tuple(_move_without(move, hidden) for move in provenance.moves),
        )

    def _without_names_elsewhere(
        self, connection: Connection, record_id: str, versions: list[PersonVersion]
    ) -> list[PersonVersion]:
        """Return versions of a person's data without the names of people that the actor does not see."""
        lead_id = people.resolve_merged_id(connection, record_id)
        hidden = self._elsewhere(connection, sources_of_names(connection, lead_id))
        names = shared_names(connection, hidden).get(lead_id, set())
        if not names:
            return versions
        return [
            replace(
                version,
                person=changed(
                    version.person, aliases=tuple(alias for alias in version.person.aliases if alias not in names)
                ),
            )
            for version in versions
        ]

    def _pending(self, connection: Connection, record_id: str) -> tuple[PendingMerge, ...]:
        """Return the merges of a record with others that are left to a user who may see both."""
        lead_id = people.resolve_merged_id(connection, record_id)
        ids_of_person = persons.ids_of(connection, lead_id)
        about = or_(cases.c.candidate_id.in_(ids_of_person), cases.c.record_id.in_(ids_of_person))
        query = select(cases.c.id, cases.c.number, cases.c.candidate_id, cases.c.record_id).where(
            cases.c.due == FOLLOW_UP, about
        )
        pending = []
        for case_id, number, *ids in connection.execute(query.order_by(cases.c.created_at, cases.c.id)).all():
            other_ids = set(persons.resolve_merged_ids(connection, ids).values()) - {lead_id}
            visible = jurisdiction.visible_ids(connection, jurisdiction.unit_of(self._act), other_ids)
            if other_ids:
                pending.append(PendingMerge(case_id, next(iter(visible), None), number))
        return tuple(pending)

    def _require(self, connection: Connection, record_id: str) -> None:
        """Refuse a record that the actor does not see, or not yet; what does not exist is refused by the caller."""
        lead_id = people.resolve_merged_id_if_known(connection, record_id)
        jurisdiction.require_record(connection, self._act, lead_id)
        require_person_shown(connection, self._act, lead_id)


def _merge_without(merge: Merge, hidden: set[str]) -> Merge:
    if not hidden & {merge.survivor_id, merge.merged_id}:
        return merge
    survivor, merged = ("" if record_id in hidden else record_id for record_id in (merge.survivor_id, merge.merged_id))
    number = merge.merged_number if merged else ""
    return replace(merge, survivor_id=survivor, merged_id=merged, merged_number=number, reason="", undone_because="")


def _move_without(move: Move, hidden: set[str]) -> Move:
    if not hidden & {move.from_id, move.to_id}:
        return move
    source, target = ("" if record_id in hidden else record_id for record_id in (move.from_id, move.to_id))
    return replace(move, from_id=source, to_id=target, reason="")
