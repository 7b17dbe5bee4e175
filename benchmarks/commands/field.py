"""`pehchan bench compression`: what the compression of a phone costs in accuracy."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from api.bootstrap.recognisers import open_recogniser
from api.settings import Settings
from benchmarks.commands.options import Folder, Json, console, face_recogniser, write_results
from benchmarks.runs import datasets
from benchmarks.runs.compression import FMR, compare_encodings
from fingerprint.modality import FINGERPRINT

app = typer.Typer()


@app.command()
def compression(
    folder: Folder,
    encoding: Annotated[list[str], typer.Option(help="jpeg or webp, quality and longest side: webp:60:480.")],
    faces: Annotated[
        bool, typer.Option("--faces", help="Photos as <person>/<image>, not prints as FVC names them.")
    ] = (False),
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
    for each in figures:
        row = (f"{each.kilobytes:.1f}", str(each.failures), f"{each.eer:.2%}", f"{each.tar:.2%}")
        table.add_row(each.name, *row)
    console.print(table)
    if json:
        write_results(json, {"encodings": [vars(each) for each in figures], "images": len(images)})
