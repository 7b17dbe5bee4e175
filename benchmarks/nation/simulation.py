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

_LEAST = 1e-9  # seconds of work that count as none

Seconds = NDArray[np.float64]  # shape (n,): measured or drawn times; a simulation draws one of them for each task


@dataclass(frozen=True)
class Pool:
    """Servers of one kind, each working for one task at a time.

    `apart`: each server has a queue of its own and holds its own part of the data. Otherwise all share one queue.
    `copies`: how many servers hold each part. Each copy works for one task at a time, so that as many share a server's
    power; and what a server that is away would have done, the others do.
    """

    name: str
    servers: int
    apart: bool = False
    copies: int = 1


@dataclass(frozen=True)
class Step:
    """What a job has done by a pool: `tasks` at the same time, each taking one of `seconds`; it goes on after the last.

    In a pool with separate queues, each server gets a task (`everywhere`), all of them the same time, since the probe
    decides it; or those that hold a part at random get them all.
    """

    pool: Pool
    seconds: Seconds
    tasks: int = 1
    everywhere: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of job. `whole` ones are refused while a server of `Outage.pool` is away that has no copies."""

    name: str
    steps: tuple[Step, ...]
    whole: bool = False


class Arrival(NamedTuple):
    """A job that comes at a time, in seconds from the start."""

    time: float
    kind: Kind


@dataclass(frozen=True)
class Outage:
    """One server of a pool with separate queues is away from `start`, for `seconds`.

    Where there are copies, it still gets tasks for `notice` seconds. They take so long before the others do them.
    """

    pool: Pool
    start: float
    seconds: float
    notice: float = 0.0


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
    seconds = {name: np.array(times) for name, times in run.taken.items()}
    return Outcome(seconds, dict(run.refused), dict(run.busy), float(run.environment.now))


class _Away(NamedTuple):
    """An outage that goes on, and what ends when the server is back."""

    outage: Outage
    back: Event


class _Queue:
    """Servers with a queue, a task on each; where `shared`, the tasks share the power of one server."""

    def __init__(self, environment: Environment, turns: Resource, *, shared: bool) -> None:
        self._environment, self._turns = environment, turns
        self._shared = shared and turns.capacity > 1
        self._ends: list[float] = []  # of tasks that share the power: what `_done` will be
        self._done = self._since = 0.0  # seconds of work that each such task has had, until when
        self._changed = environment.event()

    def turn(self) -> Any:
        """Return a context in which to wait for a turn, and to have it."""
        return self._turns.request()

    def work(self, seconds: float) -> Generator[Event, Any, None]:
        """Work for a task that has its turn."""
        if not self._shared:
            yield self._environment.timeout(seconds)
            return
        self._advance()
        end = self._done + seconds
        self._ends.append(end)
        self._change()
        while (left := end - self._done) > _LEAST:
            yield self._environment.timeout(left * len(self._ends)) | self._changed
            self._advance()
        self._ends.remove(end)
        self._change()

    def _advance(self) -> None:
        now = self._environment.now
        self._done += (now - self._since) / max(len(self._ends), 1)
        self._since = now

    def _change(self) -> None:
        self._changed.succeed()
        self._changed = self._environment.event()


class _Run:
    """The state of one simulation."""

    def __init__(self, environment: Environment, resource: type[Resource], rng: np.random.Generator) -> None:
        self.environment = environment
        self.taken: defaultdict[str, list[float]] = defaultdict(list)
        self.refused: defaultdict[str, int] = defaultdict(int)
        self.busy: defaultdict[str, float] = defaultdict(float)
        self._resource, self._rng = resource, rng
        self._queues: dict[Pool, list[_Queue]] = {}
        self._away: dict[_Queue, _Away] = {}

    def come(self, arrivals: Sequence[Arrival]) -> Generator[Event, Any, None]:
        """Start each job when its time has come."""
        for time, kind in arrivals:
            yield self.environment.timeout(max(0.0, time - self.environment.now))
            if kind.whole and any(away.outage.pool.copies == 1 for away in self._away.values()):
                self.refused[kind.name] += 1
            else:
                self.environment.process(self._job(kind))

    def away(self, outage: Outage) -> Generator[Event, Any, None]:
        """Take the first server away for a time, once its present task is done, which counts only without copies."""
        yield self.environment.timeout(outage.start)
        queue = self._queues_of(outage.pool)[0]
        self._away[queue] = _Away(outage, self.environment.event())
        yield self.environment.timeout(outage.seconds)
        self._away.pop(queue).back.succeed()

    def _job(self, kind: Kind) -> Generator[Event, Any, None]:
        began = self.environment.now
        for step in kind.steps:
            times = self._rng.choice(step.seconds, step.tasks).tolist()
            queues, longer = self._servers(step)
            self.busy[step.pool.name] += len(queues) * longer * sum(times)
            tasks = [self._task(step.pool, queue, longer * seconds) for queue in queues for seconds in times]
            if len(tasks) == 1:
                yield from tasks[0]
            else:
                yield self._all(tasks)
        self.taken[kind.name].append(self.environment.now - began)

    def _servers(self, step: Step) -> tuple[list[_Queue], float]:
        """Return the queues for a step, and how many times as long each task takes since servers are known as away."""
        queues, pool = self._queues_of(step.pool), step.pool
        if not pool.apart:
            return queues, 1.0
        if not step.everywhere:
            first = int(self._rng.integers(len(queues)))
            queues = [queues[(first + copy) % len(queues)] for copy in range(pool.copies)]
        present = [queue for queue in queues if not self._noticed(queue)] if pool.copies > 1 else queues
        return present, len(queues) / len(present) if step.everywhere else 1.0

    def _noticed(self, queue: _Queue) -> bool:
        away = self._away.get(queue)
        return away is not None and self.environment.now >= away.outage.start + away.outage.notice

    def _task(self, pool: Pool, queue: _Queue, seconds: float) -> Generator[Event, Any, None]:
        with queue.turn() as turn:
            yield turn
            if pool.copies == 1 and queue in self._away:
                yield self._away[queue].back
            if queue not in self._away:
                yield from queue.work(seconds)
            if queue not in self._away or pool.copies == 1:
                return
            notice = self._away[queue].outage.notice
        yield self.environment.timeout(notice)
        reachable = [queue for queue in self._queues_of(pool) if queue not in self._away]
        yield self._all([self._task(pool, other, seconds / len(reachable)) for other in reachable])

    def _all(self, tasks: Sequence[Generator[Event, Any, None]]) -> Event:
        """Start tasks; return what happens when the last has ended."""
        return self.environment.all_of([self.environment.process(task) for task in tasks])

    def _queues_of(self, pool: Pool) -> list[_Queue]:
        """Return the queues of a pool: one for each server, or one for all."""
        if pool not in self._queues:
            count, slots = (pool.servers, pool.copies) if pool.apart else (1, pool.servers)
            self._queues[pool] = [
                _Queue(self.environment, self._resource(self.environment, slots), shared=pool.apart)
                for _ in range(count)
            ]
        return self._queues[pool]
