"""Where the encounters of a record came from: merges and moves, who did them, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Merge:
    """That `merged_id` became part of `survivor_id`. What `undone_at` names is None and empty while it holds.

    `merged_number` is the national number of the merged record, which leads to the survivor while the merge holds.
    """

    id: str
    survivor_id: str
    merged_id: str
    reason: str
    created_at: datetime
    created_by: str
    undone_at: datetime | None
    undone_by: str
    undone_because: str
    merged_number: str


@dataclass(frozen=True)
class Move:
    """The move of an encounter from one record to another: alone, in a merge, or when a move is undone."""

    id: str
    encounter_id: str
    from_id: str
    to_id: str
    merge_id: str | None
    undoes_id: str | None
    reason: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class PendingMerge:
    """A pending merge: examiners decided in a case that two records are of one person.

    `other_id` is None for readers who may not see the other record.
    """

    case_id: str
    other_id: str | None
    case_number: str


@dataclass(frozen=True)
class Provenance:
    """All merges and moves that a record had a part in, the first made first, and the merges that are pending."""

    merges: tuple[Merge, ...]
    moves: tuple[Move, ...]
    pending: tuple[PendingMerge, ...] = ()
