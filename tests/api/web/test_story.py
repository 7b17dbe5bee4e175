"""From the arrest to the trail of it, each with a browser of their own: officer, detective, two examiners, auditor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import Station, Visitor, ask_examiner, state_grounds
from enrolling import EVENT, PHOTOS, PRINTS, REVIEW, pressed_enrol, step
from inputs import form, photo_of, print_of
from playwright.sync_api import FilePayload, expect

from biometrics.kernel.access import Role

Visit = Callable[..., Visitor]
PERSON, OTHER = 651, 801  # generated people of no other test
UNIT = "27/519/27519004"
HANDS = ("right", "left")
FINGERS = ("thumb", "index", "middle", "ring", "little")
SLOW = 120_000  # milliseconds, of a machine that does other things too


@pytest.mark.essential
def test_from_the_arrest_to_its_trail(visit: Visit, station: Station) -> None:
    second_candidate_enrolled(station)
    number = enrolled(visit, station)
    record, case = identify(visit, station, number)
    decided(visit, station, case, "First opinion given")
    decided(visit, station, case, "Closed")
    trail_read(visit, station, record, case)


def second_candidate_enrolled(station: Station) -> None:
    """Enrol another person, who is the second candidate of the search."""
    files = {name: print_of(OTHER, name, 0) for name in ("right_index", "right_middle")}
    answer = station.server.http.post(
        f"{station.server.url}/enrolments", data=form(name="Kavita Rao"), files=files, timeout=300
    )
    assert answer.status_code == 201, answer.text


def enrolled(visit: Visit, station: Station) -> str:
    """An officer enrols somebody with ten prints and a photo; return the national number."""
    page = visit().sign_in_by_form(station.officer(Role.STATION_OFFICER, unit=UNIT), "/enrol")
    page.get_by_label("Name", exact=True).fill("Farhan Qureshi")
    page.get_by_label("Sex").select_option(label="Male")
    step(page, EVENT)
    page.get_by_label("FIR number").fill("650/2026")
    page.locator("[name='encounter.kind']").select_option(label="Missing person")  # a real face is no arrested one
    names = [f"{hand}_{finger}" for hand in HANDS for finger in FINGERS]
    prints = [file(f"{name}.png", print_of(PERSON, name, 0)) for name in names]
    page.get_by_label("Prints, slaps, a whole card").set_input_files(prints)
    page.get_by_label("Photos of the face").set_input_files([file("front.jpg", photo_of(1), "image/jpeg")])
    step(page, PRINTS)
    expect(page.locator(".finger[data-position] img:visible")).to_have_count(10, timeout=SLOW)
    step(page, PHOTOS)
    expect(page.locator("#photo-list").get_by_text("good enough")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("being checked")).to_have_count(0, timeout=SLOW)
    step(page, REVIEW)
    reason = page.get_by_label("Reason for enrolling despite poor quality")
    if reason.is_visible():
        reason.fill("generated fingers, some of them dry for good")
    pressed_enrol(page)
    expect(page.get_by_role("heading", name="Enrolled")).to_be_focused(timeout=SLOW)
    return page.locator("#receipt .number b").inner_text()


def identify(visit: Visit, station: Station, number: str) -> tuple[str, str]:
    """Another finds them by other impressions, and asks examiners; return the record's and the case's id."""
    page = visit().sign_in(station.officer(Role.STATION_OFFICER, unit=UNIT, name="S. Kale"), "/search")
    probes = [file(f"{name}.png", print_of(PERSON, name, 1)) for name in ("right_index", "right_middle")]
    page.get_by_label("Prints and photos of one person").set_input_files(probes)
    page.get_by_label("Purpose").select_option("Investigation of an offence")
    page.get_by_label("Case or FIR number").fill("651/2026")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="Search results")).to_be_visible(timeout=SLOW)
    first = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="1. Farhan Qureshi"))
    expect(first).to_contain_text("Above threshold, well ahead")
    expect(first).to_contain_text(number)
    record = (first.get_by_role("link", name="Open the record").get_attribute("href") or "").rpartition("/")[2]
    ask_examiner(page, first)
    link = first.get_by_role("link", name="Open case")
    expect(link).to_be_visible(timeout=SLOW)
    return record, (link.get_attribute("href") or "").rpartition("/")[2]


def decided(visit: Visit, station: Station, case: str, state: str) -> None:
    """An examiner takes the case, analyses, compares and decides; the second one verifies without knowing it."""
    page = visit().sign_in(station.officer(Role.EXAMINER, unit="27/519"), f"/cases/{case}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting")
    with page.expect_navigation():
        page.get_by_role("button", name="Take the case").click()
    page.get_by_label("Of value", exact=True).check()
    page.get_by_label("Notes").fill("Right loop, core and delta clear.")
    with page.expect_navigation():
        page.get_by_role("button", name="Store the analysis").click()
    expect(page.locator("[data-compare][data-ready]")).to_be_visible(timeout=SLOW)
    page.get_by_label("Identification", exact=True).check()
    page.get_by_label("Notes").fill("Fourteen points agree, no difference that cannot be explained.")
    state_grounds(page, agrees=True)
    page.get_by_label("Why no feature is marked in both images").fill("They are marked on paper.")
    page.get_by_role("button", name="Record opinion").click()
    with page.expect_navigation():
        page.locator("dialog .main").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(state)


def trail_read(visit: Visit, station: Station, record: str, case: str) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.AUDITOR, unit="27/519"))
    rows = page.get_by_role("region", name="Entries").get_by_role("row")
    for act, words, times in (
        ("case.open", "A case was opened", 1),
        ("case.take", "A case was taken", 2),
        ("case.decide", "An opinion on a case was recorded", 2),
    ):
        somebody.go(f"/audit?person={case}&action={act}")
        expect(rows.filter(has_text=words)).to_have_count(times)
    page = somebody.go("/audit")
    page.get_by_label("About").fill(record)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(rows.filter(has_text="An opinion on a case was recorded")).to_have_count(2)
    for act, words in (("record.enrol", "A person was enrolled"), ("search.make", "A search was made")):
        somebody.go(f"/audit?person={record}&action={act}")
        expect(rows.filter(has_text=words)).to_have_count(1)
    assert "Qureshi" not in page.content()


def file(name: str, content: bytes, kind: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}
