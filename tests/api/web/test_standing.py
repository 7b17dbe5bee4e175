"""A latent is searched for again by each enrolment, and its owner is told, until it is withdrawn."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from browsing import NARROW, Station, Visitor
from inputs import ENCOUNTER
from made_up_prints import impression, made_up_finger
from playwright.sync_api import expect

from biometrics.kernel.access import Role
from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record

PLACE = {"state_code": "30", "district_code": "585", "station_code": "30585001"}  # of nobody else's tests
THUMB = FingerPosition.RIGHT_THUMB


@pytest.mark.slow
def test_the_owner_of_a_standing_search_is_notified_and_withdraws_it(
    visit: Callable[..., Visitor], station: Station
) -> None:
    somebody = visit(viewport=NARROW)
    page = somebody.sign_in(station.officer(Role.EXAMINER, unit="30"))
    finger = made_up_finger(7300)
    latent = write_record(to_record(impression(finger, 1), FingerPosition.UNKNOWN))
    made = page.request.post(
        f"{station.server.url}/standing-searches",
        headers={"Origin": station.server.root},
        multipart={
            "case_number": "7/2026",
            "unknown_finger": {"name": "scene.fmr", "mimeType": "application/octet-stream", "buffer": latent},
        },
    )
    assert made.status == 201, made.text()
    fields = {
        "record": json.dumps({"name": "Ravi Rao"}),
        "encounter": json.dumps(ENCOUNTER | PLACE | {"fir_number": "0911/2026"}),
    }
    files = {"right_thumb": ("a.fmr", write_record(to_record(impression(finger, 2), THUMB)))}
    answer = station.server.http.post(f"{station.server.url}/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text

    page = somebody.go("/notifications")
    expect(page.get_by_role("heading", level=2)).to_contain_text("A standing search has a hit")
    expect(page.locator("main")).to_contain_text(f"Standing search {made.json()['standing']['number']} has a candidate")
    somebody.check_access()
    page.get_by_role("link", name="Open the case").click()
    expect(page.locator("main")).to_contain_text("Standing search hit")
    expect(page.locator("main")).not_to_contain_text(answer.json()["id"])
    page = somebody.go("/notifications")
    with page.expect_navigation():
        page.get_by_role("button", name="I have read it").press("Enter")
    expect(page.get_by_text("No unread notifications.")).to_be_visible()
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.get_by_role("link", name="Open the case")).to_be_visible()

    page = somebody.go("/standing")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Latent")
    somebody.check_access()
    page.locator("summary").filter(has_text="Withdraw").press("Enter")
    page.get_by_label("Reason").fill("The case is solved.")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("No standing searches.")).to_be_visible()
    page.get_by_label("Include ended searches").check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main")).to_contain_text("by you: The case is solved.")
