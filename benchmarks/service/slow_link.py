"""A slow link between a phone and the server: a proxy that passes bytes on no faster than the link carries them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

BURST_SECONDS = 0.05  # of the token bucket: the pieces in which bytes are passed on


class SlowLink:
    """The link of one phone, which has one connection at a time. `kbit` are thousands of bits a second, each way.

    Headers of TCP, TLS and the delay of a mobile network are not imitated.
    """

    def __init__(self, kbit: float, server_port: int) -> None:
        self.port = 0  # where the phone connects
        self._rate = kbit * 1000 / 8
        self._server_port = server_port
        self._sent = self._answered = 0.0  # when the last byte was passed to the server, and the first one back

    @property
    def server_seconds(self) -> float:
        """What the server took for the latest answer: from the request's last byte to the answer's first."""
        return max(0.0, self._answered - self._sent)

    async def carry(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        """Serve a connection of the phone."""
        server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        await asyncio.gather(
            self._pass_on(phone, to_server, self._note_sent), self._pass_on(server, to_phone, self._note_answered)
        )

    def _note_sent(self) -> None:
        self._sent = time.monotonic()

    def _note_answered(self) -> None:
        if self._answered < self._sent:
            self._answered = time.monotonic()

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, note: Callable[[], None]
    ) -> None:
        """Pass bytes on by a token bucket until a side hangs up; a server may, before it has read all."""
        carried = 0.0  # when the link has carried all bytes so far
        with suppress(ConnectionError):
            while piece := await source.read(max(1, int(self._rate * BURST_SECONDS))):
                now = time.monotonic()
                carried = max(carried, now - BURST_SECONDS) + len(piece) / self._rate
                await asyncio.sleep(carried - now)
                target.write(piece)
                await target.drain()
                note()
        target.close()


@asynccontextmanager
async def slow_link(kbit: float, server_port: int) -> AsyncIterator[SlowLink]:
    """Open a link to a server's port of this computer."""
    link = SlowLink(kbit, server_port)
    async with await asyncio.start_server(link.carry, "127.0.0.1", 0) as listening:
        link.port = listening.sockets[0].getsockname()[1]
        yield link
