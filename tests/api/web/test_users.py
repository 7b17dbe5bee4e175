"""An administrator adds accounts, changes and closes them, and gives a program its key."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import httpx
import pytest
from account_examples import PASSWORD
from browsing import NARROW, Station, Visitor
from officers import PATIENCE
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


@pytest.mark.reach
def test_rights_are_changed_and_the_account_is_closed(admin: Visitor, second: Visitor, station: Station) -> None:
    login = station.officer(Role.STATION_OFFICER, unit=f"{DISTRICT}/1")
    page = admin.page
    page.get_by_label("Find a login").fill(login)
    page.keyboard.press("Enter")
    page.get_by_label("Examiner", exact=True).check()
    page.get_by_role("textbox", name="Unit").fill(DISTRICT)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".secret")).to_contain_text("another administrator must approve")
    assert approved(second, login, "Roles, unit or name") == ""
    page.get_by_role("link", name="It is kept").click()
    facts = page.locator("dl.facts").first
    expect(facts).to_contain_text("Examiner, Station officer")
    expect(facts).to_contain_text(DISTRICT)
    admin.check_access()
    page.get_by_role("button", name="Clear failed sign-ins").click()
    expect(page.get_by_text("Failed sign-ins cleared. The user can sign in now.")).to_be_visible()
    page.get_by_role("textbox", name="Unit").fill("33")
    admin.expect("403")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("not below yours")
    page.get_by_role("button", name="Reset the password").click()
    page.locator("dialog .main").click()
    expect(page.locator(".secret")).to_contain_text("first half")
    page.get_by_role("link", name="It is kept").click()
    page.get_by_role("button", name="Close the account").click()
    page.locator("dialog .main").click()
    expect(facts.get_by_text("closed")).to_be_visible()
    page.get_by_role("button", name="Open the account").click()
    expect(page.locator(".secret")).to_contain_text("another administrator must approve")
    approved(second, login, "Reopen the account")
    page.reload()
    expect(facts.get_by_text("closed")).to_have_count(0)


@pytest.mark.reach
def test_somebody_is_linked_to_a_provider(admin: Visitor, station: Station) -> None:
    page = admin.go(f"/users/{station.officer(Role.AUDITOR, unit=DISTRICT)}")
    page.get_by_text("Sign-in through an external provider").click()
    page.get_by_label("Provider its issuer").fill("https://id.example")
    page.get_by_label("Who it is there").fill(uuid.uuid4().hex)
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.get_by_text("Proposed: the owner of the account confirms it.")).to_be_visible()
    page.get_by_role("button", name="Remove all links").click()
    page.locator("dialog .main").click()
    expect(page.get_by_text("The link no longer exists.")).to_be_visible()


@pytest.mark.reach
def test_a_program_gets_a_key_that_works_until_it_is_revoked(admin: Visitor, second: Visitor, station: Station) -> None:
    login, page = added(admin, "Machine client")
    expect(page.locator(".secret")).to_contain_text(login)
    approved(second, login, "New account")
    page = admin.go(f"/users/{login}")
    page.get_by_text("Create an API key").click()
    page.get_by_label("What the key is for").fill("enrolment desk")
    page.get_by_label("Read and find records").check()
    page.get_by_label("Your own password").fill(PASSWORD)
    page.get_by_role("button", name="Make the key").click()
    key = page.locator(".secret code").inner_text() + approved(second, login, "API key")
    page = admin.go(f"/users/{login}")
    row = page.get_by_role("row", name="enrolment desk")
    expect(row).to_contain_text("Read and find records")
    recognised = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=station.server.root, headers=recognised, timeout=PATIENCE) as program:
        me = program.get("/api/v1/me").json()
        assert (me["user"]["login"], me["scopes"]) == (login, ["abis.encounter.read"])
        page.get_by_role("button", name="Revoke enrolment desk").click()
        page.locator("dialog .main").click()
        expect(row).to_contain_text("revoked")
        assert program.get("/api/v1/me").status_code == 401


@pytest.mark.reach
def test_ones_own_rights_and_keys(visit: Visit, station: Station) -> None:
    """Nobody changes their own rights; a key of one's own is made at one's own account."""
    examiner = visit()
    page = examiner.sign_in(station.officer(Role.EXAMINER, unit=DISTRICT), "/account")
    page.get_by_text("Create an API key").click()
    page.get_by_label("What the key is for").fill("my script")
    page.locator("#keys ~ details").get_by_label("Your own password").fill(PASSWORD)
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator(".secret code")).to_contain_text("pehchan_")
    page.get_by_role("link", name="It is kept").click()
    expect(page.get_by_role("row", name="my script")).to_contain_text("Search")
    examiner.check_access()
    login = station.officer(Role.ADMINISTRATOR, unit=DISTRICT)
    own = visit().sign_in(login, f"/users/{login}")
    expect(own.get_by_text("This is your own account.")).to_be_visible()
    expect(own.get_by_role("button", name="Save")).to_have_count(0)


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
