"""Postponable work of a server, and progress reports of long work."""

from __future__ import annotations

import logging
from collections.abc import Callable

from biometrics.kernel.errors import StoreUnavailable
from biometrics.matching.gallery import Progress

log = logging.getLogger("pehchan")

REPORT_EVERY = 50_000  # changes applied between two lines in the log


def tried(task: Callable[[], object]) -> None:
    """Run a task that can wait, and log a failure instead of raising it."""
    try:
        task()
    except StoreUnavailable as error:
        log.warning("%s", error.message)
    except Exception:  # what else is done at a stop must not be lost by it
        log.exception("What is done at a stop failed.")


def reporting(noun: str) -> Progress:
    """Return a progress callback that logs long work on an index, such as a rebuild."""
    reported = 0

    def report(applied: int, goal: int) -> None:
        nonlocal reported
        if applied - reported >= REPORT_EVERY:
            reported = applied
            log.info("The index of %ss holds the changes up to %d of %d.", noun, applied, goal)

    return report
