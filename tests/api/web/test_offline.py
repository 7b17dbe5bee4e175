"""Without a connection the app opens enrolment, what waits and the guides; with one, nothing stored is shown."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from browsing import Station, Visitor
from enrolling import (
    EVENT,
    draft,
    enrolled,
    entered,
    expect_draft_stored,
    file,
    minutiae,
    numbers,
    place,
    pressed_enrol,
    step,
    stored,
)
from officers import PATIENCE
from playwright.sync_api import Page, expect
from relay import Relay, relay

from api.web.static_files import STATIC
from biometrics.kernel.access import Role

# All that the worker stored, as one text.
STORED = """async () => {
    const texts = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
    }
    return texts.join("\\n");
}"""


@pytest.fixture
def link(station: Station) -> Iterator[tuple[Station, Relay]]:
    """Return the station behind a link that can be cut."""
    with relay(urlsplit(station.server.root).port or 80, lost=0) as made:
        behind = copy.copy(station)
        behind.server = copy.copy(station.server)
        behind.server.root = made.url
        behind.url = f"{made.url}/app"
        yield behind, made


def controlled(page: Page) -> None:
    """Wait until the service worker answers for the page."""
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")


def test_without_a_connection_an_officer_enrols_and_sends_it_after_signing_in(
    visit: Callable[..., Visitor], link: tuple[Station, Relay]
) -> None:
    station, wire = link
    login = station.officer(Role.STATION_OFFICER, name="S. Rane")
    somebody = visit(at=station, service_workers="allow")
    page = somebody.sign_in(login)
    page.wait_for_function("() => localStorage.getItem('pehchan.offline') !== null")
    controlled(page)
    account = page.locator("body").get_attribute("data-account") or ""
    held = page.evaluate(STORED)
    assert len(held) > 100_000
    assert not [text for text in ("S. Rane", account, login) if text in held]
    somebody.expect("ERR_")  # of the lost link
    wire.cut()

    for path in ("/", "/records"):
        somebody.go(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no connection to the service")
    expect(page.get_by_text("Nothing waits on this computer")).to_be_visible()
    somebody.check_access()
    page.get_by_role("link", name="For officers").click()
    expect(page.get_by_role("heading", name="Home page")).to_be_visible()

    somebody.go("/enrol")
    person = next(numbers)
    entered(page, "Offline Bai", f"{person}/2026")
    page.get_by_label("Officer").fill("S. Rane")
    page.get_by_label("Police station").fill("27/519/27519004")
    place(page, "Right thumb").locator("input[type=file]").set_input_files([file("right_thumb.fmr", minutiae(person))])
    expect_draft_stored(page)
    pressed_enrol(page)
    expect(page.locator("#notice")).to_contain_text("sign in, open the draft from the home page")
    somebody.go("/")
    expect(page.locator("#queue")).to_contain_text("draft; check it and send it")

    wire.mend()
    somebody.context.clear_cookies()  # the browser was closed meanwhile
    page = somebody.sign_in(login)
    expect(page.get_by_text("made without a connection")).to_be_visible()
    draft(page, "Offline Bai").click()
    step(page, EVENT)
    expect(page.get_by_label("FIR number")).not_to_have_value("")
    expect(page.locator("#prints-status")).to_contain_text("Right thumb")
    enrolled(page)
    assert stored(station, "Offline Bai")["encounters"][0]["samples"]
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/app/sign-in")
    assert page.evaluate("localStorage.getItem('pehchan.offline')") is None


def test_the_worker_is_another_one_for_each_build_and_language(station: Station) -> None:
    answers = [
        httpx.get(f"{station.url}/service-worker.js?language={code}", timeout=PATIENCE) for code in ("en", "hi", "xx")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert answers[0].text.split("\n")[0] != answers[1].text.split("\n")[0]
    assert answers[0].text.endswith((STATIC / "offline" / "service_worker.js").read_text("utf-8"))
    assert answers[0].headers["cache-control"] == "no-store"
