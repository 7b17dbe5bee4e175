"""What was searched with is compared with what was found, in the browser."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from browsing import Station, Visitor, destroy_files, press_every_key
from inputs import ENCOUNTER, photo_of, print_of
from made_up_eyes import photo as eye
from officers import WHY
from PIL import Image as Pillow
from playwright.sync_api import FilePayload, Page, expect

from biometrics.kernel.access import Role

Visit = Callable[..., Visitor]
PERSON = 160  # generated, whom no other test of pages has
PLACE = {"state_code": "32", "district_code": "601", "station_code": "32601001"}


@pytest.fixture(scope="module")
def record(station: Station) -> dict[str, int]:
    """Enrol somebody with a print and a photo; their samples by finger, and the record."""
    http = station.server.http
    http.timeout = 300.0
    fields = {
        "record": json.dumps({"name": "Imran Khan"}),
        "encounter": json.dumps(ENCOUNTER | PLACE | {"fir_number": "0921/2026"}),
        "accept_poor_quality": "generated",
    }
    files = {
        "right_thumb": ("a.jp2", as_jpeg_2000(print_of(PERSON, "right_thumb", 0))),
        "photo": ("b.png", photo_of(1)),
        "iris_left": ("c.png", eye_of(0)),
    }
    answer = http.post(f"{station.server.url}/enrolments", data=fields, files=files)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    samples = {sample["modality"]: sample["id"] for sample in made["encounters"][0]["samples"]}
    return samples | {"id": made["id"]}


def eye_of(shot: int) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(eye(PERSON, shot).pixels).save(file, "PNG")
    return file.getvalue()


def as_jpeg_2000(content: bytes) -> bytes:
    """Return an image as a file that Chromium does not show."""
    file = io.BytesIO()
    Pillow.open(io.BytesIO(content)).save(file, "JPEG2000")
    return file.getvalue()


def comparison_address(
    page: Page, station: Station, record: dict[str, int], field: str, file: FilePayload, *, kept: bool = True
) -> str:
    """Search as whoever is signed in; return the address of the comparison."""
    conditions = WHY | {"state_code": PLACE["state_code"], field: file}
    answer = page.request.post(
        f"{station.server.url}/identify", headers={"Origin": station.server.root}, multipart=conditions
    )
    assert answer.status == 201, answer.text()
    if not kept:
        destroy_files(station, answer.json()["id"])
    modality = {"photo": "face", "iris_left": "iris"}.get(field, "fingerprint")
    return f"/compare?search={answer.json()['id']}&record={record['id']}&sample={record[modality]}"


def ready(page: Page) -> None:
    expect(page.locator("[data-compare][data-ready]")).to_be_visible(timeout=60_000)


def expect_picture(page: Page, which: str = "[data-pane=probe] canvas") -> None:
    """Wait until a canvas has pixels that are darker than the ground."""
    has_dark = """(canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 0 && data[at] < 60) return true;
        return false;
    }"""
    page.wait_for_function(has_dark, arg=page.locator(which).element_handle())


def test_prints_are_compared_with_the_keys_alone(
    visit: Visit, station: Station, record: dict[str, int], picture: Callable[[Page, str], None]
) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER, unit="32"))
    latent: FilePayload = {"name": "scene.png", "mimeType": "image/png", "buffer": print_of(PERSON, "right_thumb", 1)}
    page = somebody.go(comparison_address(page, station, record, "unknown_finger", latent, kept=False))
    ready(page)
    message = page.get_by_role("status")
    expect(message).to_contain_text("pairs")  # of the stored minutiae: the file is not kept
    expect(page.get_by_label("choose the file")).to_be_visible()
    somebody.expect("422")
    page.get_by_label("choose the file").set_input_files([latent | {"buffer": print_of(PERSON, "right_thumb", 2)}])
    expect(message).to_contain_text("choose exactly the same file")
    page.get_by_label("choose the file").set_input_files([latent])
    expect(message).to_contain_text("pairs")
    expect(page.get_by_label("choose the file")).to_be_hidden()
    overlay = page.get_by_role("button", name="Overlay")
    expect(page.get_by_role("application", name="Overlay")).to_be_hidden()
    overlay.click()
    expect(page.get_by_role("application", name="Overlay")).to_be_focused()
    somebody.check_access()
    page.keyboard.press("o")
    expect(page.get_by_role("application", name="Overlay")).to_be_hidden()
    somebody.check_access()
    picture(page, "compare")
    probe = page.get_by_role("application", name="Probe")
    probe.focus()
    size = page.locator("[data-size]")
    before = size.all_inner_texts()
    page.keyboard.press("+")
    for pane, text in enumerate(before):
        expect(size.nth(pane)).not_to_have_text(text)
    for key in ("ArrowLeft", "]", "i"):
        page.keyboard.press(key)
    expect(page.get_by_label("Invert")).to_be_checked()
    page.keyboard.press("n")
    expect(message).to_contain_text("Pair S1 of")
    page.keyboard.press("p")
    page.keyboard.press("1")
    expect(size.first).to_contain_text("1.0 times life size")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Blink")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("application", name="Overlay").press("b")
    page.keyboard.press("o")
    probe.focus()
    page.keyboard.press("0")
    page.get_by_label("Move together").uncheck()
    first, second = size.all_inner_texts()
    probe.focus()
    page.keyboard.press("+")
    expect(size.first).not_to_have_text(first)
    expect(size.nth(1)).to_have_text(second)
    overlay.click()
    page.get_by_label("In colours").check()
    expect_picture(page, "[data-over]")
    overlay.click()
    expect_picture(page, "[data-pane=candidate] canvas:not(.lines)")  # rendered: the file is JPEG 2000
    probe.focus()
    page.keyboard.press("c")
    page.get_by_role("button", name="Measure the screen").click()
    page.get_by_label("Hold a bank card").press("End")
    page.get_by_role("button", name="as wide as the card").click()
    probe.focus()
    page.keyboard.press("1")
    expect(size.first).to_contain_text("1.0 times life size")
    press_every_key(page)
