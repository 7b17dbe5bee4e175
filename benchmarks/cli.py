"""The commands `pehchan bench` and `pehchan calibrate`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.settings import Settings
from api.wiring import open_recogniser
from benchmarks import calibrate, datasets, report, run
from biometrics.calibration import Calibration
from biometrics.types import Modality

app = typer.Typer(no_args_is_help=True, help="Measure accuracy and speed on a folder of images.")
calibrate_app = typer.Typer(no_args_is_help=True, help="Make a calibration file from non-mated images.")
console = Console()

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of images.")]
Folders = Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of images.")]
Ppi = Annotated[float | None, typer.Option(help="Resolution of the prints; wins over the files' own tags; else 500.")]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to this file too.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The calibration file to write.")]
Comparisons = Annotated[
    int, typer.Option(min=calibrate.MIN_COMPARISONS, help="Non-mated pairs to compare, drawn at random where there are more.")
]


@app.command()
def fingerprint(folder: Folder, ppi: Ppi = None, json: Json = None) -> None:
    """Compare prints named <finger>_<impression>.<ext> by FVC's protocol."""
    images = datasets.read_fingerprints(folder)
    settings = Settings()
    recogniser = open_recogniser(settings, Modality.FINGERPRINT)
    _show(folder, report.fingerprint_figures(run.run_fingerprints(recogniser, images, ppi, settings.threads)), json)
