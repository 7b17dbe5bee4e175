"""A page that talks with a bridge, and a folder for its simulator."""

from __future__ import annotations

import base64
import hmac
import io
import json
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from inputs import print_of
from PIL import Image as Pillow
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from biometrics.kernel.recognition.capture import FingerPosition
from capture.bridge import Bridge
from capture.scanner import SLAPS
from fingerprint.cards.positions import SlapPosition

TOKEN = "token-of-tests"
ORIGIN = "https://pehchan.example"
NONCE = bytes(range(32))


class BridgedPage:
    """A page's end of a connection that is proven."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[bytes] = []

    async def send(self, kind: str, **fields: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def answer(self) -> dict[str, Any]:
        """Return the next message that is no live picture; those are kept in `frames`."""
        while True:
            message: dict[str, Any] = json.loads(await self.connection.recv())
            if message["type"] != "frame":
                return message
            self.frames.append(base64.b64decode(message["jpeg"]))

    async def capture(
        self, positions: Sequence[int], device: str = "fingers", impression: int | None = 0, **fields: Any
    ) -> dict[str, Any]:
        given = {"id": 7, "device": device, "positions": [*positions], "impression": impression, "seconds": 60}
        await self.send("capture", **{**given, **fields})
        return await self.answer()


def proof(token: str, role: str, of_page: bytes, of_bridge: bytes) -> str:
    """Return what either end proves with; written from the description in `capture.pairing`."""
    return base64.b64encode(hmac.new(token.encode(), role.encode() + of_page + of_bridge, sha256).digest()).decode()


@asynccontextmanager
async def page_of(bridge: Bridge) -> AsyncIterator[tuple[BridgedPage, dict[str, Any]]]:
    """Serve a bridge, and connect and prove a page; yield it, and the message that lists the devices."""
    async with await bridge.start(0) as server, proven(bridge, server.sockets[0].getsockname()[1]) as connected:
        yield connected


@asynccontextmanager
async def proven(bridge: Bridge, port: int) -> AsyncIterator[tuple[BridgedPage, dict[str, Any]]]:
    """Connect a page to a bridge that is served on a port."""
    async with connect(f"ws://127.0.0.1:{port}", origin=Origin(bridge.origin), max_size=None, proxy=None) as connection:
        page = BridgedPage(connection)
        await page.send("hello", nonce=base64.b64encode(NONCE).decode())
        challenge = await page.answer()
        nonce = base64.b64decode(challenge["nonce"])
        assert challenge["proof"] == proof(bridge.token, "bridge", NONCE, nonce)
        await page.send("prove", proof=proof(bridge.token, "page", NONCE, nonce))
        yield page, await page.answer()


def slap_of(person: int, slap: SlapPosition, impression: int = 0, missing: Collection[FingerPosition] = ()) -> bytes:
    """Return a slap (PNG, 500 ppi) of a generated person's whole prints, side by side on white."""
    prints = [
        np.asarray(Pillow.open(io.BytesIO(print_of(person, finger.name.lower(), impression))).convert("L"))
        for finger in slap.expected(missing)
    ]
    height, gap = max(pixels.shape[0] for pixels in prints), 60
    sheet = np.full((height + 2 * gap, gap + sum(pixels.shape[1] + gap for pixels in prints)), 255, np.uint8)
    left = gap
    for pixels in prints:
        sheet[gap : gap + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        left += pixels.shape[1] + gap
    file = io.BytesIO()
    Pillow.fromarray(sheet).save(file, "PNG", dpi=(500, 500))
    return file.getvalue()


def write_prints(folder: Path, person: int, names: dict[str, str], impression: int = 0) -> None:
    """Write prints of a generated person: file names without ending to the fingers that they really show."""
    for name, finger in names.items():
        (folder / f"{name}.png").write_bytes(print_of(person, finger, impression))


def write_slaps(folder: Path, person: int, impression: int = 0) -> None:
    """Write the three slaps of a generated person."""
    for slap in SLAPS.values():
        (folder / f"{slap.name.lower()}.png").write_bytes(slap_of(person, slap, impression))
