"""Headers that every answer has, unless it says otherwise itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import URL, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRICT_TRANSPORT: Final = "max-age=31536000"  # a year
NO_STORE: Final = {"Cache-Control": "no-store"}  # answers are about people: no browser and no proxy keeps them


class DefaultHeaders:
    """ASGI middleware that adds headers, where the answer does not set them itself.

    An answer that browsers keep for good is a file of the pages, no document: it gets `of_files`, where given.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], of_files: Mapping[str, str] | None = None) -> None:
        self.app = app
        self.headers = headers
        self.of_files = headers if of_files is None else of_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_file = "immutable" in headers.get("Cache-Control", "")
                for name, value in (self.of_files if is_file else self.headers).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class StrictTransport:
    """ASGI middleware that has browsers use TLS from now on, where they came by TLS (RFC 6797)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
            await send(message)

        await self.app(scope, receive, send_with_header if scope.get("scheme") == "https" else send)


class LocalRedirects:
    """ASGI middleware that redirects within this host by the path alone.

    The framework redirects to the address without or with a final slash by the scheme and the Host header of the
    request: to wherever that header says, and behind a proxy for TLS possibly without encryption.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own_origin = str(URL(scope=scope).replace(path="", query=""))

        async def send_with_path(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                location = headers.get("location", "")
                if location.startswith(f"{own_origin}/") and not location.startswith(f"{own_origin}//"):
                    headers["location"] = location.removeprefix(own_origin)
            await send(message)

        await self.app(scope, receive, send_with_path)
