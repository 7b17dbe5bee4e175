"""Measure a start with very many image files: when the server is ready, and its searches during the sweep.

The files are empty, named as images that were kept of searches, and two days old; the database has a row for each.
Some have none, as a crash leaves them behind: these must be removed and no others. A server begins to look for them an
hour after its start; here a process of its own does, at once.

usage: python -m benchmarks.service.start [--objects 10000] [--leftovers 1000] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import numpy as np
from rich.console import Console

from api.bootstrap.store import open_store
from api.cli.progress_bars import progress
from api.settings import Settings
from benchmarks.service.gallery import SEARCHED, fill
from benchmarks.service.searches import kinds
from benchmarks.service.server import Server, running
from biometrics.storage.blobs.garbage import GRACE
from biometrics.storage.tables.searches import searches
from biometrics.storage.tables.watchlist import search_images

FOLDERS = 16**4  # of an image folder
OF_A_SEARCH = 10  # images
ALONE = 30  # searches that are timed before there are files
ZEROS = "0" * 20  # in the name of each file that is made here, after its folder's
PAUSE = 1.0  # seconds between two searches


@dataclass(frozen=True)
class Made:
    """How many image files a folder has in each of its folders, and in which of them one more is left behind."""

    images_each: int
    every: int

    def names(self, folder: int) -> list[str]:
        """Return the names of the files that rows refer to, in one of the folders."""
        return [f"{folder:04x}{number:060x}" for number in range(self.images_each)]

    def leftovers(self) -> list[str]:
        """Return the names of the files that no row refers to."""
        return [f"{folder:04x}{'f' * 60}" for folder in range(0, FOLDERS, self.every)]


def main() -> None:
    """Time the start of a server without image files, then with them; print times, searches and what is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--leftovers", type=int, default=1000, help="that no row refers to; at most as many as folders")
    parser.add_argument("--folder", type=Path, help="keep the station here, and go on with it")
    arguments = parser.parse_args()
    layout = Made(-(-arguments.objects // FOLDERS), FOLDERS // arguments.leftovers)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.folder or Path(temporary)).absolute()
        settings = Settings(data_folder=folder / "data", database_url="", images_url="", vectors_url="", cluster_url="")
        log = folder / "server.log"
        if not (folder / "filled").exists():
            fill(settings, SEARCHED, os.cpu_count() or 1, lambda _: None)
            with _started("without image files", settings, log) as server:
                _report([_search_once(server, number) for number in range(ALONE)])
            _write(settings, layout)
            (folder / "filled").touch()
        images = settings.data_folder / "images"
        left = {images / name[:2] / name[2:4] / name for name in layout.leftovers()}
        for path in left:
            _create_empty(path)
        with (
            _started(f"with {FOLDERS * layout.images_each:,}", settings, log) as server,
            ProcessPoolExecutor(1) as pool,
        ):
            sweep = pool.submit(_sweep, settings)
            _report(_searched(server, sweep.done))
            removed, seconds = sweep.result()
        still_there = sum(path.exists() for path in left)
        Console().print(
            f"the sweep: {seconds:.0f} s, {removed:,} files removed; {still_there} of {len(left):,} without a row are "
            f"there, {_count(images):,} with one"
        )


def _write(settings: Settings, layout: Made) -> None:
    """Write files, and the rows of searches that refer to them."""
    with ProcessPoolExecutor() as pool, progress("Writing files", FOLDERS) as advance:
        for _ in pool.map(partial(_fill_folder, settings.data_folder / "images", layout), range(FOLDERS), chunksize=64):
            advance(1)
    with open_store(settings) as opened, progress("Writing rows", FOLDERS) as advance:
        database = opened.as_system("a benchmark").database
        for start in range(0, FOLDERS, 64):
            names = [name for folder in range(start, start + 64) for name in layout.names(folder)]
            ids = [str(uuid.uuid4()) for _ in names[::OF_A_SEARCH]]
            with database.writing() as connection:
                connection.execute(searches.insert(), [_search(search_id) for search_id in ids])
                connection.execute(
                    search_images.insert(),
                    [_image(ids[ordinal // OF_A_SEARCH], ordinal, name) for ordinal, name in enumerate(names)],
                )
            advance(64)


def _search(search_id: str) -> dict[str, object]:
    return {
        "id": search_id,
        "created_at": datetime.now(UTC),
        "case_number": "benchmark",
        "officer": "benchmark",
        "settings": {},
        "gallery_size": 0,
        "sequence": 0,
    }


def _image(search_id: str, ordinal: int, name: str) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "search_id": search_id,
        "ordinal": ordinal % OF_A_SEARCH,
        "media_type": "image/png",
        "image_sha256": name,
        "image_name": name,
    }


def _fill_folder(images: Path, layout: Made, folder: int) -> None:
    names = layout.names(folder)
    target = images / names[0][:2] / names[0][2:4]
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in names:
        _create_empty(target / name)


def _create_empty(path: Path) -> None:
    """Make an empty file that is old enough to be looked at."""
    old = time.time() - 2 * GRACE.total_seconds()
    path.touch()
    os.utime(path, (old, old))


@contextmanager
def _started(label: str, settings: Settings, log: Path) -> Iterator[Server]:
    """Run a server, and print how long it took until it was ready."""
    began = time.monotonic()
    with running(settings, log) as server:
        Console().print(f"{label}: ready after {time.monotonic() - began:.1f} s")
        yield server


def _sweep(settings: Settings) -> tuple[int, float]:
    """Remove the files that nothing refers to, as a server does; return how many, and the seconds."""
    began = time.monotonic()
    with open_store(settings) as opened:
        return opened.as_system("a benchmark").sweep(), time.monotonic() - began


def _searched(server: Server, ended: Callable[[], bool]) -> list[float]:
    """Return the milliseconds of searches of one print, one a second, until `ended`."""
    times: list[float] = []
    while not ended():
        times.append(_search_once(server, len(times)))
    return times


@cache
def _requests() -> Sequence[tuple[str, bytes]]:
    return kinds()[1].requests


def _search_once(server: Server, number: int) -> float:
    request = _requests()[number % len(_requests())]
    began = time.monotonic()
    status, _, content = server.client().search(request)
    seconds = time.monotonic() - began
    if status != 201:
        raise RuntimeError(f"A search was answered {status}: {content[:500]!r}")
    time.sleep(max(0.0, PAUSE - seconds))
    return 1000 * seconds


def _report(times: list[float]) -> None:
    middle, high = np.median(times), np.quantile(times, 0.95)
    Console().print(f"  {len(times)} searches of one print: p50 {middle:.0f} ms, p95 {high:.0f}, most {max(times):.0f}")


def _count(images: Path) -> int:
    """Count the files that rows refer to, without those of the searches here."""
    return sum(name.startswith(ZEROS, 4) for folder in images.glob("??/??") for name in os.listdir(folder))


if __name__ == "__main__":
    main()
