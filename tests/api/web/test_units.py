"""An administrator names the units of a district."""

from __future__ import annotations

from collections.abc import Callable

from browsing import Station, Visitor
from playwright.sync_api import expect

from biometrics.kernel.access import Role


def test_an_administrator_names_units(visit: Callable[..., Visitor], station: Station) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.ADMINISTRATOR, unit="31"), "/units")
    page.get_by_label("Name", exact=True).fill("SCRB Lakshadweep")
    page.get_by_label("Telephone for calls").fill("+91 4896 262 000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SCRB Lakshadweep")
    for code, name in (("31/587", "Lakshadweep"), ("31/588/31588001", "Kavaratti PS")):
        page.get_by_label("Code of the new unit").fill(code)
        page.get_by_label("Name of the new unit").fill(name)
        with page.expect_navigation():
            page.get_by_role("button", name="Add the unit").click()
    row = page.get_by_role("row", name="31/588")
    expect(row).to_contain_text("no name yet")
    expect(row.get_by_role("cell").last).to_have_text("1")
    somebody.check_access()
    page.get_by_role("link", name="31/588").click()
    page.get_by_role("link", name="31/588/31588001").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kavaratti PS")
    expect(page.get_by_role("navigation", name="Units above")).to_contain_text("31/588")
    page.get_by_label("Telephone for calls").fill("call me")
    somebody.expect("422")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("is not a telephone number")


def test_units_of_others_are_refused(station: Station) -> None:
    assert "out_of_jurisdiction" in station.html(station.officer(Role.ADMINISTRATOR, unit="27/519"), "/units?of=27")
