"""`pehchan models compare`: two face embedders of the manifest, on the same photos, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.settings import Settings

if TYPE_CHECKING:
    from rich.table import Table

    from benchmarks.reports import output

Name = Annotated[str, typer.Argument(help="A face embedder of the manifest, with the second one that it names.")]


def compare(
    first: Name,
    second: Name,
    data: Annotated[Path, typer.Option(metavar="DIR", help="Photos that lie as <person>/<image>.")],
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to this file too.")
    ] = None,
) -> None:
    """Measure two face embedders on everyone with two photos or more, and show their figures side by side."""
    # Imported here, since all commands of `pehchan models` import this module.
    from api.bootstrap.recognisers import model_registry
    from benchmarks.commands.options import console, write_results
    from benchmarks.reports import output
    from benchmarks.runs import datasets, folder_run
    from face.recogniser import FaceRecogniser
    from face.selection import most_prominent

    images, settings = datasets.read_faces(data), Settings()
    registry = model_registry(settings)
    opened = [FaceRecogniser(registry, most_prominent, name) for name in (first, second)]  # both, before it takes long
    figures = [output.face_figures(folder_run.run_faces(recogniser, images, settings.threads)) for recogniser in opened]
    console.print(side_by_side({"first: " + first: figures[0], "second: " + second: figures[1]}, str(data)))
    if json:
        write_results(json, {first: figures[0], second: figures[1]})


def side_by_side(columns: Mapping[str, output.Figures], title: str) -> Table:
    """Show the figures of several runs, a column each."""
    from rich.table import Table

    table = Table("figure", *columns, title=title)
    for name in next(iter(columns.values())):
        table.add_row(name, *(str(figures.get(name)) for figures in columns.values()))
    return table
