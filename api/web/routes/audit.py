"""The audit log, as auditors read it, and the signed head that proves it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import Field

from api.bootstrap.store import audit_log_of
from api.http.authentication import AccountsDependency, ActDependency, needs
from api.http.dependencies import StoreDependency, ZoneDependency
from api.http.pagination import USUAL, After, number_after
from api.http.schemas import OptionalDay, Schema
from api.v1.audit import read_audit_head
from api.web.pages import PagesDependency
from biometrics.audit.reader import AuditHead, EntryQuery
from biometrics.kernel.access import Purpose, Scope
from biometrics.kernel.errors import UnknownAccount
from biometrics.kernel.technique.clock import end_of_day, start_of_day
from biometrics.storage.audit.log import Action, Entry

router = APIRouter()

# An entry may have been written by another version, whose actions and purposes this one does not know.
_ACTIONS = {action.value: action for action in Action}
_PURPOSES = {purpose.value: purpose for purpose in Purpose}


class AuditQuery(Schema):
    """Filters of the audit log; `actor` is a login or an id, days are those of this machine's clock."""

    person: str = ""
    case_number: str = ""
    actor: str = ""
    action: str = ""
    first_date: OptionalDay = None
    last_date: OptionalDay = Field(default=None, description="This day is among them")
    after: After = None

    @property
    def parameters(self) -> dict[str, str]:
        """The query without the page and without empty fields."""
        fields = self.model_dump(mode="json", exclude={"after"})
        return {name: value for name, value in fields.items() if value}


@router.get("/audit", dependencies=[needs(Scope.AUDIT_READ)])
def show_entries(
    pages: PagesDependency,
    act: ActDependency,
    store: StoreDependency,
    accounts: AccountsDependency,
    zone: ZoneDependency,
    request: Annotated[AuditQuery, Query()],
) -> Response:
    """Show who did what, newest first; that they were read is an entry, too."""
    actor = request.actor.strip()
    try:
        actor_id = accounts.users.find(act, actor).id if actor else ""
    except UnknownAccount:
        actor_id = actor  # of a command, or of an account that is elsewhere by now
    since = start_of_day(request.first_date, zone).isoformat() if request.first_date else ""
    until = end_of_day(request.last_date, zone).isoformat() if request.last_date else ""
    query = EntryQuery(request.person.strip(), actor_id, request.action, since, until, request.case_number.strip())
    page = audit_log_of(store).find(act, query, USUAL, number_after(request.after))
    subjects = {entry.subject_id for entry in page.items if entry.subject_id}
    logins = accounts.users.logins(act, subjects | {entry.actor_id for entry in page.items})
    entries = [shown_entry(entry, logins) for entry in page.items]
    numbers = audit_log_of(store).subject_numbers(act, subjects)
    numbers |= {account: login for account, login in logins.items() if account in subjects}
    searches = store.searches.labels(subjects)
    return pages.show(
        "audit.html",
        entries=entries,
        numbers=numbers,
        searches=searches,
        asked=request,
        actions=list(Action),
        next=page.after,
    )


@router.get("/audit/head", dependencies=[needs(Scope.AUDIT_READ)])
def show_head(pages: PagesDependency, head: Annotated[AuditHead | None, Depends(read_audit_head)]) -> Response:
    """Sign how far the log reaches, and show it."""
    signed_at = datetime.fromisoformat(head.at) if head else None
    return pages.show("audit_head.html", head=head, signed_at=signed_at)


def shown_entry(entry: Entry, logins: dict[str, str]) -> dict[str, Any]:
    """Return what pages show of an entry; `logins` are those of accounts by their ids."""
    detail = json.loads(entry.detail)
    return vars(entry) | {
        "at": datetime.fromisoformat(entry.at),
        "login": logins.get(entry.actor_id, ""),
        "known_action": _ACTIONS.get(entry.action),
        "known_purpose": _PURPOSES.get(entry.purpose),
        "detail": {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in detail.items()
        },
    }
