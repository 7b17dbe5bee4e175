"""`pehchan bench nation`: one partition measured, a nation's service simulated, the simulation checked."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from math import ceil
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from api.bootstrap.compilation import compile_matcher
from api.bootstrap.recognisers import model_registry
from api.cli.progress_bars import progress
from api.settings import Settings
from benchmarks.commands.options import Json, console, write_results
from benchmarks.nation import cluster, node, partition, report, service
from benchmarks.nation.demand import Demand
from benchmarks.nation.service import SEARCH, Measured, Plan, Prices
from fingerprint.recogniser import FingerprintRecogniser

app = typer.Typer()
MACHINES_OF_PICTURE = (-2, 0, 2, 4)  # more than planned
DEMANDS_OF_PICTURE = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75)  # times as much


@app.command("nation")
def bench_nation(
    prints: Annotated[int, typer.Option(min=1000, help="Prints in the partition that is measured.")] = 50_000,
    of: Annotated[int, typer.Option(min=1000, help="Prints of the nation.")] = 130_000_000,
    partitions: Annotated[int, typer.Option(min=1, help="Partitions that they are divided among.")] = 100,
    processes: Annotated[int, typer.Option(min=2, max=4, help="Partitions of the real cluster.")] = 2,
    copies: Annotated[
        int, typer.Option(min=1, max=3, help="Copies of each partition, on different machines: with 2, one is lost.")
    ] = 2,
    searches: Annotated[int, typer.Option(min=4, help="Searches of each kind.")] = 30,
    whole: Annotated[
        int, typer.Option("--generated", min=100, help="Prints that are generated whole; others are assembled of them.")
    ] = 20_000,
    database: Annotated[str, typer.Option(help="URL of a PostgreSQL database to fill; else a temporary SQLite.")] = "",
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="Simulate with what an earlier run measured, in partitions of its size."
        ),
    ] = None,
    machines: Annotated[int, typer.Option(min=0, help="Index machines; 0: as few as keep the p95.")] = 0,
    cores: Annotated[int, typer.Option(min=1, help="Cores of a machine.")] = 16,
    memory: Annotated[float, typer.Option(min=1, help="Gigabytes of its memory.")] = 128.0,
    efficiency: Annotated[float, typer.Option(min=0.1, max=1, help="Share of them that a search keeps busy.")] = 0.9,
    p95: Annotated[float, typer.Option(min=0.1, help="Seconds that 95 % of the searches may take.")] = 3.0,
    searches_a_minute: Annotated[float, typer.Option(min=0.1, help="In the busiest hour of an ordinary day.")] = 100.0,
    enrolments_an_hour: Annotated[float, typer.Option(min=0.1, help="In the same hour.")] = 2000.0,
    price: Annotated[float, typer.Option(help="Rupees a year for a machine of the index or a node.")] = 600_000.0,
    price_database: Annotated[float, typer.Option(help="For the database's machine.")] = 2_500_000.0,
    price_terabyte: Annotated[float, typer.Option(help="For a terabyte of database.")] = 100_000.0,
    price_images: Annotated[float, typer.Option(help="For a terabyte of images.")] = 25_000.0,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Plot p95 over demand and machines.")] = None,
    json: Json = None,
) -> None:
    """Measure one partition and a node, check a simulation on a real cluster, and simulate a nation's service.

    Where --prints is not a partition's size, its searches are extrapolated to that.
    """
    content: dict[str, object] = {}
    if earlier is None:
        measured, content = _measure(
            prints, ceil(of / partitions), partitions, processes, copies, searches, whole, database
        )
    else:
        measured = Measured.read(earlier)
        measured = replace(measured, partitions=ceil(of / measured.prints))
    content["measured"] = asdict(measured)
    demand = Demand(searches_a_minute, enrolments_an_hour)
    prices = Prices(price, price_database, price_terabyte, price_images)
    plan = service.planned(measured, demand, Plan(machines, 1, cores, efficiency, memory, copies), p95)
    console.print(report.plan_table(measured, plan, demand, prices))
    days = {name: service.day(measured, plan, demand, bad=name == "bad") for name in ("ordinary", "bad")}
    if copies > 1:
        days["a machine lost"] = service.hour_without_a_machine(measured, plan, demand)
    console.print(report.latencies(days))
    if out:
        report.plot(_curves(measured, plan, demand), out)
    if json:
        loads = service.loads(measured, plan, demand)
        write_results(json, {**content, "plan": asdict(plan), "loads": loads, "days": report.content(days)})


def _measure(
    prints: int,
    prints_each: int,
    partitions: int,
    processes: int,
    copies: int,
    searches: int,
    whole: int,
    database: str,
) -> tuple[Measured, dict[str, object]]:
    """Measure, show and return all stages for partitions of `prints_each` prints, and what a program reads of them."""
    settings = Settings()
    recogniser = FingerprintRecogniser(model_registry(settings), prepared_kept=0)
    compile_matcher().join()
    generated_searches = partition.Searches.generated(searches)
    with tempfile.TemporaryDirectory(prefix="pehchan-bench-") as name:
        folder = Path(name)
        with progress(f"{prints:,} prints", prints) as advance:
            times, path, secret = partition.measure(
                recogniser, prints, partitions, generated_searches, folder, whole, advance
            )
        checked = cluster.check(path, secret, processes, copies, generated_searches, folder)
        path.unlink()
        console.print(report.comparison(checked))
        of_node = node.measure(folder, database)
    console.print(report.stages(times, of_node))
    return report.measured(times, of_node, checked, prints_each, partitions), {
        "partition": asdict(times),
        "node": asdict(of_node),
        "check": [asdict(compared) | {"ratio": compared.ratio} for compared in checked.compared],
        "lost": asdict(checked.lost) if checked.lost else None,
    }


def _curves(measured: Measured, plan: Plan, demand: Demand) -> Mapping[str, list[tuple[float, float]]]:
    """Return the p95 of the searches of the busiest hours by the demand, for each number of machines."""
    curves: dict[str, list[tuple[float, float]]] = {}
    for added_machines in MACHINES_OF_PICTURE:
        tried = replace(plan, machines=plan.machines + added_machines)
        if tried.machines < plan.copies:
            continue
        for times in DEMANDS_OF_PICTURE:
            scaled_demand = replace(
                demand,
                searches_a_minute=times * demand.searches_a_minute,
                enrolments_an_hour=times * demand.enrolments_an_hour,
            )
            if max(service.loads(measured, tried, scaled_demand).values()) < 1:
                seconds = service.day(measured, tried, scaled_demand, bad=False, hours=2).taken[SEARCH]
                point = (scaled_demand.searches_a_minute, float(np.quantile(seconds, 0.95)))
                curves.setdefault(str(tried.machines), []).append(point)
    return curves
