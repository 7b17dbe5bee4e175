"""`pehchan search`: past searches."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli import tables
from api.cli.arguments import AsJson, parse_date
from api.cli.operator import service
from api.cli.terminal import next_page_note, print_result
from api.v1.searches_schemas import SearchPageOut
from biometrics.kernel.access import Purpose

app = typer.Typer(help="Past searches: list, show.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Past searches: list, show."""


@app.command("list")
def list_searches(
    case: Annotated[str, typer.Option(help="Only searches for this case or FIR.")] = "",
    purpose: Annotated[Purpose | None, typer.Option(help="Only searches with this purpose.")] = None,
    first_date: Annotated[str, typer.Option(help="Made on this day or later, YYYY-MM-DD.")] = "",
    last_date: Annotated[str, typer.Option(help="Made on this day or earlier, YYYY-MM-DD.")] = "",
    mine: Annotated[bool, typer.Option("--mine", help="Only your own searches.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of searches.")] = 50,
    after: Annotated[str | None, typer.Option(help="Continue after a page; it prints the value.")] = None,
    as_json: AsJson = False,
) -> None:
    """List searches, newest first: your own, and those of your unit and below."""
    first, last = (parse_date(text) if text else None for text in (first_date, last_date))
    query = {"case_number": case, "purpose": purpose, "first_date": first, "last_date": last, "mine": mine}
    with service("searches") as client:
        page = client.list_items(SearchPageOut, "searches", limit=limit, after=after, **query)
    print_result(page, as_json, tables.searches(page), *next_page_note(page.next))


@app.command("show")
def show_search(
    search: Annotated[str, typer.Argument(metavar="SEARCH", help="Id of the search.")], as_json: AsJson = False
) -> None:
    """Show a stored search with its candidates."""
    with service("searches") as client:
        stored = client.search(search)
    print_result(stored, as_json, *tables.search(stored))
