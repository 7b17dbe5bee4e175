"""`pehchan models`."""

from __future__ import annotations

import typer
from rich.console import Console

from api.bootstrap.engine import model_registry
from api.cli.terminal import table_with
from api.settings import Settings
from biometrics.domain.errors import PehchanError

app = typer.Typer(help="The models: weight files for recognition.", no_args_is_help=True)


@app.command("list")
def list_models() -> None:
    """List the models: purpose, origin, licence and hash."""
    table = table_with("name", "purpose", "file", "licence", "sha256")
    for entry in model_registry(Settings()).entries:
        table.add_row(entry.name, entry.purpose, str(entry.location), entry.licence, entry.sha256)
    Console().print(table)


@app.command("verify")
def verify_models() -> None:
    """Check the models' files against their hashes. Exit code 1: one is missing or differs."""
    registry = model_registry(Settings())
    sound = True
    for entry in registry.entries:
        try:
            registry.verify(entry.name)
        except PehchanError as error:
            sound = False
            typer.echo(f"{entry.name}: {error.message}")
        else:
            typer.echo(f"{entry.name}: ok, {entry.sha256}")
    raise typer.Exit(0 if sound else 1)
