"""The shapes of tasks and webhooks over HTTP."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from pydantic import Field

from api.http.schemas import FromAttributes, PageOut, RequestBody, Schema
from biometrics.jobs.model import EventType, Progress, TaskState


class State(StrEnum):
    """Where a task is."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class TaskOut(Schema):
    """A request that is answered later."""

    id: str
    request: str = Field(description="Method and path of the request")
    state: State = Field(description="failed: the response is an error")
    stage: str | None = Field(description="What is being done: decode, extract, assess, index, match, score, store")
    created_at: dt.datetime
    changed_at: dt.datetime
    response: str | None = Field(description="Where the response is; null until the task is carried out")

    @classmethod
    def of(cls, progress: Progress) -> TaskOut:
        """Show how far a task is."""
        ended = progress.state in (TaskState.COMPLETED, TaskState.RESPONSE_ERROR)  # the latter: it cannot be read
        if ended:
            state = State.FAILED if progress.failed else State.SUCCEEDED
        else:
            state = State.RUNNING if progress.stage else State.WAITING
        response = f"/api/v1/tasks/{progress.id}/response" if ended else None
        return cls.showing(progress, request=progress.operation, state=state, response=response)


class TaskPageOut(PageOut):
    """Some tasks, the newest first."""

    tasks: list[TaskOut]
    next: str | None = Field(description="`after` for the next page; null where there is none")


class NewWebhookIn(RequestBody):
    """An address to send events to."""

    url: str = Field(description="On a host that the operator allows")
    events: list[EventType] = Field(min_length=1, description="task.finished, notification.created")


class WebhookOut(FromAttributes):
    """An address that receives events."""

    id: str
    url: str
    events: list[EventType]
    created_at: dt.datetime


class NewWebhookOut(Schema):
    """A webhook as it is made."""

    webhook: WebhookOut
    secret: str = Field(description="What deliveries are signed with; it is shown this once")


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


_DELIVERIES = {TaskState.COMPLETED: DeliveryState.DELIVERED, TaskState.RESPONSE_ERROR: DeliveryState.GIVEN_UP}


class DeliveryOut(Schema):
    """The delivery of an event to a webhook."""

    id: str = Field(description="The header Webhook-Id; the same for all attempts")
    event: EventType
    state: DeliveryState
    attempts: int = Field(description="That failed")
    created_at: dt.datetime
    changed_at: dt.datetime

    @classmethod
    def of(cls, progress: Progress) -> DeliveryOut:
        """Show a delivery."""
        state = _DELIVERIES.get(progress.state, DeliveryState.WAITING)
        return cls.showing(progress, event=progress.operation, state=state)


class DeliveryPageOut(PageOut):
    """Some deliveries, the newest first."""

    deliveries: list[DeliveryOut]
    next: str | None = Field(description="`after` for the next page; null where there is none")
