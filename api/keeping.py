"""What is done again and again while the service runs: snapshots of the indexes, and following the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from biometrics.errors import StoreUnavailable
from biometrics.gallery import Progress

log = logging.getLogger("pehchan")

REPORT_EVERY = 50_000  # changes applied between two lines in the log


@contextmanager
def repeated(task: Callable[[], object], seconds: float, name: str = "snapshots") -> Iterator[None]:
    """Do a task every so many seconds on a thread of its own; what cannot be done is told, and tried again."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(seconds):
            tried(task)

    thread = threading.Thread(target=keep, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def tried(task: Callable[[], object]) -> None:
    """Do a task that can as well be done later, and tell the log where it cannot be done now."""
    try:
        task()
    except StoreUnavailable as error:
        log.warning("%s", error.message)


def reporting(what: str) -> Progress:
    """Return a progress that tells the log of a long catching up, such as a rebuild."""
    told = 0

    def report(done: int, goal: int) -> None:
        nonlocal told
        if done - told >= REPORT_EVERY:
            told = done
            log.info("The index of %ss holds the changes up to %d of %d.", what, done, goal)

    return report
