"""`pehchan bench search` and `generated`: large galleries, and the made-up prints that fill them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from api.bootstrap.engine import calibration_of, model_registry, open_recogniser
from api.settings import Settings
from benchmarks import datasets, generated, report
from benchmarks.commands.options import Folders, Json, Ppi, command_line, console
from benchmarks.measure import extract_images
from benchmarks.progress import progress
from benchmarks.search import curves, fpir
from biometrics.domain.types import Modality
from fingerprint.recogniser import FingerprintRecogniser

app = typer.Typer()


@app.command("generated")
def generated_prints(
    folders: Folders,
    ppi: Ppi = None,
    at_most: Annotated[int, typer.Option(min=2, help="Prints to take, evenly spread over the folders.")] = 450,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Plot the distributions.")] = None,
) -> None:
    """Compare the scores of generated templates with those of real prints of different people."""
    all_images = [image for folder in folders for image in datasets.read_one_print_a_finger(folder)]
    images = [all_images[i] for i in np.unique(np.linspace(0, len(all_images) - 1, at_most).round().astype(int))]
    settings = Settings()
    recogniser = open_recogniser(settings, Modality.FINGERPRINT)
    scores = generated.non_mated(images, extract_images(recogniser, images, settings.threads, ppi))
    console.print(generated.table(", ".join(map(str, folders)), scores))
    if out:
        generated.plot(scores, out)


@app.command("search")
def search_galleries(
    faces: Annotated[list[int] | None, typer.Option(min=1000, help="Photos in a gallery of made-up faces.")] = None,
    fingers: Annotated[list[int] | None, typer.Option(min=1000, help="Prints in a gallery of generated ones.")] = None,
    prints: Annotated[
        list[str] | None,
        typer.Option(metavar="DIR[:PPI]", help="Folders of real prints <finger>_<impression>.<ext> to search with."),
    ] = None,
    searches: Annotated[int, typer.Option(min=1, help="Searches of each kind, at most.")] = 2000,
    curve: Annotated[
        bool, typer.Option("--curve", help="Galleries of 10 thousand to 10 million faces, and to 13 million prints.")
    ] = False,
    shortlist: Annotated[int, typer.Option(min=1, help="Prints that the exact matcher sees in a search.")] = 200,
    earlier: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="Show and plot what an earlier run wrote, too."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Plot time, memory and losses.")] = None,
    json: Json = None,
) -> None:
    """Search large galleries: how long it takes, what is lost against comparing everything, what memory it takes."""
    if not curve and not faces and not fingers and not earlier:
        faces, fingers = [1_000_000], [100_000, 1_000_000]
    figures = curves.stored(earlier or ())
    for size in curves.FACES if curve else faces or []:
        figures += curves.of_faces(size, searches)
    sizes = curves.FINGERS if curve else fingers or []
    if sizes and not prints:
        raise datasets.UnusableDataset("Galleries of prints are searched with real ones; name folders with --prints.")
    if sizes and prints:
        settings = Settings()
        recogniser = FingerprintRecogniser(model_registry(settings), prepared_kept=0)
        calibration = calibration_of(recogniser, settings)
        impressions = curves.impressions(recogniser, prints, settings.threads)
        figures += curves.of_prints(recogniser, calibration, impressions, sorted(sizes), searches, shortlist)
    console.print(curves.table(figures))
    if out:
        curves.plot(figures, out)
    if json:
        report.write_json(json, {"figures": [figure.content() for figure in figures], "command": command_line()})


@app.command("fpir")
def false_positive_rates(
    gallery: Annotated[list[int] | None, typer.Option(min=100, help="People in a gallery; may be repeated.")] = None,
    searches: Annotated[int, typer.Option(min=100, help="Searches by people who are in no gallery.")] = 50_000,
    json: Json = None,
) -> None:
    """Search galleries of made-up faces with strangers: is the FPIR what was asked for, whatever the size?"""
    sizes = gallery or [1000, 10_000, 100_000]
    with progress("Searching", searches) as advance:
        observed = fpir.observe(sizes, searches, advance)
    console.print(fpir.table(observed))
    if json:
        report.write_json(json, {"figures": [figure.content() for figure in observed], "command": command_line()})
