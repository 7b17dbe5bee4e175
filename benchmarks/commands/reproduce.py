"""`pehchan bench reproduce`: a published table, run again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from benchmarks.commands.options import console
from benchmarks.reproduction.tables import compared, find_table, published_tables
from biometrics.kernel.errors import InvalidField

app = typer.Typer()

_PROGRAM = "import sys; sys.argv[0] = 'pehchan'; from api.cli import main; main()"


@app.command()
def reproduce(
    name: Annotated[str | None, typer.Argument(metavar="TABLE", help="The table; without one, all are listed.")] = None,
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder with fingerprint/FVC2002/DB1_B, face/lfw and so on.")
    ] = Path("../shared/data"),
    out: Annotated[Path, typer.Option(metavar="DIR", help="A folder for the results of each command.")] = Path(
        "reproduced"
    ),
) -> None:
    """Run a published table's commands again, and compare. Exit code 1: a figure differs from what is published.

    Times depend on the machine and are not compared.
    """
    if name is None:
        _show_all()
        return
    table = find_table(name)
    folder = out / table.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidField(f"{folder} cannot be made: {error.strerror}. Name another folder.") from error
    for arguments in table.prepared(data, folder):
        console.print(f"$ pehchan {' '.join(arguments)}", markup=False, highlight=False, soft_wrap=True)
        completed = subprocess.run([sys.executable, "-c", _PROGRAM, *arguments], check=False)  # noqa: S603
        if completed.returncode:
            raise typer.Exit(completed.returncode)
    comparisons = compared(table, folder)
    if not comparisons:
        console.print(f"The figures are in {folder}; {table.page} has those that are published.")
        return
    figures_table = Table("figure", "published", "found", "", title=table.page)
    for figure in comparisons:
        figures_table.add_row(
            figure.path,
            figure.published,
            "nothing" if figure.measured is None else f"{figure.measured:g}",
            "" if figure.agrees else "differs",
        )
    console.print(figures_table)
    differing = sum(not figure.agrees for figure in comparisons)
    console.print(f"{len(comparisons) - differing} of {len(comparisons)} figures are as published.")
    if differing:
        raise typer.Exit(1)


def _show_all() -> None:
    overview = Table("table", "page", "figures compared")
    for table in published_tables().values():
        overview.add_row(table.name, table.page, str(len(table.published)))
    console.print(overview)
