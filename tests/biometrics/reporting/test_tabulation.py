"""What is published lets nobody reckon a small count, however they combine the totals."""

from __future__ import annotations

import itertools
import random

import pytest

from biometrics.kernel.errors import InvalidField
from biometrics.reporting import tabulation
from biometrics.reporting.tabulation import OPEN, SMALL, TOTAL, Tabulation, bounds

TWO = Tabulation(
    ("station", "sex"),
    {("A", "f"): 3, ("A", "m"): 40, ("B", "f"): 12, ("B", "m"): 33, ("C", "f"): 9, ("C", "m"): 20},
)


def test_totals_are_over_each_dimension_and_over_all() -> None:
    """A cell that nobody is in is 0, and is there."""
    table = Tabulation(("a", "b"), {("x", "1"): 2, ("y", "2"): 5})
    assert table.with_totals() == {
        ("x", "1"): 2,
        ("x", "2"): 0,
        ("y", "1"): 0,
        ("y", "2"): 5,
        ("x", TOTAL): 2,
        ("y", TOTAL): 5,
        (TOTAL, "1"): 2,
        (TOTAL, "2"): 5,
        (TOTAL, TOTAL): 7,
    }
    assert Tabulation(("a",), {}).with_totals() == {}


def test_a_small_count_suppresses_others() -> None:
    """By itself it would be its row's total less the rest of the row."""
    public = TWO.public()
    hidden = {labels for labels, count in public.items() if count is None}
    assert ("A", "f") in hidden
    for line in (0, 1):
        for label in {labels[line] for labels in hidden}:
            assert sum(labels[line] == label for labels in hidden) >= 2
    assert public["B", TOTAL] == 45


def reckoned(published: dict[tuple[str, ...], int | None]) -> dict[tuple[str, ...], set[int]]:
    """Try all whole numbers to 12 that the published figures allow for the suppressed ones; what each can be."""
    unknown = [labels for labels, count in published.items() if count is None]
    possible: dict[tuple[str, ...], set[int]] = {labels: set() for labels in unknown}
    free = [labels for labels in unknown if TOTAL not in labels]
    for guess in itertools.product(range(1, 13), repeat=len(free)):
        cells = {labels: count for labels, count in published.items() if TOTAL not in labels} | dict(
            zip(free, guess, strict=True)
        )
        sums = Tabulation(("a",) * len(unknown[0]), cells).with_totals()
        if all(count is None or sums[labels] == count for labels, count in published.items()) and all(
            sums[labels] >= 1 for labels in unknown
        ):
            for labels in unknown:
                possible[labels].add(sums[labels])
    return possible


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(12))
def test_a_suppressed_count_cannot_be_computed(seed: int) -> None:
    chance = random.Random(seed)
    cells = {(a, b): chance.choice([0, 1, 2, 4, 6, 7, 9]) for a in "AB" for b in "12"}
    public = Tabulation(("a", "b"), {labels: count for labels, count in cells.items() if count}).public()
    for labels, count in public.items():
        assert count is None or not 0 < count < SMALL, labels
    if any(public.values()) and any(count is None for count in public.values()):
        for labels, values in reckoned(public).items():
            assert len(values) > OPEN, (labels, values, public)


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(6))
def test_bounds_of_larger_tables_stay_open(seed: int) -> None:
    chance = random.Random(seed)
    cells = {(f"{a}", f"{b}"): chance.choice([0, 0, 1, 3, 5, 8, 20, 90]) for a in range(8) for b in range(5)}
    public = Tabulation(("a", "b"), {labels: count for labels, count in cells.items() if count}).public()
    hidden = [labels for labels, count in public.items() if count is None]
    assert hidden
    for labels in hidden:
        least, most = bounds(public, labels)
        assert most - least >= OPEN, labels
    assert any(public.values())  # not everything went


def test_one_dimension_hides_a_second_count_next_to_a_small_one() -> None:
    public = Tabulation(("station",), {("A",): 2, ("B",): 50, ("C",): 7}).public()
    assert public == {("A",): None, ("B",): 50, ("C",): None, (TOTAL,): 59}


def test_a_table_of_nothing_but_small_counts_is_suppressed() -> None:
    public = Tabulation(("station",), {(item,): 1 for item in "ABCDE"}).public()
    assert set(public.values()) == {None}


def test_a_table_without_small_counts_is_published_whole() -> None:
    table = Tabulation(("a", "b"), {("x", "1"): 5, ("y", "2"): 6})
    assert table.public() == table.with_totals()


def test_a_public_table_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidField, match="dimensions"):
        Tabulation(("a", "b", "c"), {("x", "y", "z"): 1}).public()
    monkeypatch.setattr(tabulation, "PUBLIC_CELLS", 3)
    with pytest.raises(InvalidField, match="larger units"):
        TWO.public()
