"""Enrolment in a browser loses nothing of what the officer tells of a print or a photo, nor of what a file holds."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from browsing import Station
from enrolling import (
    PHOTOS,
    PRINTS,
    Arrive,
    enrolled,
    entered,
    file,
    numbers,
    place,
    png,
    step,
    stored,
)
from image_files import wsq_of
from inputs import palm_of, photo_of, poorer_photo_of, print_of
from made_up_slaps import lay_slap, single_print
from made_up_transactions import file as transaction
from made_up_transactions import fingerprint, items, text
from made_up_transactions import record as itl_record
from PIL import Image as Pillow
from playwright.sync_api import Page, expect

from biometrics.imaging.image import decode
from biometrics.itl import DATA, IDC, ItlRecord

pytestmark = pytest.mark.reach

SAMPLES = "Prints, slaps, a whole card"


def print_record(idc: int, position: int, content: bytes, **changed: str) -> ItlRecord:
    """Return a Type-14 record of a WSQ image of 500 ppi."""
    image = decode(content)
    return fingerprint(idc, position, content, (image.width, image.height), f11="WSQ20", **changed)


def photo_record(idc: int, content: bytes, pose: str) -> ItlRecord:
    width, height = Pillow.open(io.BytesIO(content)).size
    values = {IDC: f"{idc:02d}", 3: "FACE", 4: "27519004", 5: "20260115", 6: str(width), 7: str(height)}
    values |= {8: "1", 9: "72", 10: "72", 11: "JPEGB", 12: "SRGB", 20: pose}
    return itl_record(10, {**values, DATA: content})


def jpeg(content: bytes) -> bytes:
    made = io.BytesIO()
    Pillow.open(io.BytesIO(content)).convert("RGB").save(made, "JPEG")
    return made.getvalue()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def good(page: Page, finger: str) -> None:
    expect(place(page, finger).get_by_text("good enough")).to_be_visible(timeout=60_000)


def kind_of(page: Page, finger: str) -> Any:
    return place(page, finger).get_by_label("Impression type")


def test_a_palm_is_stored_with_the_part_and_the_resolution_that_were_chosen(officer: Arrive, station: Station) -> None:
    _, page = officer()
    entered(page, "Hastarekha Tatya", f"{next(numbers)}/2026")
    step(page, PRINTS)
    page.locator("#files-palm_unknown").set_input_files([file("left palm.png", palm_of(5))])
    line = page.locator("[data-files~=palm_unknown] .files > li")
    shows = line.get_by_label("What it shows")
    expect(shows).to_have_value("palm_left_full")
    shows.select_option("palm_left_upper")
    line.get_by_label("Resolution in ppi").fill("510")
    line.get_by_label("Resolution in ppi").press("Tab")
    expect(line.locator(".worth")).to_contain_text("good enough", timeout=60_000)
    enrolled(page)
    [sample] = stored(station, "Hastarekha Tatya")["encounters"][0]["samples"]
    assert (sample["modality"], sample["position"], sample["ppi"]) == ("palm", 28, 510)


def test_minutiae_of_another_systems_file_are_stored_unchanged(officer: Arrive, station: Station) -> None:
    person = next(numbers)
    rolled, plain, nobodys = (
        wsq_of(print_of(person, name, 0)) for name in ("left_index", "right_index", "right_thumb")
    )
    photo = jpeg(photo_of(0))
    booking = transaction(
        "CAR",
        text(f18="SAWANT, GOPAL"),
        print_record(1, 7, rolled, f3="3", f18=items("09", "XX")),
        print_record(2, 2, plain, f3="0"),
        print_record(3, 0, nobodys, f3="1"),
        photo_record(4, photo, "R"),
    )
    somebody, page = officer()
    entered(page, "Gopal Sawant", f"{person}/2026")
    step(page, PRINTS)
    page.get_by_label(SAMPLES).set_input_files([file("booking-4.an2", booking, "")])
    expect(place(page, "Left index finger").get_by_role("img")).to_be_visible(timeout=60_000)
    expect(kind_of(page, "Left index finger")).to_have_value("3")
    expect(kind_of(page, "Right index finger")).to_have_value("0")
    expect(place(page, "Left index finger")).to_contain_text("500 ppi")
    expect(place(page, "Left ring finger").get_by_label("Can it be taken?")).to_have_value("amputated")
    expect(page.locator("#photo-list").get_by_label("View")).to_have_value("right_profile")

    expect(page.locator("#file-problems")).to_contain_text("the file names no finger for 1 of its prints")
    page.locator("#unplaced").get_by_label("What it shows").select_option(label="Right thumb")
    page.locator("#unplaced").get_by_role("button", name="Use it").press("Enter")
    good(page, "Right thumb")
    expect(kind_of(page, "Right thumb")).to_have_value("1")
    somebody.check_access()

    enrolled(page)
    [encounter] = stored(station, "Gopal Sawant")["encounters"]
    results = [
        (sample["position"], sample["impression"], sample["view"], round(sample["ppi"] or 0), sample["image_sha256"])
        for sample in encounter["samples"]
    ]
    assert results == [
        (1, 1, None, 500, digest(nobodys)),
        (2, 0, None, 500, digest(plain)),
        (7, 3, None, 500, digest(rolled)),
        (None, None, "right_profile", 0, digest(photo)),
    ]
    assert encounter["missing_fingers"] == [{"position": 9, "reason": "amputated"}]


def test_why_a_finger_is_missing_and_from_where_photos_were_taken_is_stored(officer: Arrive, station: Station) -> None:
    person = next(numbers)
    somebody, page = officer()
    entered(page, "Nine Fingers", f"{person}/2026")
    step(page, PRINTS)
    page.get_by_label(SAMPLES).set_input_files([file("right_index.png", print_of(person, "right_index", 0))])
    lost = place(page, "Right thumb")
    lost.get_by_label("Can it be taken?").focus()
    page.keyboard.press("A")  # for amputated
    expect(lost.get_by_label("Can it be taken?")).to_have_value("amputated")
    expect(lost.locator("input[type=file]")).to_be_hidden()
    expect(page.locator("#attention")).not_to_contain_text("Right thumb")
    good(page, "Right index finger")
    step(page, PHOTOS)
    photos = [file("mug.jpg", photo_of(0)), file("other.jpg", poorer_photo_of(0))]
    page.get_by_label("Photos of the face").set_input_files(photos)
    expect(page.get_by_label("View of mug.jpg")).to_have_value("frontal")
    expect(page.get_by_label("View of other.jpg")).to_have_value("")
    expect(page.locator("#attention")).to_contain_text("Photo other.jpg: choose the view")
    page.get_by_label("View of other.jpg").select_option(label="Left profile")
    expect(page.locator("#attention")).to_contain_text("Not photographed: Right profile")
    expect(page.locator("#summary")).to_contain_text("Right thumb: Amputated")
    expect(page.locator("#summary")).to_contain_text("Front · Left profile")
    expect(page.locator("#photo-list").get_by_text("good enough")).to_have_count(2, timeout=60_000)

    enrolled(page)
    taken = page.locator("#taken")
    expect(page.locator("#receipt-facts")).to_contain_text("Right thumb: Amputated")
    expect(taken.get_by_role("row").filter(has_text="other.jpg")).to_contain_text("Left profile")
    expect(taken.get_by_role("row").filter(has_text="Right index")).to_contain_text("Plain, live scan")
    somebody.check_access()
    [encounter] = stored(station, "Nine Fingers")["encounters"]
    assert encounter["missing_fingers"] == [{"position": 1, "reason": "amputated"}]
    assert [sample["view"] for sample in encounter["samples"]] == [None, "frontal", "left_profile"]


def test_prints_keep_what_was_chosen_when_they_were_added(officer: Arrive, station: Station) -> None:
    """A slap that is plain, then a finger that is rolled; a mistake in all of them is mended at once."""
    person = next(numbers)
    _, page = officer()
    entered(page, "Two Kinds", f"{person}/2026")
    step(page, PRINTS)
    prints = [single_print(seed)[50:350, 50:250] for seed in range(4)]
    slap = png(lay_slap(1, prints).pixels)
    page.get_by_label(SAMPLES).set_input_files([file("right_four.png", slap)])
    expect(page.locator("#files-status")).to_contain_text("4 prints were put on the card", timeout=60_000)
    page.locator("[name=impression]").select_option(label="Rolled, live scan")
    every = page.get_by_role("button", name="Use this for the 4 prints on the card too")
    expect(every).to_be_visible()
    page.get_by_label(SAMPLES).set_input_files([file("right_thumb.png", print_of(person, "right_thumb", 0))])
    good(page, "Right thumb")
    expect(kind_of(page, "Right thumb")).to_have_value("1")
    expect(kind_of(page, "Right index finger")).to_have_value("0")
    kind_of(page, "Right little finger").select_option(label="Plain, inked")

    page.locator("[name=ppi]").fill("500")
    page.locator("[name=ppi]").press("Tab")
    every = page.get_by_role("button", name="Use this for the 5 prints on the card too")
    every.press("Enter")
    expect(page.locator("[name=impression]")).to_be_focused()
    expect(every).to_be_hidden()
    for finger in ("Right thumb", "Right index finger", "Right little finger"):
        expect(kind_of(page, finger)).to_have_value("1")
        expect(place(page, finger)).to_contain_text("500 ppi")
    kind_of(page, "Right little finger").select_option(label="Plain, inked")
    expect(page.locator(".finger .tag", has_text="checked")).to_have_count(0, timeout=60_000)
    enrolled(page)
    [encounter] = stored(station, "Two Kinds")["encounters"]
    assert [sample["impression"] for sample in encounter["samples"]] == [1, 1, 1, 1, 2]
