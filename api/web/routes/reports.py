"""Reports as tables and charts, each also as a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.http.authentication import needs
from api.http.errors import details_of, status_of
from api.http.schemas import OptionalDay, Schema
from api.localisation.translatable import N_
from api.services import services_of
from api.v1.reports import ReportDependency
from api.web.charts import Bar, BarChart, chart
from api.web.labels import reports as report_labels
from api.web.labels.reports import ReportKind
from api.web.pages import Pages, PagesDependency
from biometrics.access.units import UnitStore
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.technique.clock import today
from biometrics.reporting.report import Dimension, Period, Report, Value
from biometrics.reporting.reports import ReportStore
from biometrics.reporting.tabulation import TOTAL

router = APIRouter()

_LEVELS: Final = (Dimension.STATE, Dimension.DISTRICT, Dimension.STATION)  # by how many codes a unit has
_UNITS: Final = frozenset(_LEVELS)
_MONTH: Final = re.compile(r"(\d{4})-(\d\d)")

# The chart of each report: its columns of figures, and the least value of the longest bar.
_DRAWN: Final[dict[ReportKind, tuple[tuple[str, ...], float]]] = {
    ReportKind.COUNTS: (("encounters", "charges"), 0.0),
    ReportKind.QUALITY: (("mean quality",), 100.0),
    ReportKind.REGISTER: (("encounters",), 0.0),
    ReportKind.SEARCHES: (("searches", "above it", "confirmed"), 0.0),
    ReportKind.TURNAROUND: (("median hours",), 0.0),
    ReportKind.TRANSPARENCY: (("searches", "hits", "confirmed", "refuted"), 0.0),
}


class ReportSelection(Schema):
    """The query of a report; by default the encounters of this year by month."""

    report: ReportKind | None = None
    by: list[Dimension] = Field(default_factory=list)
    first_date: OptionalDay = None
    last_date: OptionalDay = None
    public: bool = False

    def completed(self) -> ReportSelection:
        """Return the query, with the default if no report is chosen."""
        if self.report is None:
            this_year = today().replace(month=1, day=1)
            return ReportSelection(report=ReportKind.COUNTS, by=[Dimension.MONTH], first_date=this_year)
        if self.report is ReportKind.TRANSPARENCY:  # of a year, and for the public
            year = (self.last_date or self.first_date or today()).year
            days = {"first_date": date(year, 1, 1), "last_date": date(year, 12, 31)}
            return self.model_copy(update=days | {"public": True})
        return self

    @property
    def file(self) -> str:
        """The address of the report as CSV."""
        query = self.model_dump(mode="json", exclude_none=True, exclude={"report"})
        if self.report is not ReportKind.COUNTS:
            query.pop("by")
        if self.report is ReportKind.TRANSPARENCY and self.last_date:
            query = {"year": self.last_date.year}
        query["public"] = str(self.public).lower()
        return f"/api/v1/reports/{self.report}?{urlencode(query | {'format': 'csv'}, doseq=True)}"


@dataclass(frozen=True)
class ShownReport:
    """A report as text: `columns` and whether they hold figures, `rows` of texts, measures in `legend`."""

    columns: list[tuple[str, bool]]
    rows: list[list[str]]
    chart: BarChart
    legend: list[str]


@router.get("/reports", dependencies=[needs(Scope.REPORT_READ)])
def show_report(
    pages: PagesDependency, reports: ReportDependency, selection: Annotated[ReportSelection, Query()]
) -> Response:
    """Show a report of the reader's unit and those below it, and the form for others."""
    selection = selection.completed()
    table, problem, status = None, None, 200
    try:
        table = _report_table(_report(reports, selection), selection.report or ReportKind.COUNTS, pages)
    except InvalidField as error:
        problem, status = details_of(error), status_of(type(error))
    return pages.show(
        "reports.html",
        status,
        asked=selection,
        shown=table,
        problem=problem,
        titles=report_labels.TITLES,
        dimensions=list(Dimension),
    )


def _report(reports: ReportStore, selection: ReportSelection) -> Report:
    period = Period(selection.first_date, selection.last_date)
    if selection.report is ReportKind.COUNTS:
        return reports.counts(tuple(selection.by), period, public=selection.public)
    makers: dict[ReportKind | None, Callable[..., Report]] = {
        ReportKind.QUALITY: reports.quality,
        ReportKind.REGISTER: reports.register,
        ReportKind.SEARCHES: reports.searches,
        ReportKind.TURNAROUND: reports.turnaround,
        ReportKind.TRANSPARENCY: reports.transparency,
    }
    return makers[selection.report](period, public=selection.public)


def _report_table(report: Report, kind: ReportKind, pages: Pages) -> ShownReport:
    columns = [(pages.translated(report_labels.column(name)), report_labels.is_figure(name)) for name in report.columns]
    report_rows = sorted(report.rows, key=lambda row: [(text == TOTAL, str(text)) for text in _labels(report, row)])
    names = _unit_names(pages) if _UNITS & set(report.columns) else {}
    rows = [
        [_cell(report, kind, name, value, pages, names) for name, value in zip(report.columns, row, strict=True)]
        for row in report_rows
    ]
    measures, scale_end = _DRAWN[kind]
    legend = {name: title for name, (title, _) in zip(report.columns, columns, strict=True) if name in measures}
    drawn = []
    for row, texts in zip(report_rows, rows, strict=True):
        of = dict(zip(report.columns, zip(row, texts, strict=True), strict=True))
        bars = [
            Bar(value, text, title if len(legend) > 1 else "", style)
            for style, (name, title) in enumerate(legend.items())
            for value, text in [of[name]]
            if isinstance(value, int | float)
        ]
        if bars and TOTAL not in row:
            drawn.append((" · ".join(_labels(report, texts)), bars))
    return ShownReport(columns, rows, chart(drawn, scale_end), list(legend.values()))


def _unit_names(pages: Pages) -> dict[tuple[str, str], str]:
    """Return the names of the units at or below the reader's, with codes, by level and code; of two names none."""
    assert pages.me is not None
    names: dict[tuple[str, str], set[str]] = {}
    for office in UnitStore(services_of(pages.request).engine.store.database).listed(pages.me.user.unit):
        if codes := office.unit.codes:
            names.setdefault((_LEVELS[len(codes) - 1], codes[-1]), set()).add(f"{office.name} ({codes[-1]})")
    return {unit: of_unit.pop() for unit, of_unit in names.items() if len(of_unit) == 1}


def _labels(report: Report, row: Sequence[Value]) -> list[str]:
    """Return the label cells of a row: all that are no figures."""
    return [str(value) for name, value in zip(report.columns, row, strict=True) if not report_labels.is_figure(name)]


def _cell(
    report: Report, kind: ReportKind, name: str, value: Value, pages: Pages, names: Mapping[tuple[str, str], str]
) -> str:
    """Return a cell as text in the reader's language; `names` are those of units, by level and code."""
    if unit := names.get((name, str(value))):
        return unit
    if value is None:
        return pages.translated(N_("suppressed")) if report.public and report_labels.is_figure(name) else "–"
    if name == Dimension.MONTH and (month := _MONTH.fullmatch(str(value))):
        return pages.language.month(date(int(month[1]), int(month[2]), 1))
    if name == "modality" and "+" in str(value):
        return ", ".join(pages.translated(Modality.named(part).traits.label) for part in str(value).split("+"))
    if name == "unit":
        return pages.unit_name(str(value)) or str(value)
    if not report_labels.is_figure(name):
        return pages.translated(report_labels.value(kind, name, str(value)))
    if name == "hit rate":
        return f"{pages.language.number(100 * float(value), 1)}\N{NO-BREAK SPACE}%"
    return pages.language.number(float(value), 1 if isinstance(value, float) else 0)
