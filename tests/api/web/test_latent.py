"""The latent desk in a browser: marking by pointer and by keys, suggestions, the search, the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import degrees
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import pytest
from browsing import NARROW, Station, Visitor, ask_examiner, press_every_key
from inputs import ENCOUNTER, print_of
from playwright.sync_api import FilePayload, Locator, Page, Position, expect

from biometrics import itl
from biometrics.imaging.image import decode
from biometrics.kernel.access import Role
from fingerprint.itl import ridge_images
from fingerprint.latents.network import latent_network
from fingerprint.latents.stretching import stretched_pixels
from fingerprint.latents.type9 import marked_prints
from models.trained import manifest

Visit = Callable[..., Visitor]
LATENT = print_of(31, "left_index", 1)
SLOW = 120_000  # ms that a busy machine may take to search


@pytest.fixture(scope="module")
def mohan(station: Station) -> str:
    """The record of somebody who left the latent."""
    station.server.http.timeout = 300.0
    fields = {"record": json.dumps({"name": "Mohan Lal"}), "encounter": json.dumps(ENCOUNTER)}
    fields["accept_poor_quality"] = "generated"
    sent = {"left_index": print_of(31, "left_index", 0)}
    answer = station.server.http.post(f"{station.server.url}/enrolments", data=fields, files=sent)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def file(name: str = "scene.png", content: bytes = LATENT) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": content}


def opened(somebody: Visitor, login: str, ppi: str = "500", content: bytes = LATENT) -> Page:
    """Open the latent at the desk."""
    page = somebody.sign_in(login, "/latent")
    page.get_by_label("Resolution in ppi").fill(ppi)
    page.get_by_label("Image of the latent").set_input_files(file(content=content))
    expect(desk(page)).to_be_focused(timeout=SLOW)
    return page


def desk(page: Page) -> Locator:
    return page.get_by_role("application", name="Latent with minutiae")


def middle_of(page: Page) -> Position:
    """Return the middle of the canvas, from its left and top edge."""
    box = page.locator("#canvas").bounding_box()
    assert box
    return {"x": box["width"] / 2, "y": box["height"] / 2}


def where(page: Page) -> Locator:
    return page.locator("#where")


@pytest.mark.slow
def test_a_latent_is_marked_by_the_pointer(visit: Visit, station: Station) -> None:
    somebody = visit()
    page = opened(somebody, station.officer(Role.EXAMINER))
    expect(where(page)).to_contain_text("Minutiae: 0.")
    canvas, middle = page.locator("#canvas"), middle_of(page)
    canvas.drag_to(canvas, source_position=middle, target_position={**middle, "y": middle["y"] - 60}, steps=3)
    expect(where(page)).to_contain_text("Minutia 1 of 1: Ending, 90 degrees, at 150, 200.")
    canvas.click(position={"x": middle["x"] - 80, "y": middle["y"] + 40})
    expect(where(page)).to_contain_text("Minutia 2 of 2: Ending, 0 degrees")
    page.get_by_role("combobox", name="Kind", exact=True).select_option("Bifurcation")
    page.get_by_label("Direction in degrees").fill("123")
    page.get_by_label("Direction in degrees").blur()
    expect(where(page)).to_contain_text("Minutia 2 of 2: Bifurcation, 124 degrees")
    canvas.click(position=middle)
    expect(where(page)).to_contain_text("Minutia 1 of 2: Ending, 90 degrees")
    page.get_by_role("button", name="Delete").click()
    expect(where(page)).to_contain_text("Minutia 1 of 1: Bifurcation, 124 degrees")
    undo = page.locator("[data-do=undo]")
    undo.click()
    expect(where(page)).to_contain_text("of 2")
    for _ in range(4):  # the deletion, the direction, the kind, and both that were placed
        undo.click()
    expect(where(page)).to_contain_text("Minutiae: 0.")
    page.locator("[data-do=redo]").click()
    expect(where(page)).to_contain_text("Minutiae: 1.")
    somebody.check_access()
    press_every_key(page)


@pytest.mark.reach
def test_a_latent_is_marked_by_keys_alone(visit: Visit, station: Station) -> None:
    page = opened(visit(), station.officer(Role.EXAMINER))
    keys = page.keyboard
    keys.press("Enter")
    expect(where(page)).to_contain_text("Minutia 1 of 1: Ending, 0 degrees, at 150, 200.")
    for key in (",", ",", "<", "x"):
        keys.press(key)
    expect(where(page)).to_contain_text("Minutia 1 of 1: Bifurcation, 22 degrees")
    for _ in range(12):
        keys.press("ArrowRight")
    keys.press("Enter")
    expect(where(page)).to_contain_text("Minutia 2 of 2: Bifurcation, 0 degrees")
    keys.press("p")
    expect(where(page)).to_contain_text("Minutia 1 of 2: Bifurcation, 22 degrees, at 150, 200. Cursor at 150, 200.")
    keys.press("Shift+ArrowDown")
    keys.press("b")
    expect(where(page)).to_contain_text("at 150, 201.")
    keys.press("Delete")
    expect(where(page)).to_contain_text("of 1:")
    keys.press("Control+z")
    keys.press("Control+z")
    expect(where(page)).to_contain_text("at 150, 200.")
    keys.press("Control+y")
    expect(where(page)).to_contain_text("at 150, 201.")
    keys.press("a")
    keys.press("Enter")
    for _ in range(8):
        keys.press("ArrowLeft")
    keys.press("Enter")
    for _ in range(8):
        keys.press("ArrowUp")
    keys.press("Enter")
    expect(where(page)).to_contain_text("Corners of the region: 3.")
    keys.press("f")
    expect(where(page)).not_to_contain_text("Corners")


@pytest.mark.reach
def test_suggestions_are_taken_over_and_find_who_left_it(
    visit: Visit, station: Station, mohan: str, picture: Callable[[Page, str], None]
) -> None:
    somebody = visit()
    page = opened(somebody, station.officer(Role.EXAMINER))
    desk(page).press("d")
    counts = page.locator("#suggestion-counts")
    expect(counts).to_contain_text("Suggestions: ", timeout=SLOW)
    expect(counts).to_contain_text(latent_network().digest[:8])
    accept = page.get_by_role("button", name="Accept those shown")
    expect(accept).to_be_disabled()  # not before the examiner has chosen a confidence
    expect(where(page)).to_contain_text("Minutiae: 0.")
    page.get_by_label("Show those with a confidence").fill("100")
    expect(counts).to_contain_text("Suggestions: 0 of")
    page.get_by_label("Show those with a confidence").fill("0")
    page.get_by_label("Clarity map").check()
    expect(page.locator("#clarity-legend")).to_contain_text("Minutiae definite", timeout=SLOW)
    expect(page.locator("#clarity-legend")).to_contain_text(manifest()["clarity"].sha256[:8])
    page.get_by_label("Enhanced preview").check()
    expect(page.locator("#layer-names")).to_contain_text("not the image")
    page.get_by_label("Enhanced preview").uncheck()
    page.get_by_role("button", name="Accept the suggested region").click()
    expect(page.locator("#region-state")).to_contain_text("Marked.")
    desk(page).press("u")
    desk(page).press("s")
    page.keyboard.press("Enter")
    expect(where(page)).to_contain_text("Minutia 1 of 1:")
    accept.click()
    expect(counts).to_have_text("None.")
    page.locator("#canvas").focus()
    page.keyboard.press("n")
    somebody.check_access()
    picture(page, "latent")
    page.get_by_label("Purpose").select_option("Investigation of an offence")
    page.get_by_label("Case or FIR number").fill("55/2026")
    page.get_by_label("How strict").select_option("investigation")
    page.get_by_role("combobox", name="Finger or palm", exact=True).select_option("Left index finger")
    page.get_by_role("button", name="Search", exact=True).click()
    results = page.get_by_role("navigation", name="Search results")
    expect(results.get_by_role("link", name="1. Candidate")).to_be_visible(timeout=SLOW)
    expect(desk(page)).to_be_visible()
    somebody.check_access()
    picture(page, "latent-results")
    results.get_by_role("link", name="All results").click()
    first = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="1. Candidate"))
    expect(first).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("and how rare it is where the data show it.")).to_be_visible()
    ask_examiner(page, first)
    expect(page.get_by_role("status")).to_contain_text("is open for examiners.", timeout=SLOW)
    page.get_by_text("Start a standing search").click()
    page.get_by_role("button", name="Start standing search").click()
    expect(page.get_by_role("status")).to_contain_text("Standing search", timeout=SLOW)
    first.get_by_text("Figures").click()
    first.get_by_role("link", name="Left index finger").click()
    expect(page.locator("[data-compare][data-ready]")).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("choose the file")).to_be_hidden()


@pytest.mark.reach
def test_a_stretched_latent_is_found_and_the_page_says_how_it_was_compared(
    visit: Visit, station: Station, mohan: str
) -> None:
    pixels = stretched_pixels(decode(LATENT).grey(), 1.5625)
    somebody = visit()
    page = opened(somebody, station.officer(Role.EXAMINER), content=cv2.imencode(".png", pixels)[1].tobytes())
    page.get_by_label("Purpose").select_option("Investigation of an offence")
    page.get_by_label("Case or FIR number").fill("56/2026")
    page.get_by_label("Search with the suggested region as well").check()
    page.get_by_role("button", name="Search", exact=True).click()
    results = page.get_by_role("navigation", name="Search results")
    expect(results.get_by_role("link", name="1. Candidate")).to_be_visible(timeout=SLOW)
    results.get_by_role("link", name="1. Candidate").click()
    expect(page.locator("[data-compare][data-ready]")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("compared with the latent stretched: width 125 %, height 80 %")).to_be_visible()
    somebody.check_access()


@pytest.mark.reach
def test_what_is_marked_is_saved_and_opened_again(visit: Visit, station: Station, tmp_path: Path) -> None:
    somebody = visit()
    page = opened(somebody, station.officer(Role.EXAMINER))
    page.keyboard.press("Enter")
    for key in (".", "x"):
        page.keyboard.press(key)
    for _ in range(10):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    at = page.evaluate(
        "document.querySelector('#where').textContent.match(/at ([0-9]+), ([0-9]+)/).slice(1).map(Number)"
    )
    page.keyboard.press("a")
    canvas, middle = page.locator("#canvas"), middle_of(page)
    top, bottom = {"x": middle["x"] - 100, "y": 20}, {"x": middle["x"] + 100, "y": 2 * middle["y"] - 20}
    canvas.drag_to(canvas, source_position=top, target_position=bottom, steps=3)
    page.get_by_role("combobox", name="Finger or palm", exact=True).select_option("Left index finger")
    page.get_by_label("Case or FIR number").fill("56/2026")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as an ANSI/NIST file").click()
    path = tmp_path / "latent.an2"
    download.value.save_as(path)
    records = itl.parse(path.read_bytes())
    [marked] = marked_prints(records)
    assert ridge_images(records)[0].content == LATENT
    assert [(minutia.x, minutia.y, minutia.type.name) for minutia in marked.minutiae] == [
        (150, 200, "BIFURCATION"),
        (*at, "BIFURCATION"),
    ]
    assert [round(degrees(minutia.direction)) for minutia in marked.minutiae] == [350, 0]
    assert (marked.position, marked.ppi) == (7, 500.0)
    assert marked.region
    assert len(marked.region) == 4
    page.get_by_label("Image of the latent").set_input_files(path)
    expect(where(page)).to_contain_text("Minutiae: 2.", timeout=SLOW)
    expect(page.get_by_role("combobox", name="Finger or palm", exact=True)).to_have_value("7")
    with page.expect_download() as download:
        page.get_by_label("Case or FIR number").fill("56/2026")
        page.get_by_role("button", name="Save as an ANSI/NIST file").click()
    again = tmp_path / "again.an2"
    download.value.save_as(again)
    assert marked_prints(itl.parse(again.read_bytes())) == [marked]


@pytest.mark.reach
def test_marks_survive_a_reload_and_an_ended_session_and_are_removed_at_sign_out(
    visit: Visit, station: Station
) -> None:
    somebody = visit()
    login = station.officer(Role.EXAMINER)
    page = opened(somebody, login)
    page.get_by_role("combobox", name="Finger or palm", exact=True).select_option("Left index finger")
    desk(page).press("Enter")
    desk(page).press("x")
    expect(where(page)).to_contain_text("Minutia 1 of 1: Bifurcation")
    expect(page.locator("#kept")).to_have_text("Marks stored on this computer.")
    assert urlsplit(page.url).query == ""  # which latent is open is not sent to the server
    page.reload()
    expect(where(page)).to_contain_text("Minutiae: 1.", timeout=SLOW)
    expect(page.get_by_text("Your earlier marks are restored.")).to_be_visible()
    expect(page.get_by_label("Resolution in ppi")).to_have_value("500")
    expect(page.get_by_role("combobox", name="Finger or palm", exact=True)).to_have_value("7")
    desk(page).press("u")
    expect(where(page)).to_contain_text("Minutiae: 0.")
    desk(page).press("y")
    expect(page.locator("#kept")).to_have_text("Marks stored on this computer.")

    somebody.context.clear_cookies()  # the session ends
    somebody.sign_in(login, "/latent")
    page.get_by_role("button", name="Continue scene.png").click()
    expect(where(page)).to_contain_text("Minutiae: 1.", timeout=SLOW)
    page.get_by_role("button", name="Sign out", exact=True).click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Latents with unsaved marks on this computer: 1.")
    question.get_by_role("button", name="Keep for my next sign-in here").click()
    page.wait_for_url("**/app/sign-in")

    somebody.sign_in(station.officer(Role.EXAMINER), "/latent")
    expect(page.get_by_role("heading", name="Marks that are not saved")).to_be_hidden()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/app/sign-in")
    page = opened(somebody, login)
    expect(where(page)).to_contain_text("Minutiae: 1.")
    page.get_by_role("button", name="Sign out", exact=True).click()
    question.get_by_role("button", name="Discard and sign out").click()
    page.wait_for_url("**/app/sign-in")
    page = opened(somebody, login)
    expect(where(page)).to_contain_text("Minutiae: 0.")


@pytest.mark.reach
def test_a_file_that_cannot_be_opened_is_reported_at_its_field(visit: Visit, station: Station) -> None:
    somebody = visit(viewport=NARROW)
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/latent")
    somebody.check_access()
    somebody.expect("415")
    page.get_by_label("Image of the latent").set_input_files(file("notes.txt", b"nothing"))
    expect(page.get_by_role("alert")).not_to_be_empty(timeout=SLOW)
    expect(page.locator("#desk")).to_be_hidden()
    page.get_by_label("Image of the latent").set_input_files(file())
    expect(page.get_by_role("alert")).to_contain_text("does not state its resolution", timeout=SLOW)
    expect(page.get_by_label("Resolution in ppi")).to_be_focused()
    page.get_by_role("button", name="Suggest minutiae").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the resolution")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
