"""Deadlines for exchanges with other servers, and bounds on how many run at once.

A timeout of a socket counts from the last byte, so a server that sends one now and then never runs into it. A
`SocketWatch` cuts all connections of an exchange at its deadline.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self


class SocketWatch:
    """The deadline of one exchange; use it as a context manager around the exchange, in one thread."""

    def __init__(self, seconds: float) -> None:
        """Begin now; the exchange must be over `seconds` later."""
        self._until = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._late = False
        self._timer = threading.Timer(max(0.0, seconds), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Watch no more."""
        self._timer.cancel()
        with self._lock:
            for watched in self._sockets:
                watched.close()
            self._sockets.clear()

    def add(self, connected: socket.socket) -> None:
        """Cut this connection, too, at the deadline; TLS may take over the socket afterwards.

        Raises:
            TimeoutError: the deadline has passed.
        """
        with self._lock:
            if self._late:
                raise TimeoutError
            self._sockets.append(connected.dup())  # the descriptor stays ours when TLS detaches the socket

    def remaining(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left = self._until - time.monotonic()
        if self._late or left <= 0:
            raise TimeoutError
        return left

    def check(self) -> None:
        """Refuse what may have been cut short: it can look as if it were complete.

        Raises:
            TimeoutError: the deadline has passed.
        """
        if self._late:
            raise TimeoutError

    def _cut(self) -> None:
        with self._lock:
            self._late = True
            for watched in self._sockets:
                with suppress(OSError):
                    watched.shutdown(socket.SHUT_RDWR)


class CallPlaces:
    """How many calls of one kind run at once; a caller that finds no place in time is refused."""

    def __init__(self, at_once: int, patience: float) -> None:
        """Allow a number of calls at once; further ones wait for `patience` seconds."""
        self._places = threading.BoundedSemaphore(at_once)
        self._patience = patience
        self._refused_at: float | None = None

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Take a place until the end.

        Raises:
            TimeoutError: all were taken for too long.
        """
        if not self._places.acquire(timeout=self._patience):
            self._refused_at = time.monotonic()
            raise TimeoutError
        try:
            yield
        finally:
            self._places.release()

    def refused_within(self, seconds: float) -> bool:
        """Return whether a call was refused that lately."""
        refused_at = self._refused_at
        return refused_at is not None and refused_at > time.monotonic() - seconds
