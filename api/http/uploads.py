"""Limits of uploads: how large a body may be, how slow, and how much of it may come before the caller is known.

What all requests in progress may send together is a setting, PEHCHAN_UPLOADS_MB.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.accounts.throttle import client_key
from api.http.authentication import recognised_by
from api.http.errors import RefusedEarly
from api.http.turns import is_deferred
from api.services import services_of
from biometrics.kernel.errors import Busy, PehchanError, TooManyAtOnce
from biometrics.kernel.technique.limits import MAX_REQUEST_BYTES, MAX_TOGETHER_BYTES

STRANGERS_BYTES = 64 * 1024  # enough for signing in
RETRY_SECONDS = 5
SLOWEST_LINK = 4_000  # bytes a second: half of 64 kbit/s, on which ten prints and a photo take minutes


def _ignore(code: str) -> None:
    """Do not report a request that is turned away."""


class BodyLimit:
    """ASGI middleware that bounds the bodies of requests.

    One that passes `limit` bytes ends with 413. One that brings all those in progress together above `limit_of_all`
    bytes ends with 503, and with 429 where those of its address or its account come above their share of that, a
    quarter. One has `seconds` to arrive whole, and as long as what has arrived takes on the slowest link, and in each
    quarter of `seconds` it must bring what half of the slowest link brings; else it ends with 408.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int = MAX_REQUEST_BYTES,
        limit_of_all: int = MAX_TOGETHER_BYTES,
        seconds: float = 120,
        turned_away: Callable[[str], None] = _ignore,
    ) -> None:
        self.app = app
        self.limit = limit
        self.limit_of_all = limit_of_all
        self.seconds = seconds
        self.turned_away = turned_away
        self.in_progress = 0
        self._share = max(limit, limit_of_all // 4)
        self._of_clients: Counter[str] = Counter()  # bytes in progress, by address and by account

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(scope, self.seconds)

        async def counted() -> Message:
            # What is raised here is raised where the body is read, so inside the app, whose handlers answer it.
            message = await receive() if body.complete else await self._soon(receive, body.until)
            body.complete = not message.get("more_body", False)
            self._count(body, len(message.get("body", b"")))
            return message

        try:
            await self.app(scope, counted, send)
        finally:
            self.in_progress -= body.received
            for client, size in body.counted.items():
                self._of_clients[client] -= size
                if not self._of_clients[client]:
                    del self._of_clients[client]

    def _count(self, body: _Body, size: int) -> None:
        body.add(size)
        self.in_progress += size
        for client in body.clients():
            self._of_clients[client] += body.received - body.counted[client]
            body.counted[client] = body.received
        if body.received > self.limit:
            raise HTTPException(413, f"A request may send at most {self.limit:,} bytes.")
        if not size:
            return
        if any(self._of_clients[client] > self._share for client in body.counted):
            self.turned_away("too_many_at_once")
            detail = f"More than {self._share:,} bytes of your requests are on their way; wait until one is answered."
            raise RefusedEarly(TooManyAtOnce(detail, RETRY_SECONDS))
        if self.in_progress > self.limit_of_all:
            self.turned_away("busy")
            raise RefusedEarly(Busy("Too much is being sent at the same time; send it again later.", RETRY_SECONDS))

    async def _soon(self, receive: Receive, until: float) -> Message:
        try:
            async with asyncio.timeout(max(0, until - time.monotonic())):
                return await receive()
        except TimeoutError as error:
            self.turned_away("upload_too_slow")
            detail = (
                f"The request arrived too slowly: it has {self.seconds:g} seconds, more while a large one keeps moving."
            )
            raise HTTPException(408, detail, {"Connection": "close"}) from error


class _Body:
    """What has arrived of one body, and until when the next piece must."""

    def __init__(self, scope: Scope, seconds: float) -> None:
        self.received = 0
        self.complete = False
        self.counted: Counter[str] = Counter()  # bytes that are counted for its address and its account
        self._scope = scope
        self._window = seconds / 4
        self._until = time.monotonic() + seconds
        self._window_ends = time.monotonic() + self._window
        self._in_window = 0

    @property
    def until(self) -> float:
        return min(self._until + self.received / SLOWEST_LINK, self._window_ends)

    def add(self, size: int) -> None:
        self.received += size
        self._in_window += size
        if self._in_window >= self._window * SLOWEST_LINK / 2:
            self._in_window = 0
            self._window_ends = time.monotonic() + self._window

    def clients(self) -> list[str]:
        """Return the address, and the account once it is known, that the body is counted for."""
        client, recognised = self._scope.get("client"), self._scope.get("state", {}).get("recognised")
        names = [f"address {client_key(str(client[0]))}"] if client else []
        return names + ([f"account {recognised.user.id}"] if recognised else [])


class AuthenticateLargeBodies:
    """ASGI middleware that asks, before it reads more than STRANGERS_BYTES, who it is and whether there is room."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, looking at how much comes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        received = _announced(request)
        is_admitted = False

        async def receive_admitted() -> Message:
            nonlocal received, is_admitted
            if received > STRANGERS_BYTES and not is_admitted:
                is_admitted = True
                await _admit(request)
            message = await receive()
            received += len(message.get("body", b""))
            return message

        await self.app(scope, receive_admitted, send)


def _announced(request: Request) -> int:
    """Return the length that a request announces; 0 where it announces none."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


async def _admit(request: Request) -> None:
    try:
        recognised = await run_in_threadpool(recognised_by, request)
        is_form = request.headers.get("content-type", "").startswith("multipart/form-data")
        if is_form and not is_deferred(
            request.headers.get("prefer", "")
        ):  # files to be decoded: what carries them out waits in the queue
            services_of(request).work.require_room(recognised.user.id)
    except PehchanError as error:
        raise RefusedEarly(error) from error
