"""The `pehchan` command."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command, get_group

from api.commands.remote import named_server
from api.settings import Settings
from biometrics.errors import Fault, InvalidField, MalformedTransaction, PehchanError
from biometrics.text import printable

# Each module of api.commands has an `app`: its commands stand at the top, or in a group of the module's name.
COMMANDS = {
    "enrol": "records",
    "identify": "searches",
    "verify": "searches",
    "replay": "searches",
    "import": "importing",
    "notifications": "notifications",
    "backup": "backup",
    "restore": "backup",
    "migrate": "migrate",
    "demo": "demo",
}
GROUPS = {
    "record": "record",
    "search": "search",
    "case": "case",
    "standing": "standing",
    "itl": "transactions",
    "mosip": "mosip",
    "queue": "queue",
    "retention": "retention",
    "report": "report",
    "audit": "audit",
    "user": "users",
    "unit": "units",
    "keys": "keys",
    "models": "models",
    "fingerprint": "fingerprint",
    "template": "template",
    "synth": "synth",
}


class OnDemand(TyperGroup):
    """Imports a command's module when it is asked for, so that `pehchan unit list` waits for no recogniser."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        above = [entry.name for entry in entry_points(group="pehchan.commands")]
        return [*dict.fromkeys([*super().list_commands(ctx), *COMMANDS, *GROUPS, *above])]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a name; None where there is none, and then all are known, for one to be suggested."""
        known = self.list_commands(ctx)
        for name in [cmd_name] if cmd_name in known else known:
            if name not in self.commands:
                self.commands[name] = _imported(name)
                self.commands[name].name = name
        return super().get_command(ctx, cmd_name)


def _imported(name: str) -> Any:
    if name in COMMANDS:
        return get_group(import_module(f"api.commands.{COMMANDS[name]}").app).commands[name]
    if name in GROUPS:
        group = import_module(f"api.commands.{GROUPS[name]}").app
    else:
        (entry,) = entry_points(group="pehchan.commands", name=name)
        group = entry.load()
    for entry in entry_points(group=f"pehchan.{name}"):
        group.command(entry.name)(entry.load())
    return get_group(group)


# Characters of a line that goes to a file or to another program: tables are cut to 80 otherwise.
WIDE = 1000
HELP = 100

app = typer.Typer(cls=OnDemand, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
command = cache(lambda: get_command(app))


def main() -> None:
    """Run the command; an error on purpose becomes one sentence and an exit code: 2 the input's fault, 1 ours."""
    if not sys.stdout.isatty():
        os.environ.setdefault("TERMINAL_WIDTH", str(HELP))
        os.environ.setdefault("COLUMNS", str(WIDE))
    try:
        command()()
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


# With --server: what asks it, and what works on no records at all.
ELSEWHERE = {
    "enrol",
    "identify",
    "verify",
    "search",
    "record",
    "itl",
    "queue",
    "models",
    "fingerprint",
    "template",
    "synth",
}


@app.callback()
def root(
    context: typer.Context,
    server: Annotated[
        str,
        typer.Option(
            envvar="PEHCHAN_SERVER",
            metavar="URL",
            help="Ask this server, by the key in PEHCHAN_API_KEY: enrol, identify, verify, search list, record show, "
            "record find.",
        ),
    ] = "",
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Open biometric identification for police work."""
    named_server.set(server)
    if server and context.invoked_subcommand not in ELSEWHERE:
        raise InvalidField(
            f"{context.invoked_subcommand} works on a station's own records, not on a server's; leave --server and "
            "PEHCHAN_SERVER out."
        )


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
