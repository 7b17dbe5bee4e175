"""`pehchan bench records`: finding records in a national database."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.store import open_store
from api.settings import Settings
from benchmarks.commands.options import Json, console, write_results
from benchmarks.service import records

app = typer.Typer()


@app.command("records")
def bench_records(
    people: Annotated[int, typer.Option(min=1000, help="Made-up people on record.")] = 1_000_000,
    database: Annotated[
        str, typer.Option(help="URL of an empty PostgreSQL database, or of one that this filled; else SQLite.")
    ] = "",
    folder: Annotated[
        Path | None, typer.Option(help="Keep the database and its keys here and reuse them; else they are temporary.")
    ] = None,
    json: Json = None,
) -> None:
    """Find records in every documented way, on behalf of units of every size: how long the first page takes."""
    with tempfile.TemporaryDirectory(prefix="pehchan-bench-") as temporary:
        data = (folder or Path(temporary)) / "data"
        settings = Settings(data_folder=data, database_url=database, images_url="", vectors_url="")
        world = records.World(people)
        with open_store(settings).as_system("a benchmark") as store:
            if store.record_count() == 0:
                records.load(store, settings.resolved_database_url, world)
            figures = records.measure(store, world)
    kind = "PostgreSQL" if database else "SQLite"
    console.print(records.table(f"Finding among {people:,} people, {kind}", figures))
    if json:
        write_results(json, {"people": people, "figures": [vars(figure) for figure in figures]})
