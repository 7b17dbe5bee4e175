"""`pehchan bench iris`: near-infrared photos of eyes."""

from __future__ import annotations

from typing import Annotated

import typer

from api.settings import Settings
from benchmarks.commands.options import Folder, Json, console, write_results
from benchmarks.reports import output

app = typer.Typer()


@app.command()
def iris(
    folder: Folder,
    json: Json = None,
    codes: Annotated[int, typer.Option(help="Also time searches among so many generated codes.")] = 0,
) -> None:
    """Compare photos of irises named <person><L|R>_<capture>.<ext> with each other, and search them."""
    from benchmarks.runs.irises import read_irises, run_index, run_irises  # late: the other commands need none of it
    from iris.extractor import IrisExtractor

    figures = {
        **output.iris_figures(run_irises(IrisExtractor(Settings().resolved_models_folder), read_irises(folder))),
        **(output.index_figures(run_index(codes)) if codes else {}),
    }
    console.print(output.table(str(folder), figures))
    if json:
        write_results(json, figures)
