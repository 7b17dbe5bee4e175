"""Searching other states in a browser, from the search page and the latent desk, in English and Hindi."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from browsing import NARROW, Station, Visitor
from inputs import print_of
from playwright.sync_api import FilePayload, Locator, Page, expect
from server import Server
from states import KEEPING, OFFICES, SEARCHING, SILENT, Nation, nation

from api.bootstrap.store import open_store
from biometrics.kernel.access import Role

pytestmark = pytest.mark.reach

PERSON = 800  # generated
OFFICE = {"unit": OFFICES[KEEPING], "name": "Ulsoor", "telephone": "080 1234"}
BASIS = "Section 4, CrPI Act 2022; order 17/2026"


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nation]:
    """States of which one has the person on record, and another never answers."""
    with nation(tmp_path_factory.mktemp("nation"), "") as made:
        assert made.keeping.call("PUT", "/units", made.keeping.key(Role.ADMINISTRATOR), json=OFFICE).is_success
        made.keeping.enrol(PERSON, OFFICES[KEEPING])
        made.follow()
        yield made


@pytest.fixture
def searching(together: Nation) -> Iterator[Station]:
    """The pages of the state that searches."""
    settings = together.searching.settings
    with open_store(settings).as_system("a test") as store:
        yield Station(cast("Server", together.searching), settings, store)


def probe() -> FilePayload:
    return {"name": "right_thumb.png", "mimeType": "image/png", "buffer": print_of(PERSON, "right_thumb", 1)}


def states_shown(page: Page) -> Locator:
    shown = page.locator("#other-states")
    expect(shown).to_contain_text("Ulsoor, State 29", timeout=600_000)
    expect(shown).to_contain_text("080 1234")
    expect(shown).to_contain_text(BASIS)
    return shown


def test_results_name_who_to_call_and_the_states_searched_and_up_to_when(
    visit: Callable[..., Visitor], searching: Station
) -> None:
    login = searching.officer(Role.EXAMINER, unit=SEARCHING)
    somebody = visit(searching)
    page = somebody.sign_in(login, "/search")
    page.get_by_label("Prints and photos of one person").set_input_files(probe())
    page.get_by_label("Purpose").select_option("Investigation of an offence")
    page.get_by_label("Case or FIR number").fill("800/2026")
    page.get_by_label("Search other states too: legal basis").fill(BASIS)
    somebody.check_access()
    page.get_by_role("button", name="Search", exact=True).click()
    shown = states_shown(page)
    expect(shown).to_contain_text(re.compile(rf"State {SILENT} \({SILENT}\):\s+not searched\."))
    current = rf"Searched with all changes up to \d+ \w+ \d{{4}}, \d\d:\d\d IST:\s+State {KEEPING} \({KEEPING}\)"
    expect(shown).to_contain_text(re.compile(current))
    somebody.check_access()
    results = page.url.partition("/app")[2]
    page.get_by_role("main").get_by_role("link", name="Searches", exact=True).click()
    listed = page.get_by_role("row").filter(has_text="800/2026")
    expect(listed).to_contain_text("Records of other states are above the threshold.")

    hindi = visit(searching, viewport=NARROW, locale="hi-IN")
    page = hindi.sign_in(login, results)
    shown = states_shown(page)
    expect(shown).to_contain_text(re.compile(rf"State {SILENT} \({SILENT}\):\s+खोज नहीं हुई।"))
    expect(shown).to_contain_text(re.compile(rf"तक के सभी परिवर्तनों सहित खोज हुई:\s+State {KEEPING} \({KEEPING}\)"))
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    hindi.check_access()
