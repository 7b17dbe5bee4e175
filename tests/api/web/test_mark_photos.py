"""Photos of marks on the pages: each with the box that is drawn on it, and what is said of the mark."""

from __future__ import annotations

import io

import pytest
from browsing import Station
from enrolling import PHOTOS, Arrive, enrolled, entered, expect_draft_stored, file, numbers, step, stored
from inputs import form
from made_up_transactions import file as transaction
from made_up_transactions import record, text
from playwright.sync_api import Locator, Page, expect

from biometrics.itl import DATA, IDC
from marks.synthetic import SIDE, mark

pytestmark = pytest.mark.reach


def photo(number: int, edge: int) -> bytes:
    """Draw a mark in the middle of a larger photo, so far from its edges."""
    drawn = mark(number)
    arm = drawn.resize((SIDE + 2 * edge, SIDE + 2 * edge))
    arm.paste(drawn, (edge, edge))
    made = io.BytesIO()
    arm.save(made, "PNG")
    return made.getvalue()


def only_file(page: Page) -> Locator:
    return page.locator("[data-files=mark] .files > li")


def draw(image: Locator, box: list[int], size: int) -> None:
    """Draw a box, given in pixels of the image, with the mouse; what moves on the page meanwhile is waited for."""
    shown = image.bounding_box()
    assert shown is not None
    left, top, right, bottom = (edge * shown["width"] / size for edge in box)
    image.drag_to(image, source_position={"x": left, "y": top}, target_position={"x": right, "y": bottom}, steps=4)


def test_a_mark_is_stored_with_the_box_that_was_drawn_and_what_was_said_of_it(
    officer: Arrive, station: Station
) -> None:
    box = [80, 80, 80 + SIDE, 80 + SIDE]
    somebody, page = officer()
    entered(page, "Mangal Tatya", f"{next(numbers)}/2026")
    step(page, PHOTOS)
    page.locator("#files-mark").set_input_files([file("arm.png", photo(11, 80))])
    line = only_file(page)
    draw(line.get_by_role("img"), box, SIDE + 160)
    drawn = line.get_by_label("Part of the photo that shows the mark")
    expect(drawn).not_to_have_value("")
    expect(line.locator(".worth")).to_contain_text("good enough")
    drawn.fill(", ".join(map(str, box)))
    drawn.press("Tab")
    line.locator("[data-mark=kind]").select_option("tattoo")
    line.get_by_label("Where").select_option("forearm")
    line.get_by_label("Colours").select_option(["black", "red"])
    line.get_by_label("Height in cm").fill("9")
    somebody.check_access()
    expect_draft_stored(page)
    page.reload()
    expect(only_file(page).get_by_label("Where")).to_have_value("forearm")
    enrolled(page)
    [sample] = stored(station, "Mangal Tatya")["encounters"][0]["samples"]
    assert (sample["modality"], sample["box"]) == ("mark", box)
    stated = {name: value for name, value in sample["mark"].items() if value}
    assert stated == {"kind": "tattoo", "part": "forearm", "side": "none", "colours": ["black", "red"], "height_cm": 9}


def test_a_mark_of_an_ansi_nist_file_keeps_what_the_file_says(officer: Arrive, station: Station) -> None:
    content, size = photo(12, 10), str(SIDE + 20)
    values = {IDC: "01", 3: "TATTOO", 4: "27519004", 5: "20260115", 6: size, 7: size, 8: "0", 9: "1", 10: "1"}
    tattoo = record(10, {**values, 11: "PNG", 12: "SRGB", 40: "TAT L ARM", DATA: content})
    _, page = officer()
    entered(page, "Mangal Anand", f"{next(numbers)}/2026")
    booking = transaction("CAR", text(f18="ANAND, MANGAL"), tattoo)
    page.get_by_label("Prints, slaps, a whole card").set_input_files([file("booking.an2", booking, "")])
    expect(only_file(page).get_by_label("NCIC code")).to_have_value("TAT L ARM")
    expect(page.locator("#photo-list > li")).to_have_count(0)
    enrolled(page)
    [sample] = stored(station, "Mangal Anand")["encounters"][0]["samples"]
    assert (sample["mark"]["kind"], sample["mark"]["part"], sample["mark"]["side"]) == ("tattoo", "arm", "left")


def test_a_search_by_a_mark_takes_its_box_and_shows_the_marks_of_candidates(officer: Arrive, station: Station) -> None:
    sent = {"data": form(name="Mangal Desai"), "files": {"mark": photo(13, 0)}}
    assert station.server.http.post(f"{station.server.url}/enrolments", **sent).status_code == 201
    somebody, page = officer()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Search").click()
    page.locator("#files").set_input_files([file("scene.png", photo(13, 80))])
    chosen = page.locator("#chosen > li")
    shows = chosen.get_by_label("What it shows")
    expect(shows).to_have_value("photo")  # as guessed
    shows.select_option("mark")
    box = chosen.get_by_label("Part of the photo that shows the face or the mark")
    box.fill(f"80, 80, {80 + SIDE}, {80 + SIDE}")
    box.press("Tab")
    somebody.check_access()
    page.locator("[name=purpose]").select_option("investigation")
    page.get_by_label("Case or FIR number").fill("12/2026")
    page.get_by_role("main").get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("img", name="Photo of Mangal Desai").first).to_be_visible(timeout=60_000)
    expect(page.get_by_role("main")).to_contain_text("Order only")
