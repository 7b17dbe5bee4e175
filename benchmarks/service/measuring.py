"""Times of single searches, the rate that can be kept up, and load beyond it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

import numpy as np

from benchmarks.service.searches import SearchKind
from benchmarks.service.server import BenchmarkClient, Server

WARM = 6  # searches before any is timed: a server's first ones compile and fill caches
MOST_LATER = 3.0  # times the unloaded p95, for what is accepted under load


@dataclass(frozen=True)
class Alone:
    """One client, one search after another: milliseconds."""

    kind: SearchKind
    p50: float
    p95: float
    searches: int

    @property
    def reached(self) -> bool:
        """Whether the median is what it shall be."""
        return self.p50 <= self.kind.target_p50_ms


@dataclass(frozen=True)
class Loaded:
    """Many clients, more than can be done: milliseconds, counts, megabytes of the server's process.

    `unlike` counts answers that are neither a search nor a refusal that says when to come again; `most_p95` is what
    the p95 of the accepted shall not pass.
    """

    name: str
    clients: int
    asked_per_second: float
    accepted_per_second: float
    p50: float
    p95: float
    most_p95: float
    statuses: Counter[int]
    unlike: int
    memory: tuple[float, float, float]
    survived: bool

    @property
    def reached(self) -> bool:
        """Whether all that is asked of a service under load was kept."""
        return self.survived and not self.unlike and self.p95 <= self.most_p95


def alone(server: Server, kind: SearchKind, searches: int) -> Alone:
    """Time searches of one kind, one after another."""
    client = server.client()
    for number in range(min(WARM, searches)):
        _checked(client, kind, number)
    times = [_checked(client, kind, number) for number in range(searches)]
    return Alone(kind, float(np.median(times)), float(np.quantile(times, 0.95)), searches)


def sustainable(server: Server, kind: SearchKind, clients: int, seconds: float) -> float:
    """Return the searches a second of as many clients as the server works for at once, each sending when answered."""
    until = time.monotonic() + seconds

    def work(first: int) -> int:
        client, search_count = server.client(), 0
        while time.monotonic() < until:
            _checked(client, kind, first + search_count)
            search_count += 1
        return search_count

    began = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        total = sum(pool.map(work, range(clients)))
    return total / (time.monotonic() - began)


def loaded(server: Server, before: Alone, clients: int, rate: float, seconds: float) -> Loaded:
    """Send searches of one kind at a rate, spread over clients, whether they are answered or not."""
    kind, pause = before.kind, clients / rate
    statuses: Counter[int] = Counter()
    times: list[float] = []
    unlike = 0
    lock = threading.Lock()
    began = time.monotonic()

    def work(number: int) -> None:
        nonlocal unlike
        client = server.client()
        for turn in count():
            due = began + pause * (turn + number / clients)
            if due > began + seconds:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            if time.monotonic() > due + pause:
                continue  # the answer before came too late for this one
            sent = time.perf_counter()
            try:
                status, retry_after, content = client.search(kind.requests[(turn + number) % len(kind.requests)])
            except OSError:
                status, retry_after, content = 0, "", b""
            milliseconds = 1000 * (time.perf_counter() - sent)
            with lock:
                statuses[status] += 1
                if status == 201:
                    times.append(milliseconds)
                elif status not in (429, 503) or not retry_after or b'"code"' not in content:
                    unlike += 1

    memory = [server.resident_mb()]
    with ThreadPoolExecutor(clients) as pool:
        working = [pool.submit(work, number) for number in range(clients)]
        while not all(worker.done() for worker in working):
            time.sleep(1)
            if server.runs:
                memory.append(server.resident_mb())
        for worker in working:
            worker.result()
    return Loaded(
        kind.name,
        clients,
        sum(statuses.values()) / seconds,
        len(times) / seconds,
        float(np.median(times)) if times else float("nan"),
        float(np.quantile(times, 0.95)) if times else float("nan"),
        MOST_LATER * before.p95,
        statuses,
        unlike,
        (memory[0], max(memory), memory[-1]),
        server.runs,
    )


def _checked(client: BenchmarkClient, kind: SearchKind, number: int) -> float:
    """Return the milliseconds of one search, which must be answered."""
    began = time.perf_counter()
    status, _, content = client.search(kind.requests[number % len(kind.requests)])
    milliseconds = 1000 * (time.perf_counter() - began)
    if status != 201:
        raise RuntimeError(f"A search was answered {status}: {content[:500]!r}")
    return milliseconds
