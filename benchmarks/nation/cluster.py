"""The simulation checked against a real Ray cluster on this machine: what it predicts, and what is seen."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.nation import partition
from benchmarks.nation.partition import SPACE, Probes, Searches, hits_of
from benchmarks.nation.simulation import Arrival, Kind, Pool, Seconds, Step, simulate
from benchmarks.search.figure import processes_of_started
from biometrics.kernel.errors import PartitionsMissing
from biometrics.matching.ports import SearchIndex
from index.cluster.copy_names import partition_names, snapshot_path
from index.cluster.ray_index import RayIndex

LOAD = 0.5  # of what the cluster can do, while its searches are timed
TEN_PRINTS = 3  # of so many searches under load, one is of ten prints, as in a nation's busiest hour
WITHIN = 0.2  # of what is seen: how near the prediction shall be
ROUND_TRIPS = 20
DEADLINE = 600.0
_PROCESS = "ray::Partition"  # what Ray calls a partition's process


@dataclass(frozen=True)
class Compared:
    """A time in seconds that was predicted, and what was seen, on average of `searches`."""

    what: str
    predicted: float
    seen: float
    searches: int

    @property
    def ratio(self) -> float:
        """How many times as long as seen it was predicted to take."""
        return self.predicted / self.seen

    @property
    def reached(self) -> bool:
        """Whether the prediction is near enough."""
        return abs(self.ratio - 1) <= WITHIN


@dataclass(frozen=True)
class Checked:
    """What the check gave.

    `cores` is how many cores a search had, `ask` the seconds of calls of all partitions without work, `back` the
    seconds until a partition whose process was killed answered again.
    """

    partitions: int
    cores: float
    ask: tuple[float, ...]
    back: float
    compared: tuple[Compared, ...]


def check(path: Path, secret: bytes, partitions: int, searches: Searches, folder: Path, seed: int = 1) -> Checked:
    """Start partitions, each with the prints of a snapshot, and compare their times with predictions.

    Predicted is the work of as many partitions in this process, divided by the cores that they get. They are searched
    in turn with the cluster, with as many threads, so that other programs slow both equally.
    """
    here = [partition.restored(path, secret, partitions) for _ in range(partitions)]
    with _cluster(here[0], partitions, folder, secret) as index, ThreadPoolExecutor(partitions) as pool:
        for probes in (searches.unknown[0], searches.ten[0]):
            _timed(index, probes)
        ask = np.array([_round_trip(index) for _ in range(ROUND_TRIPS)])
        work, wall, seen = _in_turn(here, pool, index, searches.unknown)
        work_ten, wall_ten, seen_ten = _in_turn(here, pool, index, searches.ten)
        cores = float((work.sum() + work_ten.sum()) / (wall.sum() + wall_ten.sum()))
        service, service_ten = work / cores, work_ten / cores
        compared = [
            Compared("an unknown finger, alone", float(service.mean() + ask.mean()), float(seen.mean()), len(seen)),
            Compared(
                "ten prints, alone", float(service_ten.mean() + ask.mean()), float(seen_ten.mean()), len(seen_ten)
            ),
            *_under_load(index, searches, (service, service_ten), ask, seed),
        ]
        back = _killed(index, searches.unknown[0])
    return Checked(partitions, cores, tuple(ask.tolist()), back, tuple(compared))


@contextmanager
def _cluster(alone: SearchIndex, partitions: int, folder: Path, secret: bytes) -> Iterator[RayIndex]:
    """Start a cluster whose partitions take up snapshots with the prints of an index."""
    name = f"bench-{uuid.uuid4().hex}"
    alone.sequence = 1
    for each in partition_names(name, partitions):
        alone.snapshot(snapshot_path(folder, each), f"{SPACE} {each}", secret)()
    index = RayIndex("local", name, partitions, SPACE, folder, lambda: secret, deadline=DEADLINE)
    if index.sequence != 1:
        raise PartitionsMissing("The partitions of the benchmark have not taken up their snapshots.")
    try:
        yield index
    finally:
        index.drop()


def _in_turn(
    here: Sequence[SearchIndex], pool: ThreadPoolExecutor, index: RayIndex, searches: Sequence[Probes]
) -> tuple[Seconds, Seconds, Seconds]:
    """Return for each search the core seconds and seconds of the partitions here, and the seconds of the cluster."""
    times = []
    for probes in searches:
        cpu, began = time.process_time(), time.perf_counter()
        list(pool.map(partial(partition.search, probes=probes), here))
        times.append((time.process_time() - cpu, time.perf_counter() - began, _timed(index, probes)))
    work, wall, seen = np.array(times).T
    return work, wall, seen


def _under_load(
    index: RayIndex, searches: Searches, service: tuple[Seconds, Seconds], ask: Seconds, seed: int
) -> list[Compared]:
    """Send searches at random times to a cluster that they keep half busy, and simulate the same arrivals."""
    rng = np.random.default_rng(seed)
    here, machine = Pool("this process", 1000), Pool("partitions", 1)
    names = "an unknown finger, under load", "ten prints, under load"
    kinds = [Kind(name, (Step(here, ask), Step(machine, its))) for name, its in zip(names, service, strict=True)]
    count = 3 * len(searches.unknown)
    of_ten = np.arange(count) % TEN_PRINTS == 0
    mean = np.where(of_ten, service[1].mean(), service[0].mean()).mean()
    times = np.cumsum(rng.exponential(mean / LOAD, count))
    outcome = simulate([Arrival(time, kinds[int(ten)]) for time, ten in zip(times.tolist(), of_ten, strict=True)])
    began = time.perf_counter()

    def send(number: int) -> float:
        due = began + times[number]
        time.sleep(max(0.0, due - time.perf_counter()))
        of_kind = searches.ten if of_ten[number] else searches.unknown
        index.search_all(of_kind[number % len(of_kind)], hits_of(of_kind[0]))
        return time.perf_counter() - float(due)

    with ThreadPoolExecutor(count) as pool:
        seen = np.array(list(pool.map(send, range(count))))
    return [
        Compared(
            name,
            float(outcome.taken[name].mean()),
            float(seen[of_ten == bool(kind)].mean()),
            int((of_ten == bool(kind)).sum()),
        )
        for kind, name in enumerate(names)
    ]


def _timed(index: RayIndex, probes: Probes) -> float:
    began = time.perf_counter()
    index.search_all(probes, hits_of(probes))
    return time.perf_counter() - began


def _round_trip(index: RayIndex) -> float:
    began = time.perf_counter()
    index.held(np.array([], np.int64))
    return time.perf_counter() - began


def _killed(index: RayIndex, probes: Probes) -> float:
    """Kill the process of a partition; return the seconds until a search has all partitions again."""
    began = time.perf_counter()
    os.kill(processes_of_started(_PROCESS)[0], signal.SIGKILL)
    while True:
        try:
            if index.sequence:
                index.search_all(probes, hits_of(probes))
                return time.perf_counter() - began
        except PartitionsMissing:
            if time.perf_counter() - began > DEADLINE:
                raise
        time.sleep(0.05)
