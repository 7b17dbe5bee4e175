"""The audit log, for auditors: entries of their unit and below, and the signed head."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from api.bootstrap.store import audit_log_of
from api.http.authorisation import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import USUAL, After, Limit, cursor, number_after
from api.schemas.base import Schema
from biometrics.domain.access import Scope
from biometrics.records.audit.log import Entry
from biometrics.records.audit.reader import EntryQuery

router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[needs(Scope.AUDIT_READ)])


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


@router.get("/entries", summary="Read who did what")
def list_audit_entries(
    act: ActDependency,
    store: StoreDependency,
    person: Annotated[str, Query(description="Id of a record: who has seen, changed or found it")] = "",
    actor: Annotated[str, Query(description="Id of an account")] = "",
    action: Annotated[str, Query(description="Such as record.read")] = "",
    since: Annotated[str, Query(description="2026-11-25, or 2026-11-25T09:30Z")] = "",
    until: Annotated[str, Query(description="Before this instant")] = "",
    case_number: Annotated[str, Query(description="The case or FIR that it was done for")] = "",
    credential: Annotated[str, Query(description="What it was done with: session:ID or api_key:ID")] = "",
    limit: Limit = USUAL,
    after: After = None,
) -> EntryPageOut:
    """Read entries of one's unit and below, newest first; that they were read is an entry, too.

    A page may be short, or empty, and still have a `next`: one request looks at a part of the log only.
    """
    query = EntryQuery(person, actor, action, since, until, case_number, credential)
    page = audit_log_of(store).find(act, query, limit, number_after(after))
    return EntryPageOut(entries=[EntryOut.of(entry) for entry in page.items], next=cursor(page.after))


@router.get("/head", summary="Get the signed head of the log")
def read_audit_head(store: StoreDependency) -> HeadOut | None:
    """Sign how far the log reaches now; kept elsewhere, it proves later that nothing before it was changed."""
    head = audit_log_of(store).sign()
    return None if head is None else HeadOut(**vars(head))
