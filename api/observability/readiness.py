"""Whether this server should be sent requests, and what of the service does not work.

What only this server lacks makes it not ready: a load balancer sends its requests to others. What all servers share, an
index in a cluster, the sign-in provider, the image store, makes the service partial: the others lack it, too, and if
all went away together, nothing would be served.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

from anyio.to_thread import run_sync

from api.observability.warnings import warnings_of
from api.operations.background import Background
from api.operations.work_queue import Work
from biometrics.kernel.errors import PehchanError
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.engine.installed_models import missing_text
from fingerprint.compiled import is_compiled

T = TypeVar("T")

OK = "ok"
SECONDS = 5.0  # that the database, an index or a free thread may take
LATELY = 60.0  # seconds that a refused call to another server is reported


@dataclass(frozen=True)
class Report:
    """What was looked at, each OK or a sentence that says what is wrong; `shared` are those that all servers share."""

    checks: Mapping[str, str]
    shared: frozenset[str]

    @property
    def wrong(self) -> list[str]:
        """The sentences about this server alone, for which it should not be sent requests."""
        return [text for name, text in self.checks.items() if text != OK and name not in self.shared]

    @property
    def is_partial(self) -> bool:
        """Whether something does not work, here or on all servers."""
        return any(text != OK for text in self.checks.values())


class Readiness:
    """Looks at the threads, the database, the indexes, the disks and the background work, one look at a time."""

    def __init__(
        self,
        engine: Engine,
        work: Work,
        most_lag: int,
        background: Background,
        disks: Callable[[], str | None],
        calls: Mapping[str, Callable[[float], bool]] | None = None,
        refusals: Mapping[str, Callable[[], str]] | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """Call an index ready that is behind the database by `most_lag` changes or fewer.

        `disks` says which disk has too little room, None where all have enough. `calls` says by the name of another
        server whether calls to it were refused within so many seconds, because all places for them were taken;
        `refusals`, why it refused the last call, empty if it did not: the operator has to change a key or a setting.
        """
        self._engine = engine
        self._work = work
        self._most_lag = most_lag
        self._background = background
        self._disks = disks
        self._calls = dict(calls or {})
        self._refusals = dict(refusals or {})
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(3, thread_name_prefix="readiness")
        self._looks: dict[str, Future[Any]] = {}
        self.warnings: list[str] = []  # as of the last look; the server is ready all the same

    def close(self) -> None:
        """Look no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def report(self) -> Report:
        """Return what was looked at."""
        checks = {"server": "The server is being stopped." if self._work.stopping else OK}
        checks["background"] = self._failing()
        checks["matcher"] = OK if is_compiled() else "The matcher for prints is being compiled."
        checks |= {name: _refused(name) if refused(LATELY) else OK for name, refused in self._calls.items()}
        checks |= {name: refusal() or checks.get(name, OK) for name, refusal in self._refusals.items()}
        indexes = [f"{modality}_index" for modality in self._engine.channels]
        late = f"has not answered for {self._seconds:g} seconds."
        unread: dict[str, int | str] = dict.fromkeys(indexes, f"The index {late}")
        threads, stored, sequences = await asyncio.gather(
            self._free_thread(),
            self._look_result(self._stored, {"database": f"The database {late}"}),
            self._look_result(self._sequences, unread),
        )
        missing = {name: text for name, text in sequences.items() if isinstance(text, str)}
        if stored["database"] == OK:
            behind = {name: at for name, at in sequences.items() if isinstance(at, int)}
            stored |= await self._look_result(partial(self._behind, behind), {"database": f"The database {late}"})
        return Report(
            checks | threads | stored | missing,
            frozenset({"background", "matcher", *self._calls, *self._refusals, *missing}),
        )

    def _failing(self) -> str:
        """Return which background work fails, since when and why; OK if none does."""
        failing = sorted(self._background.failing().items())
        failures = (
            f"{name}, since {failure.since:%Y-%m-%dT%H:%M:%SZ} ({failure.kind}, {failure.times} times)"
            for name, failure in failing
        )
        return f"Work in the background fails: {'; '.join(failures)}." if failing else OK

    async def _free_thread(self) -> dict[str, str]:
        """Wait for one of the threads that answer requests: calls that hang may hold them all."""
        try:
            async with asyncio.timeout(self._seconds):
                await run_sync(_nothing, abandon_on_cancel=True)
        except TimeoutError:
            return {"threads": f"None of the threads that answer requests was free for {self._seconds:g} seconds."}
        return {"threads": OK}

    async def _look_result(self, look: Callable[[], dict[str, T]], late: dict[str, T]) -> dict[str, T]:
        """Return the result of a look in a thread; `late` where there is none in time.

        What hangs would else take a thread for every look.
        """
        name = getattr(look, "__name__", "behind")
        running = self._looks.get(name)
        if running is None or running.done():
            running = self._looks[name] = self._threads.submit(look)
        try:
            async with asyncio.timeout(self._seconds):
                return cast(dict[str, T], await asyncio.shield(asyncio.wrap_future(running)))
        except TimeoutError:
            return late

    def _stored(self) -> dict[str, str]:
        try:
            self._engine.store.templates.last_sequence()
            self.warnings = warnings_of(self._engine)
            models = {f"{modality}_model": OK for modality in self._engine.channels}
            models |= {f"{model.modality}_model": f"{missing_text(model)}." for model in self._engine.missing_models}
        except PehchanError as error:
            return {"database": error.message}
        return models | {"disk": self._disks() or OK, "database": OK}

    def _sequences(self) -> dict[str, int | str]:
        """Return how far each index is, or why that cannot be read: it may be in a cluster, and its model unknown."""
        sequences: dict[str, int | str] = {}
        for modality in self._engine.channels:
            try:
                channel = self._engine.channels[modality]
                sequences[f"{modality}_index"] = channel.gallery.sequence
            except PehchanError as error:
                sequences[f"{modality}_index"] = error.message
        return sequences

    def _behind(self, sequences: Mapping[str, int]) -> dict[str, str]:
        results = {}
        for modality in self._engine.channels:
            if (at := sequences.get(f"{modality}_index")) is None:
                continue
            try:
                channel = self._engine.channels[modality]
                behind = self._engine.store.templates.pending(at, modality, channel.recogniser.model)
            except PehchanError as error:
                return {"database": error.message}
            late = f"{behind} changes of the database are not in the index; {self._most_lag} may be missing."
            results[f"{modality}_index"] = OK if behind <= self._most_lag else late
        return results


def _nothing() -> None:
    """Do nothing, in a thread."""


def _refused(name: str) -> str:
    return f"Calls to {name} were refused in the last {LATELY:g} seconds: it keeps too many others waiting."
