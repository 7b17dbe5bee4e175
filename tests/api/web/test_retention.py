"""What is due is listed, destroyed by whoever may, and certified on a page that can be printed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from browsing import NARROW, Station, Visitor
from inputs import ENCOUNTER, print_of
from playwright.sync_api import expect

from api.localisation.retention_labels import BASES, RULE_NAMES
from api.web.labels.retention import WHY
from biometrics.kernel.access import Role
from biometrics.kernel.people.retention_rules import RULES, SEARCH_CLOSED, SEARCH_KEPT

Visit = Callable[..., Visitor]
FREED = {"event": "decision", "date": "2020-03-10", "court": "Sessions Court", "verdict": "released_without_trial"}
HOLD = {"kind": "hold", "authority": "JMFC Kolar", "reference": "7/2026", "date": "2026-02-01"}


@pytest.fixture
def unit() -> str:
    """Return a police station of this test's own, where nothing is due yet."""
    return f"29/9/29{uuid.uuid4().hex[:6]}"


def freed(station: Station, unit: str, name: str) -> tuple[str, str]:
    """Enrol somebody who was released without trial since; return the ids of the record and the encounter."""
    state, district, office = unit.split("/")
    place = {"state_code": state, "district_code": district, "station_code": office}
    arrest = ENCOUNTER | place | {"date": "2019-05-01", "fir_number": "0009/2019"}
    fields = {"record": json.dumps({"name": name}), "encounter": json.dumps(arrest)}
    record = post(station, "/enrolments", data=fields, files={"left_thumb": print_of(30, "left_thumb", 0)})
    encounter = record["encounters"][0]["id"]
    post(station, f"/encounters/{encounter}/outcomes", json=FREED)
    return record["id"], encounter


def post(station: Station, path: str, **options: Any) -> Any:
    answer = station.server.http.post(f"{station.server.url}{path}", timeout=300, **options)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_the_pages_say_why_as_the_rules_do() -> None:
    assert {rule.id: rule.why for rule in (*RULES, SEARCH_CLOSED, SEARCH_KEPT)} == WHY
    assert set(WHY) < set(RULE_NAMES)
    assert {rule.basis for rule in (*RULES, SEARCH_CLOSED, SEARCH_KEPT)} == set(BASES)


def test_due_encounters_are_destroyed_and_certified_on_a_page_that_is_printed_alone(
    visit: Visit, station: Station, unit: str
) -> None:
    record, _ = freed(station, unit, "Ram Gowda")
    kept, encounter = freed(station, unit, "Sita Gowda")
    post(station, f"/encounters/{encounter}/retention-orders", json=HOLD)
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.RECORDS_CLERK, unit=unit), "/retention")
    due = page.get_by_role("table", name="Due for destruction")
    expect(due.get_by_role("row")).to_have_count(2)
    expect(due).to_contain_text("released without trial, discharged or acquitted; since 10 Mar 2020 no legal")
    held = page.get_by_role("table", name="Kept only because of a hold")
    expect(held).to_contain_text("JMFC Kolar, 7/2026")
    somebody.check_access()
    page.get_by_role("button", name="Destroy what is due").press("Enter")
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("permanently destroyed")
    question.get_by_role("button", name="Cancel").press("Enter")
    expect(due).to_be_visible()
    page.get_by_role("button", name="Destroy what is due").press("Enter")
    page.locator("dialog .main").press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_text("Nothing is due in your unit or the units below it.")).to_be_visible()
    expect(held).to_contain_text(kept)
    page.get_by_role("row").filter(has_text=record).get_by_role("link").click()
    certificate = page.get_by_role("article")
    for text in (f"{record}: removed whole", "Not convicted", "10 Mar 2020", "Prints and photos: 1", "by you"):
        expect(certificate).to_contain_text(text)
    expect(page.get_by_text("Ram Gowda")).to_have_count(0)
    somebody.check_access()
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the signed file").click()
    signed = json.loads(saved.value.path().read_text())
    expect(certificate).to_contain_text(signed["signature"])
    page.emulate_media(media="print")
    for hidden in (page.get_by_role("navigation"), page.get_by_role("button", name="Print"), page.locator("footer")):
        expect(hidden).to_be_hidden()
    expect(certificate).to_contain_text(signed["content"]["public_key"])
    page.emulate_media(media="screen")
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_supervisor_sees_what_is_due_and_destroys_nothing(station: Station, unit: str) -> None:
    record, _ = freed(station, unit, "Hari Gowda")
    page = station.html(station.officer(Role.SUPERVISOR, unit="29/9"), "/retention")
    assert record in page
    assert "Destroy what is due" not in page
    page = station.html(station.officer(Role.SUPERVISOR, unit="30"), "/retention")
    assert "Nothing is due in your unit or the units below it." in page
    assert "Nothing collected by your unit" in page
