"""`pehchan bench fingerprint` and `face`: accuracy and speed on one folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.recognisers import calibration_of, model_registry, open_recogniser
from api.settings import Settings
from benchmarks.commands.options import FolderOrDescriptor, Json, Ppi, console, face_recogniser, write_results
from benchmarks.reports import output
from benchmarks.runs import datasets, folder_run
from benchmarks.runs.descriptors import SUFFIX, read_descriptor
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.runs.published import PublishedLeader
from benchmarks.runs.speed import measure_speed
from benchmarks.search import still_sets
from biometrics.matching.ports import Recogniser
from face.detector import FaceDetector
from fingerprint.modality import FINGERPRINT

app = typer.Typer()


@app.command()
def fingerprint(
    folder: FolderOrDescriptor,
    ppi: Ppi = None,
    json: Json = None,
    speed: Annotated[bool, typer.Option("--speed", help="Measure times only, also of LEADER as published.")] = False,
) -> None:
    """Compare prints named <finger>_<impression>.<ext> by FVC's protocol: one folder, or each of a descriptor.

    A descriptor's folders are compared one by one, and their rates averaged, as FVC does.
    """
    if folder.suffix == SUFFIX:
        if ppi or speed:
            raise datasets.UnusableDataset("A descriptor states resolutions itself, and --speed takes one folder.")
        _each_folder(folder, json)
        return
    images = datasets.read_fingerprints(folder)
    settings = Settings()
    recogniser = open_recogniser(settings, FINGERPRINT)
    if speed:
        _speed(settings, recogniser, folder, images, ppi, json)
        return
    measured = folder_run.run_fingerprints(recogniser, images, ppi, settings.threads)
    _show(folder, output.fingerprint_figures(measured), json)


def _each_folder(descriptor: Path, json: Path | None) -> None:
    folders = [folder_and_ppi(name) for name in read_descriptor(descriptor).prints]
    if not folders:
        raise datasets.UnusableDataset(f"{descriptor} names no prints.")
    sets = [(folder, ppi, datasets.read_fingerprints(folder)) for folder, ppi in folders]
    settings = Settings()
    recogniser = open_recogniser(settings, FINGERPRINT)
    figures = {}
    for folder, ppi, images in sets:
        measured = folder_run.run_fingerprints(recogniser, images, ppi, settings.threads)
        name = "/".join(folder.parts[-2:])
        figures[name] = output.fingerprint_figures(measured)
        console.print(output.table(name, figures[name]))
    mean = output.mean_rates(list(figures.values()))
    console.print(output.table(f"mean of {len(figures)} folders", mean))
    if json:
        write_results(json, {"sets": figures, "mean": mean})


@app.command()
def face(
    folder: FolderOrDescriptor,
    pairs: Annotated[Path | None, typer.Option(metavar="FILE", help="A pairs list of LFW's form.")] = None,
    json: Json = None,
    sets: Annotated[
        bool,
        typer.Option(
            "--sets",
            help="Search with sets of stills, made of each person's other photos as a camera takes them.",
        ),
    ] = False,
    stills: Annotated[
        str | None,
        typer.Option(metavar="PATTERN", help="With --sets: names of real stills, such as 'cctv_*'."),
    ] = None,
    on_record: Annotated[str, typer.Option(metavar="PATTERN", help="With --stills: names of photos on record.")] = "*",
) -> None:
    """Compare photos that lie as <person>/<image>: the pairs of a list, or everyone with two photos or more."""
    settings = Settings()
    if folder.suffix == SUFFIX:
        described = read_descriptor(folder)
        if described.faces is None:
            raise datasets.UnusableDataset(f"{folder} names no faces.")
        folder, pairs = described.faces, pairs or described.pairs
    if sets:
        _sets(settings, folder, pairs, stills, on_record, json)
        return
    if pairs:
        pair_list = datasets.read_pairs(pairs, folder)
        several = datasets.read_faces(folder)
        measured = folder_run.run_face_pairs(face_recogniser(settings), pair_list, several, settings.threads)
    else:
        images = datasets.read_faces(folder)
        measured = folder_run.run_faces(face_recogniser(settings), images, settings.threads)
    _show(folder, output.face_figures(measured), json)


def _sets(
    settings: Settings, folder: Path, pairs: Path | None, stills: str | None, on_record: str, json: Path | None
) -> None:
    recogniser = face_recogniser(settings)
    images = datasets.read_people(folder)
    if pairs:
        subjects = {image.subject for image in datasets.read_pairs(pairs, folder).images}
        images = tuple(image for image in images if image.subject in subjects)
    if stills:
        people = still_sets.real_stills(recogniser, images, on_record, stills)
    else:
        detector = FaceDetector(model_registry(settings).open_session("yunet"))
        people = still_sets.generated_stills(recogniser, detector, images, max(still_sets.SIZES))
    figures = still_sets.measure(recogniser, calibration_of(recogniser, settings), people)
    console.print(still_sets.table(figures, f"{folder}, {len(people)} people on record"))
    if json:
        write_results(json, {"sets": [figure.content() for figure in figures]})


def _speed(
    settings: Settings,
    recogniser: Recogniser,
    folder: Path,
    images: Sequence[datasets.LabelledImage],
    ppi: float | None,
    json: Path | None,
) -> None:
    published = PublishedLeader(settings.data_folder)
    leader = model_registry(settings).open_session("leader")
    measured = measure_speed(recogniser, leader, published, images, ppi)
    console.print(measured.table(str(folder)))
    if json:
        write_results(json, measured.figures())


def _show(folder: Path, figures: output.Figures, json: Path | None) -> None:
    console.print(output.table(str(folder), figures))
    if json:
        write_results(json, figures)
