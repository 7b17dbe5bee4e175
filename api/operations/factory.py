"""Makes the workers of tasks and deliveries from the settings."""

from __future__ import annotations

from datetime import timedelta

from api.operations.background import Background
from api.operations.task_channel import TaskChannel
from api.operations.worker import RetryPolicy, Tasks, Workers
from api.settings import Settings
from biometrics.accounts.sessions import SessionStore
from biometrics.jobs.queue import TaskStore
from biometrics.use_cases.engine.engine import Engine


def open_tasks(settings: Settings, engine: Engine, background: Background) -> Tasks:
    """Return the workers, which do not work yet: they need their runners and senders first."""
    retry = RetryPolicy(
        lease=timedelta(seconds=settings.task_lease_seconds),
        first_delay=timedelta(seconds=settings.delivery_retry_seconds),
        attempts=settings.delivery_attempts,
        keep_for=timedelta(days=settings.task_keep_days),
    )
    workers = Workers(
        settings.task_workers,
        settings.task_account_limit,
        settings.delivery_workers,
        settings.delivery_host_limit,
        settings.delivery_account_limit,
    )
    database = engine.store.database
    store = TaskStore(database, engine.store.images, engine.store.keys, settings.tasks_waiting)
    return Tasks(store, workers, retry, background, TaskChannel(store.reader, SessionStore(database)))
