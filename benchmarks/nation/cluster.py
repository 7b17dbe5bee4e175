"""The simulation checked against a real Ray cluster on this machine: what it predicts, and what is seen.

With copies, each node of the cluster plays a machine: one falls silent while searches are sent.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.bootstrap.engine import TENDING_SECONDS
from benchmarks.nation import partition
from benchmarks.nation.machines import Machines, cluster_of
from benchmarks.nation.partition import SPACE, Probes, Searches, hits_of
from benchmarks.nation.service import ANSWER_SECONDS
from benchmarks.nation.simulation import Arrival, Kind, Pool, Seconds, Step, simulate
from benchmarks.search.figure import processes_of_started
from biometrics.kernel.errors import PartitionsMissing, StoreUnavailable
from biometrics.matching.ports import SearchIndex
from index.cluster.copy_names import partition_names, snapshot_path
from index.cluster.layouts import PartitionLayout, spread
from index.cluster.ray_index import RayIndex

LOAD = 0.5  # of what the cluster can do, while its searches are timed
TEN_PRINTS = 3  # one in this many searches under load has ten prints, as in a nation's busiest hour
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
class Lost:
    """What happened while a machine fell silent: the searches, the failed ones, and the longest in seconds."""

    searches: int
    failed: int
    longest: float


@dataclass(frozen=True)
class Checked:
    """What the check gave.

    `cores` is how many cores a search had, `ask` the seconds of calls of all partitions without work, `back` the
    seconds until a partition whose process was killed answered again; with copies, until all of a lost machine were
    complete on a new one. `lost` is None where there are no copies.
    """

    partitions: int
    copies: int
    cores: float
    ask: tuple[float, ...]
    back: float
    compared: tuple[Compared, ...]
    lost: Lost | None


def check(
    path: Path, secret: bytes, partitions: int, copies: int, searches: Searches, folder: Path, seed: int = 1
) -> Checked:
    """Start partitions, each with the prints of a snapshot, and compare their times with predictions.

    Predicted is the work of as many partitions in this process, divided by the cores that they get. They are searched
    in turn with the cluster, with as many threads, so that other programs slow both equally. With copies, a machine
    falls silent at the end, and a new one comes.
    """
    local_partitions = [partition.restored(path, secret, partitions) for _ in range(partitions)]
    with _cluster(local_partitions[0], partitions, copies, folder, secret) as cluster:
        index = cluster.index
        with ThreadPoolExecutor(partitions) as pool:
            for probes in (searches.unknown[0], searches.ten[0]):
                _timed(index, probes)
            ask = np.array([_round_trip(index) for _ in range(ROUND_TRIPS)])
            work, wall, cluster_seconds = _in_turn(local_partitions, pool, index, searches.unknown)
            work_ten, wall_ten, seen_ten = _in_turn(local_partitions, pool, index, searches.ten)
        cores = float((work.sum() + work_ten.sum()) / (wall.sum() + wall_ten.sum()))
        service, service_ten = work / cores, work_ten / cores
        load = Load.at_random(searches, (service, service_ten), ask, seed)
        compared = [
            Compared(
                "an unknown finger, alone",
                float(service.mean() + ask.mean()),
                float(cluster_seconds.mean()),
                len(cluster_seconds),
            ),
            Compared(
                "ten prints, alone", float(service_ten.mean() + ask.mean()), float(seen_ten.mean()), len(seen_ten)
            ),
            *load.compared(load.sent(index), copies, "under load"),
        ]
        if cluster.machines is None:
            back, lost = _killed(index, searches.unknown[0]), None
        else:
            back, lost, without = _machine_lost(cluster, cluster.machines, copies, load)
            compared += without
    return Checked(partitions, copies, cores, tuple(ask.tolist()), back, tuple(compared), lost)


@dataclass(frozen=True)
class _Cluster:
    """A real cluster, and its machines, which are None where there are no copies."""

    index: RayIndex
    layout: PartitionLayout
    machines: Machines | None


@contextmanager
def _cluster(alone: SearchIndex, partitions: int, copies: int, folder: Path, secret: bytes) -> Iterator[_Cluster]:
    """Start a cluster whose partitions take up snapshots with the prints of an index; with copies, one of machines."""
    name = f"bench-{uuid.uuid4().hex}"
    alone.sequence = 1
    for partition_name in partition_names(name, partitions):
        alone.snapshot(snapshot_path(folder, partition_name), f"{SPACE} {partition_name}", secret)()
    with ExitStack() as stack:
        machines = stack.enter_context(cluster_of(copies)) if copies > 1 else None
        address, seconds = (machines.address, ANSWER_SECONDS) if machines else ("local", DEADLINE)
        index = RayIndex(address, name, partitions, SPACE, folder, lambda: secret, deadline=seconds, copies=copies)
        if index.sequence != 1:
            raise PartitionsMissing("The partitions of the benchmark have not taken up their snapshots.")
        stack.callback(index.drop)
        yield _Cluster(index, PartitionLayout(name, partitions, partitions * copies), machines)


def _in_turn(
    local_partitions: Sequence[SearchIndex], pool: ThreadPoolExecutor, index: RayIndex, searches: Sequence[Probes]
) -> tuple[Seconds, Seconds, Seconds]:
    """Return for each search the core seconds and seconds of the partitions here, and the seconds of the cluster."""
    times = []
    for probes in searches:
        cpu, began = time.process_time(), time.perf_counter()
        list(pool.map(partial(partition.search, probes=probes), local_partitions))
        times.append((time.process_time() - cpu, time.perf_counter() - began, _timed(index, probes)))
    work, wall, cluster_seconds = np.array(times).T
    return work, wall, cluster_seconds


@dataclass(frozen=True)
class Load:
    """Searches at random times, some with ten prints, that keep a cluster half busy.

    `service` is the seconds of a search with an unknown finger, and with ten prints.
    """

    searches: Searches
    service: tuple[Seconds, Seconds]
    ask: Seconds
    times: Seconds
    of_ten: NDArray[np.bool_]

    @classmethod
    def at_random(cls, searches: Searches, service: tuple[Seconds, Seconds], ask: Seconds, seed: int) -> Load:
        """Draw the times."""
        count = 3 * len(searches.unknown)
        of_ten = np.arange(count) % TEN_PRINTS == 0
        mean = np.where(of_ten, service[1].mean(), service[0].mean()).mean()
        times = np.cumsum(np.random.default_rng(seed).exponential(mean / LOAD, count))
        return cls(searches, service, ask, times, of_ten)

    def sent(self, index: RayIndex, after: Callable[[], None] = lambda: None) -> Seconds:
        """Send all, as a server does, and call `after` at half time; return the seconds of each, nan if it failed."""
        began = time.perf_counter()

        def wait(due: float) -> None:
            time.sleep(max(0.0, began + due - time.perf_counter()))

        def send(number: int) -> float:
            due = float(self.times[number])
            wait(due)
            of_kind = self.searches.ten if self.of_ten[number] else self.searches.unknown
            probes = of_kind[number % len(of_kind)]
            with suppress(PartitionsMissing):
                if index.sequence:  # else the partitions are empty, and a server would fill them first
                    index.search_all(probes, hits_of(probes))
                    return time.perf_counter() - began - due
            return float("nan")

        with ThreadPoolExecutor(len(self.times) + 1) as pool:
            results = pool.map(send, range(len(self.times)))
            wait(float(self.times[len(self.times) // 2]))
            after()
            return np.array(list(results))

    def compared(self, observed: Seconds, copies: int, how: str) -> list[Compared]:
        """Simulate the same arrivals in a cluster with `copies`, and compare with the answered searches."""
        process, machine = Pool("this process", 1000), Pool("partitions", 1, apart=True, copies=copies)
        names = f"an unknown finger, {how}", f"ten prints, {how}"
        kinds = [
            Kind(name, (Step(process, 2 * self.ask), Step(machine, seconds, everywhere=True)))
            for name, seconds in zip(names, self.service, strict=True)
        ]
        arrivals = [Arrival(time, kinds[int(ten)]) for time, ten in zip(self.times.tolist(), self.of_ten, strict=True)]
        outcome = simulate(arrivals)
        return [
            Compared(name, float(outcome.taken[name].mean()), float(np.nanmean(observed[of_kind])), int(of_kind.sum()))
            for name, of_kind in zip(names, (~self.of_ten, self.of_ten), strict=True)
        ]


def _machine_lost(cluster: _Cluster, machines: Machines, copies: int, load: Load) -> tuple[float, Lost, list[Compared]]:
    """Let a machine fall silent while searches are sent; compare what is sent then; start another machine at last.

    Return also the seconds until that has the copies that were lost. They are looked after, as a server does.
    """
    stop = threading.Event()

    def tend() -> None:
        unfinished = False
        while not stop.wait(0.0 if unfinished else TENDING_SECONDS):
            with suppress(StoreUnavailable):  # it is tried again
                unfinished = cluster.index.tend()

    with ThreadPoolExecutor(1) as thread:
        tending = thread.submit(tend)
        try:
            seconds = load.sent(cluster.index, lambda: machines.silence(copies))
            without = load.compared(load.sent(cluster.index), copies - 1, "under load, without a machine")
            machines.start(copies + 1)
            began = time.perf_counter()
            while (spread(machines.address, cluster.layout).complete or 0) < copies:
                if time.perf_counter() - began > DEADLINE:
                    raise PartitionsMissing(f"A new machine has not got its copies within {DEADLINE:g} seconds.")
                time.sleep(1.0)
        finally:
            stop.set()
            tending.result()
    back = time.perf_counter() - began
    return back, Lost(len(seconds), int(np.isnan(seconds).sum()), float(np.nanmax(seconds))), without


def _timed(index: RayIndex, probes: Probes) -> float:
    began = time.perf_counter()
    index.search_all(probes, hits_of(probes))
    return time.perf_counter() - began


def _round_trip(index: RayIndex) -> float:
    began = time.perf_counter()
    index.ids_present(np.array([], np.int64))
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
