"""The checks of enrolments that wait, carried out on the command line."""

from __future__ import annotations

from api.cli.progress_bars import progress
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.check_enrolment import work_off
from biometrics.watchlist.checks import CheckReader


def check_pending(engine: Engine) -> int:
    """Carry out the checks that wait and show how far that is, how fast, and the time left; return how many.

    If interrupted, the next call goes on.
    """
    with progress("Checking enrolments", CheckReader(engine.store.database).count()) as advance:
        return work_off(engine, progress=lambda _: advance())
