"""A server on loopback that answers a byte at a time, for ever: no timeout between two bytes notices it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"


@dataclass
class Trickling:
    """A running server: its port, how it answers new connections at first, and those that were made to it."""

    port: int
    head: bytes
    connections: list[socket.socket] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def trickling(head: bytes = HEAD, pause: float = 0.1, port: int = 0) -> Iterator[Trickling]:
    """Run a server that sends its `head` at once, and then a byte each `pause` seconds to every connection."""
    listener = socket.create_server(("127.0.0.1", port), backlog=200)
    server = Trickling(listener.getsockname()[1], head)

    def serve(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(server.head)
            while not server.ended.wait(pause):
                connection.sendall(b" ")
        connection.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.connections.append(connection)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        server.ended.set()
        listener.close()
