"""`pehchan calibrate`: a calibration file from non-mated images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.engine import open_recogniser
from api.settings import Settings
from benchmarks.calibration import cautious_scale, checks, fitting
from benchmarks.commands.calibration import read_prints
from benchmarks.commands.options import Folders, Ppi, command_line, console, face_recogniser
from benchmarks.reports import output
from benchmarks.runs import datasets
from benchmarks.runs.fingerprints import read_folders
from benchmarks.runs.measure import Extraction
from benchmarks.runs.template_cache import CACHE, cached_templates
from biometrics.kernel.types import Modality
from biometrics.matching.calibration import FORMAT, Calibration
from biometrics.matching.ports import Recogniser

COMPARISONS = 1_500_000
SURE = (1.0, 1.0)  # no spread

Images = Sequence[datasets.LabelledImage]

app = typer.Typer(
    no_args_is_help=True, help="Scales of scores: those in force, and calibration files from non-mated images."
)

Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The calibration file to write.")]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Leave out an image, by its name without extension: one that is mislabelled."),
]
Comparisons = Annotated[
    int,
    typer.Option(min=fitting.MIN_COMPARISONS, help="Non-mated pairs to compare, drawn at random where there are more."),
]


Others = Annotated[
    list[str] | None,
    typer.Option("--other", metavar="DIR[:PPI]", help="Check on this folder, too, which has no part in the fit."),
]


Looks = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Compare strangers of one look only: cluster the images into so many. The scale then claims less, and "
        "does not claim too much where people resemble each other more than in these folders.",
    ),
]


@app.command("fingerprint")
def calibrate_fingerprint(
    folders: Folders,
    out: Out,
    ppi: Ppi = None,
    comparisons: Comparisons = COMPARISONS,
    leave_out: LeaveOut = None,
    other: Others = None,
    looks: Looks = None,
) -> None:
    """Calibrate from prints named as SOCOFing's, or as FVC's; pairs of one person are not compared."""
    images = tuple(image for folder in folders for image in datasets.read_one_print_a_finger(folder))
    others = {name: read_folders([name], {})[0] for name in other or ()}
    recogniser = open_recogniser(Settings(), Modality.FINGERPRINT)
    plan = CalibrationPlan(datasets.without(images, leave_out or ()), ppi, comparisons, looks)
    _calibrate(recogniser, plan, others, out)


@app.command("face")
def calibrate_face(
    folders: Folders,
    out: Out,
    comparisons: Comparisons = COMPARISONS,
    leave_out: LeaveOut = None,
    other: Others = None,
    looks: Looks = None,
) -> None:
    """Calibrate from photos that lie as <person>/<image>; pairs of one person are not compared."""
    images = tuple(image for folder in folders for image in datasets.read_people(folder))
    others = {name: datasets.read_people(Path(name)) for name in other or ()}
    recogniser = face_recogniser(Settings())
    plan = CalibrationPlan(datasets.without(images, leave_out or ()), None, comparisons, looks)
    _calibrate(recogniser, plan, others, out)


@app.command("cautious")
def calibrate_cautious(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="A calibration of prints, made from a large set.")],
    prints: Annotated[
        list[str],
        typer.Option(
            "--prints",
            metavar="DIR[:PPI]",
            help="Sets of other sensors and people; files as for `bench calibration`. At each score, the scale claims "
            "no more than any of them shows.",
        ),
    ],
    out: Out,
    comparisons: Annotated[int, typer.Option(min=1000, help="Non-mated pairs of each set, at most.")] = COMPARISONS,
) -> None:
    """Make a scale for people and sensors that are not known, from one of a large set and several smaller sets."""
    settings, scale = Settings(), Calibration.load(base)
    recogniser = open_recogniser(settings, Modality.FINGERPRINT)
    if recogniser.model != scale.model:
        raise datasets.UnusableDataset(f"{base} is of another model than the one in use.")
    sets = {}
    for name in prints:
        images = read_prints(name)
        templates = cached_templates(recogniser, images, settings.threads, settings.data_folder / CACHE)
        extraction = Extraction(templates, (), 0.0)
        sets[name] = fitting.non_mated(recogniser, images, extraction, comparisons, settings.threads)
    try:
        fitted = cautious_scale.fit_cautious(scale, sets)
    except ValueError as error:
        raise datasets.UnusableDataset(f"A set is too small: {error}.") from error
    output.write_json(out, cautious_scale.cautious_content(scale, fitted, sets, command_line()))
    console.print(checks.table(fitted.left_out))
    made = Calibration.load(out)
    console.print(f"{out}: factor {fitted.scale.factor:.2f}; the data support {made.bound:.1f} decibans.")


@dataclass(frozen=True)
class CalibrationPlan:
    """What is compared: images, at a resolution that wins over theirs, up to so many pairs, perhaps of one look."""

    images: Images
    ppi: float | None
    comparisons: int
    looks: int | None = None


def _calibrate(recogniser: Recogniser, plan: CalibrationPlan, others: Mapping[str, Images], out: Path) -> None:
    images = plan.images
    compared, failures = _compared(recogniser, plan)
    fitted = fitting.fit(compared)
    _refuse_mislabelled(images, compared)
    rivals = {
        where: _compared(recogniser, CalibrationPlan(its, None, plan.comparisons))[0] for where, its in others.items()
    }
    plain = [check for where, its in rivals.items() for check in checks.seen(fitted, SURE, its, where)]
    # A scale of one look claims less than most databases show, so that their spread says nothing of it.
    spread = checks.spread_of(plain) if plain and plan.looks is None else None
    results = checks.held_out(compared)
    for where, its in rivals.items():
        results += checks.seen(fitted, spread or SURE, its, where)
    content = {
        "format": FORMAT,
        "modality": recogniser.modality.value,
        "model": recogniser.model,
        **fitting.fitted_content(fitted),
        "spread": spread,
        "non_mated": len(compared.scores),
        "subjects": compared.subject_count,
        **({} if plan.looks is None else {"looks": plan.looks}),
        "command": command_line(),
        "checks": [check.content() for check in results],
    }
    output.write_json(out, content)
    if not any(check.where == checks.OTHER_HALF for check in results):
        console.print("Half of these subjects give too few comparisons to be checked on the other half.")
    console.print(checks.table(results))
    console.print(
        f"{out}: {len(compared.scores):,} non-mated comparisons ({failures} images without a template); extrapolated "
        f"above {fitted.curve.raws[-1]:g} ({fitted.curve.decibans[-1]:.1f} decibans)."
    )


def _compared(recogniser: Recogniser, plan: CalibrationPlan) -> tuple[fitting.NonMated, int]:
    """Compare images without mates; return the scores, and how many images gave no template."""
    settings = Settings()
    images = [image if plan.ppi is None else replace(image, ppi=plan.ppi) for image in plan.images]
    templates = cached_templates(recogniser, images, settings.threads, settings.data_folder / CACHE)
    extraction = Extraction(templates, (), 0.0)
    if plan.looks is None:
        compared = fitting.non_mated(recogniser, images, extraction, plan.comparisons, settings.threads)
    else:
        compared = fitting.within_looks(recogniser, images, extraction, plan.looks, plan.comparisons, settings.threads)
    return compared, templates.count(None)


def _refuse_mislabelled(images: Images, compared: fitting.NonMated) -> None:
    pairs = compared.beyond_chance()
    if len(pairs):
        named = ", ".join(f"{images[a].path.stem} and {images[b].path.stem}" for a, b in pairs[:10])
        raise datasets.UnusableDataset(
            f"{len(pairs)} pairs score higher than chance can explain, as images of one and the same do: {named}. Look "
            "at them, and leave out the mislabelled ones with --leave-out."
        )
