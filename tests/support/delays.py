"""A proxy that delays each request of a browser, to find tests that do not wait for what they need.

    PEHCHAN_TEST_DELAYS=0.8 [PEHCHAN_TEST_DELAYS_SEED=7] scripts/test -m "not reach" tests/api/web

Each request waits a random time of up to so many seconds before it is sent on, by the seed, its method and path, and
how often that was requested before. What a failing test printed names the seed.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from random import Random
from urllib.parse import urlsplit

LONGEST = float(os.environ.get("PEHCHAN_TEST_DELAYS", "0"))  # seconds
SEED = os.environ.get("PEHCHAN_TEST_DELAYS_SEED") or str(Random().randrange(10_000))


class DelayingProxy:
    """Passes requests on to servers of this machine, whatever their names; one request a connection."""

    def __init__(self) -> None:
        self._requests: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self._serve, args=(started,), daemon=True).start()
        started.wait()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _serve(self, started: threading.Event) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._pass_on, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        self._loop.run_forever()

    def _delay(self, method: str, path: str) -> float:
        name = f"{method} {path}"
        self._requests[name] += 1
        return Random(f"{SEED} {name} {self._requests[name]}").uniform(0, LONGEST)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError), closing(writer):  # either end has left
            head = await reader.readuntil(b"\r\n\r\n")
            first, *headers = head.decode("latin-1").split("\r\n")
            method, target, version = first.split(" ")
            is_tunnel = method == "CONNECT"  # of a web socket
            address = urlsplit(f"//{target}" if is_tunnel else target)
            path = address._replace(scheme="", netloc="").geturl()
            await asyncio.sleep(self._delay(method, path))
            answers, requests = await asyncio.open_connection("127.0.0.1", address.port or 80)
            with closing(requests):
                if is_tunnel:
                    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    headers = [line for line in headers if not line.lower().startswith(("connection:", "proxy-"))]
                    lines = [f"{method} {path} {version}", "Connection: close", *headers]
                    requests.write("\r\n".join(lines).encode("latin-1"))
                copies = [asyncio.create_task(_copy(*ends)) for ends in ((reader, requests), (answers, writer))]
                await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
                for copy in copies:
                    copy.cancel()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()


@contextmanager
def delaying() -> Iterator[DelayingProxy | None]:
    """Run a proxy where delays are set; yield None elsewhere."""
    if not LONGEST:
        yield None
        return
    proxy = DelayingProxy()
    try:
        yield proxy
    finally:
        proxy.close()
