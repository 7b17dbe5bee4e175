"""How searches and enrolments of a nation pass its machines, by what was measured of one partition and one node."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from benchmarks.nation.demand import BUSIEST, DAY, HOUR, Demand, kept_back, poisson_times
from benchmarks.nation.simulation import Arrival, Kind, Outage, Outcome, Pool, Seconds, Step, simulate
from biometrics.kernel.errors import InvalidField
from index.cluster.calls import PATIENCE

SEARCH = "search of an unknown finger"
ENROLMENT = "enrolment, until it is checked for duplicates"
FINGERS = 10
IMAGE_BYTES = 15_000  # of a print, about a WSQ file
LINK_BYTES = 1.25e9  # a second: 10 Gbit/s
MOST_LOAD = 0.6  # share of the nodes' time in the busiest hour that the plan allows
MOST_MACHINES = 1000
ANSWER_SECONDS = 30.0  # that a partition has for its answer: PEHCHAN_CLUSTER_SECONDS
NOTICE = PATIENCE * ANSWER_SECONDS  # seconds until another copy is searched, where a machine does not answer
LOST_AFTER = 60.0  # seconds from the start of the busiest hour


@dataclass(frozen=True)
class Measured:
    """What one of `partitions` partitions of `prints` prints, and one node, take.

    Attributes:
        prints, partitions: prints in the partition that was measured, and into how many all prints are divided.
        unknown, ten: core seconds in a partition of a search of an unknown finger, and of ten prints of one person.
        change: seconds in which a partition takes a print.
        extract, assess: core seconds of a node for a print from its file, and for its quality.
        match_one, match_ten: seconds of a node for the exact comparison.
        ask: seconds in which a node asks all partitions, and merges what they answer, without their work.
        write_search: seconds of the database transaction that stores a search.
        enrolments_a_second: that the database stores.
        print_bytes: memory of a print in a partition.
        message_bytes: of a search of an unknown finger and its answer, between a node and a partition.
        person_bytes, search_bytes: of a person with ten prints, and of a search, in the database.
        restart: seconds until a partition that died answers again.
    """

    prints: int
    partitions: int
    unknown: tuple[float, ...]
    ten: tuple[float, ...]
    change: float
    extract: tuple[float, ...]
    assess: tuple[float, ...]
    match_one: tuple[float, ...]
    match_ten: tuple[float, ...]
    ask: tuple[float, ...]
    write_search: tuple[float, ...]
    enrolments_a_second: float
    print_bytes: float
    message_bytes: float
    person_bytes: float
    search_bytes: float
    restart: float

    @classmethod
    def read(cls, path: Path) -> Measured:
        """Read what an earlier run measured from its JSON file, where it is `measured`.

        Raises:
            InvalidField: the file holds no such figures.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return TypeAdapter(cls).validate_python(content["measured"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidField(f"{path} holds no figures of `pehchan bench nation`: {error}") from error


@dataclass(frozen=True)
class Plan:
    """The machines: of the index, each with `cores`, of which a search keeps the share `efficiency` busy; and nodes.

    Each partition has so many `copies`, on different machines.
    """

    machines: int
    nodes: int
    cores: int = 16
    efficiency: float = 0.9
    memory_gb: float = 128.0
    copies: int = 1

    def partitions_of(self, partitions: int) -> int:
        """Return how many copies of partitions the fullest machine holds."""
        return ceil(partitions * self.copies / self.machines)


@dataclass(frozen=True)
class Prices:
    """Rupees a year: a machine, the database's machine, and a terabyte of its disk and of the image store."""

    machine: float = 600_000.0
    database: float = 2_500_000.0
    database_terabyte: float = 100_000.0
    image_terabyte: float = 25_000.0


@dataclass(frozen=True)
class Size:
    """What all prints take: gigabytes of memory on each index machine, terabytes of database and images, people."""

    people: int
    memory_gb: float
    database_tb: float
    images_tb: float


def pools(plan: Plan) -> tuple[Pool, Pool, Pool]:
    """Return the nodes' cores, the index machines, each with its part of the prints, and the database's one writer."""
    return (
        Pool("cores of the nodes", plan.nodes * plan.cores),
        Pool("index machines", plan.machines, apart=True, copies=plan.copies),
        Pool("database writer", 1),
    )


def kinds(measured: Measured, plan: Plan) -> tuple[Kind, Kind]:
    """Return a search of an unknown finger, and an enrolment with ten prints and its check.

    All partitions of a machine work for one search at a time, as each takes its searches in the same order; of copies
    a search asks one, in turn, so that those of a machine work for as many searches as there are copies. The
    database is one writer that is busy as long as a transaction takes: more than it is, which errs on the safe side.
    """
    nodes, machines, database = pools(plan)
    share = plan.partitions_of(measured.partitions) / plan.copies / (plan.cores * plan.efficiency)
    write = Step(database, _seconds(measured.write_search))
    ask = Step(nodes, _seconds(measured.ask))
    search = (
        Step(nodes, _seconds(measured.extract)),
        ask,
        Step(machines, share * _seconds(measured.unknown), everywhere=True),
        Step(nodes, _seconds(measured.match_one)),
        write,
    )
    enrolment = (
        Step(nodes, _seconds(measured.extract) + np.mean(measured.assess), tasks=FINGERS),
        Step(database, np.array([1 / measured.enrolments_a_second])),
        Step(machines, np.array([FINGERS * measured.change])),
        ask,
        Step(machines, share * _seconds(measured.ten), everywhere=True),
        Step(nodes, _seconds(measured.match_ten)),
        write,
    )
    return Kind(SEARCH, search, whole=True), Kind(ENROLMENT, enrolment)


def loads(measured: Measured, plan: Plan, demand: Demand) -> dict[str, float]:
    """Return what share of each resource the busiest hour of an ordinary day takes; 1 is as much as there is."""
    a_second = (demand.searches_a_minute / 60, demand.enrolments_an_hour / HOUR)
    work = {pool.name: 0.0 for pool in pools(plan)}
    for kind, rate in zip(kinds(measured, plan), a_second, strict=True):
        for step in kind.steps:
            share = 1.0 if step.everywhere or not step.pool.apart else step.pool.copies / step.pool.servers
            servers = 1 if step.pool.apart else step.pool.servers
            work[step.pool.name] += rate * share * step.tasks * float(step.seconds.mean()) / servers
    searches_a_second = a_second[0] + FINGERS * a_second[1]
    sent = measured.partitions * measured.message_bytes * searches_a_second + FINGERS * IMAGE_BYTES * a_second[1]
    work["network of a node"] = sent / plan.nodes / LINK_BYTES
    work["memory of the index machines"] = size(measured, plan).memory_gb / plan.memory_gb
    return work


def size(measured: Measured, plan: Plan) -> Size:
    """Return what all prints take."""
    prints = measured.prints * measured.partitions
    people = prints // FINGERS
    memory = plan.partitions_of(measured.partitions) * measured.prints * measured.print_bytes / 1e9
    return Size(people, memory, people * measured.person_bytes / 1e12, prints * IMAGE_BYTES / 1e12)


def cost(measured: Measured, plan: Plan, prices: Prices) -> float:
    """Return rupees a year."""
    sizes = size(measured, plan)
    machines = (plan.machines + plan.nodes) * prices.machine + prices.database
    return machines + sizes.database_tb * prices.database_terabyte + sizes.images_tb * prices.image_terabyte


def day(measured: Measured, plan: Plan, demand: Demand, *, bad: bool, hours: int = 24, seed: int = 1) -> Outcome:
    """Simulate a day from midnight, or its busiest hours.

    On a bad one more comes, all at once what was kept by stations that were cut off, and one index machine's partitions
    are started again in the busiest hour; where there are copies, the machine is away for that time.
    """
    rng = np.random.default_rng(seed)
    first = max(0, BUSIEST - hours // 2)
    profile, busiest = DAY[first : first + hours], HOUR * (BUSIEST - first)
    outages = [Outage(pools(plan)[1], busiest + HOUR / 2, measured.restart, NOTICE)] if bad else []
    arrivals = []
    for kind, an_hour in _rates(measured, plan, demand):
        times = poisson_times((demand.times if bad else 1.0) * an_hour, profile, rng)
        if bad:
            times = kept_back(times, demand.cut_off, busiest - 3 * HOUR, busiest, rng)
        arrivals += [Arrival(time, kind) for time in times.tolist()]
    return simulate(arrivals, outages, seed)


def hour_without_a_machine(measured: Measured, plan: Plan, demand: Demand, seed: int = 1) -> Outcome:
    """Simulate the busiest hour of an ordinary day, in which an index machine falls silent, and stays away."""
    rng = np.random.default_rng(seed)
    arrivals = [
        Arrival(time, kind)
        for kind, an_hour in _rates(measured, plan, demand)
        for time in poisson_times(an_hour, (1.0,), rng).tolist()
    ]
    return simulate(arrivals, [Outage(pools(plan)[1], LOST_AFTER, HOUR, NOTICE)], seed)


def _rates(measured: Measured, plan: Plan, demand: Demand) -> list[tuple[Kind, float]]:
    """Return searches and enrolments, and how many there are in the busiest hour of an ordinary day."""
    rates = (60 * demand.searches_a_minute, demand.enrolments_an_hour)
    return list(zip(kinds(measured, plan), rates, strict=True))


def planned(measured: Measured, demand: Demand, plan: Plan, p95: float) -> Plan:
    """Return the fewest machines with which 95 % of the searches of an ordinary day take `p95` seconds or less.

    They are like those of a plan; where that says how many, these are taken. Only the busiest four hours are simulated.

    Raises:
        InvalidField: no number of machines is enough, or there are fewer than copies.
    """
    if plan.machines:
        if plan.machines < plan.copies:
            raise InvalidField(f"{plan.copies} copies need as many machines, not {plan.machines}.")
        return _with_nodes(plan, measured, demand)
    for machines in range(plan.copies, MOST_MACHINES):
        tried = _with_nodes(replace(plan, machines=machines), measured, demand)
        if max(loads(measured, tried, demand).values()) >= 1:
            continue
        if np.quantile(day(measured, tried, demand, bad=False, hours=4).taken[SEARCH], 0.95) <= p95:
            return tried
        if machines >= measured.partitions:
            break
    raise InvalidField(f"No number of machines keeps searches at {p95:g} s in such partitions; make them smaller.")


def _with_nodes(plan: Plan, measured: Measured, demand: Demand) -> Plan:
    alone = loads(measured, replace(plan, nodes=1), demand)[pools(plan)[0].name]
    return replace(plan, nodes=max(2, ceil(alone / MOST_LOAD)))


def quantiles(outcome: Outcome) -> Mapping[str, tuple[float, float, float]]:
    """Return the median, p95 and p99 of each kind of job, in seconds."""
    return {name: tuple(np.quantile(times, (0.5, 0.95, 0.99)).tolist()) for name, times in outcome.taken.items()}


def _seconds(values: tuple[float, ...]) -> Seconds:
    return np.array(values)
