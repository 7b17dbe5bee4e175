"""A real server that results are sent to, and that images are fetched from; it answers as a test tells it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """What the body is."""
        return self.headers.get("Content-Type", "")


Answer = Callable[[BaseHTTPRequestHandler], None]


def status(code: int, **headers: str) -> Answer:
    """Return an answer with a status and no body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def content(body: bytes) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def silent(done: threading.Event) -> Answer:
    """Return an answer that does not begin before an event."""
    return lambda _: done.wait()


class Receiver:
    """The server: `received` is what came, `answers` what it says to it, the last one for ever; by path where given."""

    def __init__(self, port: int = 0) -> None:
        self.received: list[Received] = []
        self.answers: list[Answer] = [status(204)]
        self.paths: dict[str, Answer] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                receiver.received.append(Received(self.command, parts.path, query, dict(self.headers), body))
                answer = receiver.paths.get(parts.path)
                if answer is None:
                    answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                self.close_connection = True
                with suppress(OSError):
                    answer(self)

            do_GET = do_POST = do_HEAD = do_PUT = _handle  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, count: int, seconds: float = 120) -> list[Received]:
        """Return what came, once it is so much."""
        until = time.monotonic() + seconds
        while len(self.received) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.received) >= count, self.received
        return self.received


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Run a receiver for a while."""
    receiver = Receiver(port)
    try:
        yield receiver
    finally:
        receiver.stop()
