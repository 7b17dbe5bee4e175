"""Calls that were accepted with a callback."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import ActDependency, needs
from api.standards.common.answers import Json
from api.standards.osia.context import TasksDependency, Transaction, documented
from biometrics.jobs.model import TaskKind
from biometrics.kernel.access import Scope

router = APIRouter(prefix="/v1/tasks", tags=["Task"])

State = Literal["PENDING", "RESPONSE_SCHEDULED", "RESPONSE_ERROR", "RESPONSE_RETRY", "COMPLETED"]


@router.get(
    "/{taskId}/status",
    dependencies=[needs(Scope.TASK_READ)],
    operation_id="readTaskStatus",
    summary="Read where a task is",
    responses=documented(State, 404, later=False),
    response_model=None,
)
def read_status(taskId: str, transactionId: Transaction, act: ActDependency, tasks: TasksDependency) -> Response:
    """PENDING until it is carried out; then whether its result was delivered. Only the account's own tasks."""
    return Json(tasks.store.reader.state(taskId, act.actor.id, TaskKind.OSIA))


@router.post(
    "/{taskId}/redeliver",
    dependencies=[needs(Scope.TASK_UPDATE)],
    operation_id="redeliverTaskResult",
    summary="Deliver a result again",
    responses=documented(None, 404, later=False),
    status_code=204,
    response_model=None,
)
def redeliver(taskId: str, transactionId: Transaction, act: ActDependency, tasks: TasksDependency) -> Response:
    """Deliver a result again, with all attempts; a task that still waits is delivered when it is done."""
    tasks.redeliver(taskId, act.actor.id, TaskKind.OSIA)
    return Response(status_code=204)
