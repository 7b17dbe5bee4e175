"""How many requests a client, or an account, may send: a token bucket.

Buckets are this server's own and in memory. What must hold over all servers and restarts, the wrong tries for a login,
is counted in the database (`biometrics.accounts.throttle`).
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from biometrics.kernel.errors import TooManyRequests

MOST_BUCKETS: Final = 50_000
MINUTE: Final = 60.0


class Allowance(NamedTuple):
    """How many requests a minute a key may send, how many are left, and in how many seconds all are."""

    per_minute: int
    left: int
    seconds: int


class Throttle:
    """Lets each key do so much a minute, and as much at once; safe to use from many threads."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # key: (what is left, when that was so)
        self._lock = threading.Lock()

    def check(self, key: str) -> Allowance:
        """Count a request; return what is left.

        Raises:
            TooManyRequests: there were too many; this one was not counted.
        """
        now = self._clock()
        with self._lock:
            unused = self._left(key, now)
            if unused >= 1:
                self._buckets[key] = (unused - 1, now)
                if len(self._buckets) > MOST_BUCKETS:
                    self._forget(now)
                return Allowance(round(self._most), math.floor(unused - 1), self._seconds(self._most - unused + 1))
        seconds = max(1, self._seconds(1 - unused))
        raise TooManyRequests(f"Too many requests; wait {seconds} seconds.", seconds)

    def _seconds(self, tokens: float) -> int:
        return math.ceil(tokens * MINUTE / self._most)

    def _left(self, key: str, now: float) -> float:
        left, then = self._buckets.get(key, (self._most, now))
        return min(self._most, left + (now - then) * self._most / MINUTE)

    def _forget(self, now: float) -> None:
        """Forget the buckets that are full again and, where that is not enough, those used longest ago."""
        in_use = {key: value for key, value in self._buckets.items() if self._left(key, now) < self._most}
        newest = sorted(in_use.items(), key=lambda item: item[1][1])[-MOST_BUCKETS // 2 :]
        self._buckets = dict(newest)


def client_key(address: str) -> str:
    """Return what a client is counted by, in every limit: its IPv4 address, or the /64 network of its IPv6 address.

    Within that network a client can give itself any address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
