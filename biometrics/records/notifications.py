"""Notifications: each is told to one person, once, and kept until and after it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from biometrics.access import Act
from biometrics.errors import InvalidField, UnknownNotification
from biometrics.records.changes import advance
from biometrics.records.database import Database, insert
from biometrics.records.encounters import MAX_ROW_NUMBER
from biometrics.records.standing_tables import notifications
from biometrics.watch import Notification, NotificationKind

MAX_PAGE = 200  # notifications
NOTIFICATION_COUNTER = "notification"


@dataclass(frozen=True)
class NotificationPage:
    """Some notifications, newest first; `after` asks for the next ones, None where there are no more."""

    notifications: tuple[Notification, ...]
    unread: int
    after: int | None


def notify(
    connection: Connection,
    recipient: str,
    kind: NotificationKind,
    about: str,
    standing_id: str | None = None,
    record_id: str | None = None,
) -> None:
    """Tell somebody something, unless they have been told or nobody is there to tell."""
    if not recipient:
        return
    told = select(notifications.c.number).where(
        notifications.c.recipient == recipient, notifications.c.kind == kind, notifications.c.about == about
    )
    if connection.execute(told).first():
        return
    statement = insert(connection, notifications).values(
        number=advance(connection, NOTIFICATION_COUNTER),
        recipient=recipient,
        kind=kind,
        about=about,
        standing_id=standing_id,
        record_id=record_id,
        created_at=datetime.now(UTC),
    )
    connection.execute(statement.on_conflict_do_nothing())


class NotificationStore:
    """What one person is told."""

    def __init__(self, database: Database, act: Act) -> None:
        """Work on an open database, on behalf of somebody."""
        self._database = database
        self._recipient = act.actor.id

    def find(self, *, unread: bool = False, limit: int = 50, after: int | None = None) -> NotificationPage:
        """Return notifications, newest first, all or those not read; `after` is the `after` of a page.

        Raises:
            InvalidField: the limit is not valid.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidField(f"The limit is {limit}; ask for 1 to {MAX_PAGE} notifications at a time.")
        mine = notifications.c.recipient == self._recipient
        query = select(notifications).where(mine).order_by(notifications.c.number.desc()).limit(limit + 1)
        if unread:
            query = query.where(notifications.c.read_at.is_(None))
        if after is not None:
            query = query.where(notifications.c.number < min(after, MAX_ROW_NUMBER))
        waiting = select(func.count()).select_from(notifications).where(mine, notifications.c.read_at.is_(None))
        with self._database.reading() as connection:
            found = [_notification(row) for row in connection.execute(query)]
            count = int(connection.execute(waiting).scalar_one())
        more = len(found) > limit
        return NotificationPage(tuple(found[:limit]), count, found[limit - 1].number if more else None)

    def read(self, number: int) -> Notification:
        """Note that one was read; the first time counts.

        Raises:
            UnknownNotification: there is none of this number for this person.
        """
        with self._database.writing() as connection:
            mine = (notifications.c.number == min(number, MAX_ROW_NUMBER), notifications.c.recipient == self._recipient)
            unread = notifications.c.read_at.is_(None)
            connection.execute(update(notifications).where(*mine, unread).values(read_at=datetime.now(UTC)))
            row = connection.execute(select(notifications).where(*mine)).first()
        if row is None:
            raise UnknownNotification(f"There is no notification {number} for you; check the number.")
        return _notification(row)


def _notification(row: Row[Any]) -> Notification:
    return Notification(
        row.number,
        NotificationKind(row.kind),
        row.about,
        row.standing_id,
        row.record_id,
        row.created_at,
        row.read_at,
    )
