"""`pehchan bench palm`: images of palms and latents of them."""

from __future__ import annotations

from typing import Annotated

import typer

from api.settings import Settings
from benchmarks.commands.options import Folder, Json, console, write_results
from benchmarks.reports import output

app = typer.Typer()


@app.command()
def palm(
    folder: Folder,
    json: Json = None,
    palms: Annotated[int, typer.Option(help="Also time searches with latents among so many generated palms.")] = 0,
) -> None:
    """Compare palms named <palm>_<impression>.<ext> with all first impressions, and search <palm>_latent.<ext>."""
    from api.bootstrap.recognisers import model_registry  # late: the other commands need none of it
    from benchmarks.runs.palms import read_palms, run_palms
    from fingerprint.identity import NETWORK

    files = read_palms(folder)
    figures = output.palm_figures(run_palms(model_registry(Settings()).open_session(NETWORK), files, palms))
    console.print(output.table(str(folder), figures))
    if json:
        write_results(json, figures)
