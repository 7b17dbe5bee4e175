"""`pehchan bench search` and `generated`: large galleries, and the made-up prints that fill them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from api.bootstrap.recognisers import calibration_of, model_registry, open_recogniser
from api.cli.progress_bars import progress
from api.settings import Settings
from benchmarks.commands.options import Folders, Json, Ppi, console, face_recogniser, write_results
from benchmarks.runs import datasets
from benchmarks.runs.measure import extract_images
from benchmarks.runs.template_cache import CACHE
from benchmarks.search import curves, fpir, generated, real_people, real_tables
from benchmarks.search.engines import ComparedIndex, PrintEngine
from benchmarks.search.figure import SearchFigure
from benchmarks.search.gallery import GENERATED
from benchmarks.search.population_figures import Observed, observed_in
from benchmarks.search.populations import GALLERIES
from biometrics.kernel.errors import InvalidField
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser

app = typer.Typer()
notes = Console(stderr=True)


@app.command("generated")
def generated_prints(
    folders: Folders,
    ppi: Ppi = None,
    at_most: Annotated[int, typer.Option(min=2, help="Prints to take, evenly spread over the folders.")] = 450,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Plot the distributions.")] = None,
    json: Json = None,
) -> None:
    """Compare the scores of generated templates with those of real prints of different people."""
    all_images = [image for folder in folders for image in datasets.read_one_print_a_finger(folder)]
    images = [all_images[i] for i in np.unique(np.linspace(0, len(all_images) - 1, at_most).round().astype(int))]
    settings = Settings()
    recogniser = open_recogniser(settings, FINGERPRINT)
    scores = generated.non_mated(images, extract_images(recogniser, images, settings.threads, ppi))
    console.print(generated.table(", ".join(map(str, folders)), scores))
    if out:
        generated.plot(scores, out)
    if json:
        write_results(json, {"distributions": generated.figures(scores)})


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
        bool,
        typer.Option(
            "--curve",
            help="Galleries of 10 thousand to 10 million faces and to 13 million prints, except those that --from has.",
        ),
    ] = False,
    largest: Annotated[int | None, typer.Option(min=1000, help="Largest gallery of the curve: end it there.")] = None,
    shortlist: Annotated[int, typer.Option(min=1, help="Prints that the exact matcher sees in a search.")] = 200,
    engine: Annotated[
        PrintEngine, typer.Option(help="Where the prints are: in this process, or in a Ray cluster on this machine.")
    ] = PrintEngine.EMBEDDED,
    whole: Annotated[
        int, typer.Option("--generated", min=100, help="Prints that are generated whole; others are assembled of them.")
    ] = GENERATED,
    partitions: Annotated[int, typer.Option(min=1, help="Processes of the Ray cluster.")] = 4,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Show and plot what an earlier run wrote, too; with --curve, go on from there.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Plot time, memory and losses.")] = None,
    json: Json = None,
) -> None:
    """Search large galleries: how long it takes, what is lost against comparing everything, what memory it takes."""
    if not curve and not faces and not fingers and not earlier:
        faces, fingers = [1_000_000], [100_000, 1_000_000]
    if largest is not None and not curve:
        raise InvalidField("--largest ends the curve of --curve; add it, or leave out --largest.")
    figures = curves.stored(earlier or ())
    if curve:
        figures, faces, fingers = curves.remaining(figures, largest)
    if fingers and not prints:
        raise datasets.UnusableDataset("Galleries of prints are searched with real ones; name folders with --prints.")
    measured = chain(
        (figure for size in faces or [] for figure in curves.of_faces(size, searches)),
        _of_prints(sorted(fingers or []), prints or [], searches, shortlist, engine, whole, partitions),
    )
    for figure in measured:
        figures.append(figure)
        notes.print(curves.line(figure))
        _write(json, figures)  # what is measured stays, whatever becomes of the rest
    figures.sort(key=lambda figure: (figure.what, figure.gallery))
    console.print(curves.table(figures))
    if out:
        curves.plot(figures, out)
    _write(json, figures)


def _of_prints(
    sizes: Sequence[int],
    prints: Sequence[str],
    searches: int,
    shortlist: int,
    engine: PrintEngine,
    whole: int,
    partitions: int,
) -> Iterator[SearchFigure]:
    if not sizes:
        return
    settings = Settings()
    recogniser = FingerprintRecogniser(model_registry(settings), prepared_kept=0)
    calibration = calibration_of(recogniser, settings)
    impressions = curves.impressions(recogniser, prints, settings.threads, settings.data_folder / CACHE)
    with tempfile.TemporaryDirectory(prefix="pehchan-bench-") as folder:
        divided = ComparedIndex(partitions, Path(folder)) if engine is PrintEngine.RAY else None
        yield from curves.of_prints(recogniser, calibration, impressions, sizes, searches, shortlist, divided, whole)


def _write(json: Path | None, figures: Sequence[SearchFigure]) -> None:
    if json:
        write_results(json, {"figures": [figure.content() for figure in figures]})


@app.command("fpir")
def false_positive_rates(
    gallery: Annotated[list[int] | None, typer.Option(min=100, help="People in a gallery; may be repeated.")] = None,
    searches: Annotated[int, typer.Option(min=100, help="Searches by people who are in no gallery.")] = 50_000,
    prints: Annotated[
        list[str] | None,
        typer.Option(
            "--prints", metavar="DIR[:PPI]", help="Galleries of real prints, named as FVC's, NIST SD4's or SOCOFing's."
        ),
    ] = None,
    faces: Annotated[
        list[str] | None, typer.Option("--faces", metavar="DIR", help="Galleries of photos <person>/<image>.")
    ] = None,
    looks: Annotated[
        int, typer.Option(min=2, help="Looks of a folder of photos, each a simulated population.")
    ] = real_people.LOOKS,
    leave_out: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Leave out an image, by its name without extension.")
    ] = None,
    json: Json = None,
) -> None:
    """Search with people who are not on record: is the FPIR what was asked for, whatever the size of the gallery?

    The galleries are made-up faces, or real people with --prints and --faces: then with what a lead of the first
    candidate says.
    """
    if prints or faces:
        observed_people = _of_real_people(prints or [], faces or [], looks, frozenset(leave_out or ()), gallery)
        for table in real_tables.tables(observed_people):
            console.print(table)
        if json:
            write_results(json, real_tables.content(observed_people))
        return
    sizes = gallery or [1000, 10_000, 100_000]
    with progress("Searching", searches) as advance:
        observed = fpir.observe(sizes, searches, advance)
    console.print(fpir.table(observed))
    if json:
        write_results(json, {"figures": [figure.content() for figure in observed]})


def _of_real_people(
    prints: list[str], faces: list[str], looks: int, leave_out: frozenset[str], gallery: list[int] | None
) -> list[Observed]:
    settings = Settings()
    populations = []
    if prints:
        recogniser = open_recogniser(settings, FINGERPRINT)
        of_prints = [real_people.of_prints(recogniser, settings, name, leave_out) for name in prints]
        populations += of_prints
        sensors = [population for population in of_prints if len(population.blocks) == 1]
        if len(sensors) > 1:
            populations.append(real_people.pooled(sensors, f"the {len(sensors)} sets above with one sensor each"))
    for folder in faces:
        populations += real_people.of_photos(face_recogniser(settings), settings, folder, leave_out, looks)
    return [observed_in(population, gallery or GALLERIES) for population in populations]
