"""A photo line-up from the suspect's record to its papers: made by one officer, shown by another who knows nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from browsing import NARROW, Station, Visitor
from lineup_examples import booked
from pdf_text import text_of
from playwright.sync_api import Locator, Page, expect

from api.bootstrap.engine import open_engine
from biometrics.kernel.access import Role
from biometrics.lineups.model import PHOTOS

UNIT = "27/523/27523001"  # of this file alone
SEED = 780_000
MOST_TO_MAKE, MOST_TO_SHOW, MOST_TO_CLOSE = 6, 27, 3
Visit = Callable[..., Visitor]


@dataclass
class Hands:
    """An officer's hands: each field that is filled in and each thing that is pressed is an action."""

    page: Page
    actions: int = field(default=0)

    def enter(self, label: str, text: str) -> None:
        self.actions += 1
        self.page.get_by_role("textbox", name=re.compile(f"^{label}")).fill(text)

    def press(self, thing: Locator) -> None:
        self.actions += 1
        thing.click()

    def button(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name, exact=True))

    def choice(self, name: str) -> None:
        self.press(self.page.get_by_label(name))


@pytest.fixture(scope="module")
def suspect(station: Station) -> str:
    """The record of somebody at whose station seven people can be fillers."""
    with open_engine(station.settings) as opened:
        engine = opened.as_system("a test")
        for number in range(1, 8):
            booked(engine, SEED + number, unit=UNIT)
        return booked(engine, SEED, unit=UNIT, photo=0)


def made(page: Page, fir: str, presentation: str) -> Hands:
    """Make a line-up from a suspect's record, and fix its photos."""
    page.get_by_role("link", name="Make a photo line-up").click()
    hands = Hands(page)
    hands.enter("Case or FIR number", fir)
    hands.enter("Description by the witness", "A man of about 35, thin")
    hands.choice(presentation)
    hands.button("Propose fillers")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draft")
    expect(page.locator(".six img")).to_have_count(PHOTOS)
    hands.choice("I have looked at each photo")
    hands.button("Fix the photos")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ready to show")
    expect(page.get_by_text("You know the suspect.")).to_be_visible()
    expect(page.get_by_role("button", name="Begin")).to_have_count(0)
    return hands


def begun(page: Page, witness: str) -> Hands:
    """Begin a viewing, once the instructions were read, and open the witness's screen."""
    hands = Hands(page)
    hands.enter("Witness, as in the case file", witness)
    hands.enter("Who is present", "HC Rao")
    hands.choice("हिन्दी")
    hands.choice("I have read the instructions")
    hands.button("Begin")
    hands.press(page.get_by_role("link", name="Show the photos to the witness"))
    return hands


def shown(page: Page, count: int) -> None:
    """Check that the witness sees so many photos, and nothing that could say who is who."""
    photos = page.locator("main img")
    expect(photos).to_have_count(count)
    for photo in photos.all():
        expect(photo).to_have_js_property("naturalWidth", 400)
    expect(page.get_by_role("navigation")).to_have_count(0)
    assert not re.search("Person|Suspect|Filler|record_id", page.content())


def paper(page: Page, name: str) -> str:
    link = page.locator("a[hreflang=en]:not([href*=certificate])", has_text=name).get_attribute("href") or ""
    fetched = page.context.request.get(f"{page.url.split('/app')[0]}{link}")
    assert fetched.headers["content-type"] == "application/pdf"
    return text_of(fetched.body())


@pytest.mark.reach
def test_a_line_up_is_made_shown_one_by_one_by_a_blind_officer_and_sealed(
    visit: Visit, station: Station, suspect: str
) -> None:
    maker, operator = visit(), visit(viewport=NARROW)
    page = maker.sign_in(station.officer(Role.STATION_OFFICER, unit=UNIT, name="M. Joshi"), f"/records/{suspect}")
    making = made(page, "780/2026", "One photo after the other")
    maker.check_access()
    path = page.url.partition("/app")[2]

    view = operator.sign_in(station.officer(Role.STATION_OFFICER, unit=UNIT, name="S. Khan"), path)
    expect(view.locator("main img")).to_have_count(0)
    assert suspect not in view.content()
    operator.check_access()
    showing = begun(view, "PW-780")
    for place in range(1, PHOTOS + 1):
        expect(view.locator(".number")).to_have_text(str(place))
        shown(view, 1)
        showing.choice("This is the person" if place == 4 else "This is not the person")
        showing.enter("In the words of the witness", "the eyes, I think" if place == 4 else "no")
        if place == 4:
            showing.enter("How sure", "fairly sure")
        showing.button("Record the answer")
    expect(view.get_by_text("The witness has answered.")).to_be_visible()
    expect(view.locator("main img")).to_have_count(0)
    operator.check_access()
    showing.press(view.get_by_role("link", name="Show all photos once more"))  # the witness has asked for it
    shown(view, 1)
    view.go_back()
    showing.button("End and seal")
    expect(view.get_by_role("heading", name="Viewings")).to_be_visible()
    expect(view.get_by_role("link", name="Record of the line-up")).to_have_count(0)

    page.reload()
    closing = Hands(page)
    closing.press(page.get_by_text("Close the line-up"))
    closing.button("Close and seal")
    closing.press(page.get_by_role("dialog").get_by_role("button", name="Close and seal"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Closed")
    maker.check_access()
    seal = page.locator("dt", has_text=re.compile("^Seal$")).locator("xpath=following-sibling::dd[1]").inner_text()
    assert re.fullmatch("[0-9a-f]{64}", seal)
    record, key = paper(page, "Record of the line-up"), paper(page, "Key for the court")
    for text in ("PW-780", "theeyes,Ithink", "fairlysure", "S.Khan", "M.Joshi", seal):
        assert text.replace(" ", "") in record, text
    assert f"Person{SEED}" not in record
    assert f"Person{SEED}" in key
    view.reload()
    assert seal in paper(view, "Record of the line-up")
    expect(view.get_by_role("link", name="Key for the court")).to_have_count(0)
    view.get_by_role("link", name="Viewing 1").click()
    expect(view.locator(".answers li")).to_have_count(PHOTOS)
    expect(view.locator(".answers li").nth(3)).to_contain_text("Photo 4: This is the person. “the eyes, I think”")
    page.get_by_role("link", name="Viewing 1").click()
    expect(page.locator(".answers li", has_text=", Suspect")).to_have_count(1)
    expect(page.locator(".answers li", has_text=", Filler")).to_have_count(PHOTOS - 1)
    assert making.actions <= MOST_TO_MAKE
    assert showing.actions <= MOST_TO_SHOW
    assert closing.actions <= MOST_TO_CLOSE


@pytest.mark.slow
def test_all_photos_at_once_are_not_shown_by_who_has_seen_the_suspects_record(
    visit: Visit, station: Station, suspect: str
) -> None:
    maker, knowing, operator = (visit() for _ in range(3))
    page = maker.sign_in(station.officer(Role.STATION_OFFICER, unit=UNIT), f"/records/{suspect}")
    made(page, "781/2026", "All photos at once")
    path = page.url.partition("/app")[2]

    seen = knowing.sign_in(station.officer(Role.STATION_OFFICER, unit=UNIT), f"/records/{suspect}")
    expect(seen.get_by_role("heading", level=1)).to_contain_text(f"Person {SEED}")
    knowing.go(path)
    knowing.expect("status of 409")
    hands = Hands(seen)
    hands.enter("Witness, as in the case file", "PW-781")
    hands.enter("Who is present", "HC Rao")
    hands.choice("English")
    hands.choice("I have read the instructions")
    hands.button("Begin")
    expect(seen.get_by_role("alert").first).to_be_visible()
    expect(seen.get_by_role("link", name="Show the photos to the witness")).to_have_count(0)

    view = operator.sign_in(station.officer(Role.STATION_OFFICER, unit=UNIT), path)
    hands = begun(view, "PW-781")
    shown(view, PHOTOS)
    for photo in view.locator("main img").all():
        expect(photo).to_be_in_viewport(ratio=1)
    hands.press(view.get_by_label("This is not the person"))
    view.get_by_label("Number of the photo").select_option("2")
    hands.enter("In the words of the witness", "none of these men")
    operator.expect("status of 422")
    hands.button("Record the answer")
    expect(view.get_by_role("alert").first).to_contain_text("no number")
    view.get_by_label("Number of the photo").select_option("none of them")
    hands.button("Record the answer")
    expect(view.get_by_text("The witness has answered.")).to_be_visible()
    hands.button("End and seal")
    expect(view.get_by_role("heading", name="Viewings")).to_be_visible()
