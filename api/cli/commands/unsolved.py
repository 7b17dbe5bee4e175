"""`pehchan unsolved`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli.arguments import AsJson
from api.cli.operator import service
from api.cli.terminal import ResultTable, moment, more, print_result
from api.v1.cases_schemas import CaseOut
from api.v1.unsolved_latents_schemas import (
    LinkedLatentOut,
    LinkedOffencesPageOut,
    UnsolvedLatentOut,
    UnsolvedLatentPageOut,
)

app = typer.Typer(help="Unsolved latents and the links between them. See docs/cases.md.", no_args_is_help=True)

StandingId = Annotated[str, typer.Argument(metavar="STANDING", help="Id of the latent's standing search.")]
Limit = Annotated[int, typer.Option(help="Maximum number listed.")]


@app.command("list")
def list_latents(
    fir: Annotated[str, typer.Option(help="Only those of this case or FIR.")] = "",
    linked: Annotated[bool, typer.Option("--linked", help="Only those with links.")] = False,
    limit: Limit = 50,
    after: Annotated[int | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the unsolved latents of your unit and the units below it with their links, oldest first."""
    with service("unsolved_latents") as client:
        query = {"fir_number": fir, "linked": linked}
        page = client.listed(UnsolvedLatentPageOut, "unsolved-latents", limit=limit, after=after, **query)
    print_result(page, as_json, _table(page.latents), *more(page.next))


@app.command()
def show(standing: StandingId, as_json: AsJson = False) -> None:
    """Show the links of a latent with their scores, the most similar first."""
    with service("unsolved_latents") as client:
        shown = client.send(UnsolvedLatentOut, "GET", "unsolved-latents", standing)
    print_result(shown, as_json, _table([shown]))


@app.command()
def case(
    standing: StandingId,
    link: Annotated[str, typer.Argument(metavar="LINK", help="Id of the link.")],
    as_json: AsJson = False,
) -> None:
    """Ask examiners whether two unsolved latents are of one finger."""
    with service("unsolved_latents") as client:
        opened = client.send(CaseOut, "POST", "unsolved-latents", standing, "links", link, "case")
    print_result(opened, as_json, f"Case {opened.number} is open.")


@app.command()
def offences(
    limit: Limit = 50,
    after: Annotated[str | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the offences that examiners have linked by their latents."""
    with service("unsolved_latents") as client:
        page = client.listed(LinkedOffencesPageOut, "linked-offences", limit=limit, after=after)
    table = ResultTable("case", "closed", "offence", "offence")
    for each in page.offences:
        table.add_row(each.case_number, moment(each.ended_at), *map(_latent, each.latents))
    print_result(page, as_json, table, *more(page.next))


def _table(latents: Sequence[UnsolvedLatentOut]) -> ResultTable:
    table = ResultTable("number", "standing search", "FIR", "link", "with", "decibans", "case", "outcome")
    for latent in latents:
        own = (str(latent.standing.number), latent.standing.id, latent.fir_number)
        if not latent.links:
            table.add_row(*own, "", "", "", "", "")
        for link in latent.links:
            score = "" if link.decibans is None else f"{link.decibans:.1f}"
            table.add_row(*own, link.id, _latent(link.other), score, link.case_number or "", link.outcome or "")
    return table


def _latent(latent: LinkedLatentOut) -> str:
    text = f"FIR {latent.fir_number}" if latent.fir_number else f"call {latent.contact.contact}"
    return f"{text} (solved)" if latent.solved else text
