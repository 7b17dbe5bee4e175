"""How many enrolments a second one database takes: stored by several nodes at once, without extraction.

Each enrolment is a person with ten generated prints: the image files are encrypted and stored, then one transaction
writes the rows, takes the numbers of the change sequence and appends the audit entry, on behalf of a station officer.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from rich.table import Table

from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.kernel.access import Act, Actor, Role, Unit
from biometrics.kernel.people.encounter import Encounter
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample, Source, Template
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_person
from fingerprint.codec import encode
from fingerprint.modality import FINGERPRINT
from fingerprint.synthetic.templates import synthetic_template

MODEL = "e" * 64  # of templates that no search looks at
IMAGE_BYTES = 15_000  # of a print, about a WSQ file
STATES = 36
FINGERS = [position for position in FingerPosition if position]


@dataclass(frozen=True)
class EnrolmentRate:
    """Enrolments by several nodes at once, each with several clients.

    `seconds` is the time of all, `median_ms` and `longest_ms` that of one, `cpu_ms` the processor time of the nodes for
    one, without that of the database. `in_order` says whether a follower that read
    the change sequence all the while saw each change once, in the order of the numbers and without a gap.
    """

    nodes: int
    clients: int
    states: int
    enrolments: int
    seconds: float
    median_ms: float
    longest_ms: float
    cpu_ms: float
    in_order: bool

    @property
    def a_second(self) -> float:
        """Enrolments a second."""
        return self.enrolments / self.seconds


def measure(settings: Settings, nodes: int, clients: int, enrolments: int, states: int = STATES) -> EnrolmentRate:
    """Enrol people through `nodes` processes with `clients` threads each, in the first `states` states."""
    share = [len(range(node, enrolments, nodes)) for node in range(nodes)]
    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of threads that do not run in it
    with context.Manager() as manager, open_store(settings).as_system("a benchmark") as store:
        started = manager.Barrier(nodes + 1)
        with ProcessPoolExecutor(nodes, mp_context=context) as pool:
            stored = [pool.submit(_node, settings, started, clients, states, count) for count in share]
            follower = Follower(store)
            started.wait()
            began = time.perf_counter()
            of_nodes = [node.result() for node in stored]
            seconds = time.perf_counter() - began
        in_order = follower.stop(len(FINGERS) * enrolments)
    milliseconds = [1000 * duration for durations, _ in of_nodes for duration in durations]
    cpu_ms = 1000 * sum(cpu for _, cpu in of_nodes) / enrolments
    median, longest = statistics.median(milliseconds), max(milliseconds)
    return EnrolmentRate(nodes, clients, states, enrolments, seconds, median, longest, cpu_ms, in_order)


class Follower:
    """Reads the change sequence of a database as a gallery does, until it is stopped."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._began = self._sequence = store.templates.last_sequence()
        self._seen: list[int] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def stop(self, expected: int) -> bool:
        """Read to the end; say whether all that were expected came, in order and without a gap, and nothing else."""
        self._stopped.set()
        self._thread.join()
        self._read()
        return (
            self._seen == list(range(self._began + 1, self._store.templates.last_sequence() + 1))
            and len(self._seen) == expected
        )

    def _follow(self) -> None:
        while not self._stopped.is_set():
            if not self._read():
                self._stopped.wait(0.01)

    def _read(self) -> bool:
        changes = self._store.templates.changes_since(self._sequence, FINGERPRINT, MODEL, 10_000)
        if changes:
            self._seen += [change.sequence for change in changes]
            self._sequence = changes[-1].sequence
        return bool(changes)


def table(figures: Sequence[EnrolmentRate]) -> Table:
    """Show the figures."""
    rates_table = Table(
        "nodes", "clients each", "states", "enrolments", "a second", "median, ms", "longest, ms", "CPU, ms", "changes"
    )
    for figure in figures:
        rates_table.add_row(
            str(figure.nodes),
            str(figure.clients),
            str(figure.states),
            f"{figure.enrolments:,}",
            f"{figure.a_second:.1f}",
            f"{figure.median_ms:.0f}",
            f"{figure.longest_ms:.0f}",
            f"{figure.cpu_ms:.1f}",
            "in order" if figure.in_order else "OUT OF ORDER",
        )
    return rates_table


def _node(
    settings: Settings, started: threading.Barrier, clients: int, states: int, count: int
) -> tuple[list[float], float]:
    """Be one node: enrol `count` people, and return the seconds that each took, and those of processor time of all."""
    templates = [encode(synthetic_template(seed)) for seed in range(len(FINGERS))]
    with open_store(settings).as_system("a benchmark") as store, ThreadPoolExecutor(clients) as pool:
        started.wait()
        cpu_began = time.process_time()
        durations = list(pool.map(lambda number: _enrol(store, templates, number % states + 1), range(count)))
        return durations, time.process_time() - cpu_began


def _enrol(store: RecordStore, templates: Sequence[bytes], state: int) -> float:
    code = f"{state:02}"
    actor = Actor("bench", "bench", frozenset({Role.STATION_OFFICER}), Role.STATION_OFFICER.scopes, Unit(code))
    encounter = Encounter("0001/2026", f"{code}001001", f"{code}001", code, date(2026, 1, 15), "bench")
    samples = [
        EnrolledSample(
            Sample(FINGERPRINT, os.urandom(IMAGE_BYTES), position=position),
            Source("image/x-wsq", 500, 500, 500.0),
            Template(FINGERPRINT, MODEL, template, 80),
        )
        for position, template in zip(FINGERS, templates, strict=True)
    ]
    began = time.perf_counter()
    store_person(store.for_actor(Act(actor)), Person("Bench"), encounter, samples)
    return time.perf_counter() - began
