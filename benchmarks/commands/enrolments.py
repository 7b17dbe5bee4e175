"""`pehchan bench enrolments`: how many enrolments a second one database takes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.settings import Settings
from benchmarks.commands.options import Json, console, write_results
from benchmarks.service import enrolments as rates

app = typer.Typer()


@app.command("enrolments")
def bench_enrolments(
    database: Annotated[str, typer.Option(help="URL of a PostgreSQL database to fill; else a temporary SQLite.")] = "",
    people: Annotated[int, typer.Option(min=1, help="People to enrol, with ten prints each.")] = 400,
    nodes: Annotated[int, typer.Option(min=1, help="Processes that enrol at the same time.")] = 2,
    clients: Annotated[int, typer.Option(min=1, help="Enrolments at the same time in each process.")] = 8,
    states: Annotated[
        int, typer.Option(min=1, max=rates.STATES, help="States that allot the national numbers.")
    ] = rates.STATES,
    json: Json = None,
) -> None:
    """Enrol people with ten prints through several nodes of one database, without extraction: enrolments a second."""
    with tempfile.TemporaryDirectory(prefix="pehchan-bench-") as folder:
        settings = Settings(data_folder=Path(folder), database_url=database, images_url="", vectors_url="")
        figure = rates.measure(settings, nodes, clients, people, states)
    console.print(rates.table([figure]))
    if json:
        write_results(json, {"figures": [vars(figure) | {"a_second": figure.a_second}]})
    if not figure.in_order:
        raise typer.Exit(1)
