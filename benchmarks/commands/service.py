"""`pehchan bench api`: the service end to end over HTTP, alone and under load."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from benchmarks.commands.options import Json, console, write_results
from benchmarks.service import measuring
from benchmarks.service.measuring import Alone, Loaded
from benchmarks.service.searches import kinds
from benchmarks.service.server import Server
from benchmarks.service.station import station

app = typer.Typer()

CLIENTS = 32
BEYOND = 2.0  # times the rate that can be kept up
RATE_SECONDS = 10.0  # that finding this rate takes, for each kind


@app.command("api")
def bench_api(
    people: Annotated[int, typer.Option(min=20, help="People on record, with ten prints and a photo each.")] = 10_000,
    searches: Annotated[int, typer.Option(min=2, help="Searches of each kind, one after another.")] = 40,
    seconds: Annotated[int, typer.Option(min=0, help="Of load by each kind of search; 0: none.")] = 300,
    only: Annotated[list[str] | None, typer.Option(help="Load by this kind only, such as 'one print'.")] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the gallery here and reuse it; else it is temporary.")
    ] = None,
    json: Json = None,
) -> None:
    """Search a gallery over HTTP: how long an answer takes, and what twice the sustainable rate does."""
    with station(people, folder) as (settings, server):
        single = [measuring.alone(server, kind, searches) for kind in kinds()]
        console.print(_times(single, people))
        load = _load(server, single, seconds, only, settings.work_at_once) if seconds else []
        if load:
            console.print(_loads(load, seconds))
    if json:
        figures = [
            {
                "kind": measured.kind.name,
                "p50_ms": measured.p50,
                "p95_ms": measured.p95,
                "target_p50_ms": measured.kind.target_p50_ms,
            }
            for measured in single
        ]
        loads = [
            vars(measured) | {"statuses": {str(key): value for key, value in measured.statuses.items()}}
            for measured in load
        ]
        write_results(json, {"alone": figures, "load": loads, "people": people})


def _load(server: Server, single: list[Alone], seconds: int, only: list[str] | None, at_once: int) -> list[Loaded]:
    results = []
    for alone in single:
        if not only or alone.kind.name in only:
            rate = measuring.sustainable(server, alone.kind, at_once, RATE_SECONDS)
            results.append(measuring.loaded(server, alone, CLIENTS, BEYOND * rate, seconds))
    return results


def _times(single: list[Alone], people: int) -> Table:
    table = Table("search", "p50 ms", "target", "p95 ms", "reached")
    table.title = f"One client, over HTTP, {people:,} people on record, {os.cpu_count()} cores"
    for measured in single:
        verdict = "yes" if measured.reached else "NO"
        table.add_row(
            measured.kind.name,
            f"{measured.p50:.0f}",
            f"{measured.kind.target_p50_ms:.0f}",
            f"{measured.p95:.0f}",
            verdict,
        )
    return table


def _loads(load: list[Loaded], seconds: int) -> Table:
    table = Table("search", "asked/s", "accepted", "refused", "other", "p95 ms", "at most", "RSS MB", "kept")
    table.title = f"{CLIENTS} clients, {BEYOND:g} times the sustainable rate, {seconds} s each"
    table.caption = (
        "p95: of the accepted; other: no answer, and no refusal that says when; RSS: at first, at most, last"
    )
    for measured in load:
        accepted = measured.statuses[201]
        table.add_row(
            measured.name,
            f"{measured.asked_per_second:.1f}",
            str(accepted),
            str(measured.statuses.total() - accepted - measured.unlike),
            str(measured.unlike),
            f"{measured.p95:.0f}",
            f"{measured.most_p95:.0f}",
            "/".join(f"{megabytes:.0f}" for megabytes in measured.memory),
            "yes" if measured.reached else "NO",
        )
    return table
