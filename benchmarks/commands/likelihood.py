"""`pehchan bench likelihood`: the scale of likelihood ratios for reports to a court."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.engine import open_recogniser
from api.settings import Settings
from benchmarks.calibration import likelihood
from benchmarks.commands.options import command_line, console, face_recogniser
from benchmarks.reports import output
from benchmarks.runs import datasets
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.runs.template_cache import CACHE, cached_templates
from biometrics.kernel.types import Modality
from biometrics.matching.likelihood import FORMAT
from biometrics.matching.ports import Recogniser

IMAGES_A_LOOK = 100  # a smaller set is of one look already

app = typer.Typer()


@app.command("likelihood")
def likelihood_ratios(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    prints: Annotated[
        list[str] | None,
        typer.Option("--prints", metavar="DIR[:PPI]", help="Whole prints, named as FVC's, NIST SD4's or SOCOFing's."),
    ] = None,
    faces: Annotated[
        list[str] | None, typer.Option("--faces", metavar="DIR", help="Photos that lie as <person>/<image>.")
    ] = None,
    looks: Annotated[
        int | None, typer.Option(min=1, help="Compare strangers of one look of so many, in folders of photos.")
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Leave out an image, by its name without extension.")
    ] = None,
) -> None:
    """Make the likelihood ratios of one modality's scores, with their bounds and what shows how good they are."""
    if bool(prints) is bool(faces):
        raise datasets.UnusableDataset("Name sets of prints or of photos, not both.")
    settings, left_out = Settings(), frozenset(leave_out or ())
    recogniser = open_recogniser(settings, Modality.FINGERPRINT) if prints else face_recogniser(settings)
    sets = [_compared(recogniser, settings, name, left_out, looks) for name in prints or faces or ()]
    content = {
        "format": FORMAT,
        "modality": recogniser.modality.value,
        "model": recogniser.model,
        **likelihood.content_of(sets),
        "command": command_line(),
    }
    output.write_json(out, content)
    console.print(likelihood.table(content))


def _compared(
    recogniser: Recogniser, settings: Settings, name: str, left_out: frozenset[str], looks: int | None
) -> likelihood.Compared:
    if recogniser.modality is Modality.FACE:
        folder, images = Path(name), datasets.read_people(Path(name))
    else:
        folder, ppi = folder_and_ppi(name)
        images = tuple(replace(image, ppi=ppi or image.ppi or 500.0) for image in datasets.read_strangers(folder))
    kept = [image for image in images if image.path.stem not in left_out]
    templates = cached_templates(recogniser, kept, settings.threads, settings.data_folder / CACHE)
    called = "/".join(folder.parts[-2:])
    large = looks if looks and len(kept) >= IMAGES_A_LOOK * looks else None
    return likelihood.compared(recogniser, called, kept, templates, large, settings.threads)
