"""Every request has an id, one line in the log and a place in the metrics; none of them says what was in it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observability.metrics import Metrics
from api.observability.request_id import HEADER, current, proper_id
from biometrics.storage import commits

UNKNOWN_ROUTE = "none"  # an unknown path is not logged: it can contain anything

log = logging.getLogger("pehchan.requests")

Span = Callable[[Scope], AbstractContextManager[Callable[[str, int], None]]]


class RequestLog:
    """ASGI middleware: takes the request's id or assigns one, and logs its end.

    `span` opens the trace of a request and returns a function that takes its route and status at the end.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, span: Span) -> None:
        self.app = app
        self.metrics = metrics
        self.span = span

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = proper_id(Headers(scope=scope).get(HEADER, ""))
        scope.setdefault("state", {})["request_id"] = request_id
        current.set(request_id)
        commits.watch()
        status = 500  # of what ends without an answer
        began = time.perf_counter()

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with self.span(scope) as finish_span:
            try:
                await self.app(scope, receive, answered)
            finally:
                seconds = time.perf_counter() - began
                route = route_of(scope)
                finish_span(route, status)
                self.metrics.answered(scope["method"], route, status, seconds)
                facts = {"method": scope["method"], "route": route, "status": status, "ms": round(1000 * seconds, 1)}
                log.info("request", extra={"facts": facts})


def route_of(scope: Scope) -> str:
    """Return the path as in the OpenAPI document, with placeholders for ids."""
    # Newer versions of FastAPI keep the router's route, and separately the one with the prefix of its inclusion.
    route = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(route, "path", UNKNOWN_ROUTE))
