"""`pehchan report`: counts, quality, hit rates and turnaround."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from api.cli.arguments import AsJson, parse_date
from api.cli.operator import service
from api.cli.terminal import ResultTable, print_result
from api.v1.report_export import Format
from api.v1.reports import ReportOut
from biometrics.reporting.report import Dimension

app = typer.Typer(help="Counts, enrolment quality, hit rates, turnaround.", no_args_is_help=True)

First = Annotated[str, typer.Option(help="First day, YYYY-MM-DD.")]
Last = Annotated[str, typer.Option(help="Last day, YYYY-MM-DD.")]
Public = Annotated[bool, typer.Option("--public", help="For publication: small counts are suppressed.")]
Form = Annotated[Format | None, typer.Option("--format", help="csv or json; default a table.")]


@app.command()
def counts(
    by: Annotated[list[Dimension], typer.Option(help="Dimension to count by; up to four times.")],
    first_date: First = "",
    last_date: Last = "",
    public: Public = False,
    form: Form = None,
    as_json: AsJson = False,
) -> None:
    """Count arrests and events; by act or section: charges."""
    _show("counts", first_date, last_date, public, form, as_json, by)


def _report_command(name: str) -> Callable[..., None]:
    def report(
        first_date: First = "", last_date: Last = "", public: Public = False, form: Form = None, as_json: AsJson = False
    ) -> None:
        _show(name, first_date, last_date, public, form, as_json)

    return report


for _name, _summary in {
    "quality": "Show the quality of enrolled samples by station and device.",
    "searches": "Show searches and their hit rates by month.",
    "turnaround": "Show the turnaround of examiners' cases, by kind and month.",
}.items():
    app.command(_name, help=_summary)(_report_command(_name))


def _show(
    name: str,
    first_date: str,
    last_date: str,
    public: bool,
    form: Format | None,
    as_json: bool,
    by: list[Dimension] | None = None,
) -> None:
    days = {"first_date": first_date and parse_date(first_date), "last_date": last_date and parse_date(last_date)}
    wanted = Format.JSON if as_json or form is None else form
    with service("reports") as client:
        answer = client.answer("GET", "reports", name, params=days | {"by": by, "public": public, "format": wanted})
    if form is not None and not as_json:
        typer.echo(answer.text, nl=form is Format.JSON)
        return
    report = ReportOut.model_validate_json(answer.content)
    table = ResultTable(*report.columns)
    for row in report.rows:
        table.add_row(*("-" if value is None else str(value) for value in row.values()))
    if report.public:
        table.caption = "-: suppressed, or not known"
    verdict = f"{len(report.rows)} rows." if report.rows else "Nothing to report for these days."
    print_result(report, as_json, table, verdict)
