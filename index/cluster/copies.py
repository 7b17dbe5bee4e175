"""Where the copies of partitions lie: each on a machine of its own, and as many on every machine, also as these change.

A step at a time leads there, and none leaves a partition with fewer complete copies than before: a copy that moves is
first made again on its new machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from index.cluster.partition import PartitionState, Successor

FARTHEST_BEHIND = 1000  # changes that a copy may lack, which is then sent what it lacks within the next search


States = list[dict[str, PartitionState]]  # of each partition, by the names of its copies


class Copy(NamedTuple):
    """A copy of a partition: its name, and its machine and state, None where it does not answer."""

    number: int
    name: str
    machine: str | None
    state: PartitionState | None

    @property
    def sequence(self) -> int:
        """How far it has come; -1 where it does not answer, or is not open."""
        return -1 if self.state is None or self.state.sequence is None else self.state.sequence


class Start(NamedTuple):
    """Make another copy of a partition on a machine."""

    number: int
    machine: str


class End(NamedTuple):
    """End a copy."""

    copy: Copy


class Fill(NamedTuple):
    """Have a copy take over what another one of its partition holds."""

    copy: Copy
    source: Copy


Step = Start | End | Fill


def enough(best: int) -> int:
    """Return the number that a copy must have reached, when the best one of its partition has reached `best`."""
    return best - FARTHEST_BEHIND


def near(states: Iterable[PartitionState]) -> list[PartitionState]:
    """Return the states of the copies of a partition that are nearly as complete as the best one."""
    opened = [(state.sequence, state) for state in states if state.sequence is not None]
    min_sequence = enough(max((sequence for sequence, _ in opened), default=0))
    return [state for sequence, state in opened if sequence >= min_sequence]


def furthest_behind(states: States) -> int:
    """Return the number of the copy that is the furthest behind, of those near to the best one of their partition."""
    return min((state.sequence or 0 for of_partition in states for state in near(of_partition.values())), default=0)


def orders(states: States) -> list[Successor]:
    """Return the layouts that servers of these copies are to switch to."""
    return [state.successor for of_partition in states for state in of_partition.values() if state.successor]


def steps(copies: Sequence[Copy], partitions: int, machines: Collection[str], copies_wanted: int) -> list[Step]:
    """Return the steps that give each partition `copies_wanted` copies, or one on each machine if there are fewer.

    A second copy on one machine is worth nothing when that is lost, and takes its memory, so it is ended. Where all is
    in order, one copy moves from a machine that has two more than another. Nothing is decided on copies whose machine
    is not known: they are about to end, or to start.
    """
    loads = Counter(dict.fromkeys(sorted(machines), 0))
    loads.update(copy.machine for copy in copies if copy.machine and copy.machine in loads)
    copies_wanted = min(copies_wanted, len(loads))
    if not copies_wanted:
        return []
    of_partitions = [[copy for copy in copies if copy.number == number] for number in range(partitions)]
    due_steps: list[Step] = []
    for number, copies_of_partition in enumerate(of_partitions):
        of_partition = _of_partition(number, copies_of_partition, loads, copies_wanted)
        loads.update(step.machine for step in of_partition if isinstance(step, Start))
        due_steps += of_partition
    in_order = not due_steps and all(copy.machine in loads for copy in copies)
    return [_moved(of_partitions, loads)] if in_order and max(loads.values()) > min(loads.values()) + 1 else due_steps


def _of_partition(number: int, copies: Sequence[Copy], loads: Counter[str], copies_wanted: int) -> list[Step]:
    """Return the steps that one partition needs; none if it has no copy, because it was ended for good."""
    min_sequence = max(0, enough(max((copy.sequence for copy in copies), default=-1)))
    best_copies = _best_by_machine(copies, loads)
    complete = [copy for copy in best_copies if copy.sequence >= min_sequence]
    elsewhere = [copy for copy in copies if copy.machine not in loads]
    second = [copy for copy in copies if copy not in best_copies and copy not in elsewhere]
    behind = [copy for copy in best_copies if copy not in complete]
    used_machines = {copy.machine for copy in best_copies}
    free_machines = sorted((name for name in loads if name not in used_machines), key=lambda name: loads[name])
    missing = max(0, copies_wanted - len(best_copies) - len(elsewhere)) if copies else 0
    ended = [copy for copy in second if len(complete) >= copies_wanted or copy.sequence < min_sequence]
    if len(complete) > copies_wanted:
        ended.append(max(complete, key=lambda copy: (loads[copy.machine or ""], copy.name)))
    starts = [Start(number, machine) for machine in free_machines[:missing]]
    fills = [Fill(copy, complete[0]) for copy in behind] if complete else []
    return [*map(End, ended), *starts, *fills]


def _best_by_machine(copies: Sequence[Copy], machines: Collection[str]) -> list[Copy]:
    """Return the best copy on each machine that has one, the best first."""
    best: dict[str, Copy] = {}
    for copy in sorted(copies, key=lambda copy: (-copy.sequence, copy.name)):
        if copy.machine and copy.machine in machines:
            best.setdefault(copy.machine, copy)
    return list(best.values())


def _moved(of_partitions: Sequence[Sequence[Copy]], loads: Counter[str]) -> Start:
    """Return the start of a copy on the machine that has the fewest, of a partition of the machine with the most."""
    fullest, fewest = max(loads, key=lambda machine: loads[machine]), min(loads, key=lambda machine: loads[machine])
    for number, copies in enumerate(of_partitions):
        on = {copy.machine for copy in copies}
        if fullest in on and fewest not in on:
            return Start(number, fewest)
    raise AssertionError("A machine with more copies than another has a partition that the other has not.")
