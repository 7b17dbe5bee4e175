"""The bridge: a WebSocket server on loopback, for the pages of one service, in front of one scanner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Origin

from capture import messages
from capture.errors import CaptureFault, CaptureTimedOut, DeviceBusy, MalformedRequest, PageNotProven
from capture.pairing import Pairing
from capture.scanner import CapturedFile, CaptureRequest, Scanner
from capture.session import CaptureSession

LOOPBACK: Final = "127.0.0.1"
PROVE_SECONDS: Final = 10.0
LARGEST_MESSAGE: Final = 64 * 1024  # bytes that a page sends at once
NOT_PROVEN: Final = 4401  # the code with which a connection is closed

log = logging.getLogger("pehchan.capture")


@dataclass(frozen=True)
class Bridge:
    """What the bridge serves: a scanner, to pages of `origin` that know `token`, each with a session of its own."""

    scanner: Scanner
    origin: str
    token: str
    new_session: Callable[[], CaptureSession]

    async def start(self, port: int) -> Server:
        """Listen on a port of 127.0.0.1; 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        return await serve(
            _Pages(self).attend,
            LOOPBACK,
            port,
            origins=[Origin(self.origin)],
            process_request=_refuse_other_hosts,
            max_size=LARGEST_MESSAGE,
            compression=None,  # images and proofs do not get smaller
            server_header=None,
        )


def _refuse_other_hosts(connection: ServerConnection, request: Request) -> Response | None:
    """Refuse a name that somebody made to lead here (DNS rebinding): pages name the address itself."""
    port = connection.local_address[1]
    if request.headers.get_all("Host") == [f"{LOOPBACK}:{port}"]:
        return None
    return connection.respond(HTTPStatus.MISDIRECTED_REQUEST, "This address serves only itself.\n")


class _Pages:
    """All open pages; they share one scanner, which captures for one of them at a time."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._scanner = asyncio.Lock()

    async def attend(self, connection: ServerConnection) -> None:
        """Serve one page until it leaves."""
        with suppress(ConnectionClosed):
            try:
                async with asyncio.timeout(PROVE_SECONDS):
                    await self._prove(connection)
            except (TimeoutError, CaptureFault) as error:
                fault = error if isinstance(error, CaptureFault) else PageNotProven("The page did not say who it is.")
                log.warning("A page was refused: %s", fault)
                await connection.send(messages.error(None, fault))
                await connection.close(NOT_PROVEN)
                return
            await self._serve(connection)

    async def _prove(self, connection: ServerConnection) -> None:
        hello = _of_type(await connection.recv(), "hello")
        pairing = Pairing.answering(self._bridge.token, hello.get("nonce"))
        await connection.send(messages.challenge(pairing.of_bridge, pairing.proof("bridge")))
        if not pairing.proves(_of_type(await connection.recv(), "prove").get("proof")):
            raise PageNotProven("The page does not know this bridge's token.")

    async def _serve(self, connection: ServerConnection) -> None:
        session = self._bridge.new_session()
        running: asyncio.Task[None] | None = None
        try:
            await self._list(connection)
            async for text in connection:
                try:
                    message = messages.read_message(text)
                    match message["type"]:
                        case "devices":
                            await self._list(connection)
                        case "cancel":
                            await _ended(running)
                        case "capture":
                            await _ended(running)
                            running = asyncio.create_task(self._capture(connection, session, message))
                        case other:
                            raise MalformedRequest(f"A page does not send {other!r} now.")
                except CaptureFault as fault:
                    await connection.send(messages.error(None, fault))
        finally:
            await _ended(running)

    async def _list(self, connection: ServerConnection) -> None:
        try:
            await connection.send(messages.devices(await self._bridge.scanner.devices()))
        except CaptureFault as fault:
            await connection.send(messages.error(None, fault))

    async def _capture(self, connection: ServerConnection, session: CaptureSession, message: dict[str, Any]) -> None:
        """Capture, judge and answer; whatever goes wrong is answered, too."""
        number = message.get("id")
        if type(number) is not int:
            await connection.send(messages.error(None, MalformedRequest("A capture needs a number as its id.")))
            return
        try:
            request = messages.read_capture(message)
            files = await self._alone(connection, number, request)
            judged = await asyncio.to_thread(session.judge, files, request.impression)
            findings = await asyncio.to_thread(session.wrong_fingers, files)
            await connection.send(messages.captured(number, judged, request.impression, findings))
        except CaptureFault as fault:
            await connection.send(messages.error(number, fault))
        except ConnectionClosed:
            raise
        except Exception:  # of whatever kind: the page waits for an answer, and the bridge serves others
            log.exception("A capture failed.")
            await connection.send(messages.error(number, CaptureFault("The capture failed; see the bridge's output.")))

    async def _alone(
        self, connection: ServerConnection, number: int, request: CaptureRequest
    ) -> Sequence[CapturedFile]:
        if self._scanner.locked():
            raise DeviceBusy("The scanner is capturing for another page.")
        async with self._scanner:
            return await self._with_picture(connection, number, request)

    async def _with_picture(
        self, connection: ServerConnection, number: int, request: CaptureRequest
    ) -> Sequence[CapturedFile]:
        picture = asyncio.create_task(self._show(connection, number, request))
        try:
            async with asyncio.timeout(request.seconds):
                return await self._bridge.scanner.capture(request)
        except TimeoutError:
            raise CaptureTimedOut(f"Nothing usable was captured within {request.seconds:g} seconds.") from None
        finally:
            await _ended(picture)

    async def _show(self, connection: ServerConnection, number: int, request: CaptureRequest) -> None:
        """Send the live picture; without one the capture goes on."""
        try:
            async with aclosing(self._bridge.scanner.frames(request)) as frames:
                async for jpeg in frames:
                    await connection.send(messages.frame(number, jpeg))
        except ConnectionClosed:
            raise
        except Exception:  # of whatever kind: the capture goes on without the picture
            log.exception("There is no live picture.")


def _of_type(text: str | bytes, kind: str) -> dict[str, Any]:
    message = messages.read_message(text)
    if message["type"] != kind:
        raise PageNotProven(f"The page sent {message['type']!r} where {kind!r} is due.")
    return message


async def _ended(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError, ConnectionClosed):
            await task
