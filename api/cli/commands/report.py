"""`pehchan report`: counts, quality, hit rates and turnaround."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from api.cli.arguments import AsJson, parse_date
from api.cli.operator import operated_store
from api.cli.terminal import print_result, table_with
from api.settings import Settings
from api.v1.report_export import Format, content_of, written
from biometrics.reporting.report import Dimension, Period, Report
from biometrics.reporting.reports import ReportStore

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
    with _reports() as reports:
        _show(reports.counts(tuple(by), _period(first_date, last_date), public=public), form, as_json)


@app.command()
def quality(
    first_date: First = "", last_date: Last = "", public: Public = False, form: Form = None, as_json: AsJson = False
) -> None:
    """Show the quality of enrolled samples by station and device."""
    with _reports() as reports:
        _show(reports.quality(_period(first_date, last_date), public=public), form, as_json)


@app.command()
def searches(
    first_date: First = "", last_date: Last = "", public: Public = False, form: Form = None, as_json: AsJson = False
) -> None:
    """Show searches and their hit rates by month."""
    with _reports() as reports:
        _show(reports.searches(_period(first_date, last_date), public=public), form, as_json)


@app.command()
def turnaround(
    first_date: First = "", last_date: Last = "", public: Public = False, form: Form = None, as_json: AsJson = False
) -> None:
    """Show the turnaround of examiners' cases, by kind and month."""
    with _reports() as reports:
        _show(reports.turnaround(_period(first_date, last_date), public=public), form, as_json)


@contextmanager
def _reports() -> Iterator[ReportStore]:
    with operated_store(Settings()) as store:
        yield ReportStore(store.database, store.act)


def _period(first: str, last: str) -> Period:
    return Period(*(parse_date(text) if text else None for text in (first, last)))


def _show(report: Report, form: Format | None, as_json: bool) -> None:
    if form is not None and not as_json:
        typer.echo(written(report, form), nl=form is Format.JSON)
        return
    table = table_with(*report.columns)
    for row in report.rows:
        table.add_row(*("-" if value is None else str(value) for value in row))
    if report.public:
        table.caption = "-: suppressed, or not known"
    verdict = f"{len(report.rows)} rows." if report.rows else "Nothing to report for these days."
    print_result(content_of(report), as_json, table, verdict)
