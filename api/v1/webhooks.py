"""Webhooks: addresses that receive events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.http.authentication import ActDependency, needs_sign_in
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.http.idempotency import WritingStore
from api.http.pagination import USUAL, After, Limit
from api.operations.outbound import OutboundClient
from api.services import services_of
from api.v1.tasks import TasksDependency
from api.v1.tasks_schemas import DeliveryOut, DeliveryPageOut, NewWebhookIn, NewWebhookOut, WebhookOut
from biometrics.jobs.model import TaskKind
from biometrics.jobs.webhooks import WebhookStore
from biometrics.kernel.errors import SecretShown
from biometrics.use_cases.accounts import own_account

router = APIRouter(prefix="/webhooks", tags=["webhooks"], dependencies=[needs_sign_in()])


def _webhooks(request: Request) -> WebhookStore:
    return services_of(request).webhooks


def _outbound(request: Request) -> OutboundClient:
    return services_of(request).webhook_client


Webhooks = Annotated[WebhookStore, Depends(_webhooks)]
OutboundDependency = Annotated[OutboundClient, Depends(_outbound)]


@router.post("", status_code=201, summary="Add a webhook", responses=raising(SecretShown))
def add_webhook(
    new: NewWebhookIn, store: WritingStore, outbound: OutboundDependency, response: Response
) -> NewWebhookOut:
    """Add an address that receives the signed events of your account (docs/tasks.md). Events hold ids, never names."""
    outbound.check(new.url)
    webhook, secret = own_account.add_webhook(store, new.url, new.events)
    response.headers["Location"] = f"/api/v1/webhooks/{webhook.id}"
    response.headers["Cache-Control"] = "no-store"
    return NewWebhookOut(webhook=WebhookOut.of(webhook), secret=secret)


@router.get("", summary="List webhooks")
def list_webhooks(act: ActDependency, webhooks: Webhooks) -> list[WebhookOut]:
    """List the webhooks of your account, oldest first."""
    return [WebhookOut.of(webhook) for webhook in webhooks.find(act.actor.id)]


@router.get("/{webhook_id}", summary="Get a webhook")
def read_webhook(webhook_id: str, act: ActDependency, webhooks: Webhooks) -> WebhookOut:
    """Get a webhook, without its secret."""
    return WebhookOut.of(webhooks.get(act.actor.id, webhook_id))


@router.delete("/{webhook_id}", status_code=204, summary="Remove a webhook")
def remove_webhook(webhook_id: str, store: StoreDependency) -> None:
    """Remove a webhook; its pending deliveries are dropped."""
    own_account.remove_webhook(store, webhook_id)


@router.post("/{webhook_id}/test", status_code=202, summary="Test a webhook")
def test_webhook(webhook_id: str, act: ActDependency, webhooks: Webhooks, tasks: TasksDependency) -> DeliveryOut:
    """Send an empty event `test` to a webhook."""
    delivery = webhooks.test(act.actor.id, webhook_id)
    return DeliveryOut.of(tasks.store.reader.progress(delivery, act.actor.id, TaskKind.EVENT))


@router.get("/{webhook_id}/deliveries", summary="List deliveries of a webhook")
def list_webhook_deliveries(
    webhook_id: str,
    act: ActDependency,
    webhooks: Webhooks,
    tasks: TasksDependency,
    limit: Limit = USUAL,
    after: After = None,
) -> DeliveryPageOut:
    """List the deliveries that are still stored, newest first."""
    webhook = webhooks.get(act.actor.id, webhook_id)
    page = tasks.store.reader.find(act.actor.id, TaskKind.EVENT, limit, after, webhook.id)
    return DeliveryPageOut.of(page)


@router.post("/{webhook_id}/deliveries/{delivery_id}/redeliver", status_code=202, summary="Redeliver an event")
def redeliver_event(
    webhook_id: str, delivery_id: str, act: ActDependency, webhooks: Webhooks, tasks: TasksDependency
) -> DeliveryOut:
    """Send an event again, with all attempts."""
    webhooks.get(act.actor.id, webhook_id)
    tasks.redeliver(delivery_id, act.actor.id, TaskKind.EVENT)
    return DeliveryOut.of(tasks.store.reader.progress(delivery_id, act.actor.id, TaskKind.EVENT))
