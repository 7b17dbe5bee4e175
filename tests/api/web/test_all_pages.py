"""What holds of every page: who may see it, that it exists, is light, accessible, narrow enough and explained."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from browsing import NARROW, WIDE, Station, Visitor
from fastapi import FastAPI
from officers import PATIENCE
from page_ids import ids_of_everything
from page_weight import Transferred
from playwright.sync_api import Browser, Page
from turns import in_turn

from api.http.authentication import Needs, Public, declarations
from api.http.cookies import LANGUAGE
from api.http.csrf import SESSION
from api.http.mounting import NO_BUILT_IN_TELEMETRY
from api.http.paths import PREFIX
from api.localisation.languages import NAMES
from api.web.app import create_web
from api.web.guides import GUIDES, anchors_of, guide
from api.web.navigation import MENU
from biometrics.kernel.access import Role

PEOPLE = sorted(role for role in Role if not role.is_machine)  # a program has no password to sign in with
MOST_BYTES = {"en": 100_000, "hi": 145_000}  # of a page with all but its pictures, as a new browser gets it
OFFLINE = ("/offline", "/offline/enrol")  # without a menu: they are made for nobody
OPEN = ("/sign-in", "/help/{guide_name}", *OFFLINE)
LOOKS = (
    "color-contrast",
    "html-has-lang",
    "valid-lang",
    "meta-viewport",
    "target-size",
)  # what width and language change
ROUTES = {
    path: needed
    for method, path, needed in declarations(create_web(FastAPI(), NO_BUILT_IN_TELEMETRY))
    if method == "GET"
}
SIGNED_IN = sorted(path for path, needed in ROUTES.items() if not isinstance(needed, Public))


@pytest.fixture(scope="module")
def ids(station: Station) -> dict[str, str]:
    """Something of each kind; all at one police station."""
    return ids_of_everything(station)


@pytest.fixture(scope="module")
def everything(station: Station) -> str:
    """The login of somebody of the national bureau who may do everything."""
    return station.officer(*PEOPLE, unit="national")


def filled(path: str, ids: dict[str, str]) -> str:
    """Fill the parameters of a path; one that is not in `ids` has to be added to tests/support/page_ids.py."""
    return re.sub(r"{(\w+)(:\w+)?}", lambda name: ids[name[1]], path)


@pytest.mark.parametrize("role", PEOPLE)
def test_only_callers_without_the_right_are_refused(station: Station, ids: dict[str, str], role: Role) -> None:
    with station.signed_in(station.officer(role, unit="national")) as client:
        for path in SIGNED_IN:
            needed = ROUTES[path]
            assert isinstance(needed, Needs)
            may = set(needed.scopes) <= role.scopes
            answer = client.get(PREFIX + filled(path, ids))
            assert (answer.status_code == 403) == (not may), (path, answer.status_code, answer.text)
            assert answer.status_code in (200, 303, 403), (path, answer.text)
            assert may or "forbidden · 403" in answer.text, path


def test_a_visitor_without_a_session_is_redirected_to_sign_in(station: Station, ids: dict[str, str]) -> None:
    with httpx.Client(base_url=station.server.root, timeout=PATIENCE) as client:
        for path in SIGNED_IN:
            answer = client.get(PREFIX + filled(path, ids))
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith(f"{PREFIX}/sign-in?next={PREFIX}"), path


def test_each_page_of_the_menu_exists() -> None:
    for entry in MENU:
        assert getattr(ROUTES[entry.path], "scopes", ()) == ((entry.scope,) if entry.scope else ()), entry.path


@pytest.fixture(scope="module")
def session(station: Station, everything: str) -> str:
    """The cookie of somebody's session; it is good in every browser."""
    with station.signed_in(everything) as client:
        return client.cookies[SESSION]


@pytest.fixture(scope="module")
def visitor(browser: Browser, station: Station, session: str) -> Iterator[Callable[[str, bool], Visitor]]:
    """Return what gives the browser for a language, signed in or not: English is read on a wide screen, Hindi on a
    narrow one. All pages are opened in it one after another.
    """
    visitors: dict[tuple[str, bool], Visitor] = {}

    def visiting(language: str, is_signed_in: bool) -> Visitor:
        if (language, is_signed_in) not in visitors:
            made = Visitor(browser, station, viewport=WIDE if language == "en" else NARROW)
            kept = {LANGUAGE: language} | ({SESSION: session} if is_signed_in else {})
            url = station.server.root
            made.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in kept.items()])
            visitors[language, is_signed_in] = made
        return visitors[language, is_signed_in]

    yield visiting
    for made in visitors.values():
        made.close()


@pytest.fixture(scope="module")
def content_types() -> dict[str, str]:
    """What each path that was opened answers with."""
    return {}


@pytest.fixture
def opened(
    visitor: Callable[[str, bool], Visitor], station: Station, ids: dict[str, str], content_types: dict[str, str]
) -> Iterator[Callable[..., tuple[Visitor, Transferred]]]:
    """Return what opens a page in a new tab and counts what it transfers; a PDF or the like is skipped."""
    visitors: list[Visitor] = []

    def opening(path: str, language: str) -> tuple[Visitor, Transferred]:
        somebody = visitor(language, path not in OPEN)
        address = filled(path, ids)
        if path not in content_types:
            answer = somebody.context.request.get(f"{station.url}{address}")
            content_types[path] = answer.headers["content-type"]
        if not content_types[path].startswith("text/html"):
            pytest.skip("no page, but a file")
        visitors.append(somebody)
        somebody.page = somebody.new_page()
        counted = Transferred(somebody.page)
        somebody.go(address)
        if language == "en":
            counted.wait_until_idle()
        return somebody, counted

    yield opening
    for somebody in visitors:
        somebody.page.close()
        faults, somebody.faults = somebody.faults, []
        assert not faults, faults


@pytest.mark.essential
def test_help_of_each_page_leads_to_a_section_of_a_guide(
    station: Station, ids: dict[str, str], everything: str
) -> None:
    with station.signed_in(everything) as client:
        for path in [*SIGNED_IN, *OPEN]:
            answer = client.get(PREFIX + filled(path, ids))
            if not answer.headers["content-type"].startswith("text/html"):
                continue  # a file
            links = set(re.findall(rf'href="{PREFIX}/help/(\w+)#([\w-]+)"', answer.text))
            assert len(links) == 1 or path.startswith("/help/"), (path, links)
            assert 'class="menu"' in answer.text or path in ("/sign-in", *OFFLINE), path  # on a guide, too
            for name, anchor in links:
                assert f'id="{anchor}"' in client.get(f"{PREFIX}/help/{name}").text, (path, name, anchor)


def test_a_guide_has_the_same_sections_in_all_languages_and_shows_its_pictures(station: Station) -> None:
    for name in GUIDES:
        sections = [tuple(guide(name, language).sections) for language in NAMES]
        assert len(set(sections)) == 1
        assert set(sections[0]) < set(anchors_of(name))
        for picture in re.findall(r'<img src="([^"]+)"', guide(name, "en").html):
            assert httpx.get(station.server.root + picture, timeout=PATIENCE).headers["content-type"] == "image/webp"


def fits(page: Page) -> bool:
    """Say whether a page needs no scrolling to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("path", in_turn([*SIGNED_IN, *OPEN]))
def test_each_page_is_light_accessible_and_explained(opened: Callable[..., Any], path: str) -> None:
    somebody, counted = opened(path, "en")
    page = somebody.page
    assert counted.before_images <= MOST_BYTES["en"], counted.of
    assert counted.of["Document"] > 0
    assert counted.of["Stylesheet"] > 0
    assert fits(page)
    assert page.get_by_role("heading", level=1).count() == 1
    if not path.startswith("/help/"):
        assert page.locator("details#help").count() == 1, "the template has no block `help`"
    somebody.check_access()
    page.emulate_media(color_scheme="dark")
    somebody.check_access(run_only=("color-contrast",))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    assert fits(page)
    page.set_viewport_size(WIDE)


@pytest.mark.parametrize("path", in_turn([*SIGNED_IN, *OPEN]))
def test_each_page_fits_a_narrow_screen_in_hindi(opened: Callable[..., Any], path: str) -> None:
    somebody, counted = opened(path, "hi")
    page = somebody.page
    assert counted.before_images <= MOST_BYTES["hi"], counted.of
    assert page.locator("html").get_attribute("lang") == "hi"
    if path not in OPEN:
        assert page.locator("nav.menu a").first.inner_text() not in ("", "Home")
    assert fits(page)
    somebody.check_access(run_only=LOOKS)
