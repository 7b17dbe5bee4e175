"""`pehchan standing`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli import tables
from api.cli.arguments import Photos, Ppi, Prints, parse_date, read_samples
from api.cli.operator import operated_engine, operated_store
from api.cli.terminal import table_with
from api.schemas.searches import SearchOut
from api.settings import Settings
from biometrics.domain.watchlist import Standing, StandingKind
from biometrics.records.store import RecordStore
from biometrics.records.watchlist.repository import StandingReader
from biometrics.use_cases.identify import SearchRequest
from biometrics.use_cases.standing_search import end_standing_search, stand

app = typer.Typer(help="Standing searches, repeated with every enrolment. See docs/cases.md.", no_args_is_help=True)

StandingId = Annotated[str, typer.Argument(metavar="STANDING", help="Id of the standing search.")]


@app.command()
def add(
    kind: Annotated[StandingKind, typer.Option(help="Kind of standing search.")] = StandingKind.LATENT,
    prints: Prints = None,
    photo: Photos = None,
    ppi: Ppi = None,
    case: Annotated[str, typer.Option(help="Case or FIR number of the search; required.")] = "",
    officer: Annotated[str, typer.Option(help="Who searches.")] = "",
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD; by default none.")] = "",
) -> None:
    """Search all records now, and repeat the search with every later enrolment."""
    request = SearchRequest(read_samples(prints, photo, ppi), case_number=case, officer=officer)
    with operated_engine(Settings()) as engine:
        stood = stand(engine, request, kind, parse_date(until) if until else None)
        Console().print(tables.candidates(SearchOut.of(stood.searched)))
        Console().print(_table([stood.standing], None))


@app.command("list")
def list_standing(
    kind: Annotated[list[StandingKind] | None, typer.Option(help="Only this kind; may be repeated.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Include ended ones.")] = False,
    limit: Annotated[int, typer.Option(help="Maximum number of standing searches.")] = 50,
    after: Annotated[int | None, typer.Option(help="Continue where the last list ended.")] = None,
) -> None:
    """List standing searches, oldest first, including those for missing and wanted people and unidentified bodies."""
    with operated_store(Settings()) as store:
        page = _standing(store).find(kind or (), ended=ended, limit=limit, after=after)
    Console().print(_table(page.items, page.after))


@app.command()
def withdraw(standing: StandingId, because: Annotated[str, typer.Option(help="Reason.")]) -> None:
    """End a standing search."""
    with operated_store(Settings()) as store:
        Console().print(_table([end_standing_search(store, standing, because)], None))


def _standing(store: RecordStore) -> StandingReader:
    assert store.act is not None, "the command line acts on the operator's behalf"
    return StandingReader(store.database, store.act)


def _table(standing: list[Standing] | tuple[Standing, ...], after: int | None) -> Table:
    table = table_with("number", "standing search", "for", "asks", "until", "ended")
    for search in standing:
        asks = f"search {search.search_id}" if search.search_id else f"record {search.record_id}"
        until = str(search.expires_on) if search.expires_on else "withdrawn"
        ended = f"{search.ended.at:%Y-%m-%d}: {search.ended.because}" if search.ended else ""
        table.add_row(str(search.number), search.id, search.kind, asks, until, ended)
    table.caption = f"go on with --after {after}" if after else None
    return table
