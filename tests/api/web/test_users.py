"""An administrator adds accounts, changes and closes them, and gives a program its key."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from account_examples import PASSWORD
from browsing import NARROW, Station, Visitor
from playwright.sync_api import Page, Route, expect

from biometrics.kernel.access import Role

DISTRICT = "32/570"
Visit = Callable[..., Visitor]


@pytest.fixture
def admin(visit: Visit, station: Station) -> Visitor:
    """An administrator of a district, at the list of accounts."""
    somebody = visit()
    somebody.sign_in(station.officer(Role.ADMINISTRATOR, unit=DISTRICT), "/users")
    return somebody


@pytest.fixture
def second(visit: Visit, station: Station) -> Visitor:
    """Another administrator of the same district."""
    somebody = visit()
    somebody.sign_in(station.officer(Role.ADMINISTRATOR, unit=DISTRICT), "/users")
    return somebody


def approved(second: Visitor, login: str, kind: str) -> str:
    """Approve a request on the list; return the second half of its secret, "" where it has none."""
    page = second.go("/users")
    card = page.locator("#requests .card").filter(has_text=login).filter(has_text=kind)
    card.get_by_role("button", name="Approve").click()
    panel = page.locator(".secret")
    expect(panel).to_contain_text("Approved")
    half = panel.locator("code")
    text = half.inner_text() if half.count() else ""
    page.get_by_role("link", name="It is kept").click()
    return text


def added(admin: Visitor, role: str) -> tuple[str, Page]:
    """Request an account by the form; return its login."""
    page, login = admin.go("/users"), f"officer-{uuid.uuid4().hex[:8]}"
    page.get_by_label("Login of the account").fill(login)
    page.get_by_label("Rank and name").fill("SI K. Nair")
    page.get_by_label(role).check()
    page.get_by_role("button", name="Add the account").click()
    return login, page


def test_an_officer_is_added_and_signs_in(admin: Visitor, second: Visitor, visit: Visit) -> None:
    login, page = added(admin, "Station officer")
    panel = page.locator(".secret")
    expect(panel).to_be_focused()
    expect(panel).to_contain_text(login)
    once = panel.locator("code").inner_text()
    admin.check_access()
    page.get_by_role("link", name="It is kept").click()
    assert once not in page.content()
    once += approved(second, login, "New account")
    expect(second.page.get_by_role("heading", level=1)).to_have_text("SI K. Nair")
    expect(second.page.get_by_text("not signed in yet")).to_be_visible()
    officer = visit().go("/sign-in")
    officer.get_by_label("Login").fill(login)
    officer.get_by_label("Password", exact=True).fill(once)
    officer.get_by_text("I have a one-time password").click()
    officer.get_by_label("New password").fill(PASSWORD)
    officer.get_by_role("button", name="Sign in", exact=True).click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("K. Nair")


def test_accounts_of_other_units_are_not_there(station: Station) -> None:
    login, administrator = station.officer(Role.EXAMINER, unit="33"), station.officer(Role.ADMINISTRATOR, unit=DISTRICT)
    assert re.search(rf'role="alert"[^>]*>[^<]*{login}', station.html(administrator, f"/users?login={login}"))
    assert "unknown_account" in station.html(administrator, f"/users/{login}")


@pytest.mark.reach
def test_input_before_the_scripts_have_arrived_waits_for_them(admin: Visitor) -> None:
    page, held = admin.page, list[Route]()
    page.route("**/page.js*", lambda route: held.append(route))
    page.goto(f"{admin.station.url}/account", wait_until="commit")
    page.get_by_label("Your own password").fill(PASSWORD)
    page.get_by_role("button", name="Make a code").click()
    expect(page.get_by_text("Print it and lock it away.")).to_be_visible()
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(".secret code")).to_be_visible()
    page.set_viewport_size(NARROW)
    page.goto(f"{admin.station.url}/account", wait_until="commit")
    menu = page.get_by_role("button", name="Menu")
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "false")
    held[1].continue_()
    expect(menu).to_have_attribute("aria-expanded", "true")
