"""Measure backups against a plain copy of the images: the first one, one after more people were enrolled, the restore.

People have ten images of random bytes, as long as prints that are compressed by 15: a backup sees only encrypted
images. The plain copy is `shutil.copyfile` of each, flushed once at its end. Each step writes to a new folder, three
times the station's size in all. They are removed at the end only, since writing is slow after many files were removed.

usage: python -m benchmarks.service.backup [--images 10000] [--more 1000] [--bytes 15000] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from api.bootstrap.recognisers import open_recogniser
from api.bootstrap.store import master_keys, open_images, open_store
from api.cli.progress_bars import progress
from api.demo.people import FINGERS
from api.settings import Settings
from benchmarks.search.figure import cpu_seconds
from benchmarks.service.bulk_load import AT_ONCE, write_people
from biometrics.backup.backup import back_up
from biometrics.backup.restore import Backup, being_restored, restore
from biometrics.backup.verify import CopyCheck
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.kernel.technique.atomic_file import sync_file_system
from biometrics.kernel.technique.chunks import in_chunks
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template

SAMPLED = 20  # rows and images of each kind that are compared, as the commands do


def main() -> None:
    """Fill a station, or take the one that a folder has; back it up twice and restore it; print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000, help="in the first backup")
    parser.add_argument("--more", type=int, default=1000, help="images that are new in the second backup")
    parser.add_argument("--bytes", type=int, default=15_000, help="of an image")
    parser.add_argument("--folder", type=Path, help="keep the station here, and go on with it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as temporary:
        run = Path(temporary)
        settings, backup, restored = _settings((arguments.folder or run) / "station"), run / "backup", run / "restored"
        _fill(settings, arguments.images, arguments.bytes)
        _measure("plain copy", lambda: _copy(settings.data_folder, run / "plain"), run / "plain")
        _measure("first backup", lambda: _back_up(settings, backup), backup)
        _fill(settings, len(_images(backup)) + arguments.more, arguments.bytes)
        _measure("next backup", lambda: _back_up(settings, backup), backup)
        _measure("restore", lambda: _restore(settings, backup, _settings(restored)), restored)


def _settings(folder: Path) -> Settings:
    return Settings(data_folder=folder, database_url="", images_url="", vectors_url="", cluster_url="")


def _fill(settings: Settings, images: int, length: int) -> None:
    """Write people with ten images each until there are `images` images."""
    template = Template(FINGERPRINT, open_recogniser(settings, FINGERPRINT).model, encode(synthetic_template(0)), None)
    with open_store(settings) as opened:
        store = opened.as_system("a benchmark")
        numbers = range(store.record_count(), images // len(FINGERS))
        with progress("Writing people", len(numbers)) as advance:
            for some in in_chunks(numbers, AT_ONCE):
                write_people(store, [(number, _prints(template, length)) for number in some], images=True)
                advance(len(some))


def _prints(template: Template, length: int) -> list[EnrolledSample]:
    source = Source("image/png", 388, 480, 500.0)
    return [
        EnrolledSample(Sample(FINGERPRINT, os.urandom(length), "", position), source, template) for position in FINGERS
    ]


def _back_up(settings: Settings, folder: Path) -> list[CopyCheck]:
    source = settings.resolved_database_url, open_images(settings.resolved_images_url), master_keys(settings)
    return back_up(source, folder, folder.with_name("keys.json"), SAMPLED, _unseen).checks


def _restore(settings: Settings, folder: Path, target: Settings) -> list[CopyCheck]:
    masters, url = master_keys(settings), target.resolved_database_url
    backup = Backup.read(folder, folder.with_name("keys.json"), masters)
    with being_restored(target.data_folder) as work:
        images = open_images(target.resolved_images_url)
        return restore(backup, (url, images), masters, work, SAMPLED, _unseen)[0].checks


def _unseen(table: str, copied: int, total: int) -> None:
    """Show no progress."""


def _copy(station: Path, target: Path) -> list[CopyCheck]:
    """Copy the images of a station, two folders down as they are."""
    for file in _images(station):
        to = target / file.relative_to(station)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)
    sync_file_system(target)
    return []


def _measure(label: str, step: Callable[[], list[CopyCheck]], target: Path) -> None:
    """Time a step that copies images to a folder, and print its rate."""
    before = len(_images(target))
    began, cpu = time.perf_counter(), cpu_seconds()
    differing = [check.what for check in step() if check.differing]
    seconds, spent = time.perf_counter() - began, cpu_seconds() - cpu
    copied = len(_images(target)) - before
    Console().print(
        f"{label}: {copied:,} images in {seconds:.1f} s, {copied / seconds:,.0f} a second, "
        f"{1000 * spent / copied:.2f} ms of a core each; differing: {', '.join(differing) or 'nothing'}"
    )


def _images(folder: Path) -> set[Path]:
    return set((folder / "images").glob("??/??/*"))


if __name__ == "__main__":
    main()
