"""Every request has an id, one line in the log and a place in the metrics; none of them says what was in it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observability.metrics import Metrics
from api.observability.request_id import HEADER, current, proper_id
from biometrics.storage import commits

UNKNOWN_ROUTE = "none"  # an unknown path is not logged: it can contain anything

log = logging.getLogger("pehchan.requests")

Span = Callable[
    [str, str, Headers], AbstractContextManager[Callable[[str, int], None]]
]  # of a method and a request's id


@dataclass
class RecordedEnd:
    """Which route something was for, and how it was answered; 500 is the status of what ends without an answer."""

    route: str = UNKNOWN_ROUTE
    status: int = 500


class Recorder:
    """Logs, counts and traces what is carried out, for a request or for a task."""

    def __init__(self, metrics: Metrics, span: Span) -> None:
        """Take `span`, which opens a trace, and returns a function that takes the route and the status at its end."""
        self._metrics = metrics
        self._span = span

    @contextmanager
    def recorded(self, method: str, request_id: str, headers: Headers | None = None) -> Iterator[RecordedEnd]:
        """Record what is done in the block, whose last part is to say how it ended; commits in it are watched."""
        current.set(request_id)
        commits.watch()
        ended, began = RecordedEnd(), time.perf_counter()
        with self._span(method, request_id, headers or Headers()) as finish_span:
            try:
                yield ended
            finally:
                seconds = time.perf_counter() - began
                finish_span(ended.route, ended.status)
                self._metrics.answered(method, ended.route, ended.status, seconds)
                facts = {"method": method, "route": ended.route, "status": ended.status, "ms": round(1000 * seconds, 1)}
                log.info("request", extra={"facts": facts})


class RequestLog:
    """ASGI middleware: takes the request's id or assigns one, and records its end."""

    def __init__(self, app: ASGIApp, recorder: Recorder) -> None:
        self.app = app
        self.recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = proper_id(headers.get(HEADER, ""))
        scope.setdefault("state", {})["request_id"] = request_id
        with self.recorder.recorded(scope["method"], request_id, headers) as ended:

            async def answered(message: Message) -> None:
                if message["type"] == "http.response.start":
                    ended.status = message["status"]
                    MutableHeaders(scope=message)[HEADER] = request_id
                await send(message)

            try:
                await self.app(scope, receive, answered)
            finally:
                ended.route = route_of(scope)


def route_of(scope: Scope) -> str:
    """Return the path as in the OpenAPI document, with placeholders for ids."""
    # Newer versions of FastAPI keep the router's route, and separately the one with the prefix of its inclusion.
    route = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(route, "path", UNKNOWN_ROUTE))
