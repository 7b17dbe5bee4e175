"""A bound on how long a connection may stay open without a request in progress.

uvicorn closes a connection that is idle between two requests, but only until its first byte: one that never sends a
whole header, or that goes on sending a body after its answer, it would hold for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol


class TimedProtocol(H11Protocol):
    """HTTP/1.1 on one connection, which is closed `header_seconds` after it opened or its last answer ended.

    The time stops when the header of a request has arrived; from then on BodyLimit and Deadline bound the request.
    """

    header_seconds: ClassVar[float]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time."""
        super().connection_made(transport)
        self._follow()

    def data_received(self, data: bytes) -> None:
        """Stop the time where this completes a header."""
        super().data_received(data)
        self._follow()

    def on_response_complete(self) -> None:
        """Start the time again, unless the next request has arrived already."""
        super().on_response_complete()
        self._follow()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time for good."""
        self._stop()
        super().connection_lost(exc)

    def _follow(self) -> None:
        in_progress = self.cycle is not None and not self.cycle.response_complete
        if in_progress:
            self._stop()
        elif self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self.header_seconds, self._close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def timed(seconds: float) -> type[asyncio.Protocol]:
    """Return the protocol with a time of `seconds`, as uvicorn's option `http` takes it."""
    return type("Timed", (TimedProtocol,), {"header_seconds": seconds})
