"""The audit log, as auditors read it, and the signed head that proves it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field

from api.bootstrap.store import audit_log_of
from api.http.authentication import AccountsDependency, ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.errors import details_of, status_of
from api.http.pagination import USUAL, After, number_after
from api.http.schemas import OptionalDay, Schema
from api.localisation.audit_labels import ACTION_GROUPS, SUBJECTS
from api.v1.audit import read_audit_head
from api.web.audit_details import ids_named, shown_entry
from api.web.pages import PagesDependency
from biometrics.audit.reader import AuditHead, EntryQuery
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.clock import end_of_day, start_of_day
from biometrics.storage.audit.log import Entry

router = APIRouter()


class AuditQuery(Schema):
    """Filters of the audit log; days are those of this machine's clock."""

    person: str = ""
    case_number: str = ""
    actor: str = ""
    action: str = ""
    first_date: OptionalDay = None
    last_date: OptionalDay = Field(default=None, description="This day is among them")
    own_reads: bool = False
    after: After = None

    @property
    def parameters(self) -> dict[str, str]:
        """The query without the page and without empty fields."""
        fields = self.model_dump(mode="json", exclude={"after"})
        return {name: str(value).lower() if value is True else value for name, value in fields.items() if value}


@router.get("/audit", dependencies=[needs(Scope.AUDIT_READ)])
def show_entries(
    pages: PagesDependency,
    act: ActDependency,
    store: StoreDependency,
    accounts: AccountsDependency,
    request: Annotated[AuditQuery, Query()],
) -> Response:
    """Show who did what, newest first; that they were read is an entry, too."""
    since = start_of_day(request.first_date).isoformat() if request.first_date else ""
    until = end_of_day(request.last_date).isoformat() if request.last_date else ""
    log = audit_log_of(store)
    entries: tuple[Entry, ...] = ()
    next_number, problem, status = None, None, 200
    try:
        query = EntryQuery(
            request.person,
            request.actor,
            request.action,
            since,
            until,
            request.case_number,
            own_reads=request.own_reads,
        )
        page = log.find(act, query, USUAL, number_after(request.after))
        entries, next_number = page.items, page.after
    except InvalidField as error:
        problem, status = details_of(error), status_of(type(error))
    logins = accounts.users.logins(act, {entry.actor_id for entry in entries})
    subjects = log.subjects(act, ids_named(entries))
    return pages.show(
        "audit.html",
        status,
        entries=[shown_entry(entry, logins, subjects) for entry in entries],
        asked=request,
        groups=ACTION_GROUPS,
        subject_labels=SUBJECTS,
        problem=problem,
        next=next_number,
    )


@router.get("/audit/head", dependencies=[needs(Scope.AUDIT_READ)])
def show_head(pages: PagesDependency, head: Annotated[AuditHead | None, Depends(read_audit_head)]) -> Response:
    """Sign how far the log reaches, and show it."""
    signed_at = datetime.fromisoformat(head.at) if head else None
    return pages.show("audit_head.html", head=head, signed_at=signed_at)
