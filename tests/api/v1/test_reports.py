"""Reports over HTTP and on the command line, for people, spreadsheets and the public."""

from __future__ import annotations

import csv
import io

import pytest
from fastapi.testclient import TestClient

from api.v1.report_export import Format, written
from biometrics.reporting.report import Report


@pytest.mark.usefixtures("station")
def test_counts_come_as_json_and_as_csv(client: TestClient) -> None:
    request = {"by": ["station", "sex"], "first_date": "2026-01-01"}
    report = client.get("/api/v1/reports/counts", params=request).json()
    assert {"station": "27519004", "sex": "(total)", "encounters": 3} in report["rows"]
    answer = client.get("/api/v1/reports/counts", params=request | {"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [{**row, "encounters": int(row["encounters"])} for row in rows] == report["rows"]


@pytest.mark.usefixtures("station")
def test_a_public_report_suppresses_a_count_of_three(client: TestClient) -> None:
    report = client.get("/api/v1/reports/counts", params={"by": "station", "public": "true"}).json()
    assert (report["public"], {row["encounters"] for row in report["rows"]}) == (True, {None})


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize("period", [{"first_date": "0001-01-01"}, {"last_date": "9999-12-31"}], ids=str)
@pytest.mark.parametrize("path", ["reports/quality", "reports/searches", "reports/turnaround", "searches"])
def test_any_day_of_the_calendar_limits_a_list(client: TestClient, path: str, period: dict[str, str]) -> None:
    answer = client.get(f"/api/v1/{path}", params=period)
    assert answer.status_code == 200, answer.text
    assert answer.json() == client.get(f"/api/v1/{path}").json()


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize(
    ("name", "column"), [("quality", "samples"), ("searches", "hit rate"), ("turnaround", "ended")]
)
def test_the_other_reports_have_their_columns(client: TestClient, name: str, column: str) -> None:
    answer = client.get(f"/api/v1/reports/{name}", params={"format": "csv"})
    assert answer.status_code == 200, answer.text
    assert column in answer.text.splitlines()[0].split(",")


@pytest.mark.parametrize(
    "params",
    [{}, {"by": "caste"}, {"by": ["sex", "sex"]}, {"by": "sex", "first_date": "2026-02-01", "last_date": "2026-01-01"}],
)
def test_a_report_that_cannot_be_is_refused(client: TestClient, params: dict[str, object]) -> None:
    answer = client.get("/api/v1/reports/counts", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field")


def test_no_cell_is_a_formula_for_a_spreadsheet() -> None:
    report = Report(("device", "samples"), (("=cmd()", 5), ("L Scan", None)))
    assert written(report, Format.CSV) == "device,samples\n'=cmd(),5\nL Scan,\n"
