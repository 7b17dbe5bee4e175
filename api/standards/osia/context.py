"""The context of a request: its sender and options, and its answer, at once or by a task and its callback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, cast

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.http.authentication import ActDependency, recognised_by
from api.operations.worker import Tasks
from api.services import services_of
from api.standards.common.answers import Json
from api.standards.common.fetching import Fetching
from api.standards.common.service import Abis
from api.standards.osia.calls import Call
from api.standards.osia.errors import operation_of
from api.standards.osia.operations import OPERATIONS
from api.standards.osia.schemas import Error, TaskId
from api.standards.osia.tasks import task_of
from biometrics.kernel.access import Act

HIGHEST: Final = 9

Transaction = Annotated[str, Query(description="The client's id of the transaction")]
Callback = Annotated[
    str | None,
    Query(description="Where to send the result; the answer is then 202. Only hosts that the operator allows"),
]
Priority = Annotated[int, Query(ge=0, le=HIGHEST, description="Priority of the task: 0 lowest to 9 highest")]
Algorithm = Annotated[str | None, Query(description="Accepted and ignored: there is one algorithm")]
Threshold = Annotated[
    float | None, Query(allow_inf_nan=False, description="Lowest score in decibans of false match; 30 is one in 1,000")
]
Level = Annotated[str | None, Query(description="Accepted and ignored")]
Service = Annotated[int | None, Query(description="Accepted and ignored")]
Candidates = Annotated[int | None, Query(description="Maximum number of candidates, 100 at most; default 10")]


class OsiaApplication(FastAPI):
    """The interface's application; the server sets its service when it starts."""

    abis: Abis
    fetching: Fetching


def _application(request: Request) -> OsiaApplication:
    return cast(OsiaApplication, request.app)


def _abis(request: Request) -> Abis:
    return replace(_application(request).abis, fetched=getattr(request.state, "fetched", None))


async def _fetch_first(request: Request) -> None:
    """Fetch the images that a call refers to before it waits for its turn; a task fetches its own."""
    if "callback" in request.query_params:
        return
    urls = await run_in_threadpool(_image_references, await request.body())
    if urls:
        osia = _application(request)
        request.state.fetched = await osia.fetching.fetch(recognised_by(request).user.id, urls, osia.abis.fetch)


def _image_references(body: bytes) -> list[str]:
    """Return the addresses of images in a body; none from a malformed body, which is refused later."""
    try:
        content = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return []
    items = (
        [item for part in content.values() if isinstance(part, list) for item in part]
        if isinstance(content, dict)
        else []
    )
    urls = (item.get("imageRef") for item in items if isinstance(item, dict) and item.get("image") is None)
    return [url for url in urls if isinstance(url, str) and url]


FETCH_FIRST = Depends(_fetch_first)  # before IN_TURN


def _tasks(request: Request) -> Tasks:
    return services_of(request).tasks


AbisDependency = Annotated[Abis, Depends(_abis)]
TasksDependency = Annotated[Tasks, Depends(_tasks)]


@dataclass(frozen=True)
class Context:
    """The parts of a request that every operation uses."""

    operation: str
    abis: Abis
    tasks: Tasks
    act: Act
    transaction: str
    callback: str | None
    priority: int

    def result(self, parameters: Mapping[str, Any], body: BaseModel | Any = None) -> Any:
        """Carry out the operation now, and return its result."""
        call = self._call(parameters, body)
        act = replace(self.act, case_number=call.case_number)
        return OPERATIONS[self.operation].run(self.abis.for_actor(act), call, body)

    def answer(self, parameters: Mapping[str, Any], body: BaseModel | Any = None) -> Response:
        """Carry out the operation now, or accept it as a task if there is a callback."""
        if self.callback is not None:
            return self.accept(parameters, body)
        result = self.result(parameters, body)
        return Response(status_code=204) if result is None else Json(result)

    def accept(self, parameters: Mapping[str, Any], body: BaseModel | Any = None) -> Response:
        """Accept the operation as a task.

        Raises:
            AddressRefused: the callback is not allowed.
        """
        self.abis.outbound.check(self.callback or "")
        content = body.model_dump(exclude_unset=True) if isinstance(body, BaseModel) else body
        call = self._call(parameters, content)
        new = task_of(self.act, call, self.callback or "", self.priority)
        return Json({"taskId": self.tasks.accept(new)}, 202)

    def _call(self, parameters: Mapping[str, Any], body: Any) -> Call:
        present = {name: value for name, value in parameters.items() if value is not None}
        return Call(self.operation, present, body, self.transaction)


def _context(
    request: Request,
    abis: AbisDependency,
    tasks: TasksDependency,
    act: ActDependency,
    transaction_id: Annotated[str, Query(alias="transactionId", description="The client's id of the transaction")],
    callback: Callback = None,
    priority: Priority = 4,
) -> Context:
    return Context(operation_of(request), abis, tasks, act, transaction_id, callback, priority)


ContextDependency = Annotated[Context, Depends(_context)]


def documented(model: Any, *statuses: int, later: bool = True) -> dict[int | str, dict[str, Any]]:
    """Return the documented responses of an operation; `model` None is 204."""
    responses: dict[int | str, dict[str, Any]] = {400: {"model": Error, "description": "The request is not valid"}}
    refusals = {401: "Unknown credentials", 403: "Not allowed", 404: "Not found", 409: "The id is taken"}
    for status in (401, 403, *statuses):
        responses[status] = {"model": Error, "description": refusals[status]}
    responses[500] = {"model": Error, "description": "The service is at fault"}
    if model is None:
        responses[204] = {"description": "Done"}
    else:
        responses[200] = {"model": model, "description": "The result"}
    if later:
        responses[202] = {"model": TaskId, "description": "Accepted; the result is sent to the callback"}
    return responses
