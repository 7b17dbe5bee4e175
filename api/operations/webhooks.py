"""Deliveries to webhooks, signed so that the receiver knows who sends them.

Source: the Standard Webhooks specification, 1.0 (headers, HMAC-SHA256 over id, time and body).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

from api.accounts.accounts import Accounts
from api.operations.outbound import OutboundClient
from api.operations.worker import Delivery
from biometrics.jobs.model import Task
from biometrics.jobs.webhooks import WebhookStore
from biometrics.kernel.errors import UnknownWebhook


class WebhookEvents:
    """How events are delivered."""

    def __init__(self, webhooks: WebhookStore, accounts: Accounts, outbound: OutboundClient) -> None:
        self._webhooks = webhooks
        self._accounts = accounts
        self._outbound = outbound

    def delivery(self, task: Task) -> Delivery:
        """Return the event, signed.

        Raises:
            UnknownWebhook: it was removed, or its account was closed.
        """
        assert task.webhook_id is not None, "an event belongs to a webhook"
        if self._accounts.users.user(task.owner).disabled_at is not None:
            raise UnknownWebhook("The account of this webhook was closed.")
        body = json.dumps(task.result).encode("ascii")
        now = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Webhook-Id": task.id,
            "Webhook-Timestamp": now,
            "Webhook-Signature": signature(self._webhooks.secret(task.webhook_id), task.id, now, body),
        }
        return Delivery(self._outbound, task.callback, body, headers)


def signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the value of the header Webhook-Signature; `timestamp` is in seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode("ascii")
