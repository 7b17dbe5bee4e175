"""The commands `pehchan bench` and `pehchan calibrate`."""

from __future__ import annotations

import typer

from benchmarks.commands import (
    accuracy,
    attacks,
    calibrate,
    enrolments,
    evidence,
    field,
    galleries,
    iris,
    latent_links,
    latent_scale,
    latents,
    marks,
    nation,
    palm,
    quality,
    records,
    reextraction,
    report,
    reproduce,
    service,
)

app = typer.Typer(no_args_is_help=True, help="Measure accuracy and speed on a folder of images.")
for commands in (
    accuracy,
    attacks,
    evidence,
    enrolments,
    field,
    galleries,
    iris,
    latent_links,
    latent_scale,
    latents,
    marks,
    nation,
    palm,
    quality,
    records,
    reextraction,
    report,
    reproduce,
    service,
):
    app.add_typer(commands.app)

calibrate_app = calibrate.app
calibrate_app.command("latents")(latent_scale.calibrate_latents)
