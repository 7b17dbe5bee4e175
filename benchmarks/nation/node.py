"""What a node and the database take for searches and enrolments: the use cases themselves, observed stage by stage."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from api.bootstrap.engine import open_engine
from api.bootstrap.store import open_store
from api.demo.people import FINGERS, DemoPerson
from api.settings import Settings
from benchmarks.search.figure import cpu_seconds
from benchmarks.service import enrolments, extracted_people
from biometrics.kernel.recognition.observing import Observer, WorkStage
from biometrics.kernel.recognition.types import Sample
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.search.identify import SearchRequest, identify

PEOPLE = 24  # on record: more prints than the shortlist of a search
ENROLLED = 2
TEN = 3  # searches with ten prints
RATED = 200  # people whose enrolment is timed
RATE_NODES, RATE_CLIENTS = 2, 4

Times = dict[WorkStage, list[float]]


@dataclass(frozen=True)
class NodeTimes:
    """Seconds of each stage of searches with one print and with ten, and of enrolments; core seconds, but STORE.

    `enrolments_a_second` is what the database stores; `person_bytes` and `search_bytes` what it grows by.
    """

    one: Times
    ten: Times
    enrolment: Times
    enrolments_a_second: float
    person_bytes: float
    search_bytes: float


class StageTimes(Observer):
    """Keeps how long each stage takes: work in core seconds, the database in seconds. For one search at a time."""

    def __init__(self) -> None:
        self.times: Times = defaultdict(list)

    @contextmanager
    def stage(self, stage: WorkStage) -> Iterator[None]:
        """Time a stage."""
        clock = time.perf_counter if stage is WorkStage.STORE else cpu_seconds
        began = clock()
        yield
        self.times[stage].append(clock() - began)


def measure(folder: Path, database: str) -> NodeTimes:
    """Enrol generated people at a station of its own, and search; `database` is an empty one, else SQLite."""
    settings = Settings(data_folder=folder / "node", database_url="", images_url="", vectors_url="", cluster_url="")
    settings = settings.model_copy(update={"threads": 1})  # stages that overlap would count each other's time
    people = list(extracted_people.made_people(settings, PEOPLE, os.cpu_count() or 1))
    with open_store(settings).as_system("a benchmark") as store:
        extracted_people.stored(store, people)
    with open_engine(settings) as opened:
        engine = opened.as_system("a benchmark")
        _search(engine, [people[0].probe])  # the first one compiles
        before = database_bytes(settings)
        one = [_search(engine, [person.probe]) for person in people]
        search_bytes = (database_bytes(settings) - before) / len(people)
        ten = [_search(engine, [print_.sample for print_ in person.samples[: len(FINGERS)]]) for person in people[:TEN]]
        enrolled = [_enrolled(engine, DemoPerson(number)) for number in range(PEOPLE, PEOPLE + ENROLLED)]
    rated = Settings(data_folder=folder / "rate", database_url=database, images_url="", vectors_url="")
    before = database_bytes(rated)
    rate = enrolments.measure(rated, RATE_NODES, RATE_CLIENTS, RATED)
    person_bytes = (database_bytes(rated) - before) / RATED
    return NodeTimes(_joined(one), _joined(ten), _joined(enrolled), rate.a_second, person_bytes, search_bytes)


def _search(engine: Engine, samples: list[Sample]) -> Times:
    observed = StageTimes()
    identify(replace(engine, observer=observed), SearchRequest(samples, case_number="benchmark", officer="benchmark"))
    return observed.times


def _enrolled(engine: Engine, person: DemoPerson) -> Times:
    observed = StageTimes()
    samples = person.prints(0, FINGERS)
    enrol(replace(engine, observer=observed), person.person, person.encounter, samples, "a generated finger")
    return observed.times


def _joined(measured: list[Times]) -> Times:
    return {stage: [seconds for times in measured for seconds in times.get(stage, ())] for stage in WorkStage}


def database_bytes(settings: Settings) -> int:
    """Return the size of a database; 0 if it does not exist yet."""
    url = settings.resolved_database_url
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        if not path.exists():
            return 0
        with closing(sqlite3.connect(path)) as connection:
            pages, page = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        return int(pages * page)
    import psycopg

    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as opened:
        [(size,)] = opened.execute("SELECT pg_database_size(current_database())").fetchall()
    return int(size)
