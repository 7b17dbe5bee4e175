"""No request stays without an answer for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.errors import problem


class Deadline:
    """ASGI middleware that answers 504 for what takes too long after the last piece of a request has arrived.

    Threads cannot be stopped: the work continues, and keeps its place among what runs, and its outcome is dropped.
    """

    def __init__(self, app: ASGIApp, seconds: float, turned_away: Callable[[str], None]) -> None:
        self.app = app
        self.seconds = seconds
        self.turned_away = turned_away
        self._late: set[asyncio.Task[None]] = set()  # kept, or the loop would forget them

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and wait."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        since = time.monotonic()
        started = given_up = False

        async def receive_timed() -> Message:
            nonlocal since
            message = await receive()
            since = time.monotonic()
            return message

        async def answered(message: Message) -> None:
            nonlocal started
            started = True
            if not given_up:
                await send(message)

        task = asyncio.ensure_future(_run(self.app, scope, receive_timed, answered))
        try:
            while not task.done():
                left = since + self.seconds - time.monotonic()
                if left <= 0 and not started:
                    break
                await asyncio.wait({task}, timeout=left if left > 0 else None)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done():
            task.result()
            return
        given_up = True
        self._late.add(task)
        task.add_done_callback(self._forget)
        self.turned_away("timed_out")
        detail = (
            f"There is no answer after {self.seconds:g} seconds. What was asked for may still be done: look whether it "
            "was before you send it again."
        )
        await problem(504, "timed_out", detail)(scope, receive, send)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, or asyncio would log it with its message


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)
