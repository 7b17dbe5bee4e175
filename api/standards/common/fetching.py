"""Data at addresses that a request names, fetched before it waits for its turn, so that a slow host blocks no one.

What is fetched has threads of its own, bounded for each host and each account, so that neither the threads that answer
requests nor the turns in the queue of work wait for another server.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from biometrics.jobs.queue import host_of
from biometrics.kernel.errors import Busy, TooManyAtOnce

AT_ONCE: Final = 32  # threads
OF_HOST: Final = 8
OF_ACCOUNT: Final = 8  # requests that fetch
PATIENCE: Final = 20.0  # seconds that a request waits to be one of those who fetch from a host
OF_REQUEST: Final = 60.0  # seconds for all that one request names
RETRY_SECONDS: Final = 5

Get = Callable[[str], bytes]


class Fetched:
    """What was at some addresses; what went wrong is kept, and raised where the data are asked for."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}
        self._failures: dict[str, Exception] = {}

    def __contains__(self, url: str) -> bool:
        return url in self._content or url in self._failures

    def get(self, url: str) -> bytes:
        """Return what was at an address, or raise what fetching it raised."""
        if url in self._failures:
            raise self._failures[url]
        return self._content[url]

    def fetch(self, url: str, get: Get) -> None:
        """Fetch one."""
        try:
            self._content[url] = get(url)
        except Exception as error:  # noqa: BLE001 - raised where the data are asked for
            self._failures[url] = error


class Fetching:
    """Fetches for requests. To be used from one event loop."""

    def __init__(
        self, at_once: int = AT_ONCE, of_host: int = OF_HOST, of_account: int = OF_ACCOUNT, patience: float = PATIENCE
    ) -> None:
        self._threads = CapacityLimiter(at_once)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(of_host))
        self._wanted: Counter[str] = Counter()  # fetches that run or wait, by host
        self._accounts: Counter[str] = Counter()
        self._of_account = of_account
        self._patience = patience

    async def fetch(self, account: str, urls: Iterable[str], get: Get) -> Fetched:
        """Fetch what is at some addresses, one after another, for a request of an account.

        Raises:
            TooManyAtOnce: that many requests of the account fetch already.
            Busy: a host keeps as many waiting as may, or all that the request names takes too long.
        """
        if self._accounts[account] >= self._of_account:
            raise TooManyAtOnce(
                f"{self._of_account} of your requests wait for other servers already; wait until one is answered.",
                RETRY_SECONDS,
            )
        self._accounts[account] += 1
        try:
            fetched = Fetched()
            async with asyncio.timeout(OF_REQUEST):
                for url in dict.fromkeys(urls):
                    await self._fetch(fetched, url, get)
        except TimeoutError as error:
            raise Busy(
                f"The servers that this request names have not answered in {OF_REQUEST:g} seconds.", RETRY_SECONDS
            ) from error
        else:
            return fetched
        finally:
            self._accounts[account] -= 1
            if not self._accounts[account]:
                del self._accounts[account]

    async def _fetch(self, fetched: Fetched, url: str, get: Get) -> None:
        host = host_of(url)
        self._wanted[host] += 1
        try:
            async with self._slot(self._hosts[host]):
                await run_sync(fetched.fetch, url, get, limiter=self._threads)
        finally:
            self._wanted[host] -= 1
            if not self._wanted[host]:  # clients name what hosts they like
                del self._wanted[host], self._hosts[host]

    @asynccontextmanager
    async def _slot(self, slots: asyncio.Semaphore) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                await slots.acquire()
        except TimeoutError as error:
            raise Busy(
                "Too many requests wait for the server that this one names; send it again later.", RETRY_SECONDS
            ) from error
        try:
            yield
        finally:
            slots.release()
