"""The shapes of merges of records and moves of encounters."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from api.http.schemas import NameOf, RequestBody, Schema


class MergeIn(RequestBody):
    """The other record of the same person, and why they are one."""

    other_id: str = Field(description="Becomes part of the record in the path; its id and number then lead there")
    other_version: int | None = Field(default=None, description="The other's version as it was read")
    reason: str


class MoveIn(RequestBody):
    """Where an encounter belongs, and why."""

    to_id: str = Field(description="Id of the record")
    reason: str


class UndoIn(RequestBody):
    """Why something is undone."""

    reason: str


class MergeOut(Schema):
    """That `merged_id` became part of `survivor_id`, and whether that was undone."""

    id: str
    survivor_id: str
    merged_id: str
    reason: str
    created_at: dt.datetime
    created_by: str
    created_by_name: Annotated[str, NameOf("created_by")] = ""
    undone_at: dt.datetime | None
    undone_by: str
    undone_by_name: Annotated[str, NameOf("undone_by")] = ""
    undone_because: str
    merged_number: str = Field(description="The merged record's national number, which leads to the survivor")


class MoveOut(Schema):
    """That an encounter went from one record to another."""

    id: str
    encounter_id: str
    from_id: str
    to_id: str
    merge_id: str | None = Field(description="The merge that it came with, or went back with")
    undoes_id: str | None = Field(description="The move that this one takes back")
    reason: str
    created_at: dt.datetime
    created_by: str
    created_by_name: Annotated[str, NameOf("created_by")] = ""


class PendingMergeOut(Schema):
    """Two records that examiners identified as one person's, not merged yet."""

    case_id: str
    case_number: str
    other_id: str | None = Field(description="Null where the caller may not see the other record")


class ProvenanceOut(Schema):
    """All merges and moves of a record, and merges that wait for an officer who may see both records."""

    merges: list[MergeOut]
    moves: list[MoveOut]
    pending: list[PendingMergeOut]
