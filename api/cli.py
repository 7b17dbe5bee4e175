"""The `pehchan` command."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.commands import (
    audit,
    backup,
    case,
    demo,
    fingerprint,
    importing,
    keys,
    migrate,
    models,
    record,
    records,
    report,
    retention,
    searches,
    standing,
    synth,
    template,
    transactions,
    units,
    users,
)
from api.commands.transactions import printable
from api.settings import Settings
from biometrics.errors import Fault, InvalidField, MalformedTransaction, PehchanError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for commands in (records, searches, importing, migrate, demo, backup):
    app.add_typer(commands.app)
app.add_typer(audit.app, name="audit")
app.add_typer(case.app, name="case")
app.add_typer(standing.app, name="standing")
app.add_typer(standing.notifications_app)
app.add_typer(fingerprint.app, name="fingerprint")
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")
app.add_typer(record.app, name="record")
app.add_typer(report.app, name="report")
app.add_typer(retention.app, name="retention")
app.add_typer(synth.app, name="synth")
app.add_typer(template.app, name="template")
app.add_typer(transactions.app, name="itl")
app.add_typer(users.app, name="user")
app.add_typer(units.app, name="unit")


def main() -> None:
    """Run the command; an error on purpose becomes one sentence and an exit code: 2 the input's fault, 1 ours."""
    for entry in entry_points(group="pehchan.commands"):
        app.add_typer(entry.load(), name=entry.name)
    for entry in entry_points(group="pehchan.models"):
        models.app.command(entry.name)(entry.load())
    try:
        app()
    except PehchanError as error:
        Console(stderr=True).print(f"[red]{error.code}[/red]: ", end="")
        faults = error.faults if isinstance(error, MalformedTransaction) else ()
        for sentence in [fault.message for fault in faults] or [error.message]:
            Console(stderr=True).print(printable(sentence), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1 if isinstance(error, Fault) else 2)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("pehchan"))
        raise typer.Exit


@app.callback()
def root(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Open biometric identification for police work."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    certificate: Annotated[
        Path | None, typer.Option(metavar="PEM", help="Certificate chain; serves HTTPS, with --key.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="PEM", help="Private key of the certificate.")] = None,
) -> None:
    """Serve the HTTP API; its documentation is at /docs. SIGTERM stops it: what runs is finished first."""
    if (certificate is None) != (key is None):
        raise InvalidField("HTTPS needs both --certificate and --key.")
    from api.server import run_server  # here: the other commands need not wait for it

    run_server(Settings(), host, port, certificate, key)
