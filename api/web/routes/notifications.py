"""The reader's notifications."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authorisation import needs_sign_in
from api.http.pagination import USUAL, cursor, number_after
from api.routes.notifications import Notifications
from api.web.pages import PagesDependency

router = APIRouter()


@router.get("/notifications", dependencies=[needs_sign_in()])
def show_notifications(
    pages: PagesDependency,
    notifications: Notifications,
    read: bool = False,
    after: str | None = None,
) -> Response:
    """List what one has not read yet, the newest first; with `read`, what one has read too."""
    page = notifications.find(unread=not read, limit=USUAL, after=number_after(after))
    return pages.show("notifications.html", page=page, read=read, next=cursor(page.after), after=after)
