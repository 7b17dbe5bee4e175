"""`pehchan calibrate`: a calibration file from non-mated images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.settings import Settings
from api.wiring import open_recogniser
from benchmarks import calibrate, datasets, report
from benchmarks.commands.options import Folders, Ppi, command_line, console, face_recogniser
from benchmarks.measure import extract_images
from biometrics.ports import Recogniser
from biometrics.types import Modality

COMPARISONS = 1_500_000

app = typer.Typer(no_args_is_help=True, help="Make a calibration file from non-mated images.")

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


@app.command("fingerprint")
def calibrate_fingerprint(
    folders: Folders, out: Out, ppi: Ppi = None, comparisons: Comparisons = COMPARISONS, leave_out: LeaveOut = None
) -> None:
    """Calibrate from prints named as SOCOFing's, or as FVC's; pairs of one person are not compared."""
    images = tuple(image for folder in folders for image in datasets.read_one_print_a_finger(folder))
    images = datasets.without(images, leave_out or ())
    recogniser = open_recogniser(Settings(), Modality.FINGERPRINT)
    _calibrate(recogniser, images, ppi, comparisons, out)


@app.command("face")
def calibrate_face(folders: Folders, out: Out, comparisons: Comparisons = COMPARISONS) -> None:
    """Calibrate from photos that lie as <person>/<image>; pairs of one person are not compared."""
    images = tuple(image for folder in folders for image in datasets.read_people(folder))
    _calibrate(face_recogniser(Settings()), images, None, comparisons, out)


def _calibrate(
    recogniser: Recogniser, images: Sequence[datasets.LabelledImage], ppi: float | None, comparisons: int, out: Path
) -> None:
    threads = Settings().threads
    extraction = extract_images(recogniser, images, threads, ppi)
    scores = calibrate.non_mated_scores(recogniser, images, extraction, comparisons, threads)
    subjects = len({image.subject for image in images})
    content = calibrate.calibration_content(recogniser.modality, recogniser.model, scores, subjects, command_line())
    report.write_json(out, content)
    raw, decibans = content["knots"][-1]
    console.print(
        f"{out}: {len(scores):,} non-mated comparisons ({len(extraction.failures)} images without a template); "
        f"extrapolated above {raw:g} ({decibans:.1f} decibans)."
    )
