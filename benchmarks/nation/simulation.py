"""Discrete-event simulation of jobs that pass through pools of servers, each with queues first come, first served.

It knows nothing of prints: `benchmarks.nation.service` says which pools a search and an enrolment pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from biometrics.kernel.errors import ExtraMissing

if TYPE_CHECKING:
    from simpy import Environment, Event, Resource

Seconds = NDArray[np.float64]  # shape (n,): measured or drawn times; a simulation draws one of them for each task


@dataclass(frozen=True)
class Pool:
    """Servers of one kind, each working for one task at a time.

    `apart`: each server has a queue of its own and holds its own part of the data. Otherwise all share one queue.
    """

    name: str
    servers: int
    apart: bool = False


@dataclass(frozen=True)
class Step:
    """What a job has done by a pool: `tasks` at the same time, each taking one of `seconds`; it goes on after the last.

    In a pool with separate queues, each server gets a task (`everywhere`), all of them the same time, since the probe
    decides it; or one server at random gets them all.
    """

    pool: Pool
    seconds: Seconds
    tasks: int = 1
    everywhere: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of job. `whole` ones are refused while a server of `Outage.pool` is away."""

    name: str
    steps: tuple[Step, ...]
    whole: bool = False


class Arrival(NamedTuple):
    """A job that comes at a time, in seconds from the start."""

    time: float
    kind: Kind


@dataclass(frozen=True)
class Outage:
    """One server of a pool with separate queues is away from `start`, for `seconds`."""

    pool: Pool
    start: float
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What a simulation gave: the seconds that each job took, by kind, in the order of the ends.

    `refused` counts jobs by kind. `busy` is the seconds of work of each pool, of all its servers, and `ended` when the
    last job ended.
    """

    taken: Mapping[str, Seconds]
    refused: Mapping[str, int]
    busy: Mapping[str, float]
    ended: float


def simulate(arrivals: Sequence[Arrival], outages: Sequence[Outage] = (), seed: int = 0) -> Outcome:
    """Let all jobs come and wait for the last to end; the same seed gives the same outcome.

    Raises:
        ExtraMissing: SimPy is not installed.
    """
    try:
        import simpy
    except ModuleNotFoundError as error:
        raise ExtraMissing("The simulation needs SimPy; run: pip install 'pehchan[simulation]'.") from error
    run = _Run(simpy.Environment(), simpy.Resource, np.random.default_rng(seed))
    for outage in outages:
        run.environment.process(run.away(outage))
    run.environment.process(run.come(sorted(arrivals, key=lambda arrival: arrival.time)))
    run.environment.run()
    taken = {name: np.array(times) for name, times in run.taken.items()}
    return Outcome(taken, dict(run.refused), dict(run.busy), float(run.environment.now))


class _Run:
    """The state of one simulation."""

    def __init__(self, environment: Environment, resource: type[Resource], rng: np.random.Generator) -> None:
        self.environment = environment
        self.taken: defaultdict[str, list[float]] = defaultdict(list)
        self.refused: defaultdict[str, int] = defaultdict(int)
        self.busy: defaultdict[str, float] = defaultdict(float)
        self._resource, self._rng = resource, rng
        self._queues: dict[Pool, list[Resource]] = {}
        self._away: dict[Resource, Event] = {}  # what ends when the server is back

    def come(self, arrivals: Sequence[Arrival]) -> Generator[Event, Any, None]:
        """Start each job when its time has come."""
        for time, kind in arrivals:
            yield self.environment.timeout(max(0.0, time - self.environment.now))
            if kind.whole and self._away:
                self.refused[kind.name] += 1
            else:
                self.environment.process(self._job(kind))

    def away(self, outage: Outage) -> Generator[Event, Any, None]:
        """Take the first server away for a time, once its present task is done."""
        yield self.environment.timeout(outage.start)
        queue = self._of(outage.pool)[0]
        self._away[queue] = self.environment.event()
        yield self.environment.timeout(outage.seconds)
        self._away.pop(queue).succeed()

    def _job(self, kind: Kind) -> Generator[Event, Any, None]:
        began = self.environment.now
        for step in kind.steps:
            queues = self._of(step.pool)
            if step.pool.apart:
                queues = queues if step.everywhere else [queues[self._rng.integers(len(queues))]]
            times = self._rng.choice(step.seconds, step.tasks).tolist()
            self.busy[step.pool.name] += len(queues) * sum(times)
            tasks = [self._task(queue, seconds) for queue in queues for seconds in times]
            if len(tasks) == 1:
                yield from tasks[0]
            else:
                yield self.environment.all_of([self.environment.process(task) for task in tasks])
        self.taken[kind.name].append(self.environment.now - began)

    def _task(self, queue: Resource, seconds: float) -> Generator[Event, Any, None]:
        with queue.request() as turn:
            yield turn
            if queue in self._away:
                yield self._away[queue]
            yield self.environment.timeout(seconds)

    def _of(self, pool: Pool) -> list[Resource]:
        """Return the queues of a pool: one for each server, or one for all."""
        if pool not in self._queues:
            count, each = (pool.servers, 1) if pool.apart else (1, pool.servers)
            self._queues[pool] = [self._resource(self.environment, each) for _ in range(count)]
        return self._queues[pool]
