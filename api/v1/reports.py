"""Reports: counts, quality, hit rates and turnaround, as JSON or CSV."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from api.http.authentication import needs
from api.http.dependencies import StoreDependency
from api.http.schemas import Day, Schema
from api.v1.report_export import MEDIA_TYPES, Format, written
from biometrics.kernel.access import Scope
from biometrics.reporting.report import Dimension, Period, Report
from biometrics.reporting.reports import ReportStore


class ReportOut(Schema):
    """A report as a table; what is not known or suppressed is null."""

    public: bool
    columns: list[str]
    rows: list[dict[str, str | int | float | None]] = Field(description="The value of each column, by its name")


router = APIRouter(
    prefix="/reports",
    tags=["reports"],
    dependencies=[needs(Scope.REPORT_READ)],
    responses={
        200: {
            "content": {
                "application/json": {"schema": ReportOut.model_json_schema()},
                "text/csv": {"schema": {"type": "string"}},
            },
            "description": "The report",
        }
    },
)


def _period(
    first_date: Annotated[Day | None, Query(description="From this day on")] = None,
    last_date: Annotated[Day | None, Query(description="To this day")] = None,
) -> Period:
    return Period(first_date, last_date)


def _reports(store: StoreDependency) -> ReportStore:
    return ReportStore(store.database, store.act)


PeriodDependency = Annotated[Period, Depends(_period)]
ReportDependency = Annotated[ReportStore, Depends(_reports)]
Public = Annotated[bool, Query(description="For the public (RTI): counts of few are suppressed")]
FormatQuery = Annotated[Format, Query(alias="format", description="json or csv")]


@router.get("/counts", summary="Get counts of encounters", response_class=Response)
def read_count_report(
    by: Annotated[list[Dimension], Query(description="What to count by, up to four")],
    period: PeriodDependency,
    reports: ReportDependency,
    public: Public = False,
    form: FormatQuery = Format.JSON,
) -> Response:
    """Count encounters of your unit and below, with all totals. By act or section, charges are counted.

    In a public report, counts from 1 to 4 are suppressed, and as many others as needed so that they cannot be computed
    from the totals.
    """
    return _answer(reports.counts(tuple(by), period, public=public), form)


@router.get("/quality", summary="Get the quality of enrolled samples", response_class=Response)
def read_quality_report(
    period: PeriodDependency, reports: ReportDependency, public: Public = False, form: FormatQuery = Format.JSON
) -> Response:
    """Get the number and quality of samples by station and device, and how many were accepted despite poor quality."""
    return _answer(reports.quality(period, public=public), form)


@router.get("/register", summary="Get the register of devices and operators", response_class=Response)
def read_register(
    period: PeriodDependency, reports: ReportDependency, public: Public = False, form: FormatQuery = Format.JSON
) -> Response:
    """Get the capture devices by station, who operated each, for how many arrests and events, and from when to when."""
    return _answer(reports.register(period, public=public), form)


@router.get("/searches", summary="Get search and hit counts", response_class=Response)
def read_search_report(
    period: PeriodDependency, reports: ReportDependency, public: Public = False, form: FormatQuery = Format.JSON
) -> Response:
    """Get, by month, how many searches had a candidate above the threshold, and how many examiners confirmed."""
    return _answer(reports.searches(period, public=public), form)


@router.get("/transparency", summary="Get the transparency report of a year", response_class=Response)
def read_transparency_report(
    reports: ReportDependency,
    year: Annotated[int, Query(ge=2000, le=2100, description="The year of the searches")],
    public: Public = True,
    form: FormatQuery = Format.JSON,
) -> Response:
    """Get the searches of a year by purpose, unit and kinds of sample: hits, confirmed, refuted, wrongly suspected.

    It is for the public unless `public` is false: counts from 1 to 4 are suppressed.
    """
    return _answer(reports.transparency(Period(date(year, 1, 1), date(year, 12, 31)), public=public), form)


@router.get("/turnaround", summary="Get case turnaround", response_class=Response)
def read_turnaround_report(
    period: PeriodDependency, reports: ReportDependency, public: Public = False, form: FormatQuery = Format.JSON
) -> Response:
    """Get, by kind and month, how many cases were opened and ended, and after how many hours."""
    return _answer(reports.turnaround(period, public=public), form)


def _answer(report: Report, form: Format) -> Response:
    return Response(written(report, form), media_type=MEDIA_TYPES[form])
