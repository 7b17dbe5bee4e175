"""Whether this server should be sent requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from api.observability.warnings import LeftOut
from api.operations.background import Background
from api.operations.work_queue import Work
from biometrics.kernel.errors import PehchanError
from biometrics.use_cases.engine import Engine

OK = "ok"
SECONDS = 5.0  # that the database has to answer


class Readiness:
    """Looks at the models, the database, the indexes, the disks and the background work of a server, one at a time."""

    def __init__(
        self,
        engine: Engine,
        work: Work,
        most_lag: int,
        background: Background,
        disks: Callable[[], str | None],
        seconds: float = SECONDS,
    ) -> None:
        """Call an index ready that is behind the database by `most_lag` changes or fewer.

        `disks` says which disk has too little room, None where all have enough.
        """
        self._engine = engine
        self._work = work
        self._most_lag = most_lag
        self._background = background
        self._disks = disks
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._look: Future[dict[str, str]] | None = None
        self.warnings: list[str] = []  # as of the last look; the server is ready all the same

    def close(self) -> None:
        """Look no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def checks(self) -> dict[str, str]:
        """Return what was looked at, each OK or a sentence that says what is wrong."""
        results = {"server": "The server is being stopped." if self._work.stopping else OK}
        results |= {
            f"{modality}_model": OK for modality in self._engine.channels
        }  # opened, or it would not have started
        results["background"] = self._failing()
        return results | await self._stored()

    def _failing(self) -> str:
        """Return which background work fails, since when and why; OK if none does."""
        failing = sorted(self._background.failing().items())
        sentences = (
            f"{name} has failed since {failure.since:%Y-%m-%dT%H:%M:%SZ} ({failure.kind}, {failure.times} times)."
            for name, failure in failing
        )
        return " ".join(sentences) or OK

    async def _stored(self) -> dict[str, str]:
        # A database that hangs would else take a thread for every look.
        look = self._look if self._look and not self._look.done() else self._thread.submit(self._compare)
        self._look = look
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(asyncio.wrap_future(look))
        except TimeoutError:
            return {"database": f"The database has not answered for {self._seconds:g} seconds."}
        except PehchanError as error:
            return {"database": error.message}

    def _compare(self) -> dict[str, str]:
        results = {"disk": self._disks() or OK, "database": OK}
        self.warnings = LeftOut.of(self._engine).sentences
        for modality in self._engine.channels:
            behind = self._engine.lag(modality)
            late = f"{behind} changes of the database are not in the index; {self._most_lag} may be missing."
            results[f"{modality}_index"] = OK if behind <= self._most_lag else late
        return results
