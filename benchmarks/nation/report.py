"""Tables and a picture of what was measured, checked and simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks.nation.cluster import Checked
from benchmarks.nation.demand import Demand
from benchmarks.nation.node import NodeTimes
from benchmarks.nation.partition import PartitionTimes
from benchmarks.nation.service import (
    Measured,
    Plan,
    Prices,
    cost,
    loads,
    quantiles,
    size,
)
from benchmarks.nation.simulation import Outcome
from biometrics.kernel.recognition.observing import WorkStage

LAKH = 100_000.0


def measured(of_partition: PartitionTimes, node: NodeTimes, checked: Checked, prints: int, partitions: int) -> Measured:
    """Collect what the simulation needs, for partitions of this many prints."""
    return Measured(
        prints=prints,
        partitions=partitions,
        unknown=of_partition.at(prints, "unknown"),
        ten=of_partition.at(prints, "ten"),
        change=of_partition.change,
        extract=_sums(node.one, WorkStage.DECODE, WorkStage.EXTRACT),
        assess=tuple(node.enrolment[WorkStage.ASSESS]),
        match_one=_sums(node.one, WorkStage.MATCH, WorkStage.SCORE),
        match_ten=_sums(node.ten, WorkStage.MATCH, WorkStage.SCORE),
        ask=checked.ask,
        write_search=tuple(node.one[WorkStage.STORE]),
        enrolments_a_second=node.enrolments_a_second,
        print_bytes=of_partition.snapshot_bytes / of_partition.prints,
        message_bytes=float(of_partition.message_bytes),
        person_bytes=node.person_bytes,
        search_bytes=node.search_bytes,
        restart=checked.back,
    )


def stages(of_partition: PartitionTimes, node: NodeTimes) -> Table:
    """Show what each stage took."""
    table = Table(
        "stage", "median", "p95", "unit", title=f"One partition of {of_partition.prints:,} prints, and a node"
    )
    for label, values in (
        ("search, unknown finger", of_partition.unknown),
        ("search, known finger", of_partition.known),
        ("search, ten prints", of_partition.ten),
    ):
        _row(table, label, values, "core seconds")
    _row(table, "search, unknown finger, by the clock", of_partition.unknown_wall, "seconds")
    for label, value, unit in (
        ("fill from features", of_partition.prints / of_partition.fill, "prints a second"),
        ("catch up with 1,000 changes", of_partition.catch_up, "seconds"),
        ("save a snapshot", of_partition.save, "seconds"),
        ("restart from it", of_partition.restart, "seconds"),
        ("snapshot", of_partition.snapshot_bytes / of_partition.prints, "bytes a print"),
    ):
        table.add_row(label, f"{value:,.3g}" if value < 1000 else f"{value:,.0f}", "", unit)
    for label, times in (
        ("search, one print", node.one),
        ("search, ten prints", node.ten),
        ("enrolment", node.enrolment),
    ):
        for stage, stage_times in times.items():
            if stage_times:
                _row(table, f"{label}: {stage}", stage_times, "seconds" if stage is WorkStage.STORE else "core seconds")
    table.add_row("enrolments that the database stores", f"{node.enrolments_a_second:.1f}", "", "a second")
    return table


def comparison(checked: Checked) -> Table:
    """Show what was predicted of a real cluster, and seen."""
    layout = f"{checked.partitions} partitions, {checked.copies} copies of each"
    title = f"A real Ray cluster of {layout}, which had {checked.cores:.2f} cores"
    table = Table("search", "predicted, ms", "seen, ms", "predicted / seen", "searches", "", title=title)
    for compared in checked.compared:
        verdict = "within 20 %" if compared.reached else "MISSED"
        table.add_row(
            compared.what,
            f"{1000 * compared.predicted:.1f}",
            f"{1000 * compared.seen:.1f}",
            f"{compared.ratio:.2f}",
            str(compared.searches),
            verdict,
        )
    if lost := checked.lost:
        table.caption = (
            f"A machine fell silent: {lost.failed} of {lost.searches} searches failed, the longest took "
            f"{lost.longest:.1f} s. A new machine had its copies after {checked.back:.1f} s."
        )
    else:
        table.caption = f"A killed partition answered again after {checked.back:.1f} s."
    return table


def plan_table(of: Measured, plan: Plan, demand: Demand, prices: Prices) -> Table:
    """Show the machines, what they hold and cost, and which resource is full first."""
    sizes, shares = size(of, plan), loads(of, plan, demand)
    searched = 365 * 1440 * demand.searches_a_minute * of.search_bytes / 1e12
    first = max(shares, key=lambda name: shares[name])
    table = Table("what", "figure", title=f"{of.prints * of.partitions:,} prints of {sizes.people:,} people")
    table.add_row("index machines", f"{plan.machines} of {plan.cores} cores, {sizes.memory_gb:.0f} GB of prints each")
    table.add_row("copies of each partition", f"{plan.copies}")
    table.add_row("nodes", f"{plan.nodes} of {plan.cores} cores")
    table.add_row(
        "database",
        f"{sizes.database_tb:.2f} TB, and at most {searched:.2f} TB of searches a year",
    )
    table.add_row("images", f"{sizes.images_tb:.2f} TB")
    table.add_row("a year", f"{cost(of, plan, prices) / LAKH:,.0f} lakh rupees")
    for name, share in sorted(shares.items(), key=lambda name_and_share: -name_and_share[1]):
        table.add_row(f"busiest hour: {name}", f"{100 * share:.2g} %")
    table.caption = f"Full first: {first}, at {1 / shares[first]:.1f} times as much."
    return table


def latencies(days: Mapping[str, Outcome]) -> Table:
    """Show the latencies of simulated days."""
    table = Table("day", "job", "number", "refused", "p50, s", "p95, s", "p99, s", title="Simulated")
    for name, outcome in days.items():
        for kind, values in quantiles(outcome).items():
            number = len(outcome.taken[kind])
            refused = outcome.refused.get(kind, 0)
            table.add_row(name, kind, f"{number:,}", f"{refused:,}", *(f"{value:.2f}" for value in values))
    return table


def content(days: Mapping[str, Outcome]) -> dict[str, Any]:
    """Return what a program reads of simulated days."""
    return {
        name: {
            kind: {"number": len(outcome.taken[kind]), "refused": outcome.refused.get(kind, 0), "seconds": values}
            for kind, values in quantiles(outcome).items()
        }
        for name, outcome in days.items()
    }


def plot(curves: Mapping[str, Sequence[tuple[float, float]]], out: Path) -> None:
    """Draw the p95 of searches over the demand, a curve for each number of index machines, to a PNG."""
    from matplotlib.figure import Figure  # here, because it comes with an extra

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.add_subplot()
    for name, points in curves.items():
        axes.plot(*np.array(points).T, "o-", label=name)
    axes.axhline(3.0, color="grey", linestyle="--")
    axes.set_xlabel("searches of an unknown finger a minute, and 20 times as many enrolments an hour")
    axes.set_ylabel("p95 of a search, seconds")
    axes.set_ylim(0, 10)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(title="index machines")
    figure.savefig(out, dpi=90)


def _sums(times: Mapping[WorkStage, Sequence[float]], *of: WorkStage) -> tuple[float, ...]:
    return tuple(sum(values) for values in zip(*(times[stage] for stage in of), strict=True))


def _row(table: Table, label: str, values: Sequence[float], unit: str) -> None:
    table.add_row(label, *(f"{np.quantile(values, share):.3g}" for share in (0.5, 0.95)), unit)
