"""Signing in by a browser, staying signed in, and who cannot make it ask."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pyotp
from account_examples import PASSWORD
from browsing import Station, Visitor
from officers import PATIENCE
from playwright.sync_api import expect

from api.http.csrf import SESSION
from biometrics.kernel.access import Role

Visit = Callable[..., Visitor]


def test_an_officer_signs_in_and_out(visit: Visit, station: Station) -> None:
    somebody = visit()
    page = somebody.go("/account")
    expect(page).to_have_title("Sign in · Pehchan")
    somebody.check_access()
    page.get_by_label("Login").fill(station.officer(Role.EXAMINER))
    page.get_by_label("Password", exact=True).fill("wrong")
    somebody.expect("401")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Login, password or code is wrong.")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{station.url}/account")
    somebody.go("/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in · Pehchan")
    somebody.go("/account")
    expect(page).to_have_title("Sign in · Pehchan")


def test_a_phone_is_set_up_by_its_picture(visit: Visit, station: Station) -> None:
    somebody = visit()
    page = somebody.sign_in_by_form(station.officer(Role.STATION_OFFICER), "/phone")
    page.get_by_role("button", name="Show the setup code").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = page.locator("code").inner_text()
    somebody.check_access()
    page.get_by_label("Enter the code").fill("000000")
    somebody.expect("401")
    page.get_by_role("button", name="Turn on two-step sign-in").click()
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    page.get_by_label("Enter the code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn on two-step sign-in").click()
    expect(page).to_have_url(f"{station.url}/")


def test_another_sites_page_cannot_ask_for_anything(station: Station) -> None:
    """A browser sends the cookie whoever makes it ask; only pages of this host are listened to."""
    login = station.officer(Role.STATION_OFFICER)
    with httpx.Client(
        base_url=station.server.root, headers={"Origin": station.server.root}, timeout=PATIENCE
    ) as browser:
        form = {"login": login, "password": PASSWORD}
        assert browser.post("/app/sign-in", data=form).status_code == 303
        assert browser.cookies[SESSION]
        record = {"name": "A. Pawar", "state_code": "27"}
        for origin in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}):
            refused = browser.post("/api/v1/records", json=record, headers=origin)
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
            assert browser.post("/app/sign-in", data=form, headers=origin).status_code == 403
        assert browser.post("/api/v1/records", json=record).status_code == 201
        assert browser.post("/app/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
        assert browser.get("/api/v1/me").status_code == 200
        assert browser.post("/app/sign-out").headers["location"] == "/app/sign-in"
        assert browser.get("/api/v1/me").status_code == 401


def test_signing_in_leads_to_no_other_site(station: Station) -> None:
    with httpx.Client(
        base_url=station.server.root, headers={"Origin": station.server.root}, timeout=PATIENCE
    ) as browser:
        form = {"login": station.officer(Role.STATION_OFFICER), "password": PASSWORD}
        for address in ("https://evil.example/app/", "//evil.example/app/", "/app/\\evil.example", "/elsewhere"):
            assert browser.post("/app/sign-in", data=form | {"next": address}).headers["location"] == "/app/"
        assert (
            browser.post("/app/sign-in", data=form | {"next": "/app/cases?x=1"}).headers["location"] == "/app/cases?x=1"
        )
