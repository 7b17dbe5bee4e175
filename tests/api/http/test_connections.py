"""A connection that sends no whole request is closed after a time; raw sockets against real servers."""

from __future__ import annotations

import asyncio
import itertools
import select
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Request
from server import running
from serving import served

from api.http import errors
from api.http.connections import timed

PATIENCE = 60.0  # seconds after which a connection counts as kept open
WHOLE = b"GET /now HTTP/1.1\r\nHost: station\r\n\r\n"
NEVER_ENDING = itertools.cycle([b"x"])

# What each client sends at once, what it sends byte by byte until the server closes, and how many answers it has.
UNFINISHED = {
    "nothing": (b"", (), 0),
    "half a request line": (b"GET /no", (), 0),
    "half a header": (b"GET /now HTTP/1.1\r\nHost: station\r\nX-Long: ", (), 0),
    "a header that never ends": (b"GET /now HTTP/1.1\r\nHost: station\r\nX-Long: ", NEVER_ENDING, 0),
    "a second header that never ends": (WHOLE + b"GET /now HTTP/1.1\r\nX-Long: ", NEVER_ENDING, 1),
    "a body that goes on after the answer": (
        b"POST /now HTTP/1.1\r\nHost: station\r\nContent-Length: 1000000\r\n\r\n",
        NEVER_ENDING,
        1,
    ),
}


class Application:
    """Answers /now at once, without reading the body, and /later when it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        if scope["path"] == "/later":
            self.begun.set()
            await asyncio.to_thread(self.go.wait, PATIENCE)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


def test_a_client_that_leaves_is_no_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/slow")
    async def slow(request: Request) -> None:
        await request.body()

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def unread(_: Any) -> None:
        pass

    scope = {"type": "http", "method": "GET", "path": "/slow", "query_string": b"", "headers": []}
    asyncio.run(app(scope, gone, unread))
    assert not caplog.records


@pytest.fixture(scope="module")
def application() -> Application:
    return Application()


@pytest.fixture(scope="module")
def url(application: Application) -> Iterator[str]:
    with served(application, http=timed(0.3), ws="none", lifespan="off") as address:
        yield address


def connected(url: str) -> socket.socket:
    where = urlsplit(url)
    return socket.create_connection((where.hostname, where.port), PATIENCE)


def closed(connection: socket.socket, further: Iterator[bytes] | tuple[()] = ()) -> bytes:
    """Send byte by byte until the server closes the connection; return what it answered before."""
    answered, more, until = b"", iter(further), time.monotonic() + PATIENCE
    while time.monotonic() < until:
        readable, _, _ = select.select([connection], [], [], 0.02)
        try:
            if readable:
                piece = connection.recv(65_536)
                if not piece:
                    return answered
                answered += piece
            else:
                connection.sendall(next(more, b""))
        except (ConnectionResetError, BrokenPipeError):
            return answered
    raise AssertionError("the connection was kept open")


@pytest.mark.parametrize("kind", UNFINISHED)
def test_a_connection_that_sends_no_whole_header_is_closed(url: str, kind: str) -> None:
    first, further, answers = UNFINISHED[kind]
    with connected(url) as connection:
        connection.sendall(first)
        assert closed(connection, further).count(b"200 OK") == answers


def test_a_request_that_is_being_answered_is_not_cut_off(url: str, application: Application) -> None:
    with connected(url) as patient, connected(url) as silent:
        patient.sendall(WHOLE.replace(b"/now", b"/later"))
        assert application.begun.wait(PATIENCE)
        assert closed(silent) == b""
        with connected(url) as another:
            assert closed(another) == b""
        application.go.set()
        assert patient.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_pehchan_serve_closes_half_sent_headers_and_slow_bodies(tmp_path: Path) -> None:
    with running(tmp_path / "data", header_seconds="1", upload_seconds="1") as server:
        with connected(server.root) as connection:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: station\r\nX-Long: ")
            assert closed(connection, NEVER_ENDING) == b""
        with connected(server.root) as connection:
            head = b"POST /api/v1/tokens HTTP/1.1\r\nHost: station\r\nContent-Type: application/json\r\n"
            connection.sendall(head + b"Content-Length: 1000\r\n\r\n")
            assert b"upload_too_slow" in closed(connection)
        with connected(server.root) as connection:
            connection.sendall(WHOLE.replace(b"/now", b"/health/live"))
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
