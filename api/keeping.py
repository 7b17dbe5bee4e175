"""Index snapshots, written while the service runs, so that a start after a crash has little to catch up with."""

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
def repeated(save: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call `save` every so many seconds on a thread of its own; what cannot be saved is told, and tried again."""
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(seconds):
            try:
                save()
            except StoreUnavailable as error:
                log.warning("%s", error.message)

    thread = threading.Thread(target=keep, name="snapshots", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def reporting(what: str) -> Progress:
    """Return a progress that tells the log of a long catching up, such as a rebuild."""
    told = 0

    def report(done: int, goal: int) -> None:
        nonlocal told
        if done - told >= REPORT_EVERY:
            told = done
            log.info("The index of %ss holds the changes up to %d of %d.", what, done, goal)

    return report
