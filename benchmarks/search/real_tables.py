"""What galleries of real people show, as tables and as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from benchmarks.metrics.intervals import percent
from benchmarks.search.population_figures import LEADS, FpirRow, LeadRow, Observed, RuleRow


def tables(observed: Sequence[Observed]) -> list[Table]:
    """Show the FPIR at its targets, the rarity of leads, and what each rule misses."""
    return [
        _fpir([row for population in observed for row in population.fpir]),
        _leads([row for population in observed for row in population.leads]),
        _rules([row for population in observed for row in population.rules]),
    ]


def content(observed: Sequence[Observed]) -> dict[str, Any]:
    """Return all rows as plain JSON."""
    return {
        "rows": [row.content() for population in observed for row in population.fpir],
        "leads": [row.content() for population in observed for row in population.leads],
        "rules": [row.content() for population in observed for row in population.rules],
    }


def _fpir(rows: Sequence[FpirRow]) -> Table:
    table = Table("set", "people", "searches", "target", "FPIR seen (95 %)", "", "FNIR", title="FPIR, %")
    for row in rows:
        rate_text = f"{percent(row.seen)} ({percent(row.low)} to {percent(row.high)})"
        fnir = "" if row.fnir is None else percent(row.fnir)
        target = percent(row.target)
        table.add_row(row.set, str(row.people), f"{row.searches:,}", target, rate_text, row.verdict, fnir)
    return table


def _leads(rows: Sequence[LeadRow]) -> Table:
    title = "how rare a lead is in searches for people not on record: decibans seen (95 %)"
    table = Table("set", "people", "searches", *(f"lead of {lead:g}" for lead in LEADS), title=title)
    lines: dict[tuple[str, int], list[LeadRow]] = {}
    for row in rows:
        lines.setdefault((row.set, row.people), []).append(row)
    for (name, people), lead_rows in lines.items():
        table.add_row(name, str(people), f"{lead_rows[0].searches:,}", *map(_lead, lead_rows))
    return table


def _lead(row: LeadRow) -> str:
    if row.seen is None:
        return f"none (> {row.low:.1f})"
    return f"{row.seen:.1f} ({row.low:.1f} to {'-' if row.high is None else f'{row.high:.1f}'})"


def _rules(rows: Sequence[RuleRow]) -> Table:
    title = "mates missed at equal FPIR, %"
    table = Table("set", "people", "FPIR", "rule", "missed", "more than by the score alone (95 %)", title=title)
    for row in rows:
        difference = "" if row.rule == "score" else f"{100 * row.low:+.2f} to {100 * row.high:+.2f}"
        table.add_row(row.set, str(row.people), percent(row.fpir), row.rule, percent(row.missed), difference)
    return table
