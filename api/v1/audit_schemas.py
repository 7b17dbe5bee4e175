"""Entries of the audit log."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from api.http.schemas import FromAttributes, PageOut


def _parsed(detail: object) -> object:
    return json.loads(detail) if isinstance(detail, str) else detail


class EntryOut(FromAttributes):
    """One entry of the log."""

    number: int
    at: str
    actor_id: str
    unit: str
    address: str
    request_id: str
    purpose: str
    case_number: str
    action: str
    subject_id: str = Field(description="Id of the record, search or other thing that it is about")
    detail: Annotated[dict[str, Any], BeforeValidator(_parsed)] = Field(description="Ids, counts and digests")
    credential: str = Field(
        description="The session or API key that it was done with, as session:ID or api_key:ID; empty for the operator"
    )
    previous: str = Field(description="Hash of the entry before")
    hash: str


class EntryPageOut(PageOut):
    """Some entries, newest first, and the cursor to the next ones."""

    entries: list[EntryOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
