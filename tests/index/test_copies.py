"""Where copies of partitions lie, whatever machines come and go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count

import numpy as np
import pytest

from index.cluster.copies import Copy, End, Fill, Start, Step, steps
from index.cluster.partition import PartitionState

FULL = PartitionState(5000, 10, None)
PARTITIONS = 5


class Cluster:
    """Copies on machines, which do what they are told."""

    def __init__(self, wanted: int, machines: int) -> None:
        self.wanted, self.machines = wanted, {f"m{number}" for number in range(machines)}
        self._names = count()
        self.copies = [self._made(number, "m0", FULL) for number in range(PARTITIONS)]

    def _made(self, number: int, machine: str, state: PartitionState) -> Copy:
        return Copy(number, f"c{next(self._names)}", machine, state)

    def complete(self, number: int) -> set[str | None]:
        return {copy.machine for copy in self.copies if copy.number == number and copy.state == FULL}

    def do(self, step: Step) -> None:
        match step:
            case Start(number, machine):
                self.copies.append(self._made(number, machine, PartitionState(None, 0, None)))
            case Fill(copy, source):
                assert source.state == FULL
                self.copies[self.copies.index(copy)] = copy._replace(state=FULL)
            case End(copy):
                before = len(self.complete(copy.number))
                self.copies.remove(copy)
                after = len(self.complete(copy.number))
                assert after == before or after >= min(self.wanted, len(self.machines))

    def settle(self) -> None:
        """Do what is to be done, a step of each kind at a time, until there is nothing."""
        for _ in range(1000):
            found = steps(self.copies, PARTITIONS, self.machines, self.wanted)
            if not found:
                return
            for step in [step for step in found if not isinstance(step, Fill)] or found[:1]:
                self.do(step)
        raise AssertionError("It goes on without end.")

    def lose(self, machine: str, others: Sequence[str]) -> None:
        """Lose a machine; Ray starts its copies again, empty, on others as it likes."""
        self.machines.remove(machine)
        lost = [copy for copy in self.copies if copy.machine == machine]
        for place, copy in enumerate(lost):
            at = self.copies.index(copy)
            self.copies[at] = copy._replace(machine=others[place % len(others)], state=PartitionState(None, 0, None))


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_each_partition_has_its_copies_on_different_machines_and_each_machine_as_many(wanted: int) -> None:
    rng = np.random.default_rng(wanted)
    cluster = Cluster(wanted, machines=1)
    for number in range(30):
        if wanted > 1 and len(cluster.machines) > 2 and rng.random() < 0.4:
            lost = rng.choice(sorted(cluster.machines))
            cluster.lose(lost, sorted(cluster.machines - {lost})[:1])
        else:
            cluster.machines.add(f"added{number}")
        cluster.settle()
        loads = Counter(dict.fromkeys(cluster.machines, 0))
        loads.update(copy.machine for copy in cluster.copies)
        assert max(loads.values()) - min(loads.values()) <= 1
        for partition in range(PARTITIONS):
            copies = [copy for copy in cluster.copies if copy.number == partition]
            assert len(copies) == len(cluster.complete(partition)) == min(wanted, len(cluster.machines))


def test_a_copy_on_a_machine_that_was_just_lost_is_no_reason_to_end_the_one_that_stays() -> None:
    copies = [Copy(0, "lost", "gone", FULL), Copy(0, "stays", "m0", FULL), Copy(0, "silent", None, None)]
    assert steps(copies, 1, {"m0"}, 2) == []
    assert steps(copies, 1, set(), 2) == []


def test_two_complete_copies_on_one_machine_stay_until_another_machine_has_one() -> None:
    both = [Copy(0, "one", "m0", FULL), Copy(0, "two", "m0", FULL)]
    assert steps(both, 1, {"m0", "m1"}, 2) == [Start(0, "m1")]
    assert steps([*both, Copy(0, "new", "m1", FULL)], 1, {"m0", "m1"}, 2) == [End(both[1])]
