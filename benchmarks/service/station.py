"""A real server on a gallery of made-up people, for a benchmark over HTTP."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.cli.progress_bars import progress
from api.settings import Settings
from benchmarks.service.gallery import fill
from benchmarks.service.server import Server, running


@contextmanager
def station(people: int, folder: Path | None) -> Iterator[tuple[Settings, Server]]:
    """Enrol so many people and run a server on them; keep the gallery in a folder and reuse it, where one is named."""
    with tempfile.TemporaryDirectory(prefix="pehchan-bench-") as temporary:
        data = (folder or Path(temporary)) / "data"
        settings = Settings(data_folder=data, database_url="", images_url="", vectors_url="")
        with progress("Enrolling", people) as advance:
            fill(settings, people, os.cpu_count() or 1, advance)
        with running(settings, data.parent / "server.log") as server:
            yield settings, server
