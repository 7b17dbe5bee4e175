"""`pehchan standing`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli import tables
from api.cli.arguments import AsJson, parse_date
from api.cli.operator import service
from api.cli.sample_options import takes_samples
from api.cli.terminal import ResultTable, moment, next_page_note, print_result
from api.client.form_fields import form_fields
from api.v1.watchlist_schemas import NewStandingOut, StandingOut, StandingPageOut
from biometrics.kernel.recognition.types import Sample
from biometrics.watchlist.model import StandingKind

app = typer.Typer(help="Standing searches, repeated with every enrolment. See docs/cases.md.", no_args_is_help=True)

StandingId = Annotated[str, typer.Argument(metavar="STANDING", help="Id of the standing search.")]


@app.command()
@takes_samples
def add(
    kind: Annotated[
        StandingKind | None, typer.Option(help="Kind of standing search; by default an unsolved offence.")
    ] = None,
    *,
    samples: list[Sample],
    case: Annotated[str, typer.Option(help="Case or FIR number of the search; required.")] = "",
    officer: Annotated[str, typer.Option(help="Who searches.")] = "",
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD; by default none.")] = "",
    as_json: AsJson = False,
) -> None:
    """Search all records now, and repeat the search with every later enrolment."""
    fields = {"case_number": case, "officer": officer} | ({"kind": kind} if kind else {})
    fields |= {"expires_on": str(parse_date(until))} if until else {}
    form = form_fields(fields, samples)
    with service("standing") as client:
        new_standing = client.send(NewStandingOut, "POST", "standing-searches", **form)
    print_result(new_standing, as_json, tables.candidates(new_standing.search), _table([new_standing.standing]))


@app.command("list")
def list_standing(
    kind: Annotated[list[StandingKind] | None, typer.Option(help="Only this kind; may be repeated.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Include ended ones.")] = False,
    limit: Annotated[int, typer.Option(help="Maximum number of standing searches.")] = 50,
    after: Annotated[int | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List standing searches, oldest first, including those for missing and wanted people and unidentified bodies."""
    with service("standing") as client:
        query = {"ended": ended, "kind": kind}
        page = client.list_items(StandingPageOut, "standing-searches", limit=limit, after=after, **query)
    print_result(page, as_json, _table(page.standing), *next_page_note(page.next))


@app.command()
def withdraw(
    standing: StandingId, because: Annotated[str, typer.Option(help="Reason.")], as_json: AsJson = False
) -> None:
    """End a standing search."""
    with service("standing") as client:
        path = ("standing-searches", standing, "withdrawal")
        standing_out = client.send(StandingOut, "POST", *path, json={"because": because})
    print_result(standing_out, as_json, _table([standing_out]))


def _table(standing: Sequence[StandingOut]) -> ResultTable:
    table = ResultTable("number", "standing search", "for", "asks", "until", "ended")
    for search in standing:
        probe = f"search {search.search_id}" if search.search_id else f"record {search.record_id}"
        until = str(search.expires_on) if search.expires_on else "withdrawn"
        ended = f"{moment(search.ended_at)}: {search.ended_because}" if search.ended_at else ""
        table.add_row(str(search.number), search.id, search.kind, probe, until, ended)
    return table
