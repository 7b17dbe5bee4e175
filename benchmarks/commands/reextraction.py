"""`pehchan bench reextract`: re-extraction by a new model beside searches."""

from __future__ import annotations

import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from api.bootstrap.store import open_store
from api.cli.progress_bars import progress
from api.settings import Settings
from benchmarks.commands.options import Json, console, write_results
from benchmarks.service.extracted_people import MadePerson, made_people
from benchmarks.service.reextraction import Kept, Round, Station, alone
from benchmarks.service.second_model import with_two_models
from benchmarks.service.server import running

app = typer.Typer()

ALONE_SECONDS = 15.0  # of extraction alone, in each round
SEARCHED = 4  # people on record from the beginning


@app.command("reextract")
def bench_reextract(
    people: Annotated[int, typer.Option(min=12, help="Made-up people with ten prints each.")] = 100,
    rounds: Annotated[int, typer.Option(min=1, help="Repetitions, each with a part of the people.")] = 3,
    workers: Annotated[int, typer.Option(min=1, help="Processes of 'pehchan reextract run'.")] = os.cpu_count() or 1,
    seconds: Annotated[int, typer.Option(min=2, help="Seconds of searches without re-extraction in a round.")] = 60,
    kills: Annotated[int, typer.Option(min=0, help="Workers killed (SIGKILL) in the midst of a sample.")] = 3,
    database: Annotated[str, typer.Option(help="URL of an empty PostgreSQL database; else a temporary SQLite.")] = "",
    json: Json = None,
) -> None:
    """Extract people again beside a search a second: rate, p95 of the searches, and what kills lose.

    Each round measures extraction alone by the workers, searches alone, and both together. Exit code 1: something was
    lost, done twice or answered wrongly, or the people were too few for the kills.
    """
    with tempfile.TemporaryDirectory(prefix="pehchan-bench-") as temporary:
        folder = Path(temporary)
        settings, environment = _station(folder, database)
        enrolled: list[MadePerson] = []
        with progress("Making people", people) as advance:
            for person in made_people(settings, people, os.cpu_count() or 1):
                enrolled.append(person)
                advance()
        first, remaining = enrolled[:SEARCHED], enrolled[SEARCHED:]
        *batches, last = [remaining[number :: rounds + 1] for number in range(rounds + 1)]
        with open_store(settings) as store, running(settings, folder / "server.log", environment) as server:
            station = Station(server, store.as_system("a benchmark"), environment)
            station.begin(first)
            measured = [_round(station, settings, batch, workers, seconds) for batch in batches]
            console.print(_table(measured, people))
            kill_results = station.with_kills(last, kills)
    console.print(_sentence(measured, kill_results))
    if json:
        repeated = [asdict(round_) | {"rate": round_.rate, "p95_times": round_.p95_times} for round_ in measured]
        write_results(json, {"people": people, "workers": workers, "rounds": repeated, "kept": asdict(kill_results)})
    if kill_results.kills < kills or not kill_results.sound or not all(round_.sound for round_ in measured):
        raise typer.Exit(1)


def _station(folder: Path, database: str) -> tuple[Settings, dict[str, str]]:
    """Return the settings of a station with two models, and the environment of its server and workers."""
    plain = {"images_url": "", "vectors_url": "", "cluster_url": "", "probe_check_days": 0}
    settings = with_two_models(folder, database_url=database, **plain)
    same = ("data_folder", "operator_manifest", "calibration_folder")
    values = plain | {"database_url": database} | {name: getattr(settings, name) for name in same}
    return settings, {f"PEHCHAN_{name.upper()}": str(value) for name, value in values.items()}


def _round(station: Station, settings: Settings, batch: list[MadePerson], workers: int, seconds: float) -> Round:
    rate_alone = alone(settings, batch, workers, ALONE_SECONDS)
    without = station.searched_for(seconds)
    rate_beside, during = station.beside_searches(batch, workers)
    return Round(rate_alone, rate_beside, without, during, os.getloadavg()[0])


def _table(measured: list[Round], people: int) -> Table:
    table = Table("alone, images/s", "beside, images/s", "share", "p50 ms", "with", "p95 ms", "with", "times", "load")
    table.title = f"Re-extraction beside a search a second, {people:,} people, {os.cpu_count()} cores"
    table.caption = "p50, p95: of the searches without re-extraction and with it; load: mean of the last minute"
    for round_ in measured:
        quantiles = [
            np.quantile(searched.ms, level) for level in (0.5, 0.95) for searched in (round_.without, round_.during)
        ]
        table.add_row(
            f"{round_.alone:.1f}",
            f"{round_.beside:.1f}",
            f"{round_.rate:.0%}",
            *(f"{value:.0f}" for value in quantiles),
            f"{round_.p95_times:.2f}",
            f"{round_.load:.1f}",
        )
    return table


def _sentence(measured: list[Round], kill_results: Kept) -> str:
    parts = [kill_results.searched, *(searched for round_ in measured for searched in (round_.without, round_.during))]
    return (
        f"{sum(len(part.ms) for part in parts)} searches: {sum(part.lost for part in parts)} not answered, "
        f"{sum(part.wrong for part in parts)} named another person. {kill_results.prints:,} prints, "
        f"{kill_results.kills} workers killed: {kill_results.missing} not extracted, {kill_results.twice} twice, "
        f"{kill_results.refused} refused."
    )
