"""Counts by one or more dimensions, with their totals, and what of them can be given to the public.

A small count may reveal something about a person: it is suppressed, together with as many others as needed so that it
cannot be derived from the totals. What is left open about a suppressed count is found by linear programming, as an
attacker would who knows all that is published and that a suppressed count is not 0.

Source: A. Hundepool et al., Statistical Disclosure Control (Wiley 2012), chapter 4, for tables that add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from biometrics.kernel.errors import InvalidField

TOTAL: Final = "(total)"  # the label of a sum over a dimension
SMALL: Final = 5  # counts from 1 to below this are suppressed
OPEN: Final = 3  # at least so far apart must the bounds of a suppressed count be
PUBLIC_DIMENSIONS: Final = 2
PUBLIC_CELLS: Final = 1500  # in a public table: it is worked out in seconds

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Tabulation:
    """Counts by the labels of their dimensions, in the dimensions' order; a cell that is not there is 0."""

    dimensions: tuple[str, ...]
    cells: Mapping[Labels, int]

    def with_totals(self) -> dict[Labels, int]:
        """Return all cells, 0 included, with the totals over each dimension and over all."""
        sums: defaultdict[Labels, int] = defaultdict(int)
        for labels in self._all():
            for cell in _sums(labels):
                sums[cell] += self.cells.get(labels, 0)
        return dict(sums)

    def public(self) -> dict[Labels, int | None]:
        """Return the cells and totals with None for what is suppressed.

        Raises:
            InvalidField: there are too many dimensions or cells to work it out for.
        """
        if len(self.dimensions) > PUBLIC_DIMENSIONS:
            raise InvalidField(f"A public report can be by {PUBLIC_DIMENSIONS} dimensions at most; leave some out.")
        values = self.with_totals()
        if len(values) > PUBLIC_CELLS:
            raise InvalidField(
                f"The table has {len(values):,} cells, and a public one can have {PUBLIC_CELLS:,}; "
                "ask for larger units, a shorter time or one dimension."
            )
        hidden = _suppressed(values, _equations(values))
        return {labels: None if labels in hidden else count for labels, count in values.items()}

    def _all(self) -> Iterator[Labels]:
        values_of = [sorted({labels[dimension] for labels in self.cells}) for dimension in range(len(self.dimensions))]
        combinations: list[Labels] = [()]
        for values in values_of:
            combinations = [(*labels, value) for labels in combinations for value in values]
        yield from combinations


def bounds(published: Mapping[Labels, int | None], labels: Labels) -> tuple[float, float]:
    """Return the least and the greatest that a suppressed count can be, by all that is published."""
    return _bounds(published, _equations(published), labels)


def _sums(labels: Labels) -> Iterator[Labels]:
    """Yield the places that a cell counts in: its own, and the totals over each set of its dimensions."""
    for chosen in range(2 ** len(labels)):
        yield tuple(TOTAL if chosen >> dimension & 1 else label for dimension, label in enumerate(labels))


def _equations(places: Mapping[Labels, object]) -> list[list[Labels]]:
    """Return for each total over one dimension the cells that add up to it, and last the total itself."""
    parts: defaultdict[Labels, list[Labels]] = defaultdict(list)
    for labels in places:
        for dimension, label in enumerate(labels):
            if label != TOTAL:
                parts[(*labels[:dimension], TOTAL, *labels[dimension + 1 :], str(dimension))].append(labels)
    return [[*labels, key[:-1]] for key, labels in parts.items()]


def _suppressed(values: Mapping[Labels, int], equations: list[list[Labels]]) -> set[Labels]:
    """Return the cells to suppress: small counts, and others until each small count has a wide enough interval."""
    hidden = {labels for labels, count in values.items() if 0 < count < SMALL}
    of = _equations_of(equations)
    added = True
    while added:
        added = False
        for labels in sorted(hidden):
            published = {cell: None if cell in hidden else count for cell, count in values.items()}
            low, high = _bounds(published, equations, labels)
            if high - low >= OPEN:
                continue
            candidates = {cell for equation in of[labels] for cell in equation if values[cell] and cell not in hidden}
            candidates = candidates or {cell for cell, count in values.items() if count and cell not in hidden}
            if not candidates:
                return hidden  # nothing that is not 0 is published
            hidden.add(min(candidates, key=lambda cell: (cell.count(TOTAL), values[cell], cell)))
            added = True
    return hidden


def _equations_of(equations: list[list[Labels]]) -> defaultdict[Labels, list[list[Labels]]]:
    of: defaultdict[Labels, list[list[Labels]]] = defaultdict(list)
    for equation in equations:
        for labels in equation:
            of[labels].append(equation)
    return of


def _bounds(
    published: Mapping[Labels, int | None], equations: list[list[Labels]], labels: Labels
) -> tuple[float, float]:
    unknown = {cell: column for column, cell in enumerate(p for p, count in published.items() if count is None)}
    rows, sums = [], []
    for *parts, total in equations:
        row, known_sum = np.zeros(len(unknown)), 0
        for term, sign in [*((part, 1) for part in parts), (total, -1)]:
            count = published[term]
            if count is None:
                row[unknown[term]] += sign
            else:
                known_sum += sign * count
        if row.any():
            rows.append(row)
            sums.append(-known_sum)
    aim = np.zeros(len(unknown))
    aim[unknown[labels]] = 1
    if not rows:
        return 1, np.inf
    from scipy.optimize import linprog  # imported here: only public tables need it, and it takes most of a second

    ends = [
        linprog(sign * aim, A_eq=np.array(rows), b_eq=np.array(sums), bounds=(1, None), method="highs")
        for sign in (1, -1)
    ]
    low = ends[0].fun if ends[0].success else 1
    high = -ends[1].fun if ends[1].success else np.inf
    return float(low), float(high)
