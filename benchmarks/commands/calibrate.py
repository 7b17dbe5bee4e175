"""`pehchan calibrate`: a calibration file from non-mated images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.engine import open_recogniser
from api.settings import Settings
from benchmarks import calibrate, calibration_checks, datasets, report
from benchmarks.commands.options import Folders, Ppi, command_line, console, face_recogniser
from benchmarks.evaluation.fingerprints import read_folders
from benchmarks.measure import extract_images
from biometrics.domain.types import Modality
from biometrics.matching.calibration import FORMAT
from biometrics.matching.ports import Recogniser

COMPARISONS = 1_500_000
SURE = (1.0, 1.0)  # no spread

Images = Sequence[datasets.LabelledImage]

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


Others = Annotated[
    list[str] | None,
    typer.Option("--other", metavar="DIR[:PPI]", help="Check on this folder, too, which has no part in the fit."),
]


@app.command("fingerprint")
def calibrate_fingerprint(
    folders: Folders,
    out: Out,
    ppi: Ppi = None,
    comparisons: Comparisons = COMPARISONS,
    leave_out: LeaveOut = None,
    other: Others = None,
) -> None:
    """Calibrate from prints named as SOCOFing's, or as FVC's; pairs of one person are not compared."""
    images = tuple(image for folder in folders for image in datasets.read_one_print_a_finger(folder))
    others = {name: read_folders([name], {})[0] for name in other or ()}
    recogniser = open_recogniser(Settings(), Modality.FINGERPRINT)
    _calibrate(recogniser, datasets.without(images, leave_out or ()), ppi, comparisons, others, out)


@app.command("face")
def calibrate_face(
    folders: Folders,
    out: Out,
    comparisons: Comparisons = COMPARISONS,
    leave_out: LeaveOut = None,
    other: Others = None,
) -> None:
    """Calibrate from photos that lie as <person>/<image>; pairs of one person are not compared."""
    images = tuple(image for folder in folders for image in datasets.read_people(folder))
    others = {name: datasets.read_people(Path(name)) for name in other or ()}
    recogniser = face_recogniser(Settings())
    _calibrate(recogniser, datasets.without(images, leave_out or ()), None, comparisons, others, out)


def _calibrate(
    recogniser: Recogniser,
    images: Images,
    ppi: float | None,
    comparisons: int,
    others: Mapping[str, Images],
    out: Path,
) -> None:
    compared, failures = _compared(recogniser, images, ppi, comparisons)
    fitted = calibrate.fit(compared)
    _refuse_mislabelled(images, compared)
    rivals = {where: _compared(recogniser, its, None, comparisons)[0] for where, its in others.items()}
    plain = [check for where, its in rivals.items() for check in calibration_checks.seen(fitted, SURE, its, where)]
    spread = calibration_checks.spread_of(plain) if plain else None
    checks = calibration_checks.held_out(compared)
    for where, its in rivals.items():
        checks += calibration_checks.seen(fitted, spread or SURE, its, where)
    content = {
        "format": FORMAT,
        "modality": recogniser.modality.value,
        "model": recogniser.model,
        **calibrate.fitted_content(fitted),
        "spread": spread,
        "non_mated": len(compared.scores),
        "subjects": compared.subject_count,
        "command": command_line(),
        "checks": [check.content() for check in checks],
    }
    report.write_json(out, content)
    if not any(check.where == calibration_checks.OTHER_HALF for check in checks):
        console.print("Half of these subjects give too few comparisons to be checked on the other half.")
    console.print(calibration_checks.table(checks))
    console.print(
        f"{out}: {len(compared.scores):,} non-mated comparisons ({failures} images without a template); extrapolated "
        f"above {fitted.curve.raws[-1]:g} ({fitted.curve.decibans[-1]:.1f} decibans)."
    )


def _compared(
    recogniser: Recogniser, images: Images, ppi: float | None, comparisons: int
) -> tuple[calibrate.NonMated, int]:
    """Compare images without mates; return the scores, and how many images gave no template."""
    threads = Settings().threads
    extraction = extract_images(recogniser, images, threads, ppi)
    compared = calibrate.non_mated(recogniser, images, extraction, comparisons, threads)
    return compared, len(extraction.failures)


def _refuse_mislabelled(images: Images, compared: calibrate.NonMated) -> None:
    pairs = compared.beyond_chance()
    if len(pairs):
        named = ", ".join(f"{images[a].path.stem} and {images[b].path.stem}" for a, b in pairs[:10])
        raise datasets.UnusableDataset(
            f"{len(pairs)} pairs score higher than chance can explain, as images of one and the same do: {named}. Look "
            "at them, and leave out the mislabelled ones with --leave-out."
        )
