"""Entries of the audit log, and its signed head."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field

from api.http.schemas import Schema
from biometrics.storage.audit.log import Entry


class EntryOut(Schema):
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
    detail: dict[str, Any] = Field(description="Ids, counts and digests")
    credential: str = Field(
        description="The session or API key that it was done with, as session:ID or api_key:ID; empty for the operator"
    )
    previous: str = Field(description="Hash of the entry before")
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> EntryOut:
        """Show an entry."""
        return cls(**vars(entry) | {"detail": json.loads(entry.detail)})


class EntryPageOut(Schema):
    """Some entries, newest first, and the cursor to the next ones."""

    entries: list[EntryOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class HeadOut(Schema):
    """How far the log reached at a moment, signed (Ed25519) by the station."""

    number: int
    hash: str
    at: str
    public_key: str
    signature: str
