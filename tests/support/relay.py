"""A relay between a client and a server, which breaks the link: after the server has answered, or while it is cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

WAIT = 60.0


class Relay:
    """Passes connections on to a port; of the first `lost` ones the answer is lost. `seen` counts them."""

    def __init__(self, port: int, lost: int) -> None:
        self._port = port
        self._lost = lost
        self.seen = 0
        self._cut = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def cut(self) -> None:
        """Break all connections, and every new one until `mend`."""
        self._cut.set()
        for connection in list(self._open):
            with suppress(OSError):  # its other end was first
                connection.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._cut.clear()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                self.seen += 1
                threading.Thread(target=self._pass_on, args=(client, self.seen <= self._lost), daemon=True).start()

    def _pass_on(self, client: socket.socket, lose: bool) -> None:
        self._open.add(client)
        with client, socket.create_connection(("127.0.0.1", self._port), WAIT) as server:
            if self._cut.is_set():
                return
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            if lose:
                server.recv(1)  # it has answered, and the link breaks
                client.shutdown(socket.SHUT_RDWR)  # closed, it would stay open for whoever still reads of it
            else:
                _copy(server, client)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)


@contextmanager
def relay(port: int, lost: int) -> Iterator[Relay]:
    """Run a relay for a while."""
    running = Relay(port, lost)
    try:
        yield running
    finally:
        running.close()
