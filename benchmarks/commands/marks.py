"""`pehchan bench marks`: photos of scars, marks and tattoos."""

from __future__ import annotations

from typing import Annotated

import typer

from api.settings import Settings
from benchmarks.commands.options import Folder, Json, console, write_results
from benchmarks.reports import output

app = typer.Typer()


@app.command()
def marks(
    folder: Folder,
    json: Json = None,
    boxes: Annotated[
        bool, typer.Option("--boxes/--no-boxes", help="Crop each photo to the box in its text file, where it has one.")
    ] = True,
    distractors: Annotated[
        int, typer.Option(help="Add so many parts and changes of other photos to the gallery of each search.")
    ] = 0,
    embeddings: Annotated[
        int, typer.Option(help="Also time the first look of searches among so many generated embeddings.")
    ] = 0,
) -> None:
    """Search photos of marks named <mark>_<photo>.<ext> among each other, and changed copies of all of them."""
    # Late: the other commands need none of it.
    from benchmarks.runs.marks import read_boxes, read_marks, run_index, run_marks
    from marks.extractor import MarkExtractor

    images = read_marks(folder)
    extractor = MarkExtractor(Settings().resolved_models_folder)
    measured = run_marks(extractor, images, read_boxes(folder) if boxes else {}, distractors=distractors)
    figures = {
        **output.mark_figures(measured),
        **(output.index_figures(run_index(embeddings)) if embeddings else {}),
    }
    console.print(output.table(str(folder), figures))
    if json:
        write_results(json, figures)
