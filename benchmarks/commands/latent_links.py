"""`pehchan bench latent-links`: are two latents of one finger found among others, as of unsolved offences?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.recognisers import calibration_of, model_registry
from api.settings import Settings
from benchmarks.commands.options import Json, console, write_results
from benchmarks.runs.template_cache import CACHE
from benchmarks.search.latent_links import compare_all, figures, read_scenes, table
from fingerprint.recogniser import FingerprintRecogniser

app = typer.Typer()


@app.command("latent-links")
def latent_links(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="DIR...", help="Latents: <finger>/latent.*, and a second one: <finger>/second.*"),
    ],
    same: Annotated[
        list[str] | None,
        typer.Option(metavar="FOLDER,FOLDER", help="Folders that are of one finger; may be repeated."),
    ] = None,
    json: Json = None,
) -> None:
    """Search every latent among all others: how often its finger's other one is found, and a stranger."""
    settings = Settings()
    images, fingers = read_scenes(folders, [frozenset(names.split(",")) for names in same or ()])
    recogniser = FingerprintRecogniser(model_registry(settings), prepared_kept=2 * len(images))
    scores = compare_all(recogniser, images, fingers, settings.threads, settings.data_folder / CACHE)
    link_figures = figures(scores, calibration_of(recogniser, settings).curve.at)
    console.print(table(", ".join(map(str, folders)), link_figures))
    if json:
        write_results(json, {**link_figures, "model": recogniser.model, "latent_network": recogniser.latent_network})
