"""Bounds on what requests may send, how slowly, and how many at once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.accounts.throttle import MINUTE, client_key
from api.http.errors import problem

MAX_REQUEST_BYTES = 100_000_000  # ten prints and several photos, uncompressed
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


class ClientLimit:
    """ASGI middleware that answers 429 where one client, as `client_key` counts them, has too many in progress."""

    def __init__(self, app: ASGIApp, limit: int, turned_away: Callable[[str], None] = _ignore) -> None:
        self.app = app
        self.limit = limit
        self.turned_away = turned_away
        self._clients: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it is one too many."""
        if scope["type"] != "http" or scope.get("client") is None:
            await self.app(scope, receive, send)
            return
        client = client_key(str(scope["client"][0]))
        if self._clients[client] >= self.limit:
            self.turned_away("too_many_at_once")
            detail = f"{self.limit} requests of this address are in progress; send the next when one is answered."
            answer = problem(429, "too_many_at_once", detail)
            answer.headers["Retry-After"] = "1"
            await answer(scope, receive, send)
            return
        self._clients[client] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]


class RateLimitFields:
    """ASGI middleware that adds the caller's remaining allowance of requests to each answer.

    Source: IETF draft-ietf-httpapi-ratelimit-headers-10.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def send_with_allowance(message: Message) -> None:
            allowance = scope.get("state", {}).get("allowance")
            if message["type"] == "http.response.start" and allowance is not None:
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"requests";q={allowance.per_minute};w={MINUTE:.0f}'
                headers["RateLimit"] = f'"requests";r={allowance.left};t={allowance.seconds}'
            await send(message)

        await self.app(scope, receive, send_with_allowance)
