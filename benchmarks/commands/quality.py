"""`pehchan bench quality`: what enrolment says of ordinary prints and photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.recognisers import open_recogniser
from api.settings import Settings
from benchmarks.commands.options import Json, console, face_recogniser, write_results
from benchmarks.runs import datasets
from benchmarks.runs.assessments import CHANGES, Assessments, assess_images, table
from benchmarks.runs.fingerprints import folder_and_ppi
from fingerprint.modality import FINGERPRINT

app = typer.Typer()


@app.command()
def quality(
    prints: Annotated[
        list[str] | None,
        typer.Option("--prints", metavar="DIR[:PPI]", help="Prints, named as FVC's, NIST SD4's or SOCOFing's."),
    ] = None,
    faces: Annotated[
        list[str] | None, typer.Option("--faces", metavar="DIR", help="Photos that lie as <person>/<image>.")
    ] = None,
    at_most: Annotated[
        int | None, typer.Option(min=2, help="People or fingers of each folder, at most: a random sample; all else.")
    ] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Also with white, grey and black margins, and cropped (prints only).")
    ] = False,
    json: Json = None,
) -> None:
    """Count how many ordinary images enrolment refuses, finds too poor, or finds fault with."""
    if bool(prints) is bool(faces):
        raise datasets.UnusableDataset("Name sets of prints or of photos, not both.")
    settings = Settings()
    recogniser = open_recogniser(settings, FINGERPRINT) if prints else face_recogniser(settings)
    rows: dict[str, Assessments] = {}
    for argument in prints or faces or ():
        name, images = _images(argument) if prints else _photos(Path(argument))
        chosen = images if at_most is None else datasets.of_some_subjects(images, at_most)
        rows[name] = assess_images(recogniser, chosen, settings.threads)
        for change in CHANGES if changed and prints else ():
            rows[f"{name}, {change}"] = assess_images(recogniser, chosen, settings.threads, change)
    console.print(table(rows))
    if json:
        write_results(
            json,
            {"sets": {name: assessments.figures() for name, assessments in rows.items()}, "model": recogniser.model},
        )


def _images(argument: str) -> tuple[str, tuple[datasets.LabelledImage, ...]]:
    folder, ppi = folder_and_ppi(argument)
    images = datasets.read_strangers(folder)
    return "/".join(folder.parts[-2:]), tuple(replace(image, ppi=ppi or image.ppi or 500.0) for image in images)


def _photos(folder: Path) -> tuple[str, tuple[datasets.LabelledImage, ...]]:
    return "/".join(folder.parts[-2:]), datasets.read_people(folder)
