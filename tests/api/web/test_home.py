"""The home page shows what waits and what was done last; the field in the head of every page finds all kinds."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

from browsing import Station, Visitor
from inputs import ENCOUNTER, photo_of, print_of
from playwright.sync_api import expect

from biometrics.kernel.access import Role

UNIT = "31/7/31007001"  # of this test alone
PLACE = {"state_code": "31", "district_code": "7", "station_code": "31007001"}


def enrolled(station: Station, name: str, fir: str) -> str:
    """Enrol somebody at the unit with a photo; return the national number."""
    sent = {"record": json.dumps({"name": name}), "encounter": json.dumps(ENCOUNTER | PLACE | {"fir_number": fir})}
    answer = station.server.http.post(f"{station.server.url}/enrolments", data=sent, files={"photo": photo_of(0)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["national_number"])


def test_the_home_page_shows_what_was_done_last_with_pictures(visit: Callable[..., Visitor], station: Station) -> None:
    fir = f"{uuid.uuid4().hex[:6]}/2026"
    number = enrolled(station, "Ibomcha Singh", fir)
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER, unit=UNIT))
    answer = page.request.post(
        f"{station.server.root}/api/v1/identify",
        multipart={
            "purpose": "investigation",
            "case_number": fir,
            "left_thumb": {"name": "x.png", "mimeType": "image/png", "buffer": print_of(31, "left_thumb", 0)},
        },
        headers={"Origin": station.server.root},
    )
    assert answer.status == 201, answer.text()
    page.reload()
    for title, link in (("Your last searches", fir), ("Last people enrolled at your unit", "Ibomcha Singh")):
        section = page.locator("section", has=page.get_by_role("heading", name=title))
        expect(section.get_by_role("link", name=link)).to_be_visible()
        section.locator("img").first.scroll_into_view_if_needed()  # it is loaded when it is near
        expect(section.locator("img").first).to_have_js_property("complete", True)
        expect(section.locator("img").first).not_to_have_js_property("naturalHeight", 0)
    expect(page.locator("#link .good")).to_be_visible()
    somebody.check_access()
    for wanted, found in ((number, "Ibomcha Singh"), (fir, "Ibomcha Singh"), ("Ibomch", "Ibomcha Singh")):
        page.keyboard.press("/")
        expect(page.locator("#finder")).to_be_focused()
        page.keyboard.type(wanted)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Name, national number")).to_have_value(wanted)
        expect(page.get_by_role("link", name=found)).to_be_visible()
        expect(page.get_by_role("heading", name="People", exact=True)).to_be_focused()  # by the page's script
    somebody.check_access()
