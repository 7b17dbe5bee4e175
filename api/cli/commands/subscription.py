"""`pehchan subscription`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from api.cli.arguments import AsJson, parse_date
from api.cli.operator import service
from api.cli.terminal import ResultTable, moment, more, print_result
from api.v1.subscriptions_schemas import SubscriptionOut, SubscriptionPageOut

app = typer.Typer(help="Subscriptions to people on record. See docs/cases.md.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="SUBSCRIPTION", help="Number of the subscription.")]


@app.command()
def add(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Id of the record.")],
    legal_basis: Annotated[str, typer.Option(help="The order, provision or bail condition that it rests on.")],
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD; at most a year from today.")],
    as_json: AsJson = False,
) -> None:
    """Have your unit notified when others book this person, find them by a search, or identify them."""
    new = {"record_id": record, "legal_basis": legal_basis, "expires_on": str(parse_date(until))}
    with service("subscriptions") as client:
        shown = client.send(SubscriptionOut, "POST", "subscriptions", json=new)
    print_result(shown, as_json, _table([shown]))


@app.command("list")
def list_subscriptions(
    record: Annotated[str, typer.Option(help="Only those to this record.")] = "",
    ended: Annotated[bool, typer.Option("--ended", help="Include ended ones.")] = False,
    limit: Annotated[int, typer.Option(help="Maximum number of subscriptions.")] = 50,
    after: Annotated[int | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the subscriptions of your unit and the units below it, newest first."""
    with service("subscriptions") as client:
        query = {"ended": ended, "record_id": record}
        page = client.listed(SubscriptionPageOut, "subscriptions", limit=limit, after=after, **query)
    print_result(page, as_json, _table(page.subscriptions), *more(page.next))


@app.command()
def show(subscription: Number, as_json: AsJson = False) -> None:
    """Show a subscription, and what happened to the person since."""
    with service("subscriptions") as client:
        shown = client.send(SubscriptionOut, "GET", "subscriptions", subscription)
    events = ResultTable("when", "what", "unit to call")
    for event in shown.events:
        events.add_row(moment(event.at), event.kind, event.contact.contact)
    print_result(shown, as_json, _table([shown]), events)


@app.command()
def end(subscription: Number, because: Annotated[str, typer.Option(help="Reason.")], as_json: AsJson = False) -> None:
    """End a subscription."""
    with service("subscriptions") as client:
        path = ("subscriptions", subscription, "end")
        shown = client.send(SubscriptionOut, "POST", *path, json={"because": because})
    print_result(shown, as_json, _table([shown]))


def _table(subscriptions: Sequence[SubscriptionOut]) -> ResultTable:
    table = ResultTable("number", "record", "legal basis", "until", "events", "ended")
    for each in subscriptions:
        ended = f"{moment(each.ended_at)}: {each.ended_because}" if each.ended_at else ""
        row = (each.id, each.record_id, each.legal_basis, each.expires_on, len(each.events), ended)
        table.add_row(*map(str, row))
    return table
