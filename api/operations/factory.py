"""Makes the task workers from the settings."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fastapi import FastAPI

from api.http.deferred_requests import StoredRequests
from api.operations.background import Background
from api.operations.outbound import Outward
from api.operations.webhooks import WebhookEvents
from api.operations.worker import Patience, Tasks, Workers
from api.settings import Settings
from api.standards.osia.app import service_of
from api.standards.osia.tasks import OsiaCalls
from biometrics.jobs.model import TaskKind
from biometrics.jobs.queue import TaskStore
from biometrics.jobs.webhooks import WebhookStore
from biometrics.use_cases.engine import Engine


def open_tasks(app: FastAPI, settings: Settings, engine: Engine, background: Background) -> Tasks:
    """Put into the state of `app`, which has the accounts, all that tasks need; call in the server's event loop."""
    patience = Patience(
        lease=timedelta(seconds=settings.task_lease_seconds),
        first_wait=timedelta(seconds=settings.delivery_retry_seconds),
        attempts=settings.delivery_attempts,
        keep_for=timedelta(days=settings.task_keep_days),
    )
    database, keys = engine.store.database, engine.store.keys
    store = TaskStore(database, keys, settings.tasks_waiting)
    workers = Workers(
        settings.task_workers,
        settings.task_account_limit,
        settings.delivery_workers,
        settings.delivery_host_limit,
        settings.delivery_account_limit,
    )
    tasks = Tasks(store, workers, patience, background)
    app.state.tasks = tasks
    app.state.webhooks = WebhookStore(database, keys, store)
    outward = Outward.of(settings.webhook_hosts, settings.webhook_networks, settings.webhook_timeout_seconds)
    app.state.webhooks_outward = outward
    app.state.abis = service_of(settings, engine)
    calls = OsiaCalls(app.state.abis, app.state.accounts)
    tasks.runners = {
        TaskKind.OSIA: calls,
        TaskKind.REQUEST: StoredRequests(app, asyncio.get_running_loop(), store),
    }
    tasks.senders = {
        TaskKind.OSIA: calls.delivery,
        TaskKind.EVENT: WebhookEvents(app.state.webhooks, app.state.accounts, outward).delivery,
    }
    return tasks
