"""`pehchan bench calibration`: do the scores claim what strangers of some sets show?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from api.bootstrap.engine import calibration_of, open_recogniser
from api.settings import Settings
from benchmarks.calibration import claimed_rates
from benchmarks.calibration.fitting import NonMated, non_mated
from benchmarks.commands.options import Json, console, face_recogniser, write_results
from benchmarks.runs import datasets
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.runs.measure import Extraction
from benchmarks.runs.template_cache import CACHE, cached_templates
from biometrics.kernel.types import Modality
from biometrics.matching.ports import Recogniser

COMPARISONS = 1_000_000

app = typer.Typer()


@dataclass(frozen=True)
class Measured:
    """The rows of one set, and those of its groups."""

    rows: list[claimed_rates.ClaimedRateRow]
    groups: list[dict[str, Any]]


@app.command()
def calibration(
    prints: Annotated[
        list[str] | None,
        typer.Option(
            "--prints",
            metavar="DIR[:PPI]",
            help="A folder of prints, named as FVC's, NIST SD4's or SOCOFing's; 500 ppi else.",
        ),
    ] = None,
    faces: Annotated[
        list[Path] | None, typer.Option("--faces", metavar="DIR", help="Photos that lie as <person>/<image>.")
    ] = None,
    comparisons: Annotated[
        int, typer.Option(min=1000, help="Pairs of two people for each set, drawn at random where there are more.")
    ] = COMPARISONS,
    people: Annotated[
        int | None, typer.Option(min=2, help="Subjects of each set, at most: a random sample; all else.")
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Leave out an image, by its name without extension: one that is mislabelled."
        ),
    ] = None,
    json: Json = None,
) -> None:
    """Show how often strangers reach 10, 20, 30 and 40 decibans, with the shipped scale and with a learned one."""
    settings, left_out = Settings(), frozenset(leave_out or ())
    sets = [(name, Modality.FINGERPRINT, read_prints(name)) for name in prints or ()]
    sets += [(str(folder), Modality.FACE, datasets.read_people(folder)) for folder in faces or ()]
    if not sets:
        raise datasets.UnusableDataset("Name a set with --prints or --faces.")
    if absent := left_out - {image.path.stem for _, _, images in sets for image in images}:
        raise datasets.UnusableDataset(f"There is no image called {', '.join(sorted(absent))} to leave out.")
    recognisers = {modality: _recogniser(settings, modality) for modality in {modality for _, modality, _ in sets}}
    measured = []
    for name, modality, images in sets:
        kept = tuple(image for image in images if image.path.stem not in left_out)
        kept = kept if people is None else datasets.of_some_subjects(kept, people)
        measured.append(_measured(settings, recognisers[modality], name, kept, comparisons))
    rows = [row for each in measured for row in each.rows]
    console.print(claimed_rates.table(rows))
    if json:
        content = {
            "rows": [row.content() for row in rows],
            "learned_from": {row.set: row.learned_from for row in rows if row.learned_from is not None},
            "groups": [row for each in measured for row in each.groups],
        }
        write_results(json, content)


def read_prints(name: str) -> tuple[datasets.LabelledImage, ...]:
    """Read the prints of `DIR[:PPI]` to compare strangers; 500 ppi where neither it nor the files say."""
    folder, ppi = folder_and_ppi(name)
    return tuple(replace(image, ppi=ppi or image.ppi or 500.0) for image in datasets.read_strangers(folder))


def _recogniser(settings: Settings, modality: Modality) -> Recogniser:
    return face_recogniser(settings) if modality is Modality.FACE else open_recogniser(settings, modality)


def _measured(
    settings: Settings,
    recogniser: Recogniser,
    name: str,
    images: Sequence[datasets.LabelledImage],
    comparisons: int,
) -> Measured:
    scale = calibration_of(recogniser, settings)
    templates = cached_templates(recogniser, images, settings.threads, settings.data_folder / CACHE)
    compared: NonMated = non_mated(recogniser, images, Extraction(templates, (), 0.0), comparisons, settings.threads)
    if not len(compared.scores):
        raise datasets.UnusableDataset(f"{name} has no two people with a template each.")
    decibans, modality = claimed_rates.shipped_decibans(scale, compared.scores), recogniser.modality
    return Measured(
        claimed_rates.shipped_rows(name, modality, decibans, compared.subjects)
        + claimed_rates.learned_rows(name, modality, decibans, compared.subjects),
        claimed_rates.group_rows(name, modality, decibans, compared, datasets.groups_of(images)),
    )
