"""A supervisor reads the figures of their unit, and takes them away for a spreadsheet and for the public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from browsing import Station, Visitor, texts_of
from playwright.sync_api import expect
from records_examples import encounter, print_of

from api.bootstrap.store import open_store
from api.web.charts import MOST, WIDEST, Bar, chart
from biometrics.access.units import Office
from biometrics.kernel.access import Role, Unit, local_operator
from biometrics.kernel.people.encounter import Section
from biometrics.kernel.people.person import Person, Sex
from biometrics.use_cases.accounts.account_administration import set_office
from biometrics.use_cases.enrolment.enrol import store_person

HERE = {"state_code": "34", "district_code": "635", "station_code": "34635001"}


@pytest.fixture(scope="module")
def unit(station: Station) -> str:
    """A district with eleven encounters in two months, seven of them of men; none can be searched for."""
    with open_store(station.settings).as_system("a test") as store:
        set_office(store.for_actor(local_operator("a test")), Office(Unit.of("34/635/34635001"), "Reported PS"))
        for number in range(11):
            sex = Sex.MALE if number < 7 else Sex.FEMALE
            day = date(2025, 3 if number < 6 else 4, 1 + number)
            place = encounter(**HERE, date=day, sections=(Section("BNS 2023", "303(2)"),), device="L Scan")
            store_person(store, Person(f"A {number}", sex, 1990), place, [print_of(f"report {number}")])
    return "34/635"


def test_counts_are_drawn_listed_and_downloaded(
    visit: Callable[..., Visitor], station: Station, unit: str, tmp_path: Path
) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.SUPERVISOR, unit=unit), "/reports?report=counts&by=month")
    page.get_by_label("Sex").check()
    page.get_by_label("From date").fill("2025-01-01")
    page.get_by_label("To date").fill("2025-12-31")
    page.get_by_role("button", name="Show").click()
    table = page.get_by_role("region", name="Figures")
    expect(table.get_by_role("row", name="Mar 2025 Male")).to_contain_text("6")
    expect(table.get_by_role("row", name="Total Total")).to_contain_text("11")
    chart_of = page.get_by_role("img", name="Bar chart")
    expect(chart_of).to_be_visible()
    expect(chart_of.get_by_text("Apr 2025 · Female")).to_be_visible()
    expect(table.get_by_role("row").last).to_contain_text("Total")
    somebody.check_access()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    download.value.save_as(tmp_path / "counts.csv")
    lines = (tmp_path / "counts.csv").read_text().splitlines()
    assert lines[0] == "month,sex,encounters"
    assert "2025-03,male,6" in lines


def test_the_public_report_suppresses_small_counts_and_the_other_reports_have_pages(
    station: Station, unit: str
) -> None:
    with station.signed_in(station.officer(Role.SUPERVISOR, unit=unit)) as client:

        def page(query: str, status: int = 200) -> str:
            answer = client.get(f"/app/reports?{query}")
            assert answer.status_code == status
            return answer.text

        counts = page("report=counts&by=sex&public=true")
        assert "Female suppressed" in texts_of(counts, "tr")
        assert '"/api/v1/reports/counts?by=sex&amp;public=true&amp;format=csv"' in counts
        refused = page("report=counts&by=sex&by=state&by=year&by=age&public=true", 422)
        assert "2 dimensions at most" in refused
        assert 'value="year" checked' in refused
        assert "Nothing to report" in page("")  # of this year
        [row] = [row for row in texts_of(page("report=quality"), "tr") if "L Scan" in row]
        assert "Reported PS (34635001)" in row
        assert "11" in row.split()
        for name, title in (("searches", "Searches and hits"), ("turnaround", "Case turnaround")):
            assert f"<h1>{title}</h1>" in page(f"report={name}")
            assert "Nothing to report" in page(f"report={name}")


def test_the_longest_bar_is_the_greatest_figure_and_what_has_no_room_is_counted() -> None:
    made = chart([(f"{number}", [Bar(number, f"{number} cases")]) for number in range(MOST + 5)])
    assert (len(made.groups), made.left_out) == (MOST, 5)
    longest = [group.bars[0].width for group in made.groups]
    assert longest == sorted(longest)
    assert longest[0] == 0
    assert chart([("a", [Bar(50, "50")])], 100).groups[0].bars[0].width == WIDEST / 2
    assert chart([("a", [Bar(0, "none")])]).groups[0].bars[0].width == 0
    assert chart([]).groups == ()
