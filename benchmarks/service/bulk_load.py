"""Measure the checks of a bulk load: rows of generated people are written, then their checks are carried out.

Each person has ten prints; every `AGAIN`-th was enrolled before, with other impressions of the same fingers. Prints are
generated ones changed beyond recognition, which takes a tenth of the time of generating others.

usage: python -m benchmarks.service.bulk_load [--people 2000] [--checks 500] [--one-by-one 50] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from rich.console import Console

from api.bootstrap.engine import open_engine
from api.bootstrap.recognisers import open_recogniser
from api.bootstrap.store import open_store
from api.cli.progress_bars import progress
from api.demo.people import FINGERS
from api.settings import Settings
from benchmarks.search.figure import cpu_seconds
from biometrics.kernel.encounter import Encounter
from biometrics.kernel.person import Person
from biometrics.kernel.record import EnrolledSample
from biometrics.kernel.templates import Operation
from biometrics.kernel.types import Sample, Source, Template
from biometrics.people.encounters import insert_encounter, insert_samples
from biometrics.people.repository import insert_person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.encrypted import SealedImage
from biometrics.templates.change_log import append_changes
from biometrics.use_cases import check_enrolment
from biometrics.use_cases.check_enrolment import work_off
from biometrics.use_cases.engine import Engine
from biometrics.watchlist.check_rows import request_check
from biometrics.watchlist.checks import CheckReader
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import FingerprintTemplate

GENERATED = 1000  # prints of which all others are made
AGAIN = 50
_ENCOUNTER = Encounter("1/2026", "27519004", "519", "27", date(2026, 1, 15), (), "benchmark")
_AT_ONCE = 200  # people written in one transaction
# Share of the minutiae that are missing, pixels and radians by which others are off: of another finger, and of another
# impression of the same. Half of another finger's minutiae also point the other way.
_OTHER, _SAME = (0.2, 8.0, 0.3), (0.15, 2.0, 0.08)


def main() -> None:
    """Fill a station, or go on filling it, and carry out checks, in blocks and one by one; print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--checks", type=int, default=500, help="carried out in blocks, at most")
    parser.add_argument("--one-by-one", type=int, default=50, help="carried out one by one before")
    parser.add_argument("--folder", type=Path, help="keep the station here, and go on with it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        settings = Settings(data_folder=folder, database_url="", images_url="", vectors_url="", cluster_url="")
        with open_store(settings) as store:
            _fill(store.as_system("a benchmark"), open_recogniser(settings, FINGERPRINT).model, arguments.people)
        with open_engine(settings) as opened:
            engine = opened.as_system("a benchmark")
            work_off(engine, stopped=_after(1))  # compiles what is compiled at its first use
            check_enrolment.FEWEST = 1 + arguments.people
            _check(engine, "one by one", arguments.one_by_one)
            check_enrolment.FEWEST = check_enrolment.BLOCK
            _check(engine, "in blocks", arguments.checks)


def _fill(store: RecordStore, model: str, people: int) -> None:
    there = store.record_count()
    if there >= people:
        return
    patterns = [synthetic_template(seed) for seed in range(GENERATED)]
    began = time.perf_counter()
    with progress("Writing people", people - there) as advance:
        for start in range(there, people, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, people))
            _write(store, [(number, _prints(patterns, number, model)) for number in numbers])
            advance(len(numbers))
    taken = time.perf_counter() - began
    Console().print(f"{people - there:,} people written, {(people - there) / taken:.0f} a second")


def _write(store: RecordStore, people: Sequence[tuple[int, Sequence[EnrolledSample]]]) -> None:
    """Write people as their enrolments do, all in one transaction and without image files."""
    ids = [str(uuid.uuid4()) for _ in people]
    with store.database.writing() as connection:
        secrets = [store.keys.obtain(connection, record_id, new=os.urandom(32)) for record_id in ids]
        written, changes = [], []
        for record_id, secret, (number, prints) in zip(ids, secrets, people, strict=True):
            insert_person(connection, Person(f"Made-up {number}", national_number=f"27{number:08d}"), None, record_id)
            written.append(insert_encounter(connection, record_id, _ENCOUNTER, ""))
            files = [SealedImage(each.sample.image_sha256, each.sample.image_sha256) for each in prints]
            _, stored = insert_samples(connection, (record_id, secret), written[-1], prints, files, "")
            changes += [(template_id, FINGERPRINT, template.model) for template_id, template in stored]
        append_changes(connection, Operation.ADD, changes)
        for encounter_id in written:
            request_check(connection, encounter_id, "")


def _prints(patterns: Sequence[FingerprintTemplate], person: int, model: str) -> list[EnrolledSample]:
    again = person % AGAIN == AGAIN - 1
    samples = []
    for position in FINGERS:
        draw = np.random.default_rng((person - AGAIN // 2 if again else person, position))
        print_ = _changed(patterns[int(draw.integers(len(patterns)))], draw, *_OTHER)
        turned = np.where(draw.random(len(print_)) < 0.5, np.pi, 0.0)
        print_ = replace(print_, direction=((print_.direction + turned) % (2 * np.pi)).astype(np.float32))
        data = encode(_changed(print_, np.random.default_rng(person), *_SAME) if again else print_)
        template = Template(FINGERPRINT, model, data, None)
        samples.append(
            EnrolledSample(Sample(FINGERPRINT, data, "", position), Source("image/png", 388, 480, 500.0), template)
        )
    return samples


def _changed(
    print_: FingerprintTemplate, draw: np.random.Generator, missing: float, off: float, turned: float
) -> FingerprintTemplate:
    kept = np.flatnonzero(draw.random(len(print_)) > missing)
    x, y = (getattr(print_, axis)[kept] + draw.normal(0, off, len(kept)) for axis in "xy")
    direction = (print_.direction[kept] + draw.normal(0, turned, len(kept))) % (2 * np.pi)
    return replace(
        print_,
        x=np.clip(x, 0, print_.width - 1).astype(np.float32),
        y=np.clip(y, 0, print_.height - 1).astype(np.float32),
        direction=direction.astype(np.float32),
        quality=print_.quality[kept],
        type=print_.type[kept],
    )


def _check(engine: Engine, how: str, checks: int) -> None:
    waiting = CheckReader(engine.store.database)
    before, began, cpu = waiting.count(), time.perf_counter(), cpu_seconds()
    done = work_off(engine, stopped=_after(checks))
    seconds, spent = time.perf_counter() - began, cpu_seconds() - cpu
    left = waiting.count() * spent / max(done, 1)
    Console().print(
        f"{how}: {done:,} of {before:,} checks, {done / seconds:.1f} a second, "
        f"{1000 * spent / max(done, 1):.0f} ms of a core each, {left / 3600:.1f} core hours left"
    )


def _after(checks: int) -> Callable[[], bool]:
    """Return what says "stop" once it was asked so many times, as it is before each check."""
    asked = iter(range(checks))
    return lambda: next(asked, None) is None


if __name__ == "__main__":
    main()
