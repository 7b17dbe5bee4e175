"""What becomes of tasks, for all pages that wait for them: one look at the database serves every page of a process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final

from api.operations.background import Background, Loop
from biometrics.accounts.sessions import SessionStore
from biometrics.jobs.model import Progress
from biometrics.jobs.reader import TaskReader
from biometrics.kernel.errors import StoreUnavailable

LOOK_SECONDS: Final = 1.0  # between two reads of what other servers' workers did; `wake` reports this server's


class Ending(Enum):
    """Why nothing more comes of a task."""

    REMOVED = "the task was removed"
    SIGNED_OUT = "the session or API key has ended"
    UNAVAILABLE = "the database does not answer"


class TaskListener:
    """One page that waits for one task. To be used from one event loop."""

    def __init__(self, task_id: str, credential: str) -> None:
        self.task_id = task_id
        self.credential = credential
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Queue[Progress | Ending] = asyncio.Queue()
        self._last: Progress | Ending | None = None

    async def news(self, seconds: float) -> Progress | Ending | None:
        """Wait for what changes, for so long at most; None where nothing has."""
        try:
            async with asyncio.timeout(seconds):
                return await self._news.get()
        except TimeoutError:
            return None

    def put(self, state: Progress | Ending) -> None:
        """Pass on a state if it is another one; from any thread."""
        if state != self._last:
            self._last = state
            self._loop.call_soon_threadsafe(self._news.put_nowait, state)


class TaskChannel:
    """Looks, for all listeners together, at the tasks that they wait for, and not at all while there are none."""

    def __init__(self, reader: TaskReader, sessions: SessionStore) -> None:
        self._reader = reader
        self._sessions = sessions
        self._listeners: set[TaskListener] = set()
        self._lock = threading.Lock()
        self._loop = Loop("progress of tasks", self.look, LOOK_SECONDS)

    @contextmanager
    def watching(self, background: Background) -> Iterator[None]:
        """Look again and again until the end of the block."""
        background.start(self._loop)
        try:
            yield
        finally:
            background.stop([self._loop])

    @contextmanager
    def listening(self, task_id: str, credential: str) -> Iterator[TaskListener]:
        """Listen to a task until the end of the block, or until the credential ends."""
        listener = TaskListener(task_id, credential)
        with self._lock:
            self._listeners.add(listener)
        self.wake()
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def wake(self) -> None:
        """Look now: a task of this server has changed."""
        self._loop.wake()

    def look(self) -> None:
        """Notify all listeners of the state of their tasks."""
        with self._lock:
            listeners = list(self._listeners)
        if not listeners:
            return
        try:
            live = self._sessions.live({listener.credential for listener in listeners})
            tasks = self._reader.progress_of({listener.task_id for listener in listeners})
        except StoreUnavailable:
            for listener in listeners:
                listener.put(Ending.UNAVAILABLE)
            raise
        for listener in listeners:
            if listener.credential not in live:
                listener.put(Ending.SIGNED_OUT)
            else:
                listener.put(tasks.get(listener.task_id, Ending.REMOVED))
