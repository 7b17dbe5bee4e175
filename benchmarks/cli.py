"""The commands `pehchan bench` and `pehchan calibrate`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from api.settings import Settings
from api.wiring import calibration_of, model_registry, open_recogniser
from benchmarks import calibrate, datasets, generated, report, run
from benchmarks.measure import extract_images
from benchmarks.published import PublishedLeader
from benchmarks.search import curves
from benchmarks.search.figure import Figure
from benchmarks.speed import measure_speed
from biometrics.ports import Recogniser
from biometrics.types import Modality
from face.recogniser import FaceRecogniser
from face.selection import most_prominent
from fingerprint.recogniser import FingerprintRecogniser

COMPARISONS = 1_500_000

app = typer.Typer(no_args_is_help=True, help="Measure accuracy and speed on a folder of images.")
calibrate_app = typer.Typer(no_args_is_help=True, help="Make a calibration file from non-mated images.")
console = Console()

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of images.")]
Folders = Annotated[list[Path], typer.Argument(metavar="DIR", help="Folders of images.")]
Ppi = Annotated[float | None, typer.Option(help="Resolution of the prints; wins over the files' own tags; else 500.")]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to this file too.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The calibration file to write.")]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Leave out an image, by its name without extension: one that is mislabelled."),
]
Comparisons = Annotated[
    int,
    typer.Option(
        min=calibrate.MIN_COMPARISONS, help="Non-mated pairs to compare, drawn at random where there are more."
    ),
]


@app.command()
def fingerprint(
    folder: Folder,
    ppi: Ppi = None,
    json: Json = None,
    speed: Annotated[bool, typer.Option("--speed", help="Measure times only, beside LEADER as published.")] = False,
) -> None:
    """Compare prints named <finger>_<impression>.<ext> by FVC's protocol."""
    images = datasets.read_fingerprints(folder)
    settings = Settings()
    recogniser = open_recogniser(settings, Modality.FINGERPRINT)
    if speed:
        _speed(settings, recogniser, folder, images, ppi, json)
        return
    measured = run.run_fingerprints(recogniser, images, ppi, settings.threads)
    _show(folder, report.fingerprint_figures(measured), json)


@app.command("generated")
def generated_prints(
    folders: Folders,
    ppi: Ppi = None,
    at_most: Annotated[int, typer.Option(min=2, help="Prints to take, evenly spread over the folders.")] = 450,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Plot the distributions.")] = None,
) -> None:
    """Compare the scores of generated templates with those of real prints of different people."""
    found = [image for folder in folders for image in datasets.read_one_print_a_finger(folder)]
    images = [found[i] for i in np.unique(np.linspace(0, len(found) - 1, at_most).round().astype(int))]
    settings = Settings()
    recogniser = open_recogniser(settings, Modality.FINGERPRINT)
    scores = generated.non_mated(images, extract_images(recogniser, images, settings.threads, ppi))
    console.print(generated.table(", ".join(map(str, folders)), scores))
    if out:
        generated.plot(scores, out)


@app.command()
def face(
    folder: Folder,
    pairs: Annotated[Path | None, typer.Option(metavar="FILE", help="A pairs list of LFW's form.")] = None,
    json: Json = None,
) -> None:
    """Compare photos that lie as <person>/<image>: the pairs of a list, or everyone with two photos or more."""
    settings = Settings()
    if pairs:
        listed = datasets.read_pairs(pairs, folder)
        measured = run.run_face_pairs(_face_recogniser(settings), listed, settings.threads)
    else:
        images = datasets.read_faces(folder)
        measured = run.run_faces(_face_recogniser(settings), images, settings.threads)
    _show(folder, report.face_figures(measured), json)


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
        bool, typer.Option("--curve", help="Galleries of 10 thousand to 10 million faces, and 1 million prints.")
    ] = False,
    shortlist: Annotated[int, typer.Option(min=1, help="Prints that the exact matcher sees in a search.")] = 200,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Plot time, memory and losses.")] = None,
    json: Json = None,
) -> None:
    """Search large galleries: how long it takes, what is lost against comparing everything, what memory it takes."""
    if not curve and not faces and not fingers:
        faces, fingers = [1_000_000], [100_000, 1_000_000]
    figures: list[Figure] = []
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
        report.write_json(json, {"figures": [one.content() for one in figures], "command": _command()})


@calibrate_app.command("fingerprint")
def calibrate_fingerprint(
    folders: Folders, out: Out, ppi: Ppi = None, comparisons: Comparisons = COMPARISONS, leave_out: LeaveOut = None
) -> None:
    """Calibrate from prints named as SOCOFing's, or as FVC's; pairs of one person are not compared."""
    images = tuple(image for folder in folders for image in datasets.read_one_print_a_finger(folder))
    images = datasets.without(images, leave_out or ())
    recogniser = open_recogniser(Settings(), Modality.FINGERPRINT)
    _calibrate(recogniser, images, ppi, comparisons, out)


@calibrate_app.command("face")
def calibrate_face(folders: Folders, out: Out, comparisons: Comparisons = COMPARISONS) -> None:
    """Calibrate from photos that lie as <person>/<image>; pairs of one person are not compared."""
    images = tuple(image for folder in folders for image in datasets.read_people(folder))
    _calibrate(_face_recogniser(Settings()), images, None, comparisons, out)


def _face_recogniser(settings: Settings) -> FaceRecogniser:
    """Take the most prominent face: the photos of test sets show bystanders, who would be refused at a station."""
    return FaceRecogniser(model_registry(settings), choose=most_prominent)


def _speed(
    settings: Settings,
    recogniser: Recogniser,
    folder: Path,
    images: Sequence[datasets.LabelledImage],
    ppi: float | None,
    json: Path | None,
) -> None:
    published = PublishedLeader(settings.data_folder)
    ours = model_registry(settings).open_session("leader")
    measured = measure_speed(recogniser, ours, published, images, ppi)
    console.print(measured.table(str(folder)))
    if json:
        report.write_json(json, {**measured.figures(), "command": _command()})


def _command() -> str:
    return shlex.join(["pehchan", *sys.argv[1:]])


def _show(folder: Path, figures: report.Figures, json: Path | None) -> None:
    console.print(report.table(str(folder), figures))
    if json:
        report.write_json(json, {**figures, "command": _command()})


def _calibrate(
    recogniser: Recogniser, images: Sequence[datasets.LabelledImage], ppi: float | None, comparisons: int, out: Path
) -> None:
    threads = Settings().threads
    extraction = extract_images(recogniser, images, threads, ppi)
    scores = calibrate.non_mated_scores(recogniser, images, extraction, comparisons, threads)
    subjects = len({image.subject for image in images})
    content = calibrate.calibration_content(recogniser.modality, recogniser.model, scores, subjects, _command())
    report.write_json(out, content)
    raw, decibans = content["knots"][-1]
    console.print(
        f"{out}: {len(scores):,} non-mated comparisons ({len(extraction.failures)} images without a template); "
        f"extrapolated above {raw:g} ({decibans:.1f} decibans)."
    )
