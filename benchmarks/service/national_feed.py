"""Measure how fast the national index takes in a state's templates, and what they take there.

A state of generated people with ten prints is written; its changes go to the index as JSON, without a network between.

usage: python -m benchmarks.service.national_feed [--people 10000] [--folder DIR]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console

from api.bootstrap.engine import own_index
from api.bootstrap.recognisers import open_recogniser
from api.bootstrap.store import open_store
from api.settings import Settings
from api.v1.national_schemas import ChangesOut
from benchmarks.search.figure import resident_mb
from benchmarks.service.bulk_load import Made, fill
from biometrics.kernel.access import local_operator
from biometrics.kernel.people.national import ChangesPage
from biometrics.matching.gallery import Gallery
from biometrics.templates.feed import TemplateFeed
from biometrics.templates.state_copy import StateCopy
from biometrics.use_cases.search.national_index import StateIndex
from fingerprint.modality import FINGERPRINT

STATE = "27"
PRINTS, AGAIN = 10, 50  # prints of a person; each so many-th person is on record twice


def main() -> None:
    """Fill a state, or take the one that a folder has; print the rates of its service and of the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="keep the state here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        settings = _settings(arguments.folder or Path(temporary) / "state")
        with open_store(settings) as store:
            model = open_recogniser(settings, FINGERPRINT).model
            fill(store.as_system("a benchmark"), model, Made([PRINTS], AGAIN), arguments.people)
            feed = TemplateFeed(store.database, store.keys, local_operator("benchmark"))
            _measure(feed, settings, Path(temporary) / "index")


def _settings(folder: Path) -> Settings:
    return Settings(data_folder=folder, database_url="", images_url="", vectors_url="", cluster_url="")


def _measure(feed: TemplateFeed, settings: Settings, folder: Path) -> None:
    templates, giving = 0, 0.0

    def fetch(after: int, mark: str) -> ChangesPage:
        nonlocal templates, giving
        began = time.process_time()
        content = ChangesOut.of(feed.page(after, mark)).model_dump_json()
        giving += time.process_time() - began
        page = ChangesOut.model_validate_json(content).value()
        templates += len(page.given)
        return page

    secret = os.urandom(32)
    index = StateIndex(STATE, "", folder, secret, fetch, own_index)
    began, cpu = time.perf_counter(), time.process_time()
    index.follow()
    seconds, spent = time.perf_counter() - began, time.process_time() - cpu
    index.copy.close()
    file = folder / f"{STATE}.db"
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        building, mb = alone.submit(_indexed, settings, file, secret).result()
    show, ms_each = Console().print, 1e3 / templates
    show(f"{templates:,} templates read in {seconds:.0f} s: {templates / seconds:,.0f} a second")
    show(f"core time a template: state {ms_each * giving:.2f} ms, index {ms_each * (spent - giving):.2f} ms")
    show(f"then built into the index of prints in {ms_each * building:.2f} ms of a core a template")
    show(f"a template takes {ms_each * mb:.2f} kB of memory, {file.stat().st_size / 1e3 / templates:.2f} kB of disk")


def _indexed(settings: Settings, file: Path, secret: bytes) -> tuple[float, float]:
    """Build the index of prints of a copy; return the seconds of a core, and the megabytes that it holds."""
    copy, recogniser = StateCopy(file, STATE, secret), open_recogniser(settings, FINGERPRINT)
    gallery = Gallery(copy, recogniser, own_index(file.parent / "prints.index", copy, recogniser))
    before, began = resident_mb(), time.process_time()
    gallery.catch_up()
    return time.process_time() - began, resident_mb() - before


if __name__ == "__main__":
    main()
