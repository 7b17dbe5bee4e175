"""The field check in a browser, as on a phone of 360 pixels: few actions, few bytes, and one of three answers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from acting import codes
from browsing import Station, Visitor
from inputs import ENCOUNTER, print_of
from officers import new_key
from PIL import Image as Pillow
from playwright.sync_api import FilePayload, Page, Response, expect

from biometrics.kernel.access import Role

PHONE = {"width": 360, "height": 640}
HERE, ELSEWHERE = "25/7/25007001", "24/3/24003001"
SOUGHT, UNKNOWN = 91, 93  # generated people
MOST_ACTIONS = 4  # purpose, number, samples, check
MOST_BYTES = 40_000  # sent and received: 2.5 seconds at 128 kbit/s, half of those that there are


def of(finger: str, content: bytes, kind: str = "image/png") -> FilePayload:
    return {"name": f"{finger}.png", "mimeType": kind, "buffer": content}


def prints(person: int) -> list[FilePayload]:
    return [of(finger, print_of(person, finger, 1)) for finger in ("right_thumb", "left_index")]


@pytest.fixture(scope="module")
def sought(station: Station) -> str:
    http, url = station.server.http, station.server.url
    administrator = {"Authorization": new_key(station.accounts, Role.ADMINISTRATOR)}
    named = {"unit": HERE, "name": "Thane Nagar", "telephone": "0250 123 456"}
    answer = http.put(f"{url}/units", json=named, headers=administrator)
    assert answer.status_code == 200, answer.text
    fields = {
        "record": json.dumps({"name": "Kalu Bhil", "sex": "male", "birth_year": 1985}),
        "encounter": json.dumps(ENCOUNTER | codes(HERE) | {"kind": "wanted", "fir_number": "91/2026"}),
        "accept_poor_quality": "generated",
    }
    files = {finger: (f"{finger}.png", print_of(SOUGHT, finger, 0)) for finger in ("right_thumb", "left_index")}
    answer = http.post(f"{url}/enrolments", data=fields, files=files, timeout=300.0)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@dataclass
class Phone:
    """A page at a phone, which counts what its officer does and what it transfers."""

    page: Page
    actions: int = 0
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", lambda answer: self.answers.append(answer) if "field-checks" in answer.url else None)

    def choose(self, purpose: str, number: str) -> None:
        self.page.get_by_label("Purpose").select_option(label=purpose)
        self.page.get_by_label("Case, FIR or diary number").fill(number)
        self.actions += 2

    def take(self, files: list[FilePayload]) -> None:
        self.page.locator("#prints").set_input_files(files)
        expect(self.page.locator("#taken li")).to_have_count(len(files))
        self.actions += 1

    def check(self) -> None:
        self.page.get_by_role("button", name="Check", exact=True).click()
        expect(self.page.locator("#answer")).to_be_visible()
        self.actions += 1

    def expect_answer(self, answer: str) -> None:
        expect(self.page.get_by_role("heading", level=2)).to_have_text(answer)
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    @property
    def bytes(self) -> int:
        """How much the last check took: the request's body and the answer's."""
        sizes = self.answers[-1].request.sizes()
        return sizes["requestBodySize"] + sizes["responseBodySize"]


@pytest.fixture
def phone(visit: Callable[..., Visitor], station: Station) -> Callable[[str], Phone]:
    def opened(unit: str) -> Phone:
        login = station.officer(Role.STATION_OFFICER, unit=unit)
        return Phone(visit(viewport=PHONE, has_touch=True).sign_in(login, "/field"))

    return opened


def test_a_wanted_person_is_found_in_four_actions_and_becomes_a_case_and_the_next_is_not_found(
    phone: Callable[[str], Phone], sought: str
) -> None:
    officer = phone(HERE)
    page = officer.page
    expect(page.get_by_role("button", name="Check", exact=True)).to_be_disabled()
    officer.choose("Wanted person", "GD 14/2026")
    officer.take(prints(SOUGHT))
    officer.check()
    officer.expect_answer("On record")
    assert officer.actions <= MOST_ACTIONS
    assert officer.bytes <= MOST_BYTES, officer.bytes
    person = page.locator("#who > li")
    expect(person).to_have_count(1)
    expect(person).to_contain_text("Kalu Bhil")
    expect(person).to_contain_text("Wanted person")
    expect(person.get_by_role("link", name="Call 0250 123 456")).to_have_attribute("href", "tel:0250123456")
    person.get_by_role("button", name="Ask an examiner").click()
    page.get_by_role("dialog").get_by_role("button", name="Open the case").click()
    expect(person.get_by_role("link", name="Open case")).to_be_visible()
    page.get_by_role("button", name="Next person").click()
    expect(page.locator("#answer")).to_be_hidden()
    expect(page.locator("#who > li")).to_have_count(0)
    expect(page.locator("#taken li")).to_have_count(0)
    expect(page.get_by_label("Case, FIR or diary number")).to_have_value("GD 14/2026")

    file = io.BytesIO()
    Pillow.new("RGB", (300, 400), (200, 140, 110)).save(file, "PNG")
    page.locator("#prints").set_input_files([of("right_thumb", file.getvalue())])
    expect(page.get_by_role("alert")).to_contain_text("Photos of fingers are not accepted")
    expect(page.get_by_role("button", name="Check", exact=True)).to_be_disabled()
    officer.take(prints(UNKNOWN))
    expect(page.get_by_role("alert")).to_be_empty()
    officer.check()
    officer.expect_answer("Not found")
    expect(page.locator("#who > li")).to_have_count(0)


def test_a_phone_can_install_the_page(station: Station) -> None:
    answer: Any = station.server.http.get(f"{station.url}/manifest.webmanifest")
    manifest = answer.json()
    assert (answer.headers["content-type"], manifest["display"]) == ("application/manifest+json", "standalone")
    assert manifest["start_url"] == "/app/field"
    icon = station.server.http.get(station.server.root + manifest["icons"][0]["src"])
    assert icon.headers["content-type"].startswith("image/svg+xml")
