"""Requests that are answered later: `Prefer: respond-async` (RFC 7240).

A request that came in is kept as it is and sent through the application again, on behalf of the same account, with the
rights that it has by then; the response waits for the client. What would be turned away for want of room waits.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Scope

from api.accounts.accounts import Accounts
from api.http.authentication import address_of, recognised_by
from api.http.errors import declares, problem, status_of
from api.observability.progress import reached
from api.observability.request_id import HEADER, request_id
from api.observability.request_log import route_of
from api.operations.worker import RetryLater, Tasks
from api.services import services_of
from biometrics.access.blinding import ComparedFiles, compared
from biometrics.jobs.model import NewTask, Progress, Task, TaskKind
from biometrics.kernel.errors import Busy, PehchanError, Stopping, StoreUnavailable, TooManyAtOnce, Unfinished

MAX_BYTES: Final = 32_000_000  # of a stored request
USUAL_WAIT: Final = 5  # seconds before a request that was refused for lack of room is retried, by default

_KEPT_HEADERS: Final = ("content-type", "accept", "if-match", "idempotency-key")
_ANSWERED_HEADERS: Final = frozenset(
    {"content-type", "content-disposition", "location", "etag", "link", "x-transaction-type"}
)
_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
_MAYBE_LATER: Final = frozenset({429, 500, 503})
_NO_ROOM: Final = frozenset({Busy.code, Stopping.code, TooManyAtOnce.code})  # nothing was done; all else is an answer


class Accepted(Exception):
    """A request was stored as a task."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress.id)
        self.progress = progress


@declares(413, deferred=True)
async def later(
    request: Request,
    prefer: Annotated[
        str | None,
        Header(description="`respond-async`: answer 202 at once, with a task that will hold the response"),
    ] = None,
) -> None:
    """Store the request as a task if its client does not wait for the response.

    Raises:
        Accepted: it is stored.
        HTTPException: it is too large.
        StoreUnavailable: too many tasks wait.
    """
    wished = {word.strip().lower() for word in (prefer or "").replace(";", ",").split(",")}
    if "respond-async" not in wished or getattr(request.state, "task", None):
        return
    body, media_type = await _body(request)
    if len(body) > MAX_BYTES:
        raise HTTPException(413, f"A request that is answered later may send at most {MAX_BYTES:,} bytes.")
    headers = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
    if media_type:
        headers["content-type"] = media_type
    caller = recognised_by(request)
    act = {
        "credential": caller.credential,
        "scopes": sorted(caller.actor.scopes),
        "unit": caller.actor.unit.path,
        "address": address_of(request),
        "request_id": request_id(request),
    }
    call = {
        "method": request.method,
        "path": request.url.path,
        "query": request.url.query,
        "headers": headers,
    }
    route = f"{request.method} {route_of(request.scope)}"
    tasks = services_of(request).tasks
    new = NewTask(TaskKind.REQUEST, route, caller.user.id, act, call)
    raise Accepted(await asyncio.to_thread(_accepted, tasks, new, body))


# For routes whose work takes long; it stands after what the route needs of its caller, and before IN_TURN.
LATER = Depends(later)


def _accepted(tasks: Tasks, new: NewTask, body: bytes) -> Progress:
    """Store a request with its body, in a thread: encoding and encrypting 32 MB would block the event loop."""
    new = replace(new, call=new.call | {"body": base64.b64encode(body).decode("ascii")})
    return tasks.store.reader.progress(tasks.accept(new), new.owner, TaskKind.REQUEST)


async def _body(request: Request) -> tuple[bytes, str]:
    """Return the body, and its media type if it changed: a form was parsed already, so it is encoded again."""
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return await request.body(), ""
    boundary = secrets.token_hex(16)
    pieces: list[bytes] = []
    for name, value in (await request.form()).multi_items():
        named = f'Content-Disposition: form-data; name="{_quoted(name)}"'
        if isinstance(value, UploadFile):
            content = await value.read()
            named += f'; filename="{_quoted(value.filename or "")}"'
            if value.content_type:
                named += f"\r\nContent-Type: {value.content_type}"
        else:
            content = value.encode()
        pieces.append(f"--{boundary}\r\n{named}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*pieces, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


class StoredRequests:
    """Carries out stored requests, by sending them to `app`, in the event loop of its server."""

    def __init__(self, app: ASGIApp, accounts: Accounts, loop: asyncio.AbstractEventLoop, tasks: Tasks) -> None:
        self._app = app
        self._accounts = accounts
        self._loop = loop
        self._tasks = tasks

    def carry_out(self, task: Task) -> tuple[Any, bool]:
        """Send the request to the application; the result has status, headers and body (base64).

        Raises:
            RetryLater: there is no room for it now; the response states when to retry.
            Unfinished: it failed part-way; its idempotency key lets it continue from there.
            StoreUnavailable: the database or the image store did not answer.
        """
        try:
            recognised = self._accounts.recognition.again(task.owner, task.credential)
        except PehchanError as error:
            return _stored_response(problem(status_of(type(error)), error.code, error.message)), True
        allowed = recognised.actor.scopes & set(task.act["scopes"])
        recognised = replace(recognised, actor=replace(recognised.actor, scopes=allowed))
        body = base64.b64decode(task.call["body"])
        scope = _scope(task, len(body))
        scope["state"] = {"recognised": recognised, "task": task.id}
        sent = asyncio.run_coroutine_threadsafe(self._send(scope, body, _Stages(self._tasks, task)), self._loop)
        answer, seconds = sent.result()
        if answer["status"] in _MAYBE_LATER:
            problem_body = json.loads(base64.b64decode(answer["body"]))
            if problem_body.get("code") in _NO_ROOM:
                raise RetryLater(timedelta(seconds=float(seconds or USUAL_WAIT)))
            for fault in (Unfinished, StoreUnavailable):
                if problem_body.get("code") == fault.code:
                    raise fault(problem_body["detail"])
        return answer, answer["status"] >= 400

    def failure(self, task: Task, code: str, message: str) -> Any:
        """Return the response for a request that could not be carried out."""
        return _stored_response(problem(500, code, message))

    async def _send(
        self, scope: Scope, body: bytes, on_stage: Callable[[str], None]
    ) -> tuple[dict[str, Any], str | None]:
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        status, headers, content = 500, Headers(), b""

        async def receive() -> Message:
            if not messages:
                await asyncio.Event().wait()  # a client that stays
            return messages.pop()

        async def send(message: Message) -> None:
            nonlocal status, headers, content
            if message["type"] == "http.response.start":
                status, headers = message["status"], Headers(raw=list(message.get("headers", [])))
            elif message["type"] == "http.response.body":
                content += message.get("body", b"")

        reached.set(on_stage)
        noted = ComparedFiles()
        compared.set(noted)
        await self._app(scope, receive, send)
        shown = {"files": sorted(noted.files), "searches": sorted(noted.searches)}
        return _stored_response(Response(content, status, headers)) | shown, headers.get("retry-after")


def _stored_response(response: Response) -> dict[str, Any]:
    headers = {name: value for name, value in response.headers.items() if name in _ANSWERED_HEADERS}
    body = base64.b64encode(bytes(response.body)).decode("ascii")
    return {"status": response.status_code, "headers": headers, "body": body}


class _Stages:
    """Stores the stage of a task, once for each change."""

    def __init__(self, tasks: Tasks, task: Task) -> None:
        self._tasks = tasks
        self._task = task
        self._last = ""

    def __call__(self, stage: str) -> None:
        """Store the stage, if it is new."""
        if stage != self._last:
            self._last = stage
            self._tasks.reached(self._task, stage)


def _scope(task: Task, size: int) -> Scope:
    """Return the request as a server would pass it on; the task is its idempotency key if the client sent none."""
    call = task.call
    headers = {"idempotency-key": f"task-{task.id}", HEADER.lower(): task.act["request_id"], **call["headers"]}
    headers["content-length"] = str(size)
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": call["method"],
        "scheme": "http",
        "path": call["path"],
        "raw_path": call["path"].encode(),
        "query_string": call["query"].encode(),
        "root_path": "",
        "headers": _raw(headers.items()),
        "client": (task.act["address"], 0),
        "server": None,
    }


def _raw(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
