"""Use cases: what an account keeps for itself, filters of the list of records and webhooks."""

from __future__ import annotations

import base64
import os
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from biometrics.accounts.saved_filters import SavedFilter
from biometrics.jobs.model import EventType
from biometrics.jobs.webhooks import Webhook
from biometrics.kernel.errors import SecretShown
from biometrics.kernel.people.record import RecordQuery
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action

SAVE: Final = "save filter"  # the step of a request that saves one
WEBHOOK: Final = "webhook"  # the step of a request that makes one
SECRET_START: Final = "whsec_"  # noqa: S105 - how the secret of a webhook begins
_SECRET_BYTES: Final = 32


def save_filter(store: RecordStore, name: str, query: RecordQuery) -> SavedFilter:
    """Save a filter for the actor's own account, in place of one of the same name; see `SavedFilterRepository.save`."""
    with store.begin(SAVE) as work:
        if work.is_first:
            saved = work.saved_filters.save(name, query)
            work.audit(Action.FILTER_SAVED, filter=saved.id, conditions=sorted(saved.conditions))
            work.remember(vars(saved))
        return SavedFilter(**work.answer)


def remove_filter(store: RecordStore, filter_id: str) -> None:
    """Remove a filter of the actor's own account; nothing happens if there is none of this id."""
    with store.begin() as work:
        if removed := work.saved_filters.remove(filter_id):
            work.audit(Action.FILTER_REMOVED, filter=removed)
        else:
            work.leave_unchanged()


def add_webhook(store: RecordStore, url: str, events: Collection[EventType]) -> tuple[Webhook, str]:
    """Make a webhook of the actor's account; return it with its secret, never shown again.

    Raises:
        InvalidField: there is no event, or the account has enough.
        SecretShown: this request made its webhook before.
    """
    secret = os.urandom(_SECRET_BYTES)
    with store.begin(WEBHOOK) as work:
        if not work.is_first:
            raise SecretShown(
                f"This request was carried out before: it made the webhook {work.answer}, and its secret was in that "
                "answer. Where it was lost, remove the webhook and make another by a new request."
            )
        webhook = work.webhooks.add(url, events, secret)
        work.audit(Action.WEBHOOK_ADDED, webhook.id, host=urlsplit(url).netloc, events=list(webhook.events))
        work.webhooks.require_allowance()
        work.remember(webhook.id)
    return webhook, SECRET_START + base64.b64encode(secret).decode("ascii")


def remove_webhook(store: RecordStore, webhook_id: str) -> None:
    """Remove a webhook of the actor's account, with its secret and what was still to be delivered.

    Raises:
        UnknownWebhook: the account has none of the id.
    """
    with store.begin() as work:
        work.audit(Action.WEBHOOK_REMOVED, work.webhooks.remove(webhook_id))
