"""Which people may teach a scale, so that no unit and no account can move it.

An account that enrols many crafted samples would otherwise determine the scores of everyone. So people are grouped by
their source: a unit and the accounts that enrol there, together with all other units that those accounts enrol for. No
source teaches with more than SHARE of all people. The sources are divided into BLOCKS blocks that share none, each
block is learned from by itself, and the median of the blocks counts. A source can spoil its own block and no other:
the median holds as long as fewer than half of the blocks are spoiled, two of five (its breakdown point).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from biometrics.kernel.templates import Teacher

BLOCKS: Final = 5
SHARE: Final = 1 / BLOCKS  # of the people who teach, at most from one source
LEAST_PEOPLE: Final = 20  # in each block


class NotLearnable(ValueError):
    """Nothing is learned from this gallery; `reason` is a code, the text says it in words."""

    def __init__(self, reason: str, text: str) -> None:
        """State why."""
        super().__init__(text)
        self.reason = reason


def blocks_of(teachers: Sequence[Teacher]) -> list[list[int]]:
    """Return the template ids of each block, BLOCKS lists, in the order of the teachers.

    A person is of the source of their first template; templates from other sources do not teach.

    Raises:
        NotLearnable: `too_few_people`, or `too_few_sources` for a block each.
    """
    source_of = _sources(teachers)
    people: defaultdict[str, list[str]] = defaultdict(list)  # of each source, in order
    source_of_person: dict[str, str] = {}
    for teacher in teachers:
        source = source_of[teacher.unit, teacher.account]
        if teacher.record_id not in source_of_person:
            source_of_person[teacher.record_id] = source
            people[source].append(teacher.record_id)
    if len(source_of_person) < BLOCKS * LEAST_PEOPLE:
        raise NotLearnable("too_few_people", f"A scale is learned from {BLOCKS * LEAST_PEOPLE} people or more.")
    block_of = _divided({source: members[: _cap(people)] for source, members in people.items()})
    blocks: list[list[int]] = [[] for _ in range(BLOCKS)]
    for teacher in teachers:
        block = block_of.get(teacher.record_id)
        if block is not None and source_of[teacher.unit, teacher.account] == source_of_person[teacher.record_id]:
            blocks[block].append(teacher.template_id)
    return blocks


def _sources(teachers: Sequence[Teacher]) -> dict[tuple[str, str], str]:
    """Return the source of each unit and account: the first of the units that accounts join, by name."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    pairs = dict.fromkeys((teacher.unit, teacher.account) for teacher in teachers)
    for unit, account in pairs:
        first, second = sorted((root(f"unit {unit}"), root(f"account {account}")))
        parent[second] = first
    return {pair: root(f"unit {pair[0]}") for pair in pairs}


def _cap(people: Mapping[str, Sequence[str]]) -> int:
    """Return how many people of one source may teach, so that none has more than SHARE of all who do."""
    sizes = sorted((len(members) for members in people.values()), reverse=True)
    for cap in range(sizes[0], 0, -1):
        if cap <= SHARE * sum(min(size, cap) for size in sizes) + 1e-9:
            return cap
    raise NotLearnable(
        "too_few_sources",
        f"A scale is learned from {BLOCKS} units or more whose people were enrolled by different accounts.",
    )


def _divided(people: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the block of each person: sources, the largest first, go to the block with the fewest people."""
    counts = [0] * BLOCKS
    block_of: dict[str, int] = {}
    for source in sorted(people, key=lambda source: (-len(people[source]), source)):
        block = counts.index(min(counts))
        counts[block] += len(people[source])
        block_of.update(dict.fromkeys(people[source], block))
    if min(counts) < LEAST_PEOPLE:
        raise NotLearnable("too_few_people", f"A scale is learned from {LEAST_PEOPLE} people of each group of units.")
    return block_of
