"""Webhooks: addresses that receive an account's events, each with a secret that authenticates the sender."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select, update

from biometrics.access.rights import unrestricted
from biometrics.jobs.model import EventType
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.errors import InvalidField, StoreUnavailable, UnknownWebhook
from biometrics.kernel.technique.chunks import CHUNK, in_chunks
from biometrics.kernel.technique.ids import canonical_id
from biometrics.storage.audit.credential_state import is_live
from biometrics.storage.crypto.aead import Place, seal, unseal
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.database.locks import Lock, hold
from biometrics.storage.tables.jobs import tasks, webhooks
from biometrics.storage.tables.watchlist import notifications
from biometrics.storage.transaction import Transaction

log = logging.getLogger("pehchan")

MOST: Final = 20  # webhooks of an account
_BATCH: Final = 500  # notifications


@dataclass(frozen=True)
class Webhook:
    """An address that receives events.

    `credential` is the session or API key that it was made with: once that has ended, nothing more is sent.
    """

    id: str
    url: str
    events: tuple[EventType, ...]
    created_at: datetime
    credential: str


@unrestricted("the actor's own webhooks")
class WebhookRepository:
    """The webhooks of the actor's account within a unit of work."""

    def __init__(self, work: Transaction) -> None:
        self._work = work

    def add(self, url: str, events: Collection[EventType], secret: bytes) -> Webhook:
        """Make a webhook, which ends with the credential of its maker.

        Raises:
            InvalidField: there is no event.
        """
        if not events or EventType.TEST in events:
            raise InvalidField(f"Name one or more events: {EventType.TASK_FINISHED}, {EventType.NOTIFICATION_CREATED}.")
        connection, act = self._work.connection, self._work.act
        webhook_id, newest = str(uuid.uuid4()), select(func.max(notifications.c.number))
        row = {
            "id": webhook_id,
            "owner": self._work.actor_id,
            "url": url,
            "events": sorted(set(events)),
            "secret": seal(self._work.keys.obtain(connection, webhook_id), _associated_data(webhook_id), secret),
            "last_notification": connection.execute(newest).scalar() or 0,
            "created_at": datetime.now(UTC),
            "credential": act.credential if act else "",
        }
        return _webhook(connection.execute(webhooks.insert().values(row).returning(*webhooks.c)).one())

    def require_allowance(self) -> None:
        """Refuse more webhooks than an account may have; call it after the audit entry, so that one counts at a time.

        Raises:
            InvalidField: the account has too many.
        """
        count = select(func.count()).select_from(webhooks).where(webhooks.c.owner == self._work.actor_id)
        if self._work.connection.execute(count).scalar_one() > MOST:
            raise InvalidField(f"An account has at most {MOST} webhooks; remove one first.")

    def remove(self, webhook_id: str) -> str:
        """Remove one, with its secret and what was still to be delivered; return its id.

        Raises:
            UnknownWebhook: the account has none of the id.
        """
        connection = self._work.connection
        row = _row(connection, self._work.actor_id, webhook_id)
        of_webhook = select(tasks.c.id).where(tasks.c.webhook_id == row.id).order_by(tasks.c.id)
        task_ids = [task.id for task in hold(connection, Lock.TASK, of_webhook)]
        for chunk in in_chunks(task_ids, CHUNK):
            connection.execute(delete(tasks).where(tasks.c.id.in_(chunk)))
        for key_id in (*task_ids, row.id):
            self._work.keys.destroy(connection, key_id)
        if not connection.execute(delete(webhooks).where(webhooks.c.id == row.id)).rowcount:
            raise _unknown()  # another request removed it meanwhile
        return str(row.id)


@unrestricted("an account's own webhooks, by its id")
class WebhookStore:
    """The webhooks of a database; each method works on those of one account, by its id. Safe to use from many threads.

    Raises:
        UnknownWebhook: the account has none of the id.
    """

    def __init__(self, database: Database, keys: DataKeys, store: TaskStore) -> None:
        """Work on an open database; deliveries are tasks of `store`."""
        self._database = database
        self._keys = keys
        self._tasks = store

    def find(self, owner: str) -> list[Webhook]:
        """Return an account's webhooks, the oldest first."""
        query = select(webhooks).where(webhooks.c.owner == owner).order_by(webhooks.c.created_at, webhooks.c.id)
        with self._database.reading() as connection:
            return [_webhook(row) for row in connection.execute(query)]

    def get(self, owner: str, webhook_id: str) -> Webhook:
        """Return one."""
        with self._database.reading() as connection:
            return _webhook(_row(connection, owner, webhook_id))

    def test(self, owner: str, webhook_id: str) -> str:
        """Queue a test event for a webhook; return the id of the delivery."""
        with self._database.writing() as connection:
            return self._tasks.queue_delivery(connection, _row(connection, owner, webhook_id), EventType.TEST, {})

    def secret(self, webhook_id: str) -> bytes:
        """Return the signing secret of a webhook, without a check of access."""
        with self._database.reading() as connection:
            row = connection.execute(select(webhooks.c.secret).where(webhooks.c.id == webhook_id)).first()
            if row is None:
                raise _unknown()
            associated = _associated_data(webhook_id)
            return unseal(self._keys.get(connection, webhook_id, associated), associated, row.secret)

    def queue_notifications(self) -> None:
        """Queue all new notifications for their webhooks."""
        newest = select(func.max(notifications.c.number)).scalar_subquery()
        query = select(webhooks.c.id).where(webhooks.c.last_notification < newest)
        with self._database.reading() as connection:
            behind = connection.execute(query).scalars().all()
        for webhook_id in behind:
            try:
                while self._queue_batch(webhook_id):
                    pass
            except StoreUnavailable:
                raise
            except Exception:  # one webhook must not keep the others waiting
                log.exception("Webhook %s receives its notifications later.", webhook_id)

    def _queue_batch(self, webhook_id: str) -> bool:
        """Queue some notifications for one webhook; return whether there may be more."""
        with self._database.writing() as connection:
            hook = next(iter(hold(connection, Lock.WEBHOOK, select(webhooks).where(webhooks.c.id == webhook_id))), None)
            if hook is None:
                return False
            if not is_live(connection, hook.owner, hook.credential):
                newest = select(func.max(notifications.c.number)).scalar_subquery()
                connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(last_notification=newest))
                return False
            last = connection.execute(select(func.max(notifications.c.number))).scalar() or 0
            unqueued = (notifications.c.recipient == hook.owner, notifications.c.number > hook.last_notification)
            query = select(notifications).where(*unqueued).order_by(notifications.c.number).limit(_BATCH)
            rows = connection.execute(query).all()
            if EventType.NOTIFICATION_CREATED in hook.events:
                for row in rows:
                    data = {"number": row.number, "kind": row.kind, "about": row.about}
                    self._tasks.queue_delivery(connection, hook, EventType.NOTIFICATION_CREATED, data)
            has_more = len(rows) == _BATCH
            last_queued = rows[-1].number if has_more else last
            connection.execute(
                update(webhooks).where(webhooks.c.id == webhook_id).values(last_notification=last_queued)
            )
            return has_more


def _row(connection: Connection, owner: str, webhook_id: str) -> Row[Any]:
    query = select(webhooks).where(webhooks.c.id == canonical_id(webhook_id), webhooks.c.owner == owner)
    row = connection.execute(query).first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> UnknownWebhook:
    return UnknownWebhook("You have no webhook of this id; check it.")


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(row.id, row.url, tuple(map(EventType, row.events)), row.created_at, row.credential)


def _associated_data(webhook_id: str) -> Place:
    return ("webhook", webhook_id, "secret")
