"""Limits of requests: how many of one address at once, and the caller's remaining allowance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.accounts.throttle import MINUTE, client_key
from api.http.errors import problem


def _ignore(code: str) -> None:
    """Do not report a request that is turned away."""


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


class RateLimitHeaders:
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
