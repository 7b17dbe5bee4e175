"""Enrolment in a browser: a person with prints and photos, drafts that survive, and a receipt."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from browsing import Station
from enrolling import (
    EVENT,
    PERSON,
    PHOTOS,
    PRINTS,
    Arrive,
    draft,
    drop,
    enrolled,
    entered,
    expect_draft_stored,
    file,
    numbers,
    place,
    png,
    pressed_enrol,
    records,
    step,
    stored,
)
from inputs import ENCOUNTER, print_of
from PIL import Image as Pillow
from PIL import ImageFilter
from playwright.sync_api import expect

V1 = "/api/v1"


@pytest.mark.reach
def test_a_poor_image_needs_a_reason_and_an_empty_one_is_not_sent(officer: Arrive, station: Station) -> None:
    _, page = officer()
    entered(page, "Poor Prints", f"{next(numbers)}/2026")
    blank = file("blank.png", png(np.full((400, 300), 255, np.uint8)))
    poor = file("right_thumb.png", png(smudged(SMUDGED)))
    step(page, PRINTS)
    page.get_by_label("Prints, slaps, a whole card").set_input_files([poor])
    place(page, "Left thumb").locator("input[type=file]").set_input_files([blank])
    expect(place(page, "Right thumb").get_by_text("too poor")).to_be_visible(timeout=60_000)
    expect(place(page, "Right thumb").locator(".faults li").first).to_be_visible()
    expect(place(page, "Left thumb").get_by_text("cannot be used")).to_be_visible()
    reason = page.get_by_label("Reason for enrolling despite poor quality")
    pressed_enrol(page)
    expect(reason).to_be_focused()
    reason.fill("worn fingertips, mason")
    pressed_enrol(page)
    expect(page.get_by_role("alert").filter(has_text="Left thumb: cannot be used")).to_be_focused()
    page.get_by_role("button", name="Take again Left thumb").click()
    expect(place(page, "Left thumb")).to_be_focused()
    place(page, "Left thumb").get_by_role("button", name="Remove").click()
    enrolled(page)
    expect(page.locator("#taken")).to_contain_text("enrolled because: worn fingertips, mason")
    [encounter] = stored(station, "Poor Prints")["encounters"]
    assert [sample["accepted_because"] for sample in encounter["samples"]] == ["worn fingertips, mason"]


SMUDGED = 7001  # a generated person: of most, a print that is blurred so is no longer taken for a print


def smudged(person: int) -> np.ndarray:
    """Return a print below NFIQ 2's floor that yet has minutiae."""
    whole = Pillow.open(io.BytesIO(print_of(person, "right_thumb", 0))).convert("L")
    return np.asarray(whole.filter(ImageFilter.GaussianBlur(3)))


def test_a_draft_outlives_a_lost_link_and_a_closed_page_and_is_enrolled_once(officer: Arrive, station: Station) -> None:
    somebody, page = officer()
    entered(page, "Lost Link", f"{next(numbers)}/2026")
    page.get_by_label("Act and section").fill("IPC 1860 379")
    page.get_by_role("button", name="Add the section").click()
    somebody.expect("ERR_INTERNET_DISCONNECTED")
    step(page, PRINTS)
    somebody.context.set_offline(True)
    page.get_by_label("Prints, slaps, a whole card").set_input_files(
        [file("right_thumb.png", print_of(next(numbers), "right_thumb", 0))]
    )
    expect(place(page, "Right thumb").get_by_text("not checked yet")).to_be_visible()
    somebody.context.set_offline(False)
    expect(place(page, "Right thumb").get_by_text("good enough")).to_be_visible(timeout=60_000)
    expect_draft_stored(page)

    page.close()
    page = somebody.page = somebody.new_page()
    somebody.go("/")
    draft(page, "Lost Link").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Lost Link")
    expect(page.locator("#sections")).to_contain_text("IPC 1860 379")
    step(page, PRINTS)
    expect(place(page, "Right thumb").get_by_role("img")).to_be_visible()
    somebody.context.set_offline(True)
    pressed_enrol(page)
    expect(page.get_by_role("alert").filter(has_text="no connection")).to_be_focused()
    expect(page.locator("#kept")).to_contain_text("Waiting to be sent")
    expect(page.locator(".problem")).to_have_count(0)  # nothing is wrong with the enrolment
    somebody.context.set_offline(False)

    # The request arrives, and its answer is lost.
    page.route(f"**{V1}/enrolments", lambda route: (route.fetch(max_retries=3), route.abort()))
    somebody.expect("ERR_FAILED")
    pressed_enrol(page)
    expect(page.get_by_role("alert").filter(has_text="no connection")).to_be_focused(timeout=60_000)
    page.unroute(f"**{V1}/enrolments")
    [summary] = records(station, "Lost Link")

    other = somebody.page = somebody.new_page()  # it sends the draft as soon as the officer has closed it
    somebody.go("/")
    expect(draft(other, "Lost Link")).to_be_visible()
    page.close()
    page = other
    sent = f"Lost Link is enrolled. National number: {summary['national_number']}."
    expect(page.get_by_role("status").filter(has_text=sent)).to_be_visible(timeout=60_000)
    assert len(records(station, "Lost Link")) == 1
    expect(page.get_by_role("heading", name="Drafts on this computer")).to_be_hidden()


@pytest.mark.reach
def test_the_page_says_that_a_draft_is_stored_only_when_its_last_change_is(officer: Arrive) -> None:
    _, page = officer()
    page.evaluate(
        """() => {
          window.held = new Promise((resolve) => { window.release = resolve; });
          const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
          crypto.subtle.encrypt = async (...values) => {
            window.begun = true;
            await window.held;
            return encrypt(...values);
          };
        }"""
    )
    page.get_by_label("Name", exact=True).fill("Slow Disk")
    expect(page.locator("#storing")).to_have_text("Storing your last changes…")
    expect(page.locator("#storing")).to_be_visible()
    page.wait_for_function("() => window.begun")
    expect(page.locator("#kept")).to_be_empty()
    page.evaluate("() => window.release()")
    expect_draft_stored(page)


@pytest.mark.reach
def test_somebody_who_is_on_record_gets_another_encounter(officer: Arrive, station: Station) -> None:
    person = next(numbers)
    sent = {
        "record": json.dumps({"name": "Gopal Krishna Sawant", "birth_year": 1970}),
        "encounter": json.dumps(ENCOUNTER),
    }
    known = station.server.http.post(
        f"{station.server.url}/enrolments", data=sent, files={"left_thumb": print_of(person, "left_thumb", 0)}
    ).json()
    somebody, page = officer()
    page.get_by_label("Name", exact=True).press_sequentially("Savant Gopal")
    around = page.get_by_role("region", name="Possibly already on record")
    expect(around.get_by_role("status")).to_contain_text("on record with a similar name")
    expect(around).to_contain_text(f"{known['national_number']} · Sex not known · 1970")
    around.get_by_role("button", name="Add to this record Gopal Krishna Sawant").press("Enter")
    expect(page.locator("#chosen-record")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Create a new record instead").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()

    somebody.go(f"/enrol?record={known['id']}")
    expect(page.locator("#chosen-record")).to_contain_text(
        f"Gopal Krishna Sawant, national number {known['national_number']}"
    )
    step(page, EVENT)
    page.get_by_label("FIR number").fill(f"{person}/2026")
    page.get_by_label("Act and section").fill("bns 303")
    expect(page.locator("#section-suggestions option[value='BNS 2023 303(2)']")).to_have_count(1)
    page.get_by_label("Act and section").fill("BNS 2023 303(2)")
    page.keyboard.press("Enter")
    step(page, PRINTS)
    drop(place(page, "Left thumb"), file("scan.png", print_of(person, "left_thumb", 1)))
    expect(place(page, "Left thumb").get_by_text("good enough")).to_be_visible(timeout=60_000)
    somebody.check_access()
    assert enrolled(page) == known["national_number"]
    record = stored(station, "Gopal Krishna Sawant")
    assert [encounter["fir_number"] for encounter in record["encounters"]] == [
        ENCOUNTER["fir_number"],
        f"{person}/2026",
    ]


@pytest.mark.reach
def test_the_camera_takes_each_view(officer: Arrive) -> None:
    """The browser's camera shows a drawing: what it sees is no face, and is said to be none."""
    somebody, page = officer()
    step(page, PHOTOS)
    page.get_by_role("button", name="Use the camera").press("Enter")
    expect(page.get_by_role("button", name="Take the photo: Front")).to_be_focused()
    expect(page.locator("#camera-status")).to_contain_text("No photo yet: No face was found", timeout=60_000)
    page.get_by_role("combobox", name="View", exact=True).select_option(label="Left profile")
    page.get_by_role("button", name="Take the photo: Left profile").press("Enter")
    taken = page.locator("#photo-list li", has_text="left_profile.jpg")
    expect(taken.get_by_label("View of left_profile.jpg")).to_have_value("left_profile")
    expect(taken.get_by_text("cannot be used")).to_be_visible(timeout=60_000)
    expect(page.locator("#attention")).to_contain_text("Photo left_profile.jpg: cannot be used")
    expect(page.locator("#attention")).to_contain_text("Not photographed: Front, Right profile")
    somebody.check_access()
    page.get_by_role("button", name="Turn off the camera").press("Enter")
    expect(page.get_by_role("button", name="Use the camera")).to_be_focused()
    expect(page.get_by_label("Camera picture")).to_be_hidden()
    taken.get_by_role("button", name="Remove").press("Enter")
    expect(page.locator("#attention")).to_contain_text("There is no photo")


@pytest.mark.reach
def test_a_session_that_ended_loses_nothing(officer: Arrive, station: Station) -> None:
    somebody = officer()[0]
    page = somebody.page
    entered(page, "Session Over", f"{next(numbers)}/2026")
    prints = [file("right_thumb.png", print_of(next(numbers), "right_thumb", 0))]
    page.get_by_label("Prints, slaps, a whole card").set_input_files(prints)
    step(page, PRINTS)
    expect(place(page, "Right thumb").get_by_text("good enough")).to_be_visible(timeout=60_000)
    expect_draft_stored(page)
    cookies = somebody.context.cookies()
    somebody.context.clear_cookies()
    somebody.expect("401")
    step(page, PERSON)
    page.get_by_label("Name", exact=True).fill("Session Over Again")  # which is looked up
    unstored = page.get_by_role("alert").filter(has_text="cannot store the draft")
    expect(page.get_by_text("cannot be looked up now")).to_be_visible()
    pressed_enrol(page)
    expect(unstored).to_contain_text("no longer signed in")
    refused = page.locator("#enrol").get_by_role("alert").filter(has_text="no longer signed in")
    expect(refused).to_be_focused(timeout=60_000)
    somebody.context.add_cookies(cookies)
    step(page, EVENT)
    page.get_by_label("FIR number").fill(f"{next(numbers)}/2026")
    expect_draft_stored(page)
    expect(unstored).to_have_count(0)
    enrolled(page)
    assert len(records(station, "Session Over Again")) == 1
