"""Requests that were sent with `Prefer: respond-async`: how far they are, and their responses."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from api.http.authentication import ActDependency, needs_sign_in
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.http.operations import Accepted
from api.http.pagination import USUAL, After, Limit
from api.operations.task_channel import Ending
from api.operations.worker import Tasks
from api.services import services_of
from api.v1.tasks_schemas import State, TaskOut, TaskPageOut
from biometrics.jobs.model import TaskKind
from biometrics.kernel.errors import (
    ImageTooLarge,
    InvalidInput,
    TaskUnfinished,
    UnsupportedImage,
)
from biometrics.storage.audit.log import Action

_ANY: dict[int | str, dict[str, Any]] = {
    status: {
        "description": "The response, as the request would have had it: status, headers and body",
        "content": {media_type: {"schema": {}}},
    }
    for status, media_type in ((200, "*/*"), (201, "application/json"))
}

router = APIRouter(prefix="/tasks", tags=["tasks"], dependencies=[needs_sign_in()])

STOP_SECONDS = 1.0  # after which a stream notices at the latest that the server is being stopped
LISTEN_SECONDS = 60.0  # then the client connects again, which browsers do on their own


def _tasks(request: Request) -> Tasks:
    return services_of(request).tasks


TasksDependency = Annotated[Tasks, Depends(_tasks)]


@router.get("", summary="List tasks")
def list_tasks(act: ActDependency, tasks: TasksDependency, limit: Limit = USUAL, after: After = None) -> TaskPageOut:
    """List the tasks of your account that are still stored, newest first."""
    page = tasks.store.reader.find(act.actor.id, TaskKind.REQUEST, limit, after)
    return TaskPageOut.of(page)


@router.get("/{task_id}", summary="Get a task")
def read_task(task_id: str, act: ActDependency, tasks: TasksDependency) -> TaskOut:
    """Get one of your tasks and its progress."""
    return TaskOut.of(tasks.store.reader.progress(task_id, act.actor.id, TaskKind.REQUEST))


@router.get(
    "/{task_id}/response",
    summary="Get the response of a task",
    response_class=Response,
    responses=_ANY | raising(TaskUnfinished, InvalidInput, ImageTooLarge, UnsupportedImage),
)
def read_task_response(task_id: str, act: ActDependency, tasks: TasksDependency, store: StoreDependency) -> Response:
    """Get the response to the original request, even if it is an error; 409 `task_unfinished` until it is ready.

    It is refused if you have lost rights or were posted to another unit since, and while you examine a case about it.
    """
    result = tasks.store.reader.result(task_id, act, TaskKind.REQUEST)
    store.note(Action.TASK_READ, task_id)
    body, status, headers = result["body"], result["status"], result["headers"]
    if isinstance(body, str):  # a file
        return Response(base64.b64decode(body), status, headers)
    return JSONResponse(body, status, headers)


@router.get(
    "/{task_id}/events",
    summary="Stream the progress of a task",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events `progress`: tasks"}},
)
def stream_task_events(request: Request, task_id: str, act: ActDependency, tasks: TasksDependency) -> StreamingResponse:
    """Stream an event for each change. The stream ends with the task, or with your session or API key.

    If the task is removed, the last event is `removed`. Reconnect if the stream ends earlier.
    """
    services = services_of(request)
    first = TaskOut.of(tasks.store.reader.progress(task_id, act.actor.id, TaskKind.REQUEST))

    async def events() -> AsyncIterator[str]:
        until = time.monotonic() + LISTEN_SECONDS
        task, last = first, None
        yield "retry: 1000\n\n"
        with tasks.channel.listening(task.id, act.credential) as listener:
            while True:
                if task != last:
                    yield f"event: progress\ndata: {task.model_dump_json()}\n\n"
                    last = task
                if task.state in (State.SUCCEEDED, State.FAILED) or time.monotonic() > until or services.work.stopping:
                    return
                news = await listener.news(STOP_SECONDS)
                if news is Ending.REMOVED:  # the answer has begun, so it can no longer become an error
                    yield "event: removed\ndata: {}\n\n"
                if isinstance(news, Ending):
                    return  # a client that may connects again, and gets the error then
                if news is not None:
                    task = TaskOut.of(news)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.delete("/{task_id}", status_code=204, summary="Remove a task")
def remove_task(task_id: str, act: ActDependency, tasks: TasksDependency) -> None:
    """Remove a task with its response. A waiting task is cancelled; a running one ends, and its response is lost."""
    tasks.store.remove(task_id, act.actor.id, TaskKind.REQUEST)


def install(app: FastAPI) -> None:
    """Add the response for stored requests to `app`."""

    @app.exception_handler(Accepted)
    def accepted(request: Request, task_accepted: Accepted) -> JSONResponse:
        task = TaskOut.of(task_accepted.progress)
        headers = {"Location": f"/api/v1/tasks/{task.id}", "Preference-Applied": "respond-async"}
        return JSONResponse(task.model_dump(mode="json"), 202, headers)
