"""`pehchan lineup`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli.arguments import AsJson
from api.cli.operator import service
from api.cli.terminal import ResultTable, moment, more, print_result
from api.v1.lineups_schemas import LineupOut, LineupPageOut
from biometrics.lineups.model import Presentation

app = typer.Typer(help="Photo line-ups: make, list, show, ready, close. See docs/lineups.md.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="LINEUP", help="Number of the line-up.")]


@app.command()
def make(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Id of the suspect's record.")],
    case: Annotated[str, typer.Option(help="Case or FIR number.")],
    description: Annotated[str, typer.Option(help="Description by the witness, given before any photo was shown.")],
    presentation: Annotated[Presentation, typer.Option(help="How the photos are shown.")] = Presentation.SEQUENTIAL,
    greyscale: Annotated[bool, typer.Option("--greyscale", help="Show all photos in greyscale.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a line-up of a suspect and five fillers; look at the photos on its page before you fix them."""
    new = {"record_id": record, "fir_number": case, "description": description}
    how = {"presentation": presentation, "greyscale": greyscale}
    with service("lineups") as client:
        shown = client.send(LineupOut, "POST", "lineups", json=new | how)
    print_result(shown, as_json, _table([shown]), _members(shown))


@app.command("list")
def list_lineups(
    case: Annotated[str, typer.Option(help="Only those of this case or FIR.")] = "",
    limit: Annotated[int, typer.Option(help="Maximum number of line-ups.")] = 50,
    after: Annotated[int | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the line-ups of your unit and the units below it, newest first."""
    with service("lineups") as client:
        page = client.listed(LineupPageOut, "lineups", limit=limit, after=after, fir_number=case)
    print_result(page, as_json, _table(page.lineups), *more(page.next))


@app.command()
def show(lineup: Number, as_json: AsJson = False) -> None:
    """Show a line-up. Only its maker sees who is in it."""
    with service("lineups") as client:
        shown = client.send(LineupOut, "GET", "lineups", lineup)
    answers = ResultTable("witness", "photo", "answer", "words", "confidence")
    for viewing in shown.viewings:
        for each in viewing.answers:
            photo = "none of them" if each.position is None else str(each.position)
            answers.add_row(viewing.witness, photo, each.choice, each.words, each.confidence)
    print_result(shown, as_json, _table([shown]), _members(shown), answers)


@app.command()
def ready(lineup: Number, as_json: AsJson = False) -> None:
    """Fix the photos of your draft, each of which you have looked at, so that other officers can show it."""
    with service("lineups") as client:
        shown = client.send(LineupOut, "POST", "lineups", lineup, "ready", json={"photos_checked": True})
    print_result(shown, as_json, _table([shown]))


@app.command()
def close(
    lineup: Number,
    because: Annotated[str, typer.Option(help="Reason; required if no witness has seen it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Close your line-up and seal it."""
    with service("lineups") as client:
        shown = client.send(LineupOut, "POST", "lineups", lineup, "close", json={"because": because})
    print_result(shown, as_json, _table([shown]))


def _table(lineups: Sequence[LineupOut]) -> ResultTable:
    table = ResultTable("number", "state", "FIR", "made", "witnesses", "seal")
    for each in lineups:
        seen = str(len(each.viewings))
        table.add_row(str(each.id), each.state, each.fir_number, moment(each.created_at), seen, each.seal or "")
    return table


def _members(lineup: LineupOut) -> ResultTable:
    table = ResultTable("photo", "part", "record", "likeness")
    for each in lineup.members:
        table.add_row(str(each.ordinal), "suspect" if each.is_suspect else "filler", each.record_id, each.band or "")
    return table
