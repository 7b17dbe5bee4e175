"""The `pehchan` command."""

from __future__ import annotations

import os
import sys
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from api.cli.remote import named_server
from biometrics.kernel.errors import Fault, InvalidField, MalformedTransaction, PehchanError
from biometrics.kernel.technique.text import printable

# Top-level commands: the module in api.cli.commands, and the first paragraph of the help. The help of
# `pehchan` is made from these, so that it imports no command. A test compares them with the commands.
COMMANDS = {
    "enrol": ("enrol", "Create a record with its first encounter, or add an encounter to a record."),
    "identify": ("identify", "Search all records with prints, photos, irises, palms and photos of marks."),
    "verify": (
        "identify",
        "Compare samples with the person on a record, or each of a few. Exit code 3: no match.",
    ),
    "compare": (
        "identify",
        "Compare two sets of prints and photos, each of one person. No record is read, and nothing is kept.",
    ),
    "replay": ("identify", "Repeat a stored search on the gallery as it was. Exit code 1: the list differs."),
    "capture": (
        "capture",
        "Connect a scanner on this computer to the pages in its browser, until it is stopped. See docs/capture.md.",
    ),
    "import": (
        "import_",
        "Enrol many people. If interrupted, run it again: it skips what is done. Exit code 2: some were refused.",
    ),
    "api": (
        "api",
        "Send a request to the HTTP API as the local operator, or to --server, and print its response.",
    ),
    "backup": (
        "backup",
        "Back up this running station, and compare. An existing backup is updated: only new data is copied.",
    ),
    "restore": (
        "backup",
        "Restore a backup into this station, which must be empty, and compare: counts, rows, images and some searches.",
    ),
    "migrate": (
        "migrate",
        "Move this station to another database, and compare. If interrupted, or to move later changes, run it again.",
    ),
    "upgrade": (
        "upgrade",
        "Bring this station's tables to this version. Exit code 1, with --check: they are not there yet.",
    ),
    "demo": (
        "demo",
        "Create a demo station, search it, and serve it. Exit code 1: the wrong record came first.",
    ),
}
# Groups of commands: each is the module of its name in api.cli.commands.
GROUPS = {
    "record": "Records of people: list, show, correct, merge.",
    "search": "Past searches: list, show.",
    "case": "Cases for examiners: list, show, open. See docs/cases.md.",
    "standing": "Standing searches, repeated with every enrolment. See docs/cases.md.",
    "certificate": "Clearance certificates. See docs/clearance.md.",
    "itl": "ANSI/NIST-ITL transactions: show, submit and convert.",
    "conform": "Check whether files and other systems conform to the standards. Exit code 3: one does not.",
    "mosip": "MOSIP's ABIS interface over a message queue (docs/mosip.md).",
    "queue": "The queue of an offline station: add, list, send, remove.",
    "retention": "How long samples are kept, and their destruction (docs/keys-and-retention.md).",
    "audit": "The audit log: who did what, when, from where and why.",
    "user": "Accounts and their rights.",
    "unit": "Units of the police: stations, districts, states.",
    "keys": "The master key and the data keys (docs/keys-and-retention.md).",
    "models": "The models: weight files for recognition.",
    "reextract": "Extract stored images by another model, and put it in force (docs/operations.md).",
    "cluster": "The indexes of prints and palms in a Ray cluster: its layouts (docs/scaling.md).",
    "fingerprint": "Print images: slaps, cards, latents.",
    "template": "Templates as files.",
    "synth": "Generate synthetic fingerprints and palms.",
}
# Commands that other packages add through entry points: top-level ones, and to the groups listed here.
PLUG_INS = {
    "bench": "Measure accuracy and speed on a folder of images.",
    "calibrate": "Calibration files from non-mated images.",
}
EXTENDED_GROUPS = {"models"}


class Deferred(TyperCommand):
    """Stands in the help for a command whose module has not been imported."""


class LazyGroup(TyperGroup):
    """Imports a command's module only to run that command: most modules import models or the whole database layer."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        self._defer_all()
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a name, deferred until it is run; None if there is none."""
        if cmd_name not in self.commands and (cmd_name in COMMANDS or cmd_name in GROUPS):
            return Deferred(cmd_name)
        self._defer_all()
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the command itself, and the arguments that are left."""
        name: Any
        name, command, rest = super().resolve_command(ctx, args)
        if isinstance(command, Deferred):
            command = self.commands[name] = _imported(name)
            command.name = name
        return name, command, rest

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the summary of each command whole, where click would cut it to a line."""
        summaries = [(name, self.get_command(ctx, name).help.split("\n\n")[0]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(summaries)

    def _defer_all(self) -> None:
        summaries = {name: summary for name, (_, summary) in COMMANDS.items()} | GROUPS
        summaries |= {entry.name: PLUG_INS.get(entry.name, "") for entry in entry_points(group="pehchan.commands")}
        for name, summary in summaries.items():
            self.commands.setdefault(name, Deferred(name, help=summary))


def _imported(name: str) -> Any:
    if name in COMMANDS:
        return _plain(import_module(f"api.cli.commands.{COMMANDS[name][0]}").app).commands[name]
    if name in GROUPS:
        group = import_module(f"api.cli.commands.{name}").app
    else:
        (entry,) = entry_points(group="pehchan.commands", name=name)
        group = entry.load()
    if name in EXTENDED_GROUPS:
        for entry in entry_points(group=f"pehchan.{name}"):
            group.command(entry.name)(entry.load())
    return _plain(group)


def _plain(group: Any) -> Any:
    """Return the commands of a group, whose help has no boxes: their columns are too narrow for a word at 80."""
    group.rich_markup_mode = None
    commands = get_group(group)
    _list_choices(commands)
    return commands


def _list_choices(command: Any) -> None:
    """Move the many values of an option out of its first column, which is never broken, into its help."""
    for parameter in command.params:
        annotation = parameter.type_descriptor and parameter.type_descriptor.annotation
        (value_type, *_) = get_args(annotation) or (annotation,)  # of a list, its items'
        is_enum = isinstance(value_type, type) and issubclass(value_type, Enum)
        values = [str(value) for value in value_type] if is_enum else []
        if len("|".join(values)) > MOST_CHOICES:
            parameter.metavar = "VALUE"
            parameter.help = f"{parameter.help or ''} One of {', '.join(values)}.".strip()
    for subcommand in getattr(command, "commands", {}).values():
        _list_choices(subcommand)


# Characters of a line that goes to a file or to another program: tables are cut to 80 otherwise.
WIDE = 1000
MOST_CHOICES = 30  # characters of an option's values in the first column of its help

app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # to import what draws boxes takes longer than everything else of --help
)
command = cache(lambda: get_command(app))


def main() -> None:
    """Run the command; a known error becomes one sentence and an exit code: 2 for faulty input, 1 for a fault here."""
    if not sys.stdout.isatty():
        os.environ.setdefault("COLUMNS", str(WIDE))
    try:
        command()()
    except PehchanError as error:
        from rich.console import Console

        console = Console(stderr=True)
        console.print(f"[red]{error.code}[/red]: ", end="")
        faults = error.faults if isinstance(error, MalformedTransaction) else ()
        for sentence in [fault.message for fault in faults] or [error.message]:
            console.print(printable(sentence), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1 if isinstance(error, Fault) else 2)


def _show_version(is_requested: bool) -> None:
    if is_requested:
        typer.echo(version("pehchan"))
        raise typer.Exit


# Commands that work on a station itself, which --server refuses; others are refused by `refuse_server`.
ON_SITE = {"serve", "backup", "restore", "migrate", "upgrade", "demo", "keys", "mosip", "cluster"}


@app.callback()
def root(
    context: typer.Context,
    server: Annotated[
        str,
        typer.Option(
            envvar="PEHCHAN_SERVER",
            metavar="URL",
            help="Use this server, with the key in PEHCHAN_API_KEY, for all that its API does.",
        ),
    ] = "",
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Open biometric identification for police work."""
    named_server.set(server)
    if server and context.invoked_subcommand in ON_SITE:
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
    """Serve the HTTP API, with its documentation at /docs. SIGTERM stops it after the running requests."""
    if (certificate is None) != (key is None):
        raise InvalidField("HTTPS needs both --certificate and --key.")
    # Images are extracted side by side: the threads of one product of matrices would wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is imported, which is below
    from api.server import run_server  # imported here so that other commands do not load the server
    from api.settings import Settings

    run_server(Settings(), host, port, certificate, key)
