"""`pehchan identify` and `pehchan verify`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from api import tables
from api.commands.arguments import Photos, Ppi, Prints, read_samples
from api.settings import Settings
from api.wiring import open_engine
from biometrics.identify import SearchRequest, identify
from biometrics.verify import verify

app = typer.Typer()


@app.command("identify")
def identify_person(
    prints: Prints = None,
    photo: Photos = None,
    ppi: Ppi = None,
    candidates: Annotated[int, typer.Option(help="At most so many candidates.")] = 10,
    fpir: Annotated[
        float, typer.Option(help="Accepted chance that somebody not on record passes the threshold.")
    ] = 1e-3,
    case: Annotated[str, typer.Option(help="Case or FIR number that the search is for.")] = "",
    officer: Annotated[str, typer.Option(help="Who searches.")] = "",
) -> None:
    """Find whose prints and photos these are, among all records."""
    request = SearchRequest(read_samples(prints, photo, ppi), candidates, fpir, case, officer)
    with open_engine(Settings()) as engine:
        Console().print(tables.candidates(identify(engine, request), engine.store))


@app.command("verify")
def verify_person(
    record: Annotated[str, typer.Argument(help="Id of the record.")],
    prints: Prints = None,
    photo: Photos = None,
    ppi: Ppi = None,
    fmr: Annotated[float, typer.Option(help="Accepted chance that another person's samples match.")] = 1e-3,
) -> None:
    """Say whether prints and photos are of the person on a record; the exit code is 3 where they are not."""
    samples = read_samples(prints, photo, ppi)
    with open_engine(Settings()) as engine:
        verification = verify(engine, record, samples, fmr)
    Console().print(tables.verification(verification))
    raise typer.Exit(0 if verification.match else 3)
