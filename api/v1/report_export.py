"""Reports as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from enum import StrEnum
from typing import Any

from biometrics.reporting.report import Report


class Format(StrEnum):
    """How a report is written."""

    JSON = "json"
    CSV = "csv"


MEDIA_TYPES = {Format.JSON: "application/json", Format.CSV: "text/csv; charset=utf-8"}


def written(report: Report, form: Format) -> str:
    """Write a report; what is not known or suppressed is null in JSON, and nothing in CSV."""
    if form is Format.JSON:
        return json.dumps(content_of(report), ensure_ascii=False)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([report.columns, *map(_cells, report.rows)])
    return text.getvalue()


def content_of(report: Report) -> dict[str, Any]:
    """Return what a report's JSON holds; see `api.v1.reports.ReportOut`."""
    rows = [dict(zip(report.columns, row, strict=True)) for row in report.rows]
    return {"public": report.public, "columns": report.columns, "rows": rows}


def _cells(row: tuple[str | int | float | None, ...]) -> list[str]:
    return [_safe("" if value is None else str(value)) for value in row]


def _safe(text: str) -> str:
    """Return a cell that spreadsheets do not run as a formula: station codes and devices are text that users typed."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
