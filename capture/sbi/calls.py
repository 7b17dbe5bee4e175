"""Calls of a device service: HTTP with methods of its own, answers in JSON, live pictures as parts of one answer."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator
from typing import Any, Final

import httpx

from capture.errors import DeviceFailed, DeviceUnreachable
from capture.sbi.values import check_error

LARGEST_ANSWER: Final = 64 * 2**20  # bytes
LARGEST_FRAME: Final = 4 * 2**20  # bytes
_LENGTH: Final = re.compile(rb"content-length:\s*(\d{1,9})[^\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n", re.IGNORECASE)


async def call(client: httpx.AsyncClient, method: str, url: str, body: object) -> Any:
    """Send a request and return its JSON.

    Raises:
        DeviceUnreachable: nothing answers there.
        DeviceFailed: the answer is too long or no JSON, or reports an error.
    """
    content = bytearray()
    try:
        async with client.stream(method, url, json=body) as answer:
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > LARGEST_ANSWER:
                    raise DeviceFailed("The device's answer is too long.")
    except httpx.HTTPError as error:
        raise DeviceUnreachable("The device's service does not answer.") from error
    try:
        read = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DeviceFailed("The device's answer cannot be read.") from error
    for entry in read if isinstance(read, list) else [read]:
        if isinstance(entry, dict) and "deviceInfo" not in entry:
            check_error(entry)
    return read


async def pictures(answer: httpx.Response) -> AsyncGenerator[bytes, None]:
    """Yield the parts of a multipart stream; each states its length."""
    waiting = b""
    async for part in answer.aiter_bytes():
        waiting += part
        while head := _LENGTH.search(waiting):
            length = int(head[1])
            if length > LARGEST_FRAME:
                raise DeviceFailed("A picture of the device is too large.")
            if len(waiting) < head.end() + length:
                break
            yield waiting[head.end() : head.end() + length]
            waiting = waiting[head.end() + length :]
        if len(waiting) > LARGEST_FRAME + 2**16:
            raise DeviceFailed("The device's live picture cannot be read.")
