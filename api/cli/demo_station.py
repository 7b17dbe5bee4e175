"""Filling the demo station: first the people that the demonstration searches for, the others while it is served."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from api.bootstrap.child_process import start_child
from api.cli.operator import operated_engine
from api.demo.people import PEOPLE, SOUGHT, SOUGHT_BY_PHOTO, DemoPerson, enrol_person, missing
from api.settings import Settings
from biometrics.kernel.access import Purpose

FIRST_PEOPLE = (DemoPerson(SOUGHT_BY_PHOTO), DemoPerson(SOUGHT))
ALL_PEOPLE = tuple(DemoPerson(number) for number in range(PEOPLE))
PROGRESS_STEP = 10  # people between two lines of progress


def demo_settings(folder: Path) -> Settings:
    """Return the settings of a demo station, which keeps everything in one folder."""
    return Settings(data_folder=folder, database_url="", images_url="", totp_required=False)


@contextmanager
def seeded_meanwhile(folder: Path) -> Iterator[Callable[[], bool]]:
    """Enrol all missing people in another process; yields what says whether it still runs.

    What it has not finished on leaving, the next start does.
    """
    child = start_child(_seed, folder)
    try:
        yield child.is_alive
    finally:
        child.terminate()
        child.join()


def _seed(folder: Path) -> None:
    os.nice(10)  # visitors go first
    with operated_engine(demo_settings(folder), Purpose.SYSTEM_TEST) as engine:
        people = missing(engine, ALL_PEOPLE)
        for enrolled, person in enumerate(people, PEOPLE - len(people) + 1):
            enrol_person(engine, person)
            if enrolled % PROGRESS_STEP == 0:
                Console().print(f"{enrolled} of {PEOPLE} invented people are enrolled.")
