"""`pehchan notifications`."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.arguments import AsJson
from api.cli.operator import service
from api.cli.terminal import ResultTable, moment, more, print_result
from api.v1.watchlist_schemas import NotificationOut, NotificationPageOut

app = typer.Typer()


@app.command("notifications")
def list_notifications(
    unread: Annotated[bool, typer.Option("--unread", help="Only unread notifications.")] = False,
    read: Annotated[
        list[int] | None, typer.Option(help="Number of a notification to mark as read; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Maximum number of notifications.")] = 50,
    after: Annotated[int | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List your notifications, newest first: hits of your standing searches, outcomes of your cases."""
    table = ResultTable("number", "what", "case", "outcome", "record", "when", "read")
    with service("notifications") as client:
        for number in read or ():
            client.send(NotificationOut, "POST", "notifications", number, "read")
        page = client.listed(NotificationPageOut, "notifications", limit=limit, after=after, unread=unread)
    for notification in page.notifications:
        when = moment(notification.created_at)
        table.add_row(
            str(notification.number),
            notification.kind,
            notification.case_number or notification.about,
            notification.outcome or "",
            notification.record_id or "",
            when,
            "yes" if notification.read_at else "no",
        )
    table.title = f"{page.unread} not read"
    print_result(page, as_json, table, *more(page.next))
