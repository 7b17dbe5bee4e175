"""Field checks of many phones, each on a slow link, as the page /app/field sends them."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.demo.people import FINGERS, PEOPLE, DemoPerson
from benchmarks.runs.compression import Encoding
from benchmarks.runs.datasets import read_fingerprints, read_image
from benchmarks.service.gallery import SEARCHED
from benchmarks.service.searches import request_of
from benchmarks.service.server import Server
from benchmarks.service.slow_link import SlowLink, slow_link
from biometrics.imaging.image import Image, decode

PATH = "/api/v1/field-checks"
FIELDS = {"case_number": "benchmark", "purpose": "system_test"}
TARGET_P95_MS = 5000.0
# As the page does it, in api/web/static/field/compression.js: quality, range of grey of what is not blank, and margin.
AS_THE_PAGE = Encoding("jpeg", 50)
INK, MARGIN = 40, 12
PPI = 500
ATTEMPTS, LONGEST_RETRY_AFTER = 3, 15  # api/web/static/lib/api.js
DISTINCT = 20  # generated requests: to draw a finger takes a second
WARM = 4
_SEED = 1

Request = tuple[str, bytes]  # content type and body


@dataclass
class Checks:
    """Field checks of many phones: seconds of each answered one, in parallel lists, and counts.

    `total` is from the first byte to the whole answer; it consists of `server` (queue and work), `paused` (after a
    refusal) and the transfer. `statuses` counts all responses, `failed` the checks without an answer in the end.
    """

    total: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    paused: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    failed: int = 0
    seconds: float = 0.0  # from the first check's start to the last one's end

    def figures(self) -> dict[str, Any]:
        """Return medians and 95th percentiles in milliseconds, the shares of the parts in all time, and counts."""
        total, server, paused = map(np.array, (self.total, self.server, self.paused))
        figures: dict[str, Any] = {
            "asked_per_second": (len(total) + self.failed) / self.seconds,
            "accepted": len(total),
            "failed": self.failed,
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "answers": dict(self.answers),
        }
        parts = {"": total, "server_": server, "paused_": paused, "transfer_": total - server - paused}
        for name, seconds in parts.items():
            for percent in (50, 95):
                figures[f"{name}p{percent}_ms"] = 1000 * float(np.percentile(seconds, percent)) if len(total) else None
            figures[f"{name}share"] = float(seconds.sum() / total.sum()) if len(total) else None
        del figures["share"]
        in_time = len(total) > 0 and figures["p95_ms"] <= TARGET_P95_MS
        return {**figures, "target_p95_ms": TARGET_P95_MS, "reached": in_time and not self.failed}


def generated_checks(at_most: int) -> list[Request]:
    """Make requests with two fingers each, every other of a person on record, in another impression."""
    requests = []
    for number in range(min(at_most, DISTINCT)):
        turn = number // 2
        person = DemoPerson(PEOPLE + turn if number % 2 else turn % SEARCHED)
        first = 2 * (turn // SEARCHED) % len(FINGERS)
        prints = person.prints(1, FINGERS[first : first + 2])
        requests.append(_request([decode(print_.content) for print_ in prints], first))
    return requests


def checks_of(folder: Path) -> list[Request]:
    """Make requests with two prints each, by two fingers, from a folder of prints as FVC names them.

    Raises:
        UnusableDataset: there is no such folder, or an image cannot be read.
    """
    prints = read_fingerprints(folder)
    partners = prints[len(prints) // 2 :] + prints[: len(prints) // 2]
    pairs = [pair for pair in zip(prints, partners, strict=True) if pair[0].subject != pair[1].subject]
    return [_request([read_image(print_.path, print_.ppi) for print_ in pair], 0) for pair in pairs]


def _request(images: Sequence[Image], first: int) -> Request:
    names = [position.name.lower() for position in FINGERS[first : first + 2]]
    details = {name: [{"ppi": image.ppi or PPI}] for name, image in zip(names, images, strict=True)}
    files = [(name, AS_THE_PAGE.file(cut_to_ink(image))) for name, image in zip(names, images, strict=True)]
    return request_of(files, {**FIELDS, "details": json.dumps(details)})


def cut_to_ink(image: Image) -> Image:
    """Cut what is blank around a print, as the page does."""
    grey = image.grey()
    (top, bottom), (left, right) = _inked(grey), _inked(grey.T)
    return replace(image, pixels=np.ascontiguousarray(image.pixels[top:bottom, left:right]))


def _inked(lines: NDArray[np.uint8]) -> tuple[int, int]:
    """Return where the lines begin and end that are part of a print; all of them if none is."""
    inked = np.flatnonzero(np.ptp(lines, axis=1) >= INK)
    return (max(0, inked[0] - MARGIN), min(len(lines), inked[-1] + 1 + MARGIN)) if len(inked) else (0, len(lines))


def warm_up(server: Server, requests: Sequence[Request]) -> None:
    """Send some checks on a fast link, whose time is not counted.

    Raises:
        RuntimeError: one is not answered.
    """
    for number in range(WARM):
        status, _, content = server.client().send(PATH, requests[number % len(requests)])
        if status != 201:
            raise RuntimeError(f"A field check was answered {status}: {content[:500]!r}")


def measured(
    server: Server, requests: Sequence[Request], phones: int, kbit: float, every: float, seconds: float
) -> dict[str, Checks]:
    """Let each phone begin at a random moment and check again every so often, after its last answer; then all at once.

    All at once is a single check of each phone.
    """
    random = list(np.random.default_rng(_SEED).uniform(0, min(every, seconds), phones))
    return {
        "at random": asyncio.run(_measured(server, requests, kbit, random, every, seconds)),
        "all at once": asyncio.run(_measured(server, requests, kbit, [0.0] * phones, 1.0, 1.0)),
    }


async def _measured(
    server: Server, requests: Sequence[Request], kbit: float, starts: Sequence[float], every: float, seconds: float
) -> Checks:
    checks = Checks()
    async with AsyncExitStack() as stack:
        links = [await stack.enter_async_context(slow_link(kbit, server.port)) for _ in starts]
        pool = stack.enter_context(ThreadPoolExecutor(len(starts)))
        began = time.monotonic()

        async def phone(number: int, link: SlowLink) -> None:
            due, turn = starts[number], number
            while due < seconds:
                await asyncio.sleep(began + due - time.monotonic())
                await _check(server, link, pool, requests[turn % len(requests)], checks)
                due, turn = max(due + every, time.monotonic() - began), turn + len(starts)

        await asyncio.gather(*(phone(number, link) for number, link in enumerate(links)))
        checks.seconds = time.monotonic() - began
    return checks


async def _check(server: Server, link: SlowLink, pool: ThreadPoolExecutor, request: Request, checks: Checks) -> None:
    """Make one check; where the service is busy, try again as the page does."""
    client, key = server.client(link.port), {"Idempotency-Key": str(uuid.uuid4())}
    worked = paused = 0.0

    def send() -> tuple[int, str, bytes]:
        try:
            return client.send(PATH, request, key)
        except OSError:
            return 0, "", b""

    began = time.monotonic()
    for attempt in range(1, ATTEMPTS + 1):
        status, retry_after, content = await asyncio.get_running_loop().run_in_executor(pool, send)
        checks.statuses[status] += 1
        worked += link.server_seconds if status else 0.0
        if status == 201:
            checks.total.append(time.monotonic() - began)
            checks.server.append(worked)
            checks.paused.append(paused)
            checks.answers[json.loads(content)["answer"]] += 1
            return
        pause = float(retry_after or attempt)
        if attempt == ATTEMPTS or status not in (0, 503) or pause > LONGEST_RETRY_AFTER:
            break
        await asyncio.sleep(pause)
        paused += pause
    checks.failed += 1
