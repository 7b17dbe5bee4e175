"""Two records of one person become one, encounters go to the record that they belong in, and both can be undone.

Nothing is lost by a merge: the other record stays as it was, without its encounters, and leads to the survivor by
`records.merged_into`. Whatever is asked of it or written to it is asked of and written to the survivor.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, func, or_, select, true, update

from biometrics.access import jurisdiction
from biometrics.corrections.merge_history import Merge, Move, Provenance
from biometrics.kernel.access import Unit
from biometrics.kernel.errors import MergeRefused, UnknownMerge, VersionMismatch
from biometrics.kernel.people.person import MAX_ALIASES
from biometrics.kernel.people.record import REASON_LENGTH
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.technique.ids import canonical_id
from biometrics.kernel.technique.text import clean_text
from biometrics.people import rows as people
from biometrics.people.reencrypt import Sealer
from biometrics.people.search_columns import refresh_search_columns
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.history import merges, moves
from biometrics.storage.tables.people import encounters, records
from biometrics.templates.change_log import append_changes
from biometrics.templates.templates import templates_at


@dataclass(frozen=True)
class CorrectionContext:
    """What moving an encounter needs: a transaction, the re-encrypted images that were uploaded for it, and the author.

    Each of `units` must see in full the records that are changed, before and after, and cover the unit of an encounter
    that is moved alone; these are the actor's unit, and those of the examiners whose opinions lead to a merge.
    """

    connection: Connection
    uploads: Uploads
    actor_id: str
    units: tuple[Unit, ...]

    def require(self, *record_ids: str) -> None:
        """Refuse to change records that one of the units does not see; call it when they are locked.

        Raises:
            OutOfJurisdiction: it names the unit to call.
        """
        for unit in self.units:
            for record_id in record_ids:
                jurisdiction.require_visible(self.connection, unit, record_id)

    def require_covers(self, encounter_id: str) -> None:
        """Refuse to move an encounter that was made outside one of the units.

        Raises:
            OutOfJurisdiction: it names the unit that made it.
        """
        for unit in self.units:
            jurisdiction.require_covered(self.connection, unit, encounter_id)


def merge(context: CorrectionContext, survivor: tuple[str, int], other: tuple[str, int | None], reason: str) -> Merge:
    """Merge a record into the survivor; both are (id, version that was read), the other's None where it may be any.

    Raises:
        UnknownRecord, VersionMismatch.
        MergeRefused: both are one record already.
        OutOfJurisdiction: as for `CorrectionContext.require`; so for all that follow.
        InvalidField: there is no reason.
    """
    because, connection, actor_id = _reason(reason), context.connection, context.actor_id
    survivor_id, other_id = (people.resolve_merged_id(connection, record_id) for record_id, _ in (survivor, other))
    if survivor_id == other_id:
        raise MergeRefused("Both numbers lead to one and the same record; nothing is left to merge.")
    _touch_in_order(context, {survivor_id: survivor[1], other_id: other[1]})
    row = _new(survivor_id=survivor_id, merged_id=other_id, reason=because, created_by=actor_id)
    aliases = _share_names(connection, survivor_id, other_id, actor_id)
    connection.execute(merges.insert().values(**row, aliases=aliases))
    connection.execute(update(records).where(records.c.id == other_id).values(merged_into=survivor_id))
    encounter_ids = connection.execute(select(encounters.c.id).where(encounters.c.record_id == other_id)).scalars()
    _move(context, sorted(encounter_ids), other_id, survivor_id, {}, reason=because, merge_id=row["id"])
    context.require(survivor_id)
    return load_merge(connection, row["id"])


def undo_merge(context: CorrectionContext, merge_id: str, reason: str, version: int) -> Merge:
    """Make two records of one again, as they were.

    The other record gets back its encounters and its number. Encounters that were added to the survivor, or moved,
    after the merge stay where they are.

    Raises:
        UnknownMerge, VersionMismatch.
        MergeRefused: it was undone already, or the survivor was itself merged since.
    """
    because, connection, actor_id = _reason(reason), context.connection, context.actor_id
    row = _merge_row(connection, merge_id)
    if row.undone_at is not None:
        raise MergeRefused("The merge was undone already; read the records again.")
    if people.resolve_merged_id(connection, row.survivor_id) != row.survivor_id:
        raise MergeRefused("The surviving record was itself merged since; undo that merge first.")
    for record_id in sorted((row.survivor_id, row.merged_id)):  # in the order in which all hold several records
        if record_id == row.merged_id:
            hold(connection, Lock.RECORD, select(records.c.id).where(records.c.id == record_id), record_id)
        elif people.lock_record_row(connection, record_id, version) is None:
            raise MergeRefused("The surviving record was itself merged since; undo that merge first.")
    context.require(row.survivor_id)
    released = (
        update(records)
        .where(records.c.id == row.merged_id, records.c.merged_into == row.survivor_id)
        .values(merged_into=None, version=records.c.version + 1)
    )
    if connection.execute(released).rowcount != 1:
        raise MergeRefused("The merge was undone already; read the records again.")
    undone = {"undone_at": datetime.now(UTC), "undone_by": actor_id, "undone_because": because}
    connection.execute(update(merges).where(merges.c.id == row.id).values(undone))
    _take_back_names(connection, row.survivor_id, row.aliases, actor_id)
    undoes = {move.encounter_id: move.id for move in _standing_moves(connection, row.id)}
    _move(context, list(undoes), row.survivor_id, row.merged_id, undoes, reason=because, merge_id=row.id)
    context.require(row.survivor_id, row.merged_id)
    return load_merge(connection, row.id)


def move_encounter(context: CorrectionContext, encounter_id: str, to_id: str, reason: str, version: int) -> Move:
    """Move an encounter to another record; `version` is that of the record that it is in.

    Raises:
        UnknownEncounter, UnknownRecord, VersionMismatch.
        MergeRefused: it is in that record already.
        InvalidField: there is no reason.
    """
    because, connection = _reason(reason), context.connection
    source, target = people.record_of(connection, encounter_id), people.resolve_merged_id(connection, to_id)
    if source == target:
        raise MergeRefused("The encounter is in that record already; nothing is left to move.")
    return _move_one(context, canonical_id(encounter_id), (source, version), target, because, None)


def undo_move(context: CorrectionContext, move_id: str, reason: str, version: int) -> Move:
    """Move an encounter back to where it came from; `version` is that of the record that it is in.

    Raises:
        UnknownMerge: there is no such move.
        VersionMismatch.
        MergeRefused: the encounter was moved again since, or came with a merge.
    """
    because, connection = _reason(reason), context.connection
    row = load_move(connection, move_id)
    if row.merge_id is not None:
        raise MergeRefused("The encounter came with a merge; undo that, or move the encounter alone.")
    source = people.record_of(connection, row.encounter_id)
    if _last_move(connection, row.encounter_id) != row.id:
        raise MergeRefused("The encounter was moved again since; undo that first, or move it to where it belongs.")
    target = people.resolve_merged_id(connection, row.from_id)
    if source == target:
        raise MergeRefused("Where the encounter was moved from has become one record with where it is.")
    return _move_one(context, row.encounter_id, (source, version), target, because, row.id)


def load_merge(connection: Connection, merge_id: str) -> Merge:
    """Return a merge.

    Raises:
        UnknownMerge: there is none of this id.
    """
    return _merge(_merge_row(connection, merge_id))


def load_move(connection: Connection, move_id: str) -> Move:
    """Return a move.

    Raises:
        UnknownMerge: there is none of this id.
    """
    row = connection.execute(select(moves).where(moves.c.id == canonical_id(move_id))).first()
    if row is None:
        raise UnknownMerge(f"There is no move {move_id}; check the number.")
    return Move(**_fields(row, Move))


# With the national number of the merged record, "" where it was removed since.
_MERGES: Final = select(merges, func.coalesce(records.c.national_number, "").label("merged_number")).outerjoin(
    records, records.c.id == merges.c.merged_id
)


def load_provenance(connection: Connection, record_id: str) -> Provenance:
    """Return the merges and moves that a record had a part in.

    Raises:
        UnknownRecord: there is none of this id.
    """
    canonical = canonical_id(record_id)
    people.resolve_merged_id(connection, record_id)
    merged = _MERGES.where(or_(merges.c.survivor_id == canonical, merges.c.merged_id == canonical))
    moved = select(moves).where(or_(moves.c.from_id == canonical, moves.c.to_id == canonical))
    return Provenance(
        tuple(_merge(row) for row in connection.execute(merged.order_by(merges.c.created_at, merges.c.id))),
        tuple(Move(**_fields(row, Move)) for row in connection.execute(moved.order_by(moves.c.created_at, moves.c.id))),
    )


def _move_one(
    context: CorrectionContext,
    encounter_id: str,
    source: tuple[str, int],
    target: str,
    reason: str,
    undoes_id: str | None,
) -> Move:
    _touch_in_order(context, {source[0]: source[1], target: None})
    people.require_in(context.connection, encounter_id, source[0])
    context.require_covers(encounter_id)
    undoes = {encounter_id: undoes_id} if undoes_id else {}
    (move_id,) = _move(context, [encounter_id], source[0], target, undoes, reason=reason)
    context.require(source[0], target)
    return load_move(context.connection, move_id)


def _move(
    context: CorrectionContext,
    encounter_ids: Sequence[str],
    from_id: str,
    to_id: str,
    undoes: Mapping[str, str],
    **columns: str | None,
) -> list[str]:
    """Put encounters into another record, note each, and let indexes know whose their templates are now.

    `undoes` has the move that an encounter's move undoes, by encounter. The change counter is taken last: it
    blocks enrolments until the commit.
    """
    common = {"from_id": from_id, "to_id": to_id, "merge_id": None, "created_by": context.actor_id} | columns
    rows = [
        _new(encounter_id=encounter_id, undoes_id=undoes.get(encounter_id), **common) | {"emptied": False}
        for encounter_id in encounter_ids
    ]
    if rows:
        context.connection.execute(moves.insert(), rows)
        Sealer(context.uploads).move(context.connection, encounter_ids, from_id, to_id)
        moved = update(encounters).where(encounters.c.id.in_(encounter_ids)).values(record_id=to_id)
        context.connection.execute(moved)
        _mark_emptied(context.connection, from_id, [row["id"] for row in rows])
        refresh_search_columns(context.connection, [from_id, to_id])
        append_changes(context.connection, Operation.RELABEL, templates_at(context.connection, encounter_ids))
    return [row["id"] for row in rows]


def _mark_emptied(connection: Connection, record_id: str, move_ids: Sequence[str]) -> None:
    """Note the last encounters of a record without any: they decide who sees the record, and it goes with them."""
    is_empty = ~exists().where(encounters.c.record_id == record_id)
    connection.execute(update(moves).where(moves.c.id.in_(move_ids), is_empty).values(emptied=true()))


def _touch_in_order(context: CorrectionContext, versions: dict[str, int | None]) -> None:
    """Hold both records, in an order that two at once cannot get wrong; neither may have been merged meanwhile."""
    for record_id in sorted(versions):
        if people.lock_record_row(context.connection, record_id, versions[record_id]) is None:
            raise VersionMismatch("One of the records was merged or removed meanwhile; read them again.")
    context.require(*versions)


def _share_names(connection: Connection, survivor_id: str, other_id: str, actor_id: str) -> list[str]:
    """Add the other record's names to the aliases of the survivor; return the added ones."""
    survivor, other = people.load_records(connection, [survivor_id, other_id])
    person = survivor.person
    present = {person.name, *person.aliases}
    names = dict.fromkeys((other.person.name, *other.person.aliases))
    new = [name for name in names if name not in present][: MAX_ALIASES - len(person.aliases)]
    people.replace_aliases(connection, survivor, (*person.aliases, *new), actor_id)
    return new


def _take_back_names(connection: Connection, survivor_id: str, names: Sequence[str], actor_id: str) -> None:
    (survivor,) = people.load_records(connection, [survivor_id])
    aliases = tuple(alias for alias in survivor.person.aliases if alias not in set(names))
    people.replace_aliases(connection, survivor, aliases, actor_id)


def _standing_moves(connection: Connection, merge_id: str) -> list[Row[Any]]:
    """Return the moves of a merge whose encounters are where it put them."""
    query = select(moves).join(encounters, encounters.c.id == moves.c.encounter_id)
    rows = connection.execute(query.where(moves.c.merge_id == merge_id, encounters.c.record_id == moves.c.to_id)).all()
    return [row for row in rows if _last_move(connection, row.encounter_id) == row.id]


def _last_move(connection: Connection, encounter_id: str) -> str | None:
    """Return the id of the move that put an encounter where it is; one that was undone is as if it had not been."""
    query = select(moves.c.id, moves.c.undoes_id).where(moves.c.encounter_id == encounter_id)
    rows = connection.execute(query.order_by(moves.c.created_at, moves.c.id)).all()
    undone = {row.undoes_id for row in rows}
    standing = [str(row.id) for row in rows if row.undoes_id is None and row.id not in undone]
    return standing[-1] if standing else None


def _merge_row(connection: Connection, merge_id: str) -> Row[Any]:
    row = connection.execute(_MERGES.where(merges.c.id == canonical_id(merge_id))).first()
    if row is None:
        raise UnknownMerge(f"There is no merge {merge_id}; check the number.")
    return row


def _merge(row: Row[Any]) -> Merge:
    fields = _fields(row, Merge)
    return Merge(**fields | {name: fields[name] or "" for name in ("undone_by", "undone_because")})


def _fields(row: Row[Any], kind: type[Merge] | type[Move]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.__dataclass_fields__}


def _new(**values: str | None) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "created_at": datetime.now(UTC)} | values


def _reason(text: str) -> str:
    return clean_text("reason", text, REASON_LENGTH)
