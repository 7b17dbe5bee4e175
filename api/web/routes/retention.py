"""What is due to be destroyed, its destruction, and the certificates of that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response

from api.bootstrap.store import audit_log_of
from api.http.authentication import ActDependency, needs
from api.http.dependencies import StoreDependency
from api.http.pagination import After
from api.localisation.audit_labels import SUBJECTS
from api.localisation.retention_labels import RULE_NAMES
from api.v1.retention import Certificates, RetentionDependency, certificate_of
from api.v1.retention_schemas import DuePageOut, ExpungementOut, ExpungementPageOut
from api.web.labels import retention as retention_reasons
from api.web.pages import PagesDependency
from biometrics.accounts.display_names import names_of
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore

router = APIRouter()

SHOWN: Final = 50  # encounters on a page of the list
LAST: Final = 10  # certificates shown with it


@router.get("/retention", dependencies=[needs(Scope.RETENTION_MANAGE)])
def show_due(
    pages: PagesDependency,
    retention: RetentionDependency,
    certificates: Certificates,
    store: StoreDependency,
    act: ActDependency,
    after: After = None,
    done: bool = False,
) -> Response:
    """Show what is due in one's unit and below, and the newest certificates; `done` says that it was just destroyed."""
    due = DuePageOut.of(retention.due_page(today(), SHOWN, after))
    last = ExpungementPageOut.of(certificates.page(LAST)).expungements
    return pages.show(
        "retention.html",
        due=[entry for entry in due.due if not entry.holds],
        held=[entry for entry in due.due if entry.holds],
        whys={entry.search_id or entry.encounter_id: retention_reasons.why(entry, pages.language) for entry in due.due},
        next=due.next,
        is_first=after is None,
        done=done,
        certificates=last,
        **_called(store, act, last),
    )


@router.get("/retention/certificates", dependencies=[needs(Scope.RETENTION_MANAGE)])
def list_certificates(
    pages: PagesDependency, certificates: Certificates, store: StoreDependency, act: ActDependency, after: After = None
) -> Response:
    """Show what was destroyed of what was collected in one's unit and below it."""
    page = ExpungementPageOut.of(certificates.page(SHOWN, after))
    called = _called(store, act, page.expungements)
    return pages.show("certificates.html", certificates=page.expungements, next=page.next, **called)


def _called(store: RecordStore, act: Act, certificates: Sequence[ExpungementOut]) -> dict[str, Any]:
    """Return labels of the people, records and searches of certificates; of a removed record only the id is left."""
    ids = {named for certificate in certificates for named in (certificate.record_id, certificate.search_id) if named}
    return {
        "names": names_of(store.database, [certificate.by for certificate in certificates]),
        "subjects": audit_log_of(store).subjects(act, ids),
        "subject_labels": SUBJECTS,
    }


@router.get("/retention/certificates/{expungement_id}", dependencies=[needs(Scope.RETENTION_MANAGE)])
def show_certificate(
    expungement_id: str,
    pages: PagesDependency,
    certificates: Certificates,
    store: StoreDependency,
    act: ActDependency,
) -> Response:
    """Show a certificate of destruction, to be printed."""
    certificate = certificate_of(expungement_id, certificates)
    content = certificate.content
    return pages.show(
        "certificate.html",
        content=content,
        signature=certificate.signature,
        at=dt.datetime.fromisoformat(content["at"]),
        due=[
            entry | {day: dt.date.fromisoformat(entry[day]) for day in ("due", "date")}
            for entry in certificate.destroyed
        ],
        rules=RULE_NAMES,
        **_called(store, act, [ExpungementOut.of(certificate)]),
    )
