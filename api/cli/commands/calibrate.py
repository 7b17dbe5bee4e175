"""`pehchan calibrate status` and `pehchan calibrate learn`: the scales of this station's scores."""

from __future__ import annotations

import json as json_text
from typing import Annotated

import typer
from rich.console import Console

from api.cli.operator import operated_engine
from api.cli.terminal import table_with
from api.schemas.scales import ScaleOut
from api.settings import Settings
from biometrics.matching.gallery_scale import NotLearnable
from biometrics.records.scales.repository import ScaleStore
from biometrics.use_cases.learn_scales import learn_scale
from biometrics.use_cases.scale_report import CLAIMED, scale_reports

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def status(json: Json = False) -> None:
    """Show which scales state the scores of this station, from how many comparisons, and how far they reach."""
    with operated_engine(Settings()) as engine:
        scales = [ScaleOut.of(report) for report in scale_reports(engine)]
    if json:
        typer.echo(json_text.dumps({"scales": [scale.model_dump(mode="json") for scale in scales]}, indent=2))
        return
    table = table_with("modality", "scale", "people", "compared", "bound", *(f"at {claimed:g}" for claimed in CLAIMED))
    for scale in scales:
        learned = scale.learned
        table.add_row(
            scale.modality.value,
            "shipped" if learned is None else f"learned {learned.made_at:%Y-%m-%d}",
            "" if learned is None else f"{learned.people:,}",
            "" if learned is None else f"{learned.comparisons:,}",
            f"{scale.bound:.1f}",
            *(f"{each.in_force:.1f}" for each in scale.differences),
        )
    Console().print(table)
    typer.echo("'at 20': the decibans in force where the shipped scale says 20. Nothing above the bound is shown.")
    if any(scale.pinned for scale in scales):
        typer.echo("The shipped scales are pinned: PEHCHAN_LEARNED_SCALES is false.")


def learn() -> None:
    """Learn the scales from the people on record now, and put them in force. The server does so on its own."""
    with operated_engine(Settings()) as engine:
        for modality, channel in engine.channels.items():
            latest = ScaleStore(engine.store.database).latest(channel.scale_key)
            try:
                made = learn_scale(engine, modality, latest)
            except NotLearnable as error:
                typer.echo(f"{modality}: {error}")
            else:
                typer.echo(f"{modality}: {'learned' if made else 'unchanged'}")
