"""The names that a record got from others by merges; they go when the record that they came from goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select, update

from biometrics.storage.database.locks import Lock, acquire
from biometrics.storage.tables.history import merges, person_versions
from biometrics.storage.tables.people import records


def shared_names(connection: Connection, record_ids: Collection[str]) -> dict[str, set[str]]:
    """Return the names that other records got by merges of the records `record_ids`, by the ids of those others.

    A name that went on from there by another merge is followed.
    """
    inherited: defaultdict[str, set[str]] = defaultdict(set)
    waiting: list[tuple[str, set[str] | None]] = [(record_id, None) for record_id in record_ids]
    while waiting:
        merged_id, names = waiting.pop()
        query = select(merges.c.survivor_id, merges.c.aliases).where(merges.c.merged_id == merged_id)
        for survivor_id, aliases in connection.execute(query).all():
            new = (set(aliases) if names is None else names & set(aliases)) - inherited[survivor_id]
            if survivor_id not in record_ids and new:
                inherited[survivor_id] |= new
                waiting.append((survivor_id, new))
    return {record_id: names for record_id, names in inherited.items() if names}


def sources_of_names(connection: Connection, record_id: str) -> set[str]:
    """Return the ids of the records that were ever merged into one, by whatever chain of merges."""
    sources: set[str] = set()
    waiting = [record_id]
    while waiting:
        query = select(merges.c.merged_id).where(merges.c.survivor_id == waiting.pop())
        new = set(connection.execute(query).scalars()) - sources - {record_id}
        sources |= new
        waiting += new
    return sources


def forget_names(connection: Connection, names_of: Mapping[str, Collection[str]]) -> None:
    """Remove names from the histories of records, and from what their merges passed on; the caller holds the records.

    The present names of these records are their own: undoing a merge takes the others back.
    """
    for record_id, names in sorted(names_of.items()):
        acquire(connection, Lock.RECORD, record_id)
        connection.execute(update(records).where(records.c.id == record_id).values(version=records.c.version + 1))
        versions = select(person_versions).where(person_versions.c.record_id == record_id)
        for row in connection.execute(versions).all():
            content = row.content | {"aliases": [name for name in row.content.get("aliases", ()) if name not in names]}
            this = (person_versions.c.record_id == record_id, person_versions.c.version == row.version)
            connection.execute(update(person_versions).where(*this).values(content=content))
        passed_on = select(merges.c.id, merges.c.aliases).where(merges.c.merged_id == record_id)
        for merge_id, aliases in connection.execute(passed_on).all():
            remaining = [name for name in aliases if name not in names]
            connection.execute(update(merges).where(merges.c.id == merge_id).values(aliases=remaining))
