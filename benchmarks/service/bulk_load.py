"""Measure the checks of a bulk load: rows of generated people are written, then their checks are carried out.

Each person has ten prints, or one of the numbers of `--prints`; every `--again`-th was enrolled before, with other
impressions of the same fingers. Prints are generated ones changed beyond recognition, which takes a tenth of the time
of generating others. Kill it, and run it again with the same `--folder`: it goes on.

usage: python -m benchmarks.service.bulk_load [--people 2000] [--prints 1 2] [--again 50] [--checks 500]
       [--one-by-one 50] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
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
from biometrics.kernel.casework.cases import CaseKind
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.people.encounters import columns_of, insert_samples
from biometrics.people.name_search import rows_of
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.encrypted import Owner, sealed
from biometrics.storage.crypto.aead import KEY_BYTES
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.people import encounters, name_words, records
from biometrics.storage.tables.watchlist import enrolment_checks
from biometrics.templates.change_log import append_changes
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment import check_enrolment
from biometrics.use_cases.enrolment.check_enrolment import work_off
from biometrics.watchlist.checks import CheckReader
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template
from fingerprint.template import FingerprintTemplate

GENERATED = 1000  # prints that all others are made from
_ENCOUNTER = Encounter("1/2026", "27519004", "519", "27", date(2026, 1, 15), "benchmark")
_STATE = 10**8  # the first number of a state's people is so many times its code
AT_ONCE = 1000  # people written in one transaction
# Share of the minutiae that are missing, pixels and radians by which others are off: of another finger, and of another
# impression of the same. Half of another finger's minutiae also point the other way.
_OTHER, _SAME = (0.2, 8.0, 0.3), (0.15, 2.0, 0.08)


def main() -> None:
    """Fill a station, or go on filling it, and carry out checks, in blocks and one by one; print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--prints", type=int, nargs="+", default=[len(FINGERS)], help="of a person: one of these")
    parser.add_argument("--again", type=int, default=50, help="each so many-th person is on record already")
    parser.add_argument("--checks", type=int, default=500, help="carried out in blocks, at most")
    parser.add_argument("--one-by-one", type=int, default=50, help="carried out one by one before")
    parser.add_argument("--folder", type=Path, help="keep the station here, and go on with it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        settings = Settings(data_folder=folder, database_url="", images_url="", vectors_url="", cluster_url="")
        made_people = Made(arguments.prints, arguments.again)
        with open_store(settings) as store:
            fill(
                store.as_system("a benchmark"),
                open_recogniser(settings, FINGERPRINT).model,
                made_people,
                arguments.people,
            )
        with open_engine(settings) as opened:
            engine = opened.as_system("a benchmark")
            work_off(engine, stopped=_after(1))  # compiles what is compiled at its first use
            check_enrolment.FEWEST = 1 + arguments.people
            _check(engine, "one by one", arguments.one_by_one)
            check_enrolment.FEWEST = check_enrolment.BLOCK
            _check(engine, "in blocks", arguments.checks)
        _print_cases(settings, made_people, arguments.people)


@dataclass(frozen=True)
class Made:
    """Which people are made: how many prints they have, and which of them are on record already."""

    prints: Sequence[int]
    repeat_every: int

    def earlier(self, person: int) -> int | None:
        """Return who a person was before; None if they are new."""
        return person - self.repeat_every // 2 if person % self.repeat_every == self.repeat_every - 1 else None

    def fingers(self, person: int) -> Sequence[FingerPosition]:
        """Return the fingers of a new person that are on record, any of the ten."""
        draw = np.random.default_rng(person)
        chosen = draw.permutation(len(FINGERS))[: draw.choice(self.prints)]
        return [FINGERS[index] for index in sorted(chosen)]


def fill(store: RecordStore, model: str, made_people: Made, people: int) -> None:
    """Write generated people until there are `people`; print the rate."""
    present = store.record_count()
    if present >= people:
        return
    patterns = [synthetic_template(seed) for seed in range(GENERATED)]
    began, cpu = time.perf_counter(), cpu_seconds()
    with progress("Writing people", people - present) as advance:
        for start in range(present, people, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, people))
            write_people(store, [(number, _prints(patterns, made_people, number, model)) for number in numbers])
            advance(len(numbers))
    written, seconds, spent = people - present, time.perf_counter() - began, cpu_seconds() - cpu
    Console().print(
        f"{written:,} people written, {written / seconds:.0f} a second, {1000 * spent / written:.1f} ms of a core each"
    )


@dataclass(frozen=True)
class _New:
    """A person who is written: their number and prints, the ids of their record and encounter, and their data key."""

    number: int
    prints: Sequence[EnrolledSample]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    encounter_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    secret: bytes = field(default_factory=partial(os.urandom, KEY_BYTES))

    @property
    def name(self) -> str:
        """Their name, by which they are found."""
        return f"Made-up {self.number}"


def write_people(
    store: RecordStore, people: Iterable[tuple[int, Sequence[EnrolledSample]]], *, images: bool = False
) -> None:
    """Write the rows that enrolments of people write, all in one transaction; with or without their image files."""
    new_people, now = [_New(number, prints) for number, prints in people], datetime.now(UTC)
    visit = columns_of(_ENCOUNTER) | {"created_at": now, "record_created_at": now}
    with store.database.writing() as connection:
        master = store.keys.current(connection)
        locked = {"master_id": master.id, "created_at": now}
        keys = [locked | {"id": person.id, "wrapped": master.wrap(person.secret)} for person in new_people]
        connection.execute(data_keys.insert(), keys)
        connection.execute(records.insert(), [_record_row(person, now) for person in new_people])
        connection.execute(
            name_words.insert(), [row for person in new_people for row in rows_of(person.id, (person.name,))]
        )
        visits = [visit | {"id": person.encounter_id, "record_id": person.id} for person in new_people]
        connection.execute(encounters.insert(), visits)
        changes = []
        contents: dict[str, bytes] = {}
        for new_person in new_people:
            owner = Owner(new_person.id, new_person.secret)
            files = [sealed(owner, print_.sample.content, print_.sample.image_sha256) for print_ in new_person.prints]
            contents |= {file.image.name: file.content for file in files}
            names = [file.image for file in files]
            _, stored = insert_samples(
                connection, (new_person.id, new_person.secret), new_person.encounter_id, new_person.prints, names, ""
            )
            changes += [(template_id, FINGERPRINT, template.model) for template_id, template in stored]
        append_changes(connection, Operation.ADD, changes)
        check = {"owner": "", "requested_at": now, "tries": 0}
        connection.execute(
            enrolment_checks.insert(), [check | {"encounter_id": person.encounter_id} for person in new_people]
        )
        if images:
            store.images.put_all(contents)


def _record_row(new: _New, now: datetime) -> dict[str, object]:
    person = Person(new.name, national_number=f"{27 * _STATE + new.number}")
    return {
        "id": new.id,
        "national_number": person.national_number,
        "name": person.name,
        "sex": person.sex,
        "particulars": {},
        "created_at": now,
        "version": 1,
    }


def _prints(
    patterns: Sequence[FingerprintTemplate], made_people: Made, person: int, model: str
) -> list[EnrolledSample]:
    earlier = made_people.earlier(person)
    is_repeat, owner = earlier is not None, person if earlier is None else earlier
    samples = []
    for position in made_people.fingers(owner):
        draw = np.random.default_rng((owner, position))
        print_ = _changed(patterns[int(draw.integers(len(patterns)))], draw, *_OTHER)
        turned = np.where(draw.random(len(print_)) < 0.5, np.pi, 0.0)
        print_ = replace(print_, direction=((print_.direction + turned) % (2 * np.pi)).astype(np.float32))
        data = encode(_changed(print_, np.random.default_rng(person), *_SAME) if is_repeat else print_)
        template = Template(FINGERPRINT, model, data, None)
        samples.append(
            EnrolledSample(Sample(FINGERPRINT, data, "", position), Source("image/png", 388, 480, 500.0), template)
        )
    return samples


def _changed(
    print_: FingerprintTemplate, draw: np.random.Generator, missing: float, off: float, turned: float
) -> FingerprintTemplate:
    remaining = np.flatnonzero(draw.random(len(print_)) > missing)
    x, y = (getattr(print_, axis)[remaining] + draw.normal(0, off, len(remaining)) for axis in "xy")
    direction = (print_.direction[remaining] + draw.normal(0, turned, len(remaining))) % (2 * np.pi)
    return replace(
        print_,
        x=np.clip(x, 0, print_.width - 1).astype(np.float32),
        y=np.clip(y, 0, print_.height - 1).astype(np.float32),
        direction=direction.astype(np.float32),
        quality=print_.quality[remaining],
        type=print_.type[remaining],
    )


def _check(engine: Engine, how: str, checks: int) -> None:
    waiting = CheckReader(engine.store.database)
    before, began, cpu = waiting.count(), time.perf_counter(), cpu_seconds()
    check_count = work_off(engine, stopped=_after(checks))
    seconds, spent = time.perf_counter() - began, cpu_seconds() - cpu
    left = waiting.count() * spent / max(check_count, 1)
    Console().print(
        f"{how}: {check_count:,} of {before:,} checks, {check_count / seconds:.1f} a second, "
        f"{1000 * spent / max(check_count, 1):.0f} ms of a core each, {left / 3600:.1f} core hours left"
    )


def _print_cases(settings: Settings, made_people: Made, people: int) -> None:
    """Say which of the people who are on record already have a case, and how many other cases there are."""
    with closing(sqlite3.connect(settings.resolved_database_url.removeprefix("sqlite:///"))) as database:
        numbers = dict(database.execute("SELECT id, national_number FROM records"))
        id_pairs = database.execute(
            "SELECT record_id, candidate_id FROM cases WHERE kind = ?", (CaseKind.DUPLICATE,)
        ).fetchall()
        [(waiting,)] = database.execute("SELECT count(*) FROM enrolment_checks").fetchall()
    case_pairs = {frozenset(int(numbers[record_id]) % _STATE for record_id in pair) for pair in id_pairs}
    planted = {
        frozenset((person, earlier)) for person in range(people) if (earlier := made_people.earlier(person)) is not None
    }
    by_prints = Counter(len(made_people.fingers(min(pair))) for pair in planted)
    missed = Counter(len(made_people.fingers(min(pair))) for pair in planted - case_pairs)
    Console().print(
        f"on record already: {sum(by_prints.values()) - sum(missed.values())} of {len(planted)} have a case, "
        f"{len(case_pairs - planted)} other cases; {len(numbers):,} people, {waiting:,} checks wait"
    )
    for prints, count in sorted(by_prints.items()):
        Console().print(f"  with {prints} prints: {count - missed[prints]} of {count}")


def _after(checks: int) -> Callable[[], bool]:
    """Return a function that returns True after `checks` calls; `work_off` calls it before each check."""
    countdown = iter(range(checks))
    return lambda: next(countdown, None) is None


if __name__ == "__main__":
    main()
