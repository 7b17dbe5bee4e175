"""Notifications of the signed-in account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.http.authentication import ActDependency, needs_sign_in
from api.http.dependencies import EngineDependency
from api.http.pagination import USUAL, After, Limit, number_after
from api.v1.watchlist_schemas import NotificationPageOut
from biometrics.notifications.model import Notification
from biometrics.notifications.repository import NotificationStore

router = APIRouter(prefix="/notifications", tags=["cases"], dependencies=[needs_sign_in()])


def _notifications(engine: EngineDependency, act: ActDependency) -> NotificationStore:
    return NotificationStore(engine.store.database, act)


Notifications = Annotated[NotificationStore, Depends(_notifications)]


@router.get("", summary="List your notifications")
def list_notifications(
    mine: Notifications,
    unread: Annotated[bool, Query(description="Only those that one has not read")] = False,
    limit: Limit = USUAL,
    after: After = None,
) -> NotificationPageOut:
    """List hits of your standing searches, sightings, and outcomes of your cases, newest first."""
    return NotificationPageOut.of(mine.find(unread=unread, limit=limit, after=number_after(after)))


@router.post("/{number}/read", summary="Mark a notification as read")
def mark_notification_read(number: int, mine: Notifications) -> Notification:
    """Mark a notification as read. Later requests change nothing."""
    return mine.read(number)
