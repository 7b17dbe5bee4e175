"""The audit log, for auditors: entries of their unit and below, and the signed head."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.bootstrap.store import audit_log_of
from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import USUAL, After, Limit, number_after
from api.http.papers import PaperLanguage, pdf_response
from api.http.schemas import PDF
from api.http.turns import IN_TURN
from api.services import services_of
from api.v1.audit_schemas import EntryPageOut
from biometrics.audit.reader import AuditHead, EntryQuery
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField

router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[needs(Scope.AUDIT_READ)])


@router.get("/entries", summary="List audit entries")
def list_audit_entries(
    act: ActDependency,
    store: StoreDependency,
    person: Annotated[
        str,
        Query(
            description="What the entries are about: an id, a national number, a case number, an FIR, a login, a name, "
            "or the number of a clearance certificate, a line-up or a standing search"
        ),
    ] = "",
    actor: Annotated[str, Query(description="Login, name or id of an account")] = "",
    action: Annotated[str, Query(description="Such as record.read")] = "",
    since: Annotated[str, Query(description="2026-11-25, or 2026-11-25T09:30Z")] = "",
    until: Annotated[str, Query(description="Before this instant")] = "",
    case_number: Annotated[
        str, Query(description="What was done for this case or FIR, and everything about what belongs to it")
    ] = "",
    credential: Annotated[str, Query(description="What it was done with: session:ID or api_key:ID")] = "",
    own_reads: Annotated[bool, Query(description="Also your own readings of the log")] = False,
    limit: Limit = USUAL,
    after: After = None,
) -> EntryPageOut:
    """List the audit entries of your unit and below, newest first. Reading them writes an entry.

    What cannot be found by its number or name is refused (`invalid_field`), so that an empty list means no entry.

    A page may be short or empty and still have a `next`, because one request scans a part of the log only.
    """
    query = EntryQuery(person, actor, action, since, until, case_number, credential, own_reads)
    page = audit_log_of(store).find(act, query, limit, number_after(after))
    return EntryPageOut.of(page)


@router.get(
    "/breach-report",
    summary="Get the report of a personal data breach",
    dependencies=[IN_TURN],
    response_class=Response,
    responses=PDF,
)
def read_breach_report(
    act: ActDependency,
    store: StoreDependency,
    request: Request,
    language: PaperLanguage,
    noticed_at: Annotated[datetime, Query(description="When the breach was noticed, with its time zone")],
    actor: Annotated[str, Query(description="Login, name or id of the account that was misused")] = "",
    credential: Annotated[str, Query(description="The credential: session:ID or api_key:ID")] = "",
    person: Annotated[str, Query(description="What the breach is about, as for the entries")] = "",
    since: Annotated[str, Query(description="2026-11-25, or 2026-11-25T09:30Z")] = "",
    until: Annotated[str, Query(description="Before this instant")] = "",
) -> Response:
    """Fetch the paper that is due within 72 hours (DPDP Rules 2025), as PDF, with what the audit log has of the breach.

    It counts entries and people, by the records that entries name, and what was done; lines are left for what only
    people know. Name the account, the credential, or what the breach is about.
    """
    if noticed_at.tzinfo is None:
        raise InvalidField("State the time zone of noticed_at, such as 2026-12-03T09:30+05:30.")
    extent = audit_log_of(store).breach(act, EntryQuery(person, actor, "", since, until, "", credential))
    from api.pdf.breach import breach_pdf

    content = breach_pdf(extent, noticed_at, datetime.now(UTC), language, services_of(request).time_zone)
    return pdf_response(content, f"breach-{noticed_at:%Y-%m-%d}")


@router.get("/head", summary="Get the signed head of the audit log")
def read_audit_head(store: StoreDependency) -> AuditHead | None:
    """Sign the present end of the log. Stored elsewhere, it later proves that nothing before it was changed."""
    return audit_log_of(store).sign()
