"""What a server does beside requests that can as well be done later, and what is told of a long one."""

from __future__ import annotations

import logging
from collections.abc import Callable

from biometrics.domain.errors import StoreUnavailable
from biometrics.matching.gallery import Progress

log = logging.getLogger("pehchan")

REPORT_EVERY = 50_000  # changes applied between two lines in the log


def tried(task: Callable[[], object]) -> None:
    """Do a task that can as well be done later, and tell the log where it cannot be done now."""
    try:
        task()
    except StoreUnavailable as error:
        log.warning("%s", error.message)
    except Exception:  # what else is done at a stop must not be lost by it
        log.exception("What is done at a stop failed.")


def reporting(what: str) -> Progress:
    """Return a progress that tells the log of a long catching up, such as a rebuild."""
    told = 0

    def report(done: int, goal: int) -> None:
        nonlocal told
        if done - told >= REPORT_EVERY:
            told = done
            log.info("The index of %ss holds the changes up to %d of %d.", what, done, goal)

    return report
