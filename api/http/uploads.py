"""Limits of uploads: how large a body may be, how slow, and how much of it may come before the caller is known.

What all requests in progress may send together is a setting, PEHCHAN_UPLOADS_MB.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.authentication import recognised_by
from api.http.errors import RefusedEarly
from biometrics.kernel.errors import PehchanError

MAX_REQUEST_BYTES = 100_000_000  # ten prints and several photos, uncompressed
STRANGERS_BYTES = 64 * 1024  # enough for signing in
SLOWEST_LINK = 4_000  # bytes a second: half of 64 kbit/s, on which ten prints and a photo take minutes


def _ignore(code: str) -> None:
    """Do not report a request that is turned away."""


class BodyLimit:
    """ASGI middleware that bounds the bodies of requests.

    One that passes `limit` bytes ends with 413, and one that brings all those in progress together above `limit_of_all`
    bytes with 503. One has `seconds` to arrive whole, and as long as what has arrived takes on the slowest link; then
    it ends with 408.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int = MAX_REQUEST_BYTES,
        limit_of_all: int = 10 * MAX_REQUEST_BYTES,
        seconds: float = 120,
        turned_away: Callable[[str], None] = _ignore,
    ) -> None:
        self.app = app
        self.limit = limit
        self.limit_of_all = limit_of_all
        self.seconds = seconds
        self.turned_away = turned_away
        self.in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        received = 0
        complete = False
        until = time.monotonic() + self.seconds

        async def counted() -> Message:
            # What is raised here is raised where the body is read, so inside the app, whose handlers answer it.
            nonlocal received, complete
            message = await receive() if complete else await self._soon(receive, until + received / SLOWEST_LINK)
            complete = not message.get("more_body", False)
            size = len(message.get("body", b""))
            received += size
            self.in_progress += size
            if received > self.limit:
                raise HTTPException(413, f"A request may send at most {self.limit:,} bytes.")
            if self.in_progress > self.limit_of_all:
                self.turned_away("busy")
                detail = "Too much is being sent at the same time; send it again later."
                raise HTTPException(503, detail, {"Retry-After": "5"})
            return message

        try:
            await self.app(scope, counted, send)
        finally:
            self.in_progress -= received

    async def _soon(self, receive: Receive, until: float) -> Message:
        try:
            async with asyncio.timeout(max(0, until - time.monotonic())):
                return await receive()
        except TimeoutError as error:
            self.turned_away("upload_too_slow")
            detail = f"The request had not arrived whole after {self.seconds:g} seconds; send less at once."
            raise HTTPException(408, detail, {"Connection": "close"}) from error


class AuthenticateLargeBodies:
    """ASGI middleware that authenticates the caller as soon as a body passes STRANGERS_BYTES.

    So strangers cannot fill memory or disk.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        received = 0
        known = False

        async def counted() -> Message:
            nonlocal received, known
            message = await receive()
            received += len(message.get("body", b""))
            if received > STRANGERS_BYTES and not known:
                await _recognise(request)
                known = True
            return message

        await self.app(scope, counted, send)


async def _recognise(request: Request) -> None:
    try:
        await run_in_threadpool(recognised_by, request)
    except PehchanError as error:
        raise RefusedEarly(error) from error
