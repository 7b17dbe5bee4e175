"""What several commands share: arguments, the console, how a recogniser of test photos is opened."""

from __future__ import annotations

import datetime as dt
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.bootstrap.recognisers import model_registry
from api.settings import Settings
from benchmarks.reports import output
from benchmarks.runs.provenance import provenance
from face.recogniser import FaceRecogniser
from face.selection import most_prominent

console = Console()

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of images.")]
FolderOrDescriptor = Annotated[
    Path, typer.Argument(metavar="DIR|FILE.toml", help="The folder of images, or a descriptor of data sets.")
]
Folders = Annotated[list[Path], typer.Argument(metavar="DIR", help="Folders of images.")]
Ppi = Annotated[float | None, typer.Option(help="Resolution of the prints; wins over the files' own tags; else 500.")]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to this file too.")]


def face_recogniser(settings: Settings) -> FaceRecogniser:
    """Take the most prominent face: the photos of test sets show bystanders, who would be refused at a station."""
    return FaceRecogniser(model_registry(settings), choose=most_prominent)


def command_line() -> str:
    """Return the command as it was given."""
    return shlex.join(["pehchan", *sys.argv[1:]])


def write_results(path: Path, figures: output.Figures) -> None:
    """Write figures to a JSON file, with the command, the time (UTC) and what they were made with.

    Raises:
        InvalidField: it cannot be written.
    """
    date = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    output.write_json(path, {**figures, "command": command_line(), "date": date, **provenance()})
