"""Re-extraction during searches: its rate compared with extraction alone, and its effect on the searches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np

from api.bootstrap.recognisers import open_recogniser
from api.cli.commands.reextract import NICENESS
from api.settings import Settings
from benchmarks.service.extracted_people import MadePerson, stored
from benchmarks.service.searches import request_of
from benchmarks.service.second_model import OTHER, OTHER_MODEL
from benchmarks.service.server import BenchmarkClient, Server
from biometrics.kernel.people.templates import Operation
from biometrics.kernel.recognition.types import Sample
from biometrics.matching.extraction import extract_one
from biometrics.records.store import RecordStore
from biometrics.templates.models import ModelStore
from biometrics.templates.reextraction import ReextractionStore
from fingerprint.modality import FINGERPRINT

PATIENCE: Final = 900  # seconds until a batch must be done
LOOK: Final = 0.2  # seconds between two looks at what is left
MOST_CHANGES: Final = 10_000_000
WARM: Final = 6  # searches before any is timed


@dataclass(frozen=True)
class Searched:
    """Searches at one a second: milliseconds of each, how many were not answered, and how many named another person."""

    ms: tuple[float, ...]
    lost: int
    wrong: int

    @property
    def sound(self) -> bool:
        """Whether all were answered, and named the person first."""
        return not (self.lost or self.wrong)


@dataclass(frozen=True)
class Round:
    """One repetition: extractions a second, alone and beside searches, searches without and with them, and the load.

    The load is that of the machine in the last minute.
    """

    alone: float
    beside: float
    without: Searched
    during: Searched
    load: float

    @property
    def rate(self) -> float:
        """Rate of re-extraction as a share of that of extraction alone."""
        return self.beside / self.alone

    @property
    def p95_times(self) -> float:
        """P95 of the searches as a multiple of that without re-extraction."""
        return float(np.quantile(self.during.ms, 0.95) / np.quantile(self.without.ms, 0.95))

    @property
    def sound(self) -> bool:
        """Whether no search was lost or wrong."""
        return self.without.sound and self.during.sound


@dataclass(frozen=True)
class Kept:
    """What the database holds in the end: prints, and of how many a template of the new model is missing, or double."""

    prints: int
    missing: int
    twice: int
    refused: int
    kills: int
    searched: Searched

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, done twice, or answered wrongly."""
        return self.searched.sound and not (self.missing or self.twice or self.refused)


class Station:
    """A station whose server is running, and what is measured on it."""

    def __init__(self, server: Server, store: RecordStore, environment: Mapping[str, str]) -> None:
        """`environment` is that of the server."""
        self._server = server
        self._environment = environment
        self._store = store
        self._work = ReextractionStore(store.database, store.keys)
        self._prints = 0  # on record
        self._known: set[str] = set()  # processes that are the server, or have ended
        self._probes: list[tuple[tuple[str, bytes], str]] = []  # a search, and the record that it must name

    def add(self, people: Sequence[MadePerson]) -> None:
        """Store people whose samples have no template of the new model."""
        for person, record_id in zip(people, stored(self._store, people), strict=True):
            assert person.probe.position is not None
            request = request_of([(person.probe.position.name.lower(), person.probe.content)])
            self._probes.append((request, record_id))
            self._prints += sum(enrolled.sample.modality is FINGERPRINT for enrolled in person.samples)

    @property
    def left(self) -> int:
        """Samples that the new model has still to do."""
        return self._work.pending(FINGERPRINT, OTHER_MODEL)

    def begin(self, people: Sequence[MadePerson]) -> None:
        """Store the first people, have all samples extracted by the new model from now on, and fill the caches."""
        self.add(people)
        ModelStore(self._store.database).want(FINGERPRINT, OTHER_MODEL, OTHER)
        client = self._server.client()
        for number in range(WARM):
            self._search(client, number)
        while self.left:
            self._known |= self._holders()
            time.sleep(LOOK / 10)

    def searched_for(self, seconds: float) -> Searched:
        """Search once a second for some time."""
        until = time.monotonic() + seconds
        return self._searched(lambda: time.monotonic() >= until)

    def beside_searches(self, batch: Sequence[MadePerson], workers: int) -> tuple[float, Searched]:
        """Store a batch, and search until it is extracted; return the extractions a second, and the searches.

        So many workers (`pehchan reextract run`) extract beside the server; both are taken once all of them work.
        """
        self.add(batch)
        processes = [self._worker() for _ in range(workers)]
        working: set[str] = set()
        while len(working) < workers and any(process.poll() is None for process in processes):
            working |= self._holders() - self._known
            time.sleep(LOOK / 10)
        with ThreadPoolExecutor(1) as pool:
            rate = pool.submit(self._rate)
            searched = self._searched(rate.done)
        for process in processes:
            process.wait()
        self._known |= working
        return rate.result(), searched

    def _rate(self) -> float:
        """Wait until all is extracted, for so long at most; return the extractions a second."""
        first, began = self.left, time.perf_counter()
        while (left := self.left) and time.perf_counter() - began < PATIENCE:
            time.sleep(LOOK)
        return (first - left) / (time.perf_counter() - began)

    def with_kills(self, batch: Sequence[MadePerson], kills: int) -> Kept:
        """Store a batch, and kill a worker during a sample `kills` times; the server goes on searching."""
        self.add(batch)
        until = time.monotonic() + PATIENCE
        with ThreadPoolExecutor(1) as pool:
            killing = pool.submit(self._kill, kills)
            searched = self._searched(lambda: killing.done() and (not self.left or time.monotonic() >= until))
        return self._kill_results(killing.result(), searched)

    def _kill(self, kills: int) -> int:
        """Start workers one after another, and kill each (SIGKILL) in the midst of a sample; return how many were."""
        for killed in range(kills):
            process = self._worker()
            while not (new := self._holders() - self._known) and process.poll() is None:
                time.sleep(LOOK / 10)
            if not new:
                return killed  # all was done before
            self._known |= new
            process.kill()
            process.wait()
        return kills

    def _worker(self) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).with_name("pehchan")), "reextract", "run", OTHER]
        whole, unseen = {**os.environ, **self._environment}, subprocess.DEVNULL
        return subprocess.Popen(command, env=whole, stdout=unseen, stderr=unseen)  # noqa: S603

    def _holders(self) -> set[str]:
        """Return the processes that are extracting a sample now."""
        with self._store.database.reading() as connection:
            query = "SELECT DISTINCT holder FROM reextractions WHERE leased_until IS NOT NULL"
            return set(connection.exec_driver_sql(query).scalars())

    def _kill_results(self, kills: int, searched: Searched) -> Kept:
        changes = self._store.templates.changes_since(0, FINGERPRINT, OTHER_MODEL, MOST_CHANGES)
        added = Counter(change.template_id for change in changes if change.operation is Operation.ADD)
        missing, twice = self._prints - len(added), added.total() - len(added)
        return Kept(self._prints, missing, twice, self._work.refused_count(OTHER_MODEL), kills, searched)

    def _searched(self, ended: Callable[[], bool]) -> Searched:
        client, lost, wrong = self._server.client(), 0, 0
        ms: list[float] = []
        due = time.monotonic()
        while not ended():
            if (wait := due - time.monotonic()) > 0:
                time.sleep(min(wait, LOOK))
                continue
            due = max(due + 1, time.monotonic())  # one that takes longer than a second is not made up for
            sent = time.perf_counter()
            answer = self._search(client, len(ms))
            ms.append(1000 * (time.perf_counter() - sent))
            lost += answer is None
            wrong += answer is False
        return Searched(tuple(ms), lost, wrong)

    def _search(self, client: BenchmarkClient, number: int) -> bool | None:
        """Search for one of the people; return whether they came first, None where there was no answer."""
        request, record_id = self._probes[number % len(self._probes)]
        try:
            status, _, content = client.search(request)
        except OSError:
            return None
        if status != 201:
            return None
        candidates: list[dict[str, Any]] = json.loads(content)["candidates"]
        return bool(candidates) and candidates[0]["record"]["id"] == record_id


def alone(settings: Settings, people: Sequence[MadePerson], workers: int, seconds: float) -> float:
    """Return the images a second that `workers` processes extract by the new model, from files in memory.

    They have the priority of workers.
    """
    contents = [
        enrolled.sample for person in people for enrolled in person.samples if enrolled.sample.modality is FINGERPRINT
    ]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(_alone, settings, contents[number::workers], seconds) for number in range(workers)]
        return sum(part.result() for part in parts)


def _alone(settings: Settings, contents: Sequence[Sample], seconds: float) -> float:
    os.nice(NICENESS)
    recogniser = open_recogniser(settings, FINGERPRINT, OTHER)
    extract_one(recogniser, contents[0], assess=False)
    began = time.perf_counter()
    for number in count(1):
        extract_one(recogniser, contents[number % len(contents)], assess=False)
        if (elapsed := time.perf_counter() - began) >= seconds:
            return number / elapsed
    raise AssertionError("it ends above")
