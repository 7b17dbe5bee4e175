"""The reader's notifications."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import needs_sign_in
from api.http.dependencies import EngineDependency
from api.http.pagination import USUAL, cursor, number_after
from api.v1.notifications import Notifications
from api.web.pages import Pages, PagesDependency
from biometrics.kernel.access import Scope
from biometrics.kernel.people.record import Record
from biometrics.notifications.model import Notification, NotificationKind
from biometrics.records.store import RecordStore

router = APIRouter()


@router.get("/notifications", dependencies=[needs_sign_in()])
def show_notifications(
    pages: PagesDependency,
    notifications: Notifications,
    engine: EngineDependency,
    read: bool = False,
    after: str | None = None,
) -> Response:
    """List what one has not read yet, the newest first; with `read`, what one has read too."""
    page = notifications.find(unread=not read, limit=USUAL, after=number_after(after))
    return pages.show(
        "notifications.html",
        page=page,
        read=read,
        next=cursor(page.after),
        after=after,
        people=notified_people(engine.store, pages, page.items),
    )


def notified_people(store: RecordStore, pages: Pages, notifications: Sequence[Notification]) -> dict[str, Record]:
    """Return the people that notifications may name, by their ids.

    A candidate is named by no notification before the case is closed: an examiner may still take it.
    """
    of_people = {NotificationKind.PERSON_BOOKED, NotificationKind.PERSON_FOUND, NotificationKind.PERSON_IDENTIFIED}
    naming_kinds = {
        NotificationKind.CASE_CLOSED,
        NotificationKind.SIGHTING,
        NotificationKind.CROSS_UNIT_DECIDED,
        *of_people,
    }
    ids = [entry.record_id for entry in notifications if entry.record_id and entry.kind in naming_kinds]
    if not ids or not pages.may(Scope.ENCOUNTER_READ):
        return {}
    people = store.people.named(ids)
    return {record_id: person for record_id, person in people.items() if isinstance(person, Record)}
