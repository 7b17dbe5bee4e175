"""Tasks, their states and events, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

USUAL_PRIORITY = 4


class TaskKind(StrEnum):
    """Who carries a task out, and how its result is delivered."""

    REQUEST = "request"  # of our own API: its response waits for the client
    OSIA = "osia"  # a call of OSIA's interface: its result is sent to its callback
    EVENT = "event"  # nothing to carry out: delivered to a webhook


class EventType(StrEnum):
    """The events that a webhook can subscribe to."""

    TASK_FINISHED = "task.finished"
    NOTIFICATION_CREATED = "notification.created"
    TEST = "test"  # requested by the webhook's owner


class TaskState(StrEnum):
    """Where a task is, in OSIA's words."""

    PENDING = "PENDING"  # to be carried out
    RESPONSE_SCHEDULED = "RESPONSE_SCHEDULED"  # its result is to be delivered
    RESPONSE_RETRY = "RESPONSE_RETRY"  # and could not be, so far
    RESPONSE_ERROR = "RESPONSE_ERROR"  # gave up; delivered only on request
    COMPLETED = "COMPLETED"


@dataclass(frozen=True)
class NewTask:
    """A task as it is accepted. `call` and `act` are JSON; a result without a callback waits for the client.

    `files` are what `call` refers to by number; they are kept until the task is carried out.
    """

    kind: TaskKind
    operation: str
    owner: str
    act: dict[str, Any]
    call: Any
    transaction_id: str = ""
    callback: str = ""
    priority: int = USUAL_PRIORITY
    files: Sequence[bytes] = ()


@dataclass(frozen=True)
class Task:
    """A task that was taken up. `call` is there while it is to be carried out, `result` afterwards; both are JSON."""

    id: str
    kind: TaskKind
    operation: str
    owner: str
    act: dict[str, Any]
    transaction_id: str
    callback: str
    webhook_id: str | None
    state: TaskState
    fence: int
    runs: int
    attempts: int
    call: Any
    result: Any
    failed: bool

    @property
    def credential(self) -> str:
        """The session or API key that it was made with, empty where it was not noted."""
        return str(self.act.get("credential", ""))


@dataclass(frozen=True)
class Progress:
    """How far a task is. `stage` is what is being done, None where nothing is; `attempts` are those to deliver it."""

    id: str
    operation: str
    state: TaskState
    stage: str | None
    failed: bool
    attempts: int
    created_at: datetime
    changed_at: datetime
