"""Recognises the sender of a large request before reading it, so that strangers cannot fill memory or disk."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.authentication import recognised_by
from api.http.errors import RefusedEarly
from biometrics.kernel.errors import PehchanError

STRANGERS_BYTES = 64 * 1024  # enough for signing in


class KnownFirst:
    """ASGI middleware that asks who it is as soon as a body passes STRANGERS_BYTES."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, looking at how much comes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        received = 0
        known = False

        async def looked_at() -> Message:
            nonlocal received, known
            message = await receive()
            received += len(message.get("body", b""))
            if received > STRANGERS_BYTES and not known:
                await _recognise(request)
                known = True
            return message

        await self.app(scope, looked_at, send)


async def _recognise(request: Request) -> None:
    try:
        await run_in_threadpool(recognised_by, request)
    except PehchanError as error:
        raise RefusedEarly(error) from error
