"""The partitions of one layout of the index of prints: their copies are found or started, and called together."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from biometrics.kernel.errors import PartitionsMissing, PehchanError
from index.cluster.calls import PATIENCE, Calls, called
from index.cluster.connection import NAMESPACE
from index.cluster.copy_names import CopyName, copies_in, machines, partition_names
from index.cluster.partition import ASKING, SAVING, Partition
from index.feature_sets.index import CLOSER_EACH

LEAST_CPUS = 0.001  # without any, Ray does not spread the partitions over the machines
LEASE_SECONDS = 60.0  # for which one server looks after the copies
WAIT_SECONDS = 10.0  # for the copy that gives it

log = logging.getLogger("pehchan")

Actors = Mapping[str, Any]  # the copies of a partition by their names


class Partitions:
    """The partitions of one layout, each in copies: processes in the cluster that Ray starts again when they die.

    Copies come and go (`index.cluster.copies`), so `copies` is what this server knows of them; `refresh` looks again.
    `fit` are those that this server has compared with the database: others may hold what a restored one does not.
    """

    def __init__(self, ray: Any, name: str, partitions: int, copies: int = 1) -> None:
        """Find the partitions, or start them, each in so many copies on different machines, as far as there are any."""
        self._ray, self._name = ray, name
        self.names = partition_names(name, partitions)
        self.copies: list[Actors] = [{} for _ in self.names]
        self.fit: set[str] = set()
        self.late: dict[str, float] = {}  # until when copies are asked last
        self._turn = itertools.count()
        self._changing = threading.Lock()
        self._looking = ThreadPoolExecutor(1, thread_name_prefix="copies")
        self.refresh()
        places: list[str | None] = [*machines(ray)] or [None]
        copies_each = min(copies, len(places))
        for number, present in enumerate(self.copies):
            for copy in range(0 if present else copies_each):  # as other servers that start now do
                self.add(number, places[(number * copies_each + copy) % len(places)], copy)

    def __len__(self) -> int:
        """Count the partitions."""
        return len(self.names)

    @property
    def actors(self) -> list[Any]:
        """The copies of all partitions, those of the first one first."""
        return [actor for copies in self.copies for actor in copies.values()]

    def refresh(self) -> None:
        """Look which copies there are."""
        actors_found: list[dict[str, Any]] = [{} for _ in self.names]
        for copy_name in copies_in(self._ray, f"{self._name}-"):
            if (copy_name.name, copy_name.partitions) != (self._name, len(self.names)):
                continue
            actor = self.copies[copy_name.number].get(str(copy_name))
            if actor is None:
                try:
                    actor = self._ray.get_actor(str(copy_name), namespace=NAMESPACE)
                except ValueError:
                    continue  # it has just ended
            actors_found[copy_name.number][str(copy_name)] = actor
        with self._changing:
            self.copies = list(actors_found)

    def look(self, seconds: float) -> None:
        """Do as `refresh`, but wait only so many seconds: Ray's head may be gone."""
        with suppress(TimeoutError, self._ray.exceptions.RayError):
            self._looking.submit(self.refresh).result(seconds)

    def add(self, number: int, machine: str | None, copy: int | None = None) -> None:
        """Start another copy of a partition, on a machine: later elsewhere, where that one is lost.

        Its name is that of the copy of a number, or a new one.
        """
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        name = str(CopyName(self._name, number, len(self), time.time_ns() if copy is None else copy))
        strategy = NodeAffinitySchedulingStrategy(machine, soft=True) if machine else "SPREAD"
        closer_each = -(-CLOSER_EACH // len(self))  # of all together as many as of the embedded index
        actor = (
            self._ray.remote(concurrency_groups={ASKING: 1, SAVING: 1})(Partition)
            .options(
                name=name,
                namespace=NAMESPACE,
                get_if_exists=True,
                lifetime="detached",
                max_restarts=-1,
                num_cpus=LEAST_CPUS,
                scheduling_strategy=strategy,
            )
            .remote(closer_each)
        )
        self._put(number, {**self.copies[number], name: actor})

    def end(self, number: int, name: str) -> None:
        """End a copy for good. Its snapshot stays."""
        remaining = dict(self.copies[number])
        self._ray.kill(remaining.pop(name))
        self._put(number, remaining)

    def end_all(self) -> None:
        """End the processes for good. Their snapshots stay."""
        for actor in self.actors:
            self._ray.kill(actor)

    def _put(self, number: int, copies: Actors) -> None:
        with self._changing:
            self.copies = [copies if partition == number else present for partition, present in enumerate(self.copies)]

    def ask(self, method: str, *arguments: Any, seconds: float) -> list[Any]:
        """Call a method of one copy of every partition with the same arguments; return the answers.

        Copies take turns. Another one is asked where one shows no sign of life, or answers None. None is returned of a
        partition where all did.

        Raises:
            PartitionsMissing: no copy of a partition has answered in so many seconds.
            PehchanError: what a partition raised.
        """
        turn = next(self._turn)
        calls = self._calls(method, [arguments] * len(self), seconds)
        orders = [self._order(number, turn + number) for number in range(len(self))]
        while waiting := [number for number in range(len(self)) if not calls.accepted(number)]:
            for number in waiting:
                if orders[number] and (not calls.pending(number) or calls.silent(number)):
                    calls.call(number, *orders[number].pop(0))
            if not calls.take(waiting):
                break
        calls.give_up()
        answers = self._answered(calls, range(len(self)))
        return [
            next((answer for answer in of_partition.values() if answer is not None), None) for of_partition in answers
        ]

    def ask_all(
        self, method: str, arguments: Sequence[tuple[Any, ...] | None], seconds: float, *, lenient: bool = False
    ) -> list[dict[str, Any]]:
        """Call a method of every copy, with arguments for each partition; None: not of these.

        Return the answers of each partition by the names of its copies. Once one copy of each has answered, the others
        are waited for a tenth of the time, and those that were late before not at all.

        Args:
            method: its name.
            arguments: of each partition.
            seconds: how long to wait for a first answer.
            lenient: return what there is, rather than raise.

        Raises:
            PartitionsMissing: no copy of a partition has answered.
            PehchanError: what a partition raised.
        """
        calls = self._calls(method, arguments, seconds)
        numbers = [number for number, of_partition in enumerate(arguments) if of_partition is not None]
        self._call_all(calls, numbers)
        refreshed = False
        while waiting := [number for number in numbers if not calls.complete(number)]:
            if not refreshed and not all(calls.answers[number] or calls.pending(number) for number in waiting):
                refreshed = True  # they may have moved
                self.look(PATIENCE * seconds)
                self._call_all(calls, waiting)
            if not calls.take(waiting):
                break
        calls.take(numbers, 0.0)  # a late one may be back
        calls.give_up()
        return calls.answers if lenient else self._answered(calls, numbers)

    def ask_every(self, method: str, arguments: Sequence[tuple[Any, ...]], seconds: float) -> list[dict[str, Any]]:
        """Do as `ask_all`, where every copy has to answer.

        Raises:
            PartitionsMissing: a copy has not answered.
            PehchanError: what a copy raised.
        """
        self.refresh()
        calls = self._calls(method, arguments, seconds)
        self._call_all(calls, range(len(self)))
        while calls.take(range(len(self))):
            pass
        return self._answered(calls, range(len(self)), every=True)

    def machines(self) -> dict[str, str]:
        """Return the machines that can take copies: their addresses by their ids in Ray."""
        return machines(self._ray)

    def call(self, actor: Any, method: str, *arguments: Any) -> Any:
        """Call a method of one copy; `result` gives its answer."""
        return called(actor, method, *arguments)

    def answered(self, call: Any) -> bool:
        """Say whether a call has an answer, or has failed."""
        return bool(self._ray.wait([call], timeout=0)[0])

    def result(self, call: Any, seconds: float = 0.0) -> Any:
        """Return the answer of a call.

        Raises:
            PartitionsMissing: the copy has ended, or has not answered.
            PehchanError: what it raised.
        """
        try:
            return self._ray.get(call, timeout=seconds)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, PehchanError):
                raise error.cause from error
            raise PartitionsMissing(f"A copy of the index of prints failed: {error.cause or error}") from error
        except self._ray.exceptions.RayError as error:
            raise PartitionsMissing(f"A copy of the index of prints does not answer: {error}") from error

    def lease(self, holder: str) -> bool:
        """Say whether this server is the one that looks after the copies now: the first copy that answers decides."""
        for actor in self.copies[0].values():
            try:
                call = called(actor, "lease", holder, LEASE_SECONDS)
                return bool(self._ray.get(call, timeout=WAIT_SECONDS))
            except self._ray.exceptions.RayError:
                continue
        return False

    def _call_all(self, calls: Calls, numbers: Iterable[int]) -> None:
        for number in numbers:
            for name, actor in self.copies[number].items():
                calls.call(number, name, actor)

    def _calls(self, method: str, arguments: Sequence[tuple[Any, ...] | None], seconds: float) -> Calls:
        return Calls(self._ray, self.late, method, arguments, seconds)

    def _order(self, number: int, turn: int) -> list[tuple[str, Any]]:
        """Return the copies of a partition in the order in which to call them: in turn, late ones last."""
        now = time.monotonic()
        fit = [(name, actor) for name, actor in self.copies[number].items() if name in self.fit]
        first = turn % max(len(fit), 1)
        return sorted(fit[first:] + fit[:first], key=lambda name_and_actor: self.late.get(name_and_actor[0], 0.0) > now)

    def _answered(self, calls: Calls, numbers: Sequence[int], *, every: bool = False) -> list[dict[str, Any]]:
        """Return the answers, where each partition has one, or each copy."""
        missing = [number for number in numbers if not calls.answers[number] or (every and calls.unanswered(number))]
        if calls.error and calls.failed.intersection(missing):
            raise calls.error
        if calls.error:
            log.warning("A copy of a partition of the index of prints failed, another one answered: %s", calls.error)
        if missing:
            raise PartitionsMissing(
                f"{len(numbers) - len(missing)} of {len(numbers)} partitions of the index of prints answered within "
                f"{calls.seconds:g} seconds. The others come back by themselves; if they do not, look at the machines "
                "of the cluster."
            )
        return calls.answers
