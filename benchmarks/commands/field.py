"""`pehchan bench compression` and `pehchan bench field`: what a phone's compression costs, and how long checks take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.bootstrap.recognisers import open_recogniser
from api.settings import Settings
from benchmarks.commands.options import Folder, Json, console, face_recogniser, write_results
from benchmarks.runs import datasets
from benchmarks.runs.compression import FMR, compare_encodings
from benchmarks.service import phones as checks
from benchmarks.service.station import station
from fingerprint.modality import FINGERPRINT

app = typer.Typer()


@app.command()
def compression(
    folder: Folder,
    encoding: Annotated[list[str], typer.Option(help="jpeg or webp, quality and longest side: webp:60:480.")],
    faces: Annotated[
        bool, typer.Option("--faces", help="Photos as <person>/<image>, not prints as FVC names them.")
    ] = False,
    subjects: Annotated[int, typer.Option(min=2, help="Fingers or people, drawn at random.")] = 100,
    json: Json = None,
) -> None:
    """Compare probes as a phone would send them with the images as captured, by the service's own path."""
    settings = Settings()
    images = datasets.read_faces(folder) if faces else datasets.read_fingerprints(folder)
    images = datasets.of_some_subjects(images, subjects)
    recogniser = face_recogniser(settings) if faces else open_recogniser(settings, FINGERPRINT)
    figures = compare_encodings(recogniser, images, encoding, settings.threads)
    table = Table(
        "sent as", "kB", "no template", "EER", f"TAR at FMR {FMR:.1%}", title=f"{folder}, {len(images)} images"
    )
    for figure in figures:
        row = (f"{figure.kilobytes:.1f}", str(figure.failures), f"{figure.eer:.2%}", f"{figure.tar:.2%}")
        table.add_row(figure.name, *row)
    console.print(table)
    if json:
        write_results(json, {"encodings": [vars(figure) for figure in figures], "images": len(images)})


@app.command("field")
def bench_field(
    phones: Annotated[int, typer.Option(min=1, help="Phones, each on a link of its own.")] = 50,
    people: Annotated[int, typer.Option(min=20, help="People on record, with ten prints and a photo each.")] = 200,
    kbit: Annotated[float, typer.Option(min=1, help="Thousands of bits a second that a link carries each way.")] = 128,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two checks of a phone.")] = 60,
    seconds: Annotated[float, typer.Option(min=0.1, help="Of checks at random moments.")] = 300,
    prints: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Send these prints, named as by FVC, not generated ones.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Keep the gallery here and reuse it; else it is temporary.")
    ] = None,
    json: Json = None,
) -> None:
    """Check people by two prints from many phones on slow links: how long an answer takes, at random and all at once.

    As the page does, a phone tries a refused check (503) again. PEHCHAN_WORK_WAITING sets how many may wait.
    """
    max_requests = phones * (1 + int(seconds / every))
    requests = checks.checks_of(prints) if prints else checks.generated_checks(max_requests)
    with station(people, folder) as (settings, server):
        checks.warm_up(server, requests)
        runs = checks.measured(server, requests, phones, kbit, every, seconds)
    load = [{"name": name, **run.figures()} for name, run in runs.items()]
    kilobytes = sum(len(body) for _, body in requests) / len(requests) / 1000
    console.print(_load_table(load, f"{phones} phones, {kbit:g} kbit/s each way, {kilobytes:.1f} kB a check"))
    console.print(
        f"At random: a check of each phone every {every:g} s, for {seconds:g} s. {people:,} people on record; "
        f"{os.cpu_count()} cores, {settings.work_at_once} samples at once, {settings.work_waiting} may wait."
    )
    if json:
        conditions = {"phones": phones, "kbit": kbit, "every_s": every, "seconds": seconds, "kilobytes": kilobytes}
        queue = {"work_at_once": settings.work_at_once, "work_waiting": settings.work_waiting}
        write_results(json, {"load": load, **conditions, **queue, "people": people})


def _load_table(load: list[dict[str, Any]], title: str) -> Table:
    columns = ("checks", "asked/s", "answered", "failed", "429", "503", "p50 ms", "p95 ms", "reached")
    load_table = Table(*columns, "transfer, share", "server, share", "pauses, share", "answers", title=title)
    load_table.caption = (
        f"p95: at most {checks.TARGET_P95_MS:.0f} ms; 503: refusals, which a phone pauses after and repeats"
    )
    for run in load:
        times = [run[f"p{percent}_ms"] for percent in (50, 95)]
        shares = [run[f"{part}_share"] for part in ("transfer", "server", "paused")]
        load_table.add_row(
            run["name"],
            f"{run['asked_per_second']:.1f}",
            *map(str, (run["accepted"], run["failed"], *(run["statuses"].get(code, 0) for code in ("429", "503")))),
            *("" if milliseconds is None else f"{milliseconds:.0f}" for milliseconds in times),
            "yes" if run["reached"] else "NO",
            *("" if share is None else f"{share:.0%}" for share in shares),
            ", ".join(f"{count} {answer}" for answer, count in sorted(run["answers"].items())),
        )
    return load_table
