"""`pehchan models`."""

from __future__ import annotations

import typer

from api.bootstrap.recognisers import model_registry
from api.cli.arguments import AsJson
from api.cli.terminal import ResultTable, print_result
from api.settings import Settings
from biometrics.kernel.errors import PehchanError

app = typer.Typer(help="The models: weight files for recognition.", no_args_is_help=True)


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models: purpose, origin, licence and hash."""
    table = ResultTable("name", "purpose", "file", "licence", "sha256")
    columns = ("name", "purpose", "location", "licence", "sha256")
    models = [{name: str(getattr(entry, name)) for name in columns} for entry in model_registry(Settings()).entries]
    for model in models:
        table.add_row(*model.values())
    print_result(models, as_json, table)


@app.command("verify")
def verify_models(as_json: AsJson = False) -> None:
    """Check the models' files against their hashes. Exit code 1: one is missing or differs."""
    registry = model_registry(Settings())
    models: list[dict[str, str | None]] = []
    for entry in registry.entries:
        fault = None
        try:
            registry.verify(entry.name)
        except PehchanError as error:
            fault = error.message
        models.append({"name": entry.name, "sha256": entry.sha256, "fault": fault})
    sentences = [f"{model['name']}: {model['fault'] or 'ok, ' + str(model['sha256'])}" for model in models]
    print_result(models, as_json, *sentences)
    raise typer.Exit(1 if any(model["fault"] for model in models) else 0)
