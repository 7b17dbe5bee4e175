"""The application of the interface over HTTP, mounted next to the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.http import errors
from api.http.authentication import ActDependency, check_declared, needs, needs_sign_in, recognised_by
from api.http.mounting import application_in
from api.http.openapi import describe
from api.http.turns import IN_TURN
from api.standards.common.answers import Json
from api.standards.common.fetching import Fetching
from api.standards.mosip.dispatcher import PENDING, Mosip
from api.standards.mosip.operations import OPERATIONS
from api.standards.mosip.schemas import REQUEST, AnswerMessage

DESCRIPTION = """
MOSIP's ABIS interface, version 0.9 of its specification, as messages over HTTP: docs/mosip.md says how its words are
understood. A message that is answered has the status 200, whether it was carried out (`returnValue` 1) or not (2, with
a `failureReason`); 500 and 503, where the service is at fault, have such a message, too. All other answers are RFC 9457
problems, as those of `/api/v1`.
"""

SUMMARIES = {
    "mosip.abis.insert": "Store a person's biometric data",
    "mosip.abis.identify": "Search for a person",
    "mosip.abis.delete": "Remove a person's biometric data",
    "mosip.abis.ping": "Ask whether the service is alive",
    "mosip.abis.referenceCount": "Count the references",
    PENDING: "Count the requests that are worked on",
}


class MosipApplication(FastAPI):
    """The interface's application; the server sets its service when it starts."""

    mosip: Mosip
    fetching: Fetching


def create_mosip(parent: FastAPI, version: str, telemetry: Any) -> MosipApplication:
    """Make the application; it shares the state of the one that it is mounted in."""
    app = application_in(
        parent,
        telemetry,
        MosipApplication,
        title="Pehchan: MOSIP ABIS",
        version=version,
        description=DESCRIPTION,
        redirect_slashes=False,
    )
    errors.install(app)
    for name, summary in SUMMARIES.items():
        _add(app, name, summary)
    check_declared(app)
    describe(app)
    return app


def path_of(name: str) -> str:
    """Return where an operation is asked for."""
    return f"/abis/{name.rpartition('.')[2].lower()}request"


def _add(app: FastAPI, name: str, summary: str) -> None:
    operation = OPERATIONS.get(name)
    scope = operation.scope if operation else None
    dependencies = [needs_sign_in() if scope is None else needs(scope)]
    if operation and operation.heavy:
        dependencies += [Depends(_fetch_first), IN_TURN]
    body = {"required": True, "content": {"application/json": {"schema": REQUEST}}}
    app.add_api_route(
        path_of(name),
        _answering(name),
        methods=["POST"],
        dependencies=dependencies,
        summary=summary,
        operation_id=name.rpartition(".")[2],
        response_model=None,
        responses={200: {"model": AnswerMessage, "description": "The message that answers it"}},
        openapi_extra={"requestBody": body},
    )


def _application(request: Request) -> MosipApplication:
    return cast(MosipApplication, request.app)


def _mosip(request: Request) -> Mosip:
    return _application(request).mosip


async def _content(request: Request) -> bytes:
    return await request.body()


async def _fetch_first(request: Request) -> None:
    """Fetch the data that a message names, before it takes a place in the queue of work."""
    app = _application(request)
    if url := await run_in_threadpool(app.mosip.address_in, await request.body()):
        request.state.fetched = await app.fetching.fetch(recognised_by(request).user.id, [url], app.mosip.fetch)


def _answering(name: str) -> Callable[..., Response]:
    def answer(
        request: Request,
        content: Annotated[bytes, Depends(_content)],
        mosip: Annotated[Mosip, Depends(_mosip)],
        act: ActDependency,
    ) -> Response:
        answered = mosip.answer(act, content, name, getattr(request.state, "fetched", None))
        return Json(answered.content, answered.status)

    return answer
