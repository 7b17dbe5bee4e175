"""`pehchan calibrate`: a calibration file from non-mated images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.recognisers import open_recogniser
from api.settings import Settings
from benchmarks.calibration import checks, fitting, likelihood
from benchmarks.calibration.compared_sets import SAME_FINGER, compared_set, images_of_sets
from benchmarks.calibration.evidence_scale import (
    Ends,
    SetScores,
    made_from,
    of_one_look,
    of_populations,
    scale_content,
)
from benchmarks.commands.options import Folders, Ppi, command_line, console, face_recogniser
from benchmarks.reports import output
from benchmarks.runs import datasets
from benchmarks.runs.fingerprints import read_folders
from benchmarks.runs.irises import read_irises
from benchmarks.runs.measure import Extraction
from benchmarks.runs.template_cache import CACHE, cached_templates
from biometrics.matching.calibration import FORMAT
from biometrics.matching.likelihood import FORMAT as RATIOS_FORMAT
from biometrics.matching.ports import Recogniser
from fingerprint.modality import FINGERPRINT
from iris.modality import IRIS

COMPARISONS = 1_500_000
SURE = (1.0, 1.0)  # no spread

Images = Sequence[datasets.LabelledImage]

app = typer.Typer(no_args_is_help=True, help="Calibration files from non-mated images.")

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
    other_sets = {name: read_folders([name], {})[0] for name in other or ()}
    recogniser = open_recogniser(Settings(), FINGERPRINT)
    plan = CalibrationPlan(datasets.without(images, leave_out or ()), ppi, comparisons, looks)
    _calibrate(recogniser, plan, other_sets, out)


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
    other_sets = {name: datasets.read_people(Path(name)) for name in other or ()}
    recogniser = face_recogniser(Settings())
    plan = CalibrationPlan(datasets.without(images, leave_out or ()), None, comparisons, looks)
    _calibrate(recogniser, plan, other_sets, out)


@app.command("iris")
def calibrate_iris(folders: Folders, out: Out) -> None:
    """Calibrate from every second person of each folder, check on the others; photos are named as for `bench iris`.

    Only people of one folder are compared: strangers before one camera resemble each other more.
    """
    recogniser = open_recogniser(Settings(), IRIS)
    halves: tuple[dict[str, Images], dict[str, Images]] = {}, {}
    for folder in folders:
        photos = read_irises(folder)
        people = sorted({photo.person for photo in photos})
        for half, half_images in enumerate(halves):
            chosen = set(people[half::2])
            half_images[str(folder)] = [
                datasets.LabelledImage(photo.path, photo.person) for photo in photos if photo.person in chosen
            ]
    fitted_half, other_half = (
        {name: _compared(recogniser, CalibrationPlan(images, None, COMPARISONS))[0] for name, images in half.items()}
        for half in halves
    )
    compared = fitting.NonMated.joined(list(fitted_half.values()))
    fitted = fitting.fit(compared)
    rivals = {f"{name}, the other half of the people": non_mated for name, non_mated in other_half.items()}
    results = [
        check for where, non_mated in rivals.items() for check in checks.check_levels(fitted, SURE, non_mated, where)
    ]
    _write_calibration(recogniser, Fitted(compared, fitted, None, results), out)


Ratios = Annotated[
    Path,
    typer.Option("--ratios", metavar="FILE", help="The file of likelihood ratios to write, for reports to a court."),
]


@app.command("populations")
def calibrate_populations(
    base: Annotated[
        str, typer.Argument(metavar="BASE", help="The largest set, named as SOCOFing's: it reaches furthest.")
    ],
    prints: Annotated[
        list[str],
        typer.Option(
            "--prints", metavar="DIR[:PPI]", help="Sets of other sensors and people; files as for `bench evidence`."
        ),
    ],
    out: Out,
    ratios: Ratios,
    generated: Annotated[
        list[str] | None, typer.Option("--generated", metavar="DIR[:PPI]", help="Sets of generated people.")
    ] = None,
    leave_out: LeaveOut = None,
) -> None:
    """Make the scale of prints for people and sensors that are not known: what sets of several populations foretell."""
    settings, left_out = Settings(), frozenset(leave_out or ())
    recogniser = open_recogniser(settings, FINGERPRINT)
    names = [base, *prints, *(generated or ())]
    first, *other_sets = (
        compared_set(recogniser, settings, image_set.called, image_set.images)
        for image_set in images_of_sets(names, (), left_out)
    )
    fitting.require_subjects(first.everyone)
    sets = [SetScores(first.name + SAME_FINGER * (first.fingers is not None), first.strangers, first.mated)]
    sets += [
        SetScores(compared.name, compared.everyone, compared.mated, generated=index >= len(prints))
        for index, compared in enumerate(other_sets)
    ]
    try:
        ends = of_populations(first.everyone, sets)
    except ValueError as error:
        raise datasets.UnusableDataset(f"These sets are too small: {error}.") from error
    _write_evidence(recogniser, ends, sets, out, ratios)


@app.command("look")
def calibrate_look(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Photos of many people, as <person>/<image>.")],
    looks: Annotated[int, typer.Option(min=2, help="Looks that the photos are clustered into.")],
    out: Out,
    ratios: Ratios,
    faces: Annotated[
        list[str] | None, typer.Option("--faces", metavar="DIR", help="Sets to look at, whose mates count too.")
    ] = None,
    leave_out: LeaveOut = None,
) -> None:
    """Make the scale of photos: what strangers of one look show, as far as all strangers reach."""
    settings, recogniser = Settings(), face_recogniser(Settings())
    first, *other_sets = (
        compared_set(recogniser, settings, image_set.called, image_set.images, looks)
        for image_set in images_of_sets((), [folder, *(faces or ())], frozenset(leave_out or ()))
    )
    fitting.require_subjects(first.everyone)
    if first.looks is None:
        raise datasets.UnusableDataset(f"{folder} has too few photos for {looks} looks.")
    sets = [SetScores(f"{first.name}, one look of {looks}", first.strangers, first.mated)]
    sets += [SetScores(compared.name, compared.everyone, compared.mated) for compared in other_sets]
    _write_evidence(recogniser, of_one_look(first.everyone, first.strangers, sets), sets, out, ratios)


def _write_evidence(recogniser: Recogniser, ends: Ends, sets: Sequence[SetScores], out: Path, ratios: Path) -> None:
    identity = {"modality": recogniser.modality, "model": recogniser.model}
    try:
        content = scale_content(ends, sets, identity, command_line())
    except ValueError as error:
        raise datasets.UnusableDataset(f"{error}.") from error
    scale = made_from(content)
    of_ratios = likelihood.content_of(scale, sets, ends.without(sets))
    output.write_json(out, content)
    output.write_json(ratios, {"format": RATIOS_FORMAT, **identity, **of_ratios, "command": command_line()})
    console.print(checks.table(ends.checks))
    console.print(likelihood.table(of_ratios))
    console.print(f"{out}: the data support {scale.bound:.1f} decibans.")


@dataclass(frozen=True)
class CalibrationPlan:
    """The images to compare, their resolution if it overrides the files', the most pairs, and the number of looks."""

    images: Images
    ppi: float | None
    comparisons: int
    looks: int | None = None


def _calibrate(recogniser: Recogniser, plan: CalibrationPlan, other_sets: Mapping[str, Images], out: Path) -> None:
    images = plan.images
    compared, failures = _compared(recogniser, plan)
    fitted = fitting.fit(compared)
    _refuse_mislabelled(images, compared)
    rivals = {
        where: _compared(recogniser, CalibrationPlan(images, None, plan.comparisons))[0]
        for where, images in other_sets.items()
    }
    plain = [
        check for where, non_mated in rivals.items() for check in checks.check_levels(fitted, SURE, non_mated, where)
    ]
    # A scale of one look claims less than most databases show, so that their spread says nothing of it.
    spread = checks.spread_of(plain) if plain and plan.looks is None else None
    results = checks.held_out(compared)
    for where, compared_pairs in rivals.items():
        results += checks.check_levels(fitted, spread or SURE, compared_pairs, where)
    if not any(check.where == checks.OTHER_HALF for check in results):
        console.print("Half of these subjects give too few comparisons to be checked on the other half.")
    if failures:
        console.print(f"{failures} images give no template.")
    _write_calibration(recogniser, Fitted(compared, fitted, spread, results, plan.looks), out)


@dataclass(frozen=True)
class Fitted:
    """A fit, what it was made from, its spread over databases, if measured, and its checks."""

    compared: fitting.NonMated
    fit: fitting.Fit
    spread: tuple[float, float] | None
    checks: Sequence[checks.CalibrationCheck]
    looks: int | None = None


def _write_calibration(recogniser: Recogniser, fitted: Fitted, out: Path) -> None:
    compared, curve = fitted.compared, fitted.fit.curve
    content = {
        "format": FORMAT,
        "modality": recogniser.modality,
        "model": recogniser.model,
        **fitting.fitted_content(fitted.fit),
        "spread": fitted.spread,
        "non_mated": len(compared.scores),
        "subjects": compared.subject_count,
        **({} if fitted.looks is None else {"looks": fitted.looks}),
        "command": command_line(),
        "checks": [check.content() for check in fitted.checks],
    }
    output.write_json(out, content)
    console.print(checks.table(fitted.checks))
    console.print(
        f"{out}: {len(compared.scores):,} non-mated comparisons; extrapolated above {curve.raws[-1]:g} "
        f"({curve.decibans[-1]:.1f} decibans)."
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
        pair_names = ", ".join(f"{images[a].path.stem} and {images[b].path.stem}" for a, b in pairs[:10])
        raise datasets.UnusableDataset(
            f"{len(pairs)} pairs score higher than chance can explain, as images of one and the same do: {pair_names}. "
            "Look at them, and leave out the mislabelled ones with --leave-out."
        )
