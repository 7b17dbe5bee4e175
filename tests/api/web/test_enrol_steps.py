"""The five steps of an enrolment: how few actions it takes, what each step says, and how the officer goes between."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browsing import Station, Visitor
from enrolling import (
    EVENT,
    PERSON,
    PHOTOS,
    PRINTS,
    REVIEW,
    Arrive,
    expect_draft_stored,
    file,
    numbers,
    place,
    step,
    stored,
)
from inputs import photo_of, print_of
from playwright.sync_api import FilePayload, Locator, Page, expect

from biometrics.kernel.access import Role

FINGERS = ("thumb", "index", "middle", "ring", "little")
MOST_ACTIONS = 6
GOOD = 650  # a generated person all of whose prints are good enough
UNIT = "31/589/31589001"  # of this file alone


class Hands:
    """An officer's hands: each field that is filled in, choice of files and button that is pressed is an action."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def choose(self, field: Locator, files: list[FilePayload]) -> None:
        self.actions += 1
        field.set_input_files(files)

    def enter(self, field: Locator, text: str) -> None:
        self.actions += 1
        field.fill(text)

    def press(self, button: Locator) -> None:
        self.actions += 1
        button.click()


def state_of(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Steps").get_by_role("link", name=name)


def prints() -> list[FilePayload]:
    names = [f"{hand}_{finger}" for hand in ("right", "left") for finger in FINGERS]
    return [file(f"{name}.png", print_of(GOOD, name, 0)) for name in names]


@pytest.mark.slow
def test_ten_prints_and_a_photo_from_files_take_six_actions(officer: Arrive, station: Station) -> None:
    somebody, page = officer()
    hands = Hands(page)
    photo = file("DSC_0012.jpg", photo_of(1), "image/jpeg")  # its name says nothing, the face in it does
    hands.choose(page.get_by_label("Prints, slaps, a whole card, photos"), [*prints(), photo])
    hands.enter(page.get_by_label("Name", exact=True), "Six Actions")
    expect(state_of(page, PRINTS)).to_contain_text("10 taken")
    expect(state_of(page, PHOTOS)).to_contain_text("1 taken")
    hands.press(page.get_by_role("button", name="Continue"))
    fir = f"{next(numbers)}/2026"
    hands.enter(page.get_by_label("FIR number"), fir)
    hands.press(page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", name=REVIEW, level=2)).to_be_focused()
    expect(page.locator("#overview li")).to_have_count(11)
    expect(page.locator("#overview").get_by_text("good enough")).to_have_count(11)
    somebody.check_access()
    hands.press(page.get_by_role("button", name="Enrol", exact=True))
    expect(page.get_by_role("heading", name="Enrolled")).to_be_focused()
    assert hands.actions <= MOST_ACTIONS
    [encounter] = stored(station, "Six Actions")["encounters"]
    assert encounter["fir_number"] == fir
    assert [sample["position"] for sample in encounter["samples"]] == [*range(1, 11), None]


@pytest.mark.reach
def test_going_on_says_below_each_field_what_is_wrong_and_the_address_names_the_step(officer: Arrive) -> None:
    somebody, page = officer()
    go_on = page.get_by_role("button", name="Continue")
    expect(state_of(page, PERSON)).to_contain_text("1 to fill in")
    expect(page.locator("#lacking")).to_have_text("Still required: Name")
    go_on.click()
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_accessible_error_message("This is required.")
    somebody.check_access()
    name.fill("Asha Kale")
    expect(page.get_by_text("This is required.")).to_have_count(0)
    page.get_by_label("Date of birth").fill("5.1.1990")
    go_on.click()
    expect(page.get_by_role("heading", name=EVENT, level=2)).to_be_focused()
    expect(page).to_have_url(re.compile(r"/enrol(\?draft=[\w-]+)?#encounter$"))  # once stored, it names the draft, too

    page.get_by_label("FIR number").fill("7/2026")
    for day, problem in (("31/02/2026", "Enter the day, the month and the year"), ("01/01/2999", "later than today")):
        page.get_by_label("Date", exact=True).fill(day)
        go_on.click()
        expect(page.get_by_label("Date", exact=True)).to_be_focused()
        expect(page.get_by_text(problem)).to_be_visible()
    page.get_by_label("Date", exact=True).fill("1/2/2026")
    page.get_by_label("Police station").fill("Nowhere PS")
    go_on.click()
    expect(page.get_by_label("Police station")).to_have_accessible_error_message(
        "Choose a police station from the list, or enter its codes, such as 27/519/27519004."
    )
    expect(page.get_by_label("Date", exact=True)).to_have_value("01/02/2026")

    page.go_back()
    expect(page.get_by_label("Date of birth")).to_have_value("05/01/1990")
    expect(state_of(page, PERSON)).to_have_attribute("aria-current", "step")

    somebody.expect("422")  # the picture shows no eye
    eye = file("left eye.png", print_of(GOOD, "left_thumb", 0))
    page.get_by_label("Prints, slaps, a whole card").set_input_files([eye])
    expect(page.locator("#overview li")).to_have_count(1)
    expect(state_of(page, PHOTOS)).to_contain_text("1 taken")
    expect(page.locator("#photo-list li")).to_have_count(0)


@pytest.mark.reach
def test_a_police_station_is_chosen_by_its_name(visit: Callable[..., Visitor], station: Station) -> None:
    admin = visit().sign_in(station.officer(Role.ADMINISTRATOR, unit="31"))
    for unit, name in ((UNIT, "Kadmat PS"), ("31/589/31589002", "Kiltan PS")):
        answer = admin.request.put(
            f"{station.server.url}/units", data={"unit": unit, "name": name}, headers={"Origin": station.server.root}
        )
        assert answer.ok, answer.text()
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER, unit="31/589"), "/enrol#encounter")
    expect(page.get_by_label("Police station")).to_have_value("")  # the officer's unit is a district
    expect(page.locator("#stations option")).to_have_count(2)
    page.get_by_label("FIR number").fill("8/2026")
    page.get_by_label("Police station").fill("kadmat ps")
    page.get_by_label("Capture device").fill("Scanner 7")
    step(page, PERSON)
    page.get_by_label("Name", exact=True).fill("Kadmat Person")
    page.get_by_label("Prints, slaps, a whole card").set_input_files(prints()[:1])
    step(page, PRINTS)
    expect(place(page, "Right thumb").get_by_text("good enough")).to_be_visible()
    expect(page.locator("#lacking")).to_contain_text("Not taken: Right index finger")
    step(page, REVIEW)
    page.get_by_role("button", name="Enrol", exact=True).click()
    expect(page.get_by_role("heading", name="Enrolled")).to_be_focused()
    [encounter] = stored(station, "Kadmat Person")["encounters"]
    assert [encounter[f"{level}_code"] for level in ("state", "district", "station")] == UNIT.split("/")
    assert encounter["device"] == "Scanner 7"
    page.get_by_role("link", name="Enrol another person").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    step(page, EVENT)
    expect(page.get_by_label("Capture device")).to_have_value("Scanner 7")


def test_what_was_typed_just_before_the_tab_closed_is_kept(officer: Arrive) -> None:
    somebody, page = officer()
    step(page, PERSON)
    page.get_by_label("Name", exact=True).fill("Closed Early")
    expect_draft_stored(page)
    step(page, EVENT)
    page.get_by_label("FIR number").fill("77/2026")
    page.wait_for_timeout(300)  # less than the time until a draft was stored before
    address = page.url
    page.close()
    somebody.page = page = somebody.new_page()
    page.goto(address)
    step(page, EVENT)
    expect(page.get_by_label("FIR number")).to_have_value("77/2026")
