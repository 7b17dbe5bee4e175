"""Searching in a browser: by a print, by a photo, by a file of another system, and what is told of who was found."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from browsing import Station, Visitor, ask_examiner
from inputs import ENCOUNTER, blank, group_photo, photo_of, poorer_photo_of, print_of
from made_up_prints import impression, made_up_finger
from playwright.sync_api import FilePayload, Page, Route, expect
from printed import check_print
from stated import BOUND, decibans_of_text

from api.localisation.languages import language
from biometrics.kernel.access import Role
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record

Visit = Callable[..., Visitor]
ELSEWHERE = "28/1/28001"
INDEX, THUMB = FingerPosition.RIGHT_INDEX, FingerPosition.LEFT_THUMB
CODES = ("state_code", "district_code", "station_code")
numbers = itertools.count(1)


def of(name: str, content: bytes, kind: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def minutiae(person: int, finger: FingerPosition, seed: int) -> bytes:
    """Return the minutiae record of an impression of a made-up finger, which needs no time to be extracted."""
    return write_record(to_record(impression(made_up_finger(5000 + person), seed), finger))


@pytest.fixture(scope="module")
def people(station: Station) -> dict[str, str]:
    """Records by name, of this test's own fingers: Asha with a photo, Ravi, and Meera whom another state keeps."""
    result = {}
    station.server.http.timeout = 300.0
    for person, name, files, where in (
        (0, "Asha Verma", {"right_index": minutiae(0, INDEX, 0), "photo": photo_of(0)}, {}),
        (1, "Ravi Khan", {"right_index": minutiae(1, INDEX, 0)}, {}),
        (2, "Meera Pillai", {"left_thumb": minutiae(2, THUMB, 0)}, dict(zip(CODES, ELSEWHERE.split("/"), strict=True))),
    ):
        encounter = ENCOUNTER | where | {"fir_number": f"90{person}/2026"}
        sex = "male" if name.startswith("Ravi") else "female"
        record = {"name": name, "sex": sex, "birth_year": 1980 + person}
        fields = {"record": json.dumps(record), "encounter": json.dumps(encounter), "accept_poor_quality": "generated"}
        sent = {field: (f"{field}.png", content) for field, content in files.items()}
        answer = station.server.http.post(f"{station.server.url}/enrolments", data=fields, files=sent)
        assert answer.status_code == 201, answer.text
        result[name] = answer.json()["id"]
    return result


def choose(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Prints and photos of one person").set_input_files(list(files))


def fill(page: Page, threshold: str = "usual") -> None:
    page.get_by_label("Purpose").select_option("Investigation of an offence")
    page.get_by_label("Case or FIR number").fill(f"{next(numbers)}/2026")
    page.get_by_label("How strict").select_option(label=next(item for item in THRESHOLDS if threshold in item))


THRESHOLDS = (
    "1 in 1,000 searches (usual)",
    "1 in 10,000 searches (stricter)",
    "No threshold (investigation)",
)


def search(page: Page) -> None:
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="Search results")).to_be_visible(timeout=120_000)


def card(page: Page, name: str) -> Any:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


@pytest.mark.reach
def test_the_images_of_probe_and_candidate_stand_side_by_side(
    visit: Visit, station: Station, picture: Callable[[Page, str], None]
) -> None:
    fingers, person, name = ("right_thumb", "left_index"), 71, "Farhan Qureshi"
    fields = {"record": json.dumps({"name": name, "sex": "male"}), "encounter": json.dumps(ENCOUNTER)}
    sent = {finger: (f"{finger}.png", print_of(person, finger, 0)) for finger in fingers}
    answer = station.server.http.post(f"{station.server.url}/enrolments", data=fields, files=sent, timeout=300)
    assert answer.status_code == 201, answer.text
    page = visit().sign_in(station.officer(Role.STATION_OFFICER), "/search")
    choose(page, *(of(f"{finger}.png", print_of(person, finger, 1)) for finger in fingers))
    fill(page)
    search(page)
    first = card(page, f"1. {name}")
    for image in ("Probe", f"Print of {name}"):
        shown = first.get_by_role("img", name=image)
        expect(shown).to_have_count(len(fingers))
        for number in range(len(fingers)):
            expect(shown.nth(number)).to_be_visible()
            expect(shown.nth(number)).not_to_have_js_property("naturalHeight", 0)
    picture(page, "found")
    check_print(page)


@pytest.mark.slow
def test_a_print_and_a_photo_find_whose_they_are(visit: Visit, station: Station, people: dict[str, str]) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/search")
    choose(page, of("R_Index 2.fmr", minutiae(0, INDEX, 1)), of("street.jpg", poorer_photo_of(0), "image/jpeg"))
    expect(page.get_by_label("What it shows of R_Index 2.fmr")).to_have_value("right_index")
    expect(page.get_by_label("What it shows of street.jpg")).to_have_value("photo")
    fill(page)
    somebody.check_access()
    search(page)
    first = card(page, "1. Asha Verma")
    # Other tests have people with the same photo on record, who may be above the threshold as well.
    are_several = page.get_by_role("img", name="Above the threshold").count() > 1
    expect(first).to_contain_text(f"Above threshold, {'as others are' if are_several else 'well ahead of the next'}")
    expect(first).to_contain_text(re.compile(r"fewer than 1 search in [\d,]+ would score this high"))
    expect(first).to_contain_text(re.compile(r"strong support that both are of the same person"))
    expect(first.get_by_role("img", name="Above the threshold")).to_be_visible()
    first.get_by_text("Figures").click()
    assert max(decibans_of_text(page.locator("main").inner_text()), default=0.0) <= BOUND
    expect(first).to_contain_text("FIR 900/2026")
    expect(first.get_by_role("rowheader")).to_have_text(
        ["All samples together", "Right index finger", "Photo of a face"]
    )
    expect(first.get_by_role("img", name="Photo of Asha Verma")).to_have_js_property("naturalHeight", 320)
    expect(first.get_by_role("link", name="Open the record")).to_have_attribute(
        "href", f"/app/records/{people['Asha Verma']}"
    )
    expect(first.get_by_role("img", name="Probe")).to_have_js_property("complete", True)
    expect(first.locator(".no-image:visible")).to_have_text(["No image", "No image"])  # the records
    somebody.check_access()
    page.reload()
    expect(card(page, "1. Asha Verma")).to_be_visible()
    page.get_by_role("button", name="Repeat on the records").click()
    expect(page.get_by_role("status")).to_contain_text("The list is exactly the same", timeout=120_000)
    ask_examiner(page, first)
    expect(page.get_by_role("status")).to_contain_text("is open for examiners.")
    opened = first.get_by_role("link", name="Open case")
    expect(opened).to_be_focused()  # nobody can ask a second time
    expect(first.get_by_role("button", name="Ask an examiner")).to_have_count(0)
    expect(first).to_contain_text("Examiners decide in case")
    page.reload()
    expect(opened).to_be_visible()
    expect(first.get_by_role("button", name="Ask an examiner")).to_have_count(0)
    result = page.url
    somebody.go("/search")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page).to_have_url(result)


@pytest.mark.reach
def test_candidates_are_walked_by_keys_and_those_below_the_threshold_are_folded(
    visit: Visit, station: Station, people: dict[str, str]
) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/search")
    choose(page, of("right_index.fmr", minutiae(1, INDEX, 1)))
    fill(page)
    search(page)
    page.wait_for_load_state("load")  # the scripts have run
    first = card(page, "1. Ravi Khan")
    second = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="2. "))
    expect(second).to_be_hidden()
    page.get_by_text("below the threshold").first.click()
    expect(second).to_contain_text("Below threshold")
    page.keyboard.press("j")
    expect(second).not_to_be_focused()  # the keys act on a candidate with the focus only
    first.focus()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_contain_text("Open a case about Ravi Khan")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status")).to_have_text("")
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Comparison with Ravi Khan")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"record={people['Ravi Khan']}"))
    somebody.expect("409")


@pytest.mark.reach
def test_a_service_that_is_busy_is_asked_again(visit: Visit, station: Station, people: dict[str, str]) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/search")
    choose(page, of("right_index.fmr", minutiae(1, INDEX, 1)))
    fill(page)
    refused: list[str] = []

    def busy(route: Route) -> None:
        if refused:
            return route.continue_()
        refused.append(route.request.url)
        body = json.dumps({"code": "busy", "detail": "Too much is asked for.", "status": 503})
        return route.fulfill(status=503, body=body, headers={"Retry-After": "20", "Content-Type": "application/json"})

    page.route("**/api/v1/identify", busy)
    somebody.expect("503")
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # else each text is there for a second only
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("The service is busy. Trying again in 20 seconds.")
    page.clock.run_for(5_000)
    expect(page.get_by_role("status")).to_have_text("The service is busy. Trying again in 15 seconds.")
    page.clock.run_for(20_000)
    page.clock.resume()
    expect(page.get_by_role("heading", name="Search results")).to_be_visible(timeout=120_000)


def test_of_another_units_people_only_the_contact_is_shown(station: Station, people: dict[str, str]) -> None:
    why = {"purpose": "investigation", "case_number": f"{next(numbers)}/2026", "mode": "investigation"}
    with station.signed_in(station.officer(Role.STATION_OFFICER)) as client:
        probe = {"left_thumb": ("left_thumb.fmr", minutiae(2, THUMB, 1))}
        search = client.post("/api/v1/identify", data=why, files=probe).json()["id"]
        page = client.get(f"/app/searches/{search}").text
    assert "Held by another unit" in page
    assert ELSEWHERE in page
    assert "no threshold" in page
    assert "Meera" not in page
    assert people["Meera Pillai"] not in page


@pytest.mark.reach
def test_a_fault_is_reported_at_its_field(visit: Visit, station: Station, people: dict[str, str]) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/search")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("alert").first).to_have_text("Choose at least one print or photo to search with.")
    choose(page, of("notes.txt", b"not an image", "text/plain"))
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_label("Purpose")).to_be_focused()
    fill(page)
    somebody.expect("415")
    page.get_by_role("button", name="Search", exact=True).click()
    fault = page.get_by_role("listitem").get_by_role("alert")
    expect(fault).to_contain_text("notes.txt", timeout=120_000)
    expect(page.get_by_label("What it shows of notes.txt")).to_be_focused()
    page.get_by_role("button", name="Remove of notes.txt").click()
    expect(page.get_by_role("list", name="Chosen files").get_by_role("listitem")).to_have_count(0)


@pytest.mark.reach
def test_a_file_that_is_chosen_before_the_scripts_have_arrived_is_listed(visit: Visit, station: Station) -> None:
    page, held = visit().sign_in(station.officer(Role.STATION_OFFICER)), list[Route]()
    page.route("**/search/search.js*", lambda route: held.append(route))
    with page.expect_request("**/search/search.js*"):
        page.goto(f"{station.url}/search", wait_until="commit")
    choose(page, of("a.fmr", minutiae(1, INDEX, 1)))
    assert len(held) == 1
    held[0].continue_()
    expect(page.get_by_label("What it shows of a.fmr")).to_have_value("unknown_finger")


@pytest.mark.slow
def test_everybody_in_a_photo_is_searched_for(visit: Visit, station: Station, people: dict[str, str]) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/search")
    choose(page, of("photo.png", group_photo(1, 0)))
    page.get_by_text("Part of the photo", exact=True).click()
    part = page.get_by_label("Part of the photo that shows the face or the mark")
    several = page.get_by_label("Several people are in the photo")
    part.fill("0, 0, 100, 100")
    expect(several).to_be_hidden()  # one of them is meant
    part.fill("")
    several.check()
    fill(page)
    page.get_by_role("button", name="Search", exact=True).click()
    members = page.locator("#members").get_by_role("listitem")
    expect(members).to_have_count(2, timeout=120_000)
    expect(page.get_by_role("img", name="Photo with numbered faces")).to_be_visible()
    somebody.check_access()
    # Other tests have people with the same photo on record, so that Asha need not be the first.
    searches = [link.get_attribute("href") or "" for link in members.get_by_role("link").all()]
    asha = card(page, "Asha Verma").filter(has_text="Above threshold")
    hers = []
    for search in searches:
        somebody.go(search.removeprefix("/app"))
        hers += [search] * bool(asha.count())
    assert len(hers) == 1
    somebody.go(hers[0].removeprefix("/app"))
    ask_examiner(page, asha.first)
    expect(page.get_by_role("status")).to_contain_text("is open for examiners.")
    page.get_by_text("Start a standing search").click()
    page.get_by_role("button", name="Start standing search").click()
    expect(page.get_by_role("status")).to_contain_text("is started", timeout=60_000)


@pytest.mark.reach
def test_of_the_people_in_several_stills_the_officer_says_who_is_meant(
    visit: Visit, station: Station, people: dict[str, str]
) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/search")
    choose(page, of("hall.png", group_photo(1, 0)), of("gate.png", poorer_photo_of(0)), of("wall.png", blank()))
    for name in ("hall.png", "gate.png", "wall.png"):
        page.get_by_label(f"What it shows of {name}").select_option("photo")
    fill(page)
    page.get_by_role("button", name="Search", exact=True).click()
    meant = page.locator("#people-list").get_by_role("listitem")
    expect(meant).to_have_count(2, timeout=120_000)
    expect(meant.first.get_by_role("img")).to_have_count(2)
    expect(page.locator("#people-unusable")).to_contain_text("wall.png")
    somebody.check_access()
    meant.first.get_by_role("button", name="Search for person 1").click()
    expect(page.get_by_role("heading", name="Search results")).to_be_visible(timeout=120_000)
    expect(card(page, "Asha Verma").first).to_contain_text("Above threshold")


@pytest.mark.reach
def test_a_cancelled_search_opens_no_result(visit: Visit, station: Station) -> None:
    page = visit().sign_in(station.officer(Role.STATION_OFFICER), "/search")
    choose(page, of("right_index.fmr", minutiae(1, INDEX, 1)))
    fill(page)
    page.route("**/api/v1/tasks/*/events", lambda route: None)  # never answered: it runs for ever, as far as is seen
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Waiting for its turn")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_focused()


def test_a_score_is_shown_as_its_rarity() -> None:
    english = language("en")
    assert english.rarity(17.6, capped=True) == "57"  # 57.5
    message = {decibans: english.rarity(decibans) for decibans in (-3.0, 0.0, 3.0, 13.2, 43.2, 56.0, 71.0, 90.0, 266.0)}
    assert list(message.values()) == [
        "1",
        "1",
        "2",
        "21",
        "21,000",
        "4,00,000",
        "13 million",
        "1 billion",
        "1 billion",
    ]
