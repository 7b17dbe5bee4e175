"""The audit log, for auditors: entries of their unit and below, and the signed head."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.bootstrap.store import audit_log_of
from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import USUAL, After, Limit, number_after
from api.v1.audit_schemas import EntryPageOut
from biometrics.audit.reader import AuditHead, EntryQuery
from biometrics.kernel.access import Scope

router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[needs(Scope.AUDIT_READ)])


@router.get("/entries", summary="List audit entries")
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
    """List the audit entries of your unit and below, newest first. Reading them writes an entry.

    A page may be short or empty and still have a `next`, because one request scans a part of the log only.
    """
    query = EntryQuery(person, actor, action, since, until, case_number, credential)
    page = audit_log_of(store).find(act, query, limit, number_after(after))
    return EntryPageOut.of(page)


@router.get("/head", summary="Get the signed head of the audit log")
def read_audit_head(store: StoreDependency) -> AuditHead | None:
    """Sign the present end of the log. Stored elsewhere, it later proves that nothing before it was changed."""
    return audit_log_of(store).sign()
