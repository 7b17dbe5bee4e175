"""`pehchan standing`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from api.cli import tables
from api.cli.arguments import AsJson, Photos, Ppi, Prints, parse_date, read_samples
from api.cli.operator import operated_engine, operated_store, with_names
from api.cli.terminal import more, print_result, table_with
from api.settings import Settings
from api.v1.searches_schemas import SearchOut
from api.v1.watchlist_schemas import NewStandingOut, StandingOut, StandingPageOut
from biometrics.records.store import RecordStore
from biometrics.use_cases.identify import SearchRequest
from biometrics.use_cases.standing_search import add_standing_search, end_standing_search
from biometrics.watchlist.model import StandingKind
from biometrics.watchlist.repository import StandingReader

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
    as_json: AsJson = False,
) -> None:
    """Search all records now, and repeat the search with every later enrolment."""
    request = SearchRequest(read_samples(prints, photo, ppi), case_number=case, officer=officer)
    with operated_engine(Settings()) as engine:
        new = add_standing_search(engine, request, kind, parse_date(until) if until else None)
        search = SearchOut.of(new.searched)
        shown = with_names(engine.store, NewStandingOut(standing=StandingOut.of(new.standing), search=search))
    print_result(shown, as_json, tables.candidates(search), _table([shown.standing]))


@app.command("list")
def list_standing(
    kind: Annotated[list[StandingKind] | None, typer.Option(help="Only this kind; may be repeated.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Include ended ones.")] = False,
    limit: Annotated[int, typer.Option(help="Maximum number of standing searches.")] = 50,
    after: Annotated[int | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List standing searches, oldest first, including those for missing and wanted people and unidentified bodies."""
    with operated_store(Settings()) as store:
        page = _standing(store).find(kind or (), ended=ended, limit=limit, after=after)
        shown = with_names(store, StandingPageOut.of(page))
    print_result(shown, as_json, _table(shown.standing), *more(page.after))


@app.command()
def withdraw(
    standing: StandingId, because: Annotated[str, typer.Option(help="Reason.")], as_json: AsJson = False
) -> None:
    """End a standing search."""
    with operated_store(Settings()) as store:
        shown = with_names(store, StandingOut.of(end_standing_search(store, standing, because)))
    print_result(shown, as_json, _table([shown]))


def _standing(store: RecordStore) -> StandingReader:
    assert store.act is not None, "the command line acts on the operator's behalf"
    return StandingReader(store.database, store.act)


def _table(standing: Sequence[StandingOut]) -> Table:
    table = table_with("number", "standing search", "for", "asks", "until", "ended")
    for search in standing:
        probe = f"search {search.search_id}" if search.search_id else f"record {search.record_id}"
        until = str(search.expires_on) if search.expires_on else "withdrawn"
        ended = f"{search.ended_at:%Y-%m-%d}: {search.ended_because}" if search.ended_at else ""
        table.add_row(str(search.number), search.id, search.kind, probe, until, ended)
    return table
