"""`pehchan demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer()


@app.command()
def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve after the searches.")] = True,
    folder: Annotated[Path, typer.Option(help="Folder of the demo station.")] = Path("demo-data"),
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 8000,
) -> None:
    """Create a demo station, search it, and serve it. Exit code 1: the wrong record came first."""
    from api.bootstrap.compilation import compile_matcher

    console = Console()
    console.print("Compiling the matcher; the first time takes a minute ...")
    compiling = compile_matcher(console.print)

    from api.cli.demo_station import run_demo  # meanwhile: everything else is imported

    if not run_demo(folder, compiling.join, port if serve else None):
        raise typer.Exit(1)
