"""Examiners decide a case in their browsers: each in their order, and blind."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable

import pytest
from browsing import NARROW, Station, Visitor, press_every_key, state_grounds
from inputs import ENCOUNTER, print_of
from playwright.sync_api import Page, Route, expect
from stated import BOUND, decibans_of_text

from biometrics.kernel.access import Role

Visit = Callable[..., Visitor]
DISTRICT = "27/519"
_person = itertools.count(130)  # generated people whom no other test of pages has


class Case:
    """Somebody who is enrolled twice: the ids of the case, and of the record that it asks about."""

    def __init__(self, station: Station, person: int) -> None:
        http, url = station.server.http, station.server.url
        http.timeout = 300.0
        self.records = []
        for impression in (0, 1):
            encounter = ENCOUNTER | {"fir_number": f"7{person}{impression}/2026"}
            fields = {"record": json.dumps({"name": "Mohan Das"}), "encounter": json.dumps(encounter)}
            file = {"right_thumb": ("a.png", print_of(person, "right_thumb", impression))}
            answer = http.post(f"{url}/enrolments", data=fields | {"accept_poor_quality": "generated"}, files=file)
            assert answer.status_code == 201, answer.text
            self.records.append(answer.json()["id"])
        listed = http.get(f"{url}/cases", params={"kind": "duplicate", "limit": 200}).json()["cases"]
        [(self.id, self.number)] = [
            (item["id"], item["number"]) for item in listed if item["record_id"] == self.records[1]
        ]
        self.candidate = self.records[0]


@pytest.fixture
def case(station: Station) -> Case:
    return Case(station, next(_person))


class ResponseTexts:
    """Collects the text of every page and JSON document that the browser receives."""

    def __init__(self, page: Page) -> None:
        self.texts: list[str] = []
        page.route("**/*", self._pass_on)

    def _pass_on(self, route: Route) -> None:
        answer = route.fetch(max_redirects=0, max_retries=3)  # a kept connection that the server was just closing
        if any(kind in answer.headers.get("content-type", "") for kind in ("json", "html")):
            self.texts.append(f"{route.request.url}\n{answer.text()}")
        route.fulfill(response=answer)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


def ready(page: Page) -> None:
    """Wait until the images are shown."""
    expect(page.locator("[data-compare][data-ready]")).to_be_visible(timeout=60_000)


def take(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Take the case").click()
    ready(page)


def analyse(page: Page, value: str = "Of value") -> None:
    page.get_by_label(value, exact=True).check()
    page.get_by_label("Notes").fill("A loop, the core is clear.")
    with page.expect_navigation():
        page.get_by_role("button", name="Store the analysis").click()


def decide(page: Page, conclusion: str, *, marked: bool = False) -> None:
    page.get_by_label(conclusion, exact=True).check()
    page.get_by_label("Notes").fill("Fourteen points agree.")
    state_grounds(page, agrees=conclusion == "Identification")
    if not marked:
        page.get_by_label("Why no feature is marked in both images").fill("By the level of ridges alone.")
    page.get_by_role("button", name="Record opinion").click()
    question = page.get_by_role("dialog")
    expect(question).not_to_contain_text(re.compile("probe-|sample-"))  # names of the API
    expect(question.get_by_role("img")).to_have_count(2 if conclusion == "Identification" else 0)
    with page.expect_navigation():
        question.get_by_role("button", name="Record opinion").click()


@pytest.mark.slow
def test_two_examiners_decide_a_case_blind(visit: Visit, station: Station, case: Case) -> None:
    first = visit()
    page = first.sign_in(station.officer(Role.EXAMINER, unit=DISTRICT))
    message = ResponseTexts(page)
    page.get_by_role("link", name="Cases", exact=True).click()
    expect(page.get_by_role("link", name="Waiting")).to_have_attribute("aria-current", "page")
    first.check_access()
    page = first.go(f"/cases/{case.id}")
    take(page)
    assert case.candidate not in message.text
    press_every_key(page)
    ready(page)
    page.get_by_role("button", name="Mark minutiae").click()
    mark(page, "probe", (0.5, 0.5), (0.45, 0.4))
    expect(page.locator("[data-counts]")).to_have_text("2 features marked")
    expect(page.locator("[data-compare]:not([data-unsent])")).to_be_visible()
    analyse(page)
    expect(page.get_by_role("heading", name="2. Compare")).to_be_visible()
    ready(page)
    page.get_by_role("button", name="Mark minutiae").click()
    mark(page, "candidate", (0.5, 0.5), (0.4, 0.4))
    expect(page.locator("[data-counts]")).to_have_text("2 features marked in both images")
    expect(page.locator("[data-compare]:not([data-unsent])")).to_be_visible()
    assert (
        page.locator("[data-compare]").get_attribute("data-first")
        == page.locator("[data-pane=candidate] select").input_value()
    ), "the pair that matched is opened first"
    page.get_by_role("button", name="Show corresponding minutiae").click()
    expect(page.get_by_role("button", name="Overlay")).to_be_visible(timeout=60_000)
    first.check_access()
    for side in ("probe", "candidate"):
        box = page.locator(f"[data-pane={side}] canvas").bounding_box()
        assert box is not None
        assert box["height"] >= 600
        assert box["y"] + box["height"] <= 768
    for hidden in ("decibans", '"score"', "place 1 of", "place1"):
        assert hidden not in message.text
    decide(page, "Identification", marked=True)
    [opinion] = page.request.get(f"{station.server.url}/cases/{case.id}").json()["opinions"]
    assert [made["in_analysis"] for made in opinion["marks"]] == [True, True]
    expect(page.get_by_text("First opinion given")).to_be_visible()
    expect(page.get_by_text("Place 1 of its list.")).to_contain_text("support that both are of the same person")
    assert max(decibans_of_text(page.locator("main").inner_text()), default=0.0) <= BOUND
    expect(page.get_by_text("Opened:").first).to_contain_text("with corresponding minutiae")
    ready(page)

    second = visit()
    page = second.sign_in(station.officer(Role.EXAMINER, unit=DISTRICT))
    message = ResponseTexts(page)
    page = second.go(f"/cases/{case.id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waiting")
    take(page)
    assert case.candidate not in message.text
    ready(page)
    page.get_by_role("button", name="Mark minutiae").click()
    mark(page, "probe", (0.5, 0.5))
    expect(page.locator("[data-compare]:not([data-unsent])")).to_be_visible()
    analyse(page)
    ready(page)
    page.get_by_role("button", name="Mark minutiae").click()
    mark(page, "candidate", (0.5, 0.5))  # one who marked nothing would not close the case
    expect(page.locator("[data-compare]:not([data-unsent])")).to_be_visible()
    for hidden in ("Fourteen points", "decibans", '"score"', "verifi", "First opinion"):
        assert not any(hidden in text.partition('id="help"')[0] for text in message.texts)
    decide(page, "Identification", marked=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Closed")
    expect(page.get_by_role("heading", name="Second examiner: Identification")).to_be_visible()
    expect(page.get_by_role("heading", name="First examiner: Identification")).to_be_visible()
    with page.expect_download() as download:
        page.locator("a[href$='/report?language=en']").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    ready(page)
    second.check_access()
    page = second.go(f"/records/{case.candidate}")
    happened = page.locator(".timeline").get_by_role("listitem").filter(has_text="Identified by examiners")
    expect(happened.get_by_role("link", name=case.number)).to_be_visible()


@pytest.mark.reach
def test_a_print_of_no_value_is_decided_by_the_keys_alone_on_a_narrow_screen(
    visit: Visit, station: Station, case: Case
) -> None:
    """Nothing of the candidate is shown to whoever finds nothing to compare."""
    somebody = visit(viewport=NARROW)
    page = somebody.sign_in(station.officer(Role.EXAMINER, unit=DISTRICT))
    message = ResponseTexts(page)
    page = somebody.go(f"/cases/{case.id}")
    with page.expect_navigation():
        page.get_by_role("button", name="Take the case").press("Enter")
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("application", name="Probe").focus()
    for key in ("+", "ArrowUp", "[", "i", "0"):
        page.keyboard.press(key)
    page.get_by_label("Detected minutiae").press(" ")
    page.get_by_label("Of value", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("A smudge.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2. Compare")).to_have_count(0)
    expect(page.get_by_label("Candidate", exact=True)).to_have_count(0)
    page.get_by_label("No value for comparison").press(" ")
    page.keyboard.press("Tab")
    page.keyboard.type("Too little to compare.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Closed")
    ready(page)
    assert not [text for text in message.texts if "/comparisons/" in text.partition("\n")[0]]
    somebody.check_access()


def mark(page: Page, side: str, *places: tuple[float, float]) -> None:
    """Click on an image, at shares of its width and height."""
    canvas = page.locator(f"[data-pane={side}] canvas")
    box = canvas.bounding_box()
    assert box
    for x, y in places:
        canvas.click(position={"x": x * box["width"], "y": y * box["height"]})


@pytest.mark.reach
def test_a_minutia_that_is_marked_has_one_number_in_both_images_and_stays_with_the_opinion(
    visit: Visit, station: Station, case: Case, picture: Callable[[Page, str], None]
) -> None:
    examiner, other = visit(), visit()  # the same person at another computer
    login = station.officer(Role.EXAMINER, unit=DISTRICT)
    page = examiner.sign_in(login, f"/cases/{case.id}")
    take(page)
    counts = page.locator("[data-counts]")
    page.get_by_role("button", name="Mark minutiae").click()
    mark(page, "probe", (0.5, 0.5), (0.45, 0.4))
    expect(counts).to_have_text("2 features marked")
    saved = page.locator("[data-compare]:not([data-unsent])")
    page.keyboard.press("x")
    expect(page.locator("[data-status]")).to_contain_text("bifurcation")
    analyse(page)
    ready(page)
    expect(counts).to_have_text("0 features marked in both images, 2 in one only")
    page.get_by_role("button", name="Mark minutiae").click()
    mark(page, "candidate", (0.5, 0.5), (0.4, 0.4))
    page.get_by_role("application", name="Candidate").press("ArrowLeft")
    page.keyboard.press("Enter")  # at the cross in the middle
    expect(counts).to_have_text("2 features marked in both images, 1 in one only")
    page.keyboard.press("Control+z")
    expect(counts).to_have_text("2 features marked in both images")
    examiner.check_access()
    picture(page, "workbench")
    with page.expect_popup() as second:
        page.get_by_role("button", name="Second window").click()
    expect(second.value.get_by_role("application", name="Candidate")).to_be_visible()
    expect(page.get_by_role("application", name="Candidate")).to_have_count(0)
    second.value.get_by_role("application", name="Probe").press("n")
    expect(page.locator("[data-status]")).to_contain_text("Minutia 1 of 2: ending")
    second.value.close()
    expect(page.get_by_role("application", name="Candidate")).to_be_visible()
    expect(saved).to_be_visible()
    there = other.sign_in(login, f"/cases/{case.id}")
    ready(there)
    expect(there.locator("[data-counts]")).to_have_text("2 features marked in both images")
    examiner.expect("ERR_INTERNET_DISCONNECTED")
    examiner.context.set_offline(True)
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("[data-kept]")).to_contain_text("kept on this computer")
    there.get_by_role("application", name="Candidate").press("m")
    there.keyboard.press("Enter")
    expect(there.locator("[data-compare]:not([data-unsent])")).to_be_visible()
    examiner.expect("409")
    examiner.context.set_offline(False)
    page.get_by_role("dialog").get_by_role("button", name="Those of the other computer").click()
    expect(counts).to_have_text("2 features marked in both images, 1 in one only")
    probe = page.get_by_role("application", name="Probe")
    probe.press("i")
    probe.press("c")
    shown = [probe.evaluate("canvas => canvas.toDataURL()")]
    for setting, value in (("gamma", "150"), ("sharpness", "50")):
        page.locator(f"[data-set={setting}]").fill(value)
        shown.append(probe.evaluate("canvas => canvas.toDataURL()"))
    probe.press("e")
    expect(page.locator("[data-pane=probe] [data-size]")).to_contain_text("not the image")
    shown.append(probe.evaluate("canvas => canvas.toDataURL()"))
    assert len(set(shown)) == len(shown), "each filter changes what is displayed"
    expect(saved).to_be_visible()
    decide(page, "Inconclusive")  # ends the case at once
    ready(page)
    [opinion] = page.request.get(f"{station.server.url}/cases/{case.id}").json()["opinions"]
    assert [made["kind"] for made in opinion["marks"][:2]] == ["ending", "bifurcation"]
    adjusted = {"inversion": 1.0, "gamma": 150.0, "sharpness": 50.0, "ridges": 1.0}
    assert opinion["adjustments"] == [
        {"setting": name, "value": value, "image": ""} for name, value in adjusted.items()
    ]
    assert [made["in_analysis"] for made in opinion["marks"]] == [True, True, None]
    expect(counts).to_have_text("No features marked yet.")
    page.get_by_role("button", name="Show 3 marked features").click()
    expect(counts).to_have_text("2 features marked in both images, 1 in one only")
    row = examiner.go("/cases?show=mine").get_by_role("row").filter(has_text=case.number)
    expect(row).to_contain_text("Inconclusive")
    expect(row).to_contain_text("Mohan Das")


def test_urgent_cases_come_first_with_a_picture_of_the_probe(station: Station) -> None:
    http, url = station.server.http, station.server.url
    person = next(_person)
    fields = {"record": json.dumps({"name": "Asha Rao"}), "encounter": json.dumps(ENCOUNTER)}
    taken = {"right_thumb": ("a.png", print_of(person, "right_thumb", 0))}
    record = http.post(f"{url}/enrolments", data=fields | {"accept_poor_quality": "x"}, files=taken).json()["id"]
    for impression, urgent in ((1, "false"), (2, "true")):
        latent = {"unknown_finger": ("b.png", print_of(person, "right_thumb", impression))}
        search = http.post(f"{url}/identify", files=latent).json()["id"]
        case_fields = {"search_id": search, "record_id": record, "is_urgent": urgent}
        opened = http.post(f"{url}/cases", data=case_fields, files=latent)
        assert opened.status_code == 201, opened.text
    with station.signed_in(station.officer(Role.EXAMINER, unit="national")) as client:
        page = client.get("/app/cases?kind=latent_hit").text
        _, *rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")
        assert "Urgent" in rows[0]
        assert "Urgent" not in rows[-1]
        [picture] = re.findall(r'src="([^"]+)"', rows[0])
        assert client.get(picture).headers["content-type"].startswith("image/")
        latest = client.get(f"/api/v1/cases/{opened.json()['id']}").json()
        assert not latest["part"], "a small picture is no look at the case"


@pytest.mark.reach
def test_an_opinion_is_superseded_and_both_are_shown(visit: Visit, station: Station, case: Case) -> None:
    examiner = visit()
    page = examiner.sign_in(station.officer(Role.EXAMINER, unit=DISTRICT), f"/cases/{case.id}")
    take(page)
    analyse(page)
    ready(page)
    decide(page, "Identification")
    page.get_by_label("Inconclusive").check()
    page.get_by_label("Notes").fill("The core is smudged.")
    page.get_by_label("Why you supersede").fill("I compared the wrong finger.")
    page.get_by_role("button", name="Supersede opinion").click()
    with page.expect_navigation():
        page.locator("dialog .main").click()
    expect(page.get_by_role("heading", name="First examiner: Inconclusive")).to_be_visible()
    expect(page.get_by_role("heading", name="First examiner: Identification")).to_be_visible()
    expect(page.get_by_text("I compared the wrong finger.")).to_be_visible()

    officer = visit()
    page = officer.sign_in(station.officer(Role.STATION_OFFICER, unit=DISTRICT), f"/cases/{case.id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Closed")
    expect(page.get_by_role("button", name="Take the case")).to_have_count(0)


@pytest.mark.reach
def test_a_supervisor_assigns_a_case_on_its_page_and_its_examiner_finds_it_on_home(
    visit: Visit, station: Station, case: Case
) -> None:
    name = f"Meera {case.number}"
    examiner = station.officer(Role.EXAMINER, unit=DISTRICT, name=name)
    supervisor = visit()
    page = supervisor.sign_in(station.officer(Role.SUPERVISOR, unit=DISTRICT), f"/cases/{case.id}")
    page.locator("#comments > summary").click()
    page.locator("#comments textarea").fill("The court sits on Friday.")
    with page.expect_navigation():
        page.get_by_role("button", name="Add comment").click()
    page.locator("#assignment > summary").click()
    choice = page.locator("[name=examiner]")
    choice.select_option(choice.locator("option", has_text=name).get_attribute("value"))
    with page.expect_navigation():
        page.get_by_role("button", name="Assign case").click()
    expect(page.get_by_role("button", name="Take the case")).to_have_count(0)
    supervisor.go("/cases?show=assigned&kind=duplicate")
    expect(page.get_by_role("row").filter(has_text=case.number)).to_contain_text(name)
    page = visit().sign_in(examiner, "/")
    page.get_by_role("link", name=case.number, exact=True).click()
    ready(page)
    expect(page.locator("#comments")).to_contain_text("The court sits on Friday.")


@pytest.mark.reach
def test_a_supervisor_withdraws_a_case_and_nobody_else(visit: Visit, station: Station, case: Case) -> None:
    examiner = visit()
    page = examiner.sign_in(station.officer(Role.EXAMINER, unit=DISTRICT), f"/cases/{case.id}")
    expect(page.get_by_text("Withdraw the case")).to_have_count(0)
    supervisor = visit()
    page = supervisor.sign_in(station.officer(Role.SUPERVISOR, unit=DISTRICT), f"/cases/{case.id}")
    page.get_by_text("Withdraw the case").press("Enter")
    page.get_by_label("Why the case no longer needs a decision").fill("Asked for by mistake.")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Withdrawn")
