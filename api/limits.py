"""A bound on what one request may send."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_REQUEST_BYTES = 100_000_000  # ten prints and several photos, uncompressed


class BodyLimit:
    """ASGI middleware that ends a request with 413 once its body passes the bound."""

    def __init__(self, app: ASGIApp, limit: int = MAX_REQUEST_BYTES) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                # Raised where the body is read, so inside the app, whose handlers answer it.
                raise HTTPException(413, f"A request may send at most {self.limit:,} bytes.")
            return message

        await self.app(scope, counted, send)
