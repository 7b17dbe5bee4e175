"""Finding people's records, and the page of one: what it shows, and what is done from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from account_examples import OPERATOR
from browsing import Station, Visitor, next_page, text_of, texts_of
from image_files import wsq_of
from inputs import ENCOUNTER, photo_of, print_of
from playwright.sync_api import FilePayload, Page, expect
from printed import check_print
from stated import BOUND, decibans_of_text

from api.bootstrap.store import open_store
from biometrics.access.units import Office
from biometrics.kernel.access import Role, Unit
from biometrics.use_cases.accounts.account_administration import set_office

Visit = Callable[..., Visitor]
MORE = {
    "birth_date": "1988-05-06",
    "relatives": [{"relation": "father", "name": "Shyam Lal"}],
    "address": {"text": "12 Mill Road", "district": "Pune"},
    "appearance": {"height_cm": 160, "marks": [{"kind": "scar", "part": "hand", "side": "left"}]},
}
ELSEWHERE = {"state_code": "28", "district_code": "1", "station_code": "281001"}


def enrolled(station: Station, name: str, files: dict[str, bytes] | None = None, **encounter: str) -> dict[str, Any]:
    """Enrol somebody at the station of ENCOUNTER, with a thumb where no other files are given."""
    fields = {"record": json.dumps({"name": name}), "encounter": json.dumps(ENCOUNTER | encounter)}
    return call(station, "POST", "/enrolments", 201, data=fields, files=files or {"left_thumb": thumb()})


def call(station: Station, method: str, path: str, status: int = 200, **options: Any) -> Any:
    """Ask the service as a national officer."""
    answer = station.server.http.request(method, f"{station.server.url}{path}", timeout=300, **options)
    assert answer.status_code == status, answer.text
    return answer.json()


def open_tab(page: Page, name: str) -> None:
    """Open a tab of a record's page."""
    page.get_by_role("navigation", name="On this page").get_by_role("link", name=name, exact=True).press("Enter")


def thumb() -> bytes:
    return print_of(30, "left_thumb", 0)


@pytest.fixture(scope="session")
def asha(station: Station) -> dict[str, Any]:
    """Return a record with two encounters, prints and a photo, whose data were corrected once."""
    files = {"right_thumb": print_of(0, "right_thumb", 0), "photo": photo_of(0)}
    record = enrolled(station, "आशा पाटिल", files, place="Dadar market", fir_number="0777/2026")
    arrest = record["encounters"][0]["id"]
    court = {"event": "decision", "date": "2026-03-01", "court": "Sessions Court, Pune", "verdict": "acquitted"}
    call(station, "POST", f"/encounters/{arrest}/outcomes", 201, json=court)
    surrender = {"encounter": json.dumps(ENCOUNTER | {"kind": "court_surrender", "date": "2026-04-02"})}
    sent = {"right_thumb": wsq_of(print_of(0, "right_thumb", 1))}
    whole = call(station, "POST", f"/records/{record['id']}/encounters", 201, data=surrender, files=sent)
    link = {"to_id": arrest, "kind": "follows"}
    call(station, "POST", f"/encounters/{whole['encounters'][1]['id']}/links", 201, json=link)
    change = {"aliases": ["Guddi"], "sex": "female", "particulars": MORE}
    return corrected(station, record["id"], **change)


def corrected(station: Station, record_id: str, **change: Any) -> dict[str, Any]:
    version = call(station, "GET", f"/records/{record_id}")["version"]
    return call(station, "PATCH", f"/records/{record_id}", json=change, headers={"If-Match": f'"{version}"'})


def test_the_details_of_a_capture_are_shown_in_words(station: Station) -> None:
    missing = [{"position": 9, "reason": "amputated"}, {"position": 102, "reason": "unable"}]
    fields = {
        "record": json.dumps({"name": "Lata Known"}),
        "encounter": json.dumps(ENCOUNTER | {"missing_fingers": missing}),
        "details": json.dumps({"photo": [{"view": "left_profile"}], "right_thumb": [{"impression": 3}]}),
    }
    files = {"right_thumb": print_of(0, "right_thumb", 2), "photo": photo_of(1)}
    record = call(station, "POST", "/enrolments", 201, data=fields, files=files)
    page = station.html(station.officer(Role.STATION_OFFICER), f"/records/{record['id']}")
    assert "Missing or damaged Left ring finger: Amputated; Left iris: Could not be taken" in text_of(page)
    samples = texts_of(page, "li")
    assert any("Face" in sample and "Left profile" in sample for sample in samples)
    assert any("Right thumb" in sample and "Rolled, inked" in sample for sample in samples)


@pytest.mark.reach
def test_an_officer_lists_what_they_enrolled_saves_a_filter_and_acts_on_several_people(
    visit: Visit, station: Station
) -> None:
    somebody = visit()
    login = station.officer(Role.STATION_OFFICER, Role.RECORDS_CLERK)
    page = somebody.sign_in(login, "/records?name=")
    for number in (720, 721):
        file = {"name": "a.png", "mimeType": "image/png", "buffer": print_of(number, "left_thumb", 0)}
        sent = {
            "record": json.dumps({"name": f"Mina Listed {'AB'[number - 720]}", "sex": "female"}),
            "encounter": json.dumps(ENCOUNTER),
            "accept_poor_quality": "a generated finger",
            "left_thumb": file,
        }
        root = station.server.root
        answer = page.request.post(f"{root}/api/v1/enrolments", multipart=sent, headers={"Origin": root})
        assert answer.status == 201, answer.text()
    somebody.go("/records")
    expect(page.get_by_role("heading", name="Enrolled by me")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)  # nobody else's
    somebody.check_access()

    somebody.go("/records?sex=female")
    page.get_by_label("Save this filter as").fill("Women")
    page.get_by_role("button", name="Save the filter").click()
    expect(page.get_by_role("link", name="Women")).to_have_attribute("aria-current", "page")
    page.get_by_role("button", name="Remove the saved filter").click()
    expect(page.get_by_label("Save this filter as")).to_be_visible()
    expect(page.get_by_role("link", name="Women")).to_have_count(0)

    somebody.go("/records")
    expect(page.get_by_role("button", name="Make fingerprint slips")).to_be_disabled()
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Make fingerprint slips").click()
    expect(page.get_by_role("link", name="Fingerprint slip (PDF)")).to_have_count(2)
    page.get_by_label("Select Mina Listed A").uncheck()
    page.get_by_text("Enter a hold for the selected people").click()
    page.get_by_label("Ordered by").fill("JMFC Pune")
    page.get_by_label("Number of the order or file").fill("7/2026")
    page.get_by_label("Day of the order").fill("2026-01-20")
    page.get_by_role("button", name="Enter the hold").click()
    page.get_by_role("dialog").get_by_role("button", name="Enter the hold").click()
    expect(page.locator("#selection-results li")).to_have_text(["Mina Listed B: The hold was entered."])
    somebody.check_access()


def test_a_long_list_is_read_page_by_page(station: Station) -> None:
    for number in range(26):
        call(
            station, "POST", "/records", 201, json={"name": f"Zubair {number}", "state_code": "27", "birth_year": 1931}
        )
    with station.signed_in(station.officer(Role.RECORDS_CLERK, unit="27")) as client:
        first = client.get("/app/records?birth_year=1931&name=").text
        last = client.get(next_page(first)).text
    names = [re.findall("Zubair [0-9]+", text_of(page)) for page in (first, last)]
    assert len(names[1]) == 1
    assert sorted(names[0] + names[1]) == sorted(f"Zubair {number}" for number in range(26))


def test_the_page_shows_what_was_enrolled(visit: Visit, station: Station, asha: dict[str, Any]) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER, Role.RECORDS_CLERK), f"/records/{asha['id']}")
    expect(page.get_by_role("img", name="Photo of आशा पाटिल")).to_have_js_property("complete", True)
    facts = page.locator("section[aria-labelledby=identity]")
    for text in (asha["national_number"], "Guddi", "Female", "6 May 1988", "Shyam Lal (Father)", "Scar: Hand, Left"):
        expect(facts).to_contain_text(text)
    surrender, arrest = page.get_by_role("article").all()
    expect(surrender).to_contain_text("Surrender in court, 2 Apr 2026")
    expect(surrender.get_by_role("definition").filter(has_text="Follows")).to_contain_text("Arrest, 15 Jan 2026")
    expect(arrest).to_contain_text("27/519/27519004")
    expect(arrest).to_contain_text("Dadar market")
    expect(arrest).to_contain_text("BNS 2023: 303(2)")
    expect(arrest).to_contain_text("Acquitted, 1 Mar 2026; an appeal may follow")
    expect(page.locator(".timeline > .lesser").first).to_contain_text("Data corrected")
    open_tab(page, "Law and retention")
    expect(page.get_by_role("article").nth(1)).to_contain_text("kept for 75 years, until 15 Jan 2101")
    check_print(page)
    open_tab(page, "Prints and photos")
    surrender, arrest = page.get_by_role("article").all()
    expect(arrest.get_by_role("listitem").filter(has_text="Right thumb")).to_contain_text(re.compile(r"Quality \d+"))
    for item in (surrender, arrest):  # the one came as WSQ, the other as PNG
        item.get_by_role("button", name="Show the images").press("Enter")
        shown = item.get_by_role("img", name="Right thumb")
        page.wait_for_function("image => image.naturalHeight === 240", arg=shown.element_handle())
    somebody.check_access()
    open_tab(page, "Changes")
    expect(page.get_by_role("row").filter(has_text="Aliases")).to_contain_text("Guddi")
    somebody.check_access()
    open_tab(page, "Arrests and events")
    check_print(page)


def test_an_action_without_the_right_is_not_offered(station: Station, asha: dict[str, Any]) -> None:
    examiner = station.officer(Role.EXAMINER)
    content = text_of(station.html(examiner, f"/records/{asha['id']}"))
    assert "Searches that listed this person" in content
    for text in ("Correct the person's data", "Merge with another record", "Add a court outcome", "Hold, release"):
        assert text not in content
    for text in ("Retention period", "Who looked"):
        assert text not in content
    assert "Who looked" not in text_of(station.html(examiner, f"/records/{asha['id']}?looked=true"))


@pytest.mark.reach
def test_the_tabs_follow_the_address_and_paper_has_all_of_them(
    visit: Visit, station: Station, asha: dict[str, Any]
) -> None:
    somebody = visit()
    everybody = (role for role in Role if not role.is_machine)
    login = station.officer(*everybody, unit="national")
    page = somebody.sign_in(login, f"/records/{asha['id']}")
    tabs = page.get_by_role("navigation", name="On this page").get_by_role("link")
    sections = page.locator(".tabbed > section")
    names = tabs.all_inner_texts()
    for number, name in enumerate(names):
        open_tab(page, name)
        expect(sections.nth(number)).to_be_visible()
        expect(sections.filter(visible=True)).to_have_count(1)
        expect(tabs.and_(page.locator("[aria-current]"))).to_have_text([name])
    row = sections.filter(visible=True).get_by_role("row").nth(1)  # the last tab is who looked: this very reading
    expect(row).to_contain_text(login)
    page.get_by_role("link", name="Verify", exact=True).press("Enter")
    expect(page.locator("#verify-form")).to_be_visible()
    page.reload()
    expect(page.locator("#verify-form")).to_be_visible()
    page.emulate_media(media="print")
    expect(sections.filter(visible=True)).to_have_count(len(names))


def test_only_the_unit_that_made_an_arrest_is_offered_to_change_it(station: Station) -> None:
    record = enrolled(station, "Known Twice")
    fields, files = {"encounter": json.dumps(ENCOUNTER | ELSEWHERE)}, {"left_thumb": print_of(30, "left_thumb", 1)}
    whole = call(station, "POST", f"/records/{record['id']}/encounters", 201, data=fields, files=files)
    own, others = (encounter["id"] for encounter in whole["encounters"])
    decision = {"event": "decision", "date": "2026-03-01", "court": "JMFC", "verdict": "acquitted"}
    call(station, "POST", f"/encounters/{others}/outcomes", 201, json=decision)
    login = station.officer(Role.RECORDS_CLERK, Role.STATION_OFFICER)
    page = station.html(login, f"/records/{record['id']}")
    articles = re.findall("<article.*?</article>", page, re.DOTALL)
    [of_own, of_others] = [
        next(text_of(article) for article in articles if f'"title-{encounter}"' in article)
        for encounter in (own, others)
    ]
    for text in ("Add a court outcome", "Correct this arrest or event"):
        assert text in of_own
        assert text not in of_others
    assert "Withdraw or correct" not in of_others
    assert "Another unit recorded this arrest or event." in of_others
    [law_of_own, law_of_others] = [
        next(text_of(article) for article in articles if f'"law-{encounter}"' in article) for encounter in (own, others)
    ]
    assert "Hold, release" in law_of_own
    assert "Hold, release" not in law_of_others
    assert text_of(page).count("Another unit recorded") == 1


def test_searches_that_named_a_person_are_listed(station: Station) -> None:
    record = enrolled(station, "Searched For", {"right_index": print_of(31, "right_index", 0)})
    with station.signed_in(station.officer(Role.EXAMINER)) as client:
        path = f"/app/records/{record['id']}"
        assert "No searches of your unit" in client.get(path).text
        why = {"purpose": "custody", "case_number": "0055/2026"}
        probe = {"right_index": ("p.png", print_of(31, "right_index", 1))}
        search = client.post("/api/v1/identify", data=why, files=probe).json()["id"]
        page = client.get(path).text
    assert f'href="/app/searches/{search}"' in page
    [row] = [row for row in texts_of(page, "tr") if "0055/2026" in row]
    for text in ("Custody", "above the threshold", "support that both are of the same person"):
        assert text in row
    assert max(decibans_of_text(row), default=0.0) <= BOUND


def test_a_correction_of_a_stale_version_is_refused_in_words(visit: Visit, station: Station) -> None:
    record = enrolled(station, "Mohan Lal")
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), f"/records/{record['id']}/correction")
    somebody.check_access()
    corrected(station, record["id"], name="Mohan Lal Gupta")
    page.get_by_label("Aliases").fill("Munna\nMohan")
    page.get_by_role("button", name="Add a relative").press("Enter")
    page.get_by_label("Relation").select_option("mother")
    page.get_by_label("Name of the relative").fill("Kamla")
    somebody.expect("412")
    page.get_by_role("button", name="Store the correction").press("Enter")
    message = page.get_by_role("alert")
    expect(message).to_contain_text("Another user has changed this record")
    expect(message).to_be_focused()
    expect(message.get_by_role("row").nth(1)).to_have_text(re.compile(r"Name\s*Mohan Lal\s*Mohan Lal Gupta"))
    assert call(station, "GET", f"/records/{record['id']}")["aliases"] == []
    somebody.check_access()
    message.get_by_role("button", name="Store mine on top of it").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mohan Lal Gupta")
    for who in ("by R. Patil", "by you"):
        expect(page.get_by_text(who)).to_have_count(1)
    stored = call(station, "GET", f"/records/{record['id']}")
    assert (stored["aliases"], stored["particulars"]["relatives"]) == (
        ["Munna", "Mohan"],
        [{"relation": "mother", "name": "Kamla"}],
    )
    expect(page.get_by_text("by you")).to_have_count(1)


@pytest.mark.reach
def test_two_records_are_merged_side_by_side_and_separated_again(visit: Visit, station: Station) -> None:
    first, other = enrolled(station, "Suresh Rao"), enrolled(station, "Suresh Row", fir_number="0888/2026")
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.SUPERVISOR), f"/records/{first['id']}/merge")
    page.get_by_label("National number of the other record").fill(first["national_number"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("give that of the other one")
    page.get_by_label("National number of the other record").fill(other["national_number"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text="Name")).to_contain_text(
        re.compile("Suresh Rao.*Suresh Row.*differs")
    )
    somebody.check_access()
    page.get_by_label("Why they are one person").fill("same prints")
    page.get_by_role("button", name="Merge them").click()
    page.locator("dialog .main").click()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.locator(".person")).to_contain_text("Suresh Row")
    somebody.go(f"/records/{other['id']}")
    expect(page.get_by_text("The record that you asked for")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Suresh Rao")
    open_tab(page, "Changes")
    page.get_by_text("Undo this merge").first.click()
    page.get_by_label("Why", exact=True).fill("twins")
    page.get_by_role("button", name="Undo this merge").click()
    page.locator("dialog .main").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Suresh Row")
    expect(page.get_by_text("twins")).to_be_visible()
    assert call(station, "GET", f"/records/{first['id']}")["fir_numbers"] == [ENCOUNTER["fir_number"]]


@pytest.mark.reach
def test_an_encounter_is_moved_and_moved_back(visit: Visit, station: Station) -> None:
    first, other = enrolled(station, "Imran Khan", fir_number="0901/2026"), enrolled(station, "Irfan Khan")
    page = visit().sign_in(station.officer(Role.SUPERVISOR), f"/records/{first['id']}")
    page.get_by_role("link", name="Move to another record").click()
    page.get_by_label("National number of the record").fill(other["national_number"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Irfan Khan")).to_be_focused()
    page.get_by_label("Why it belongs there").fill("the brother's arrest")
    page.get_by_role("button", name="Move it there").click()
    page.locator("dialog .main").click()
    expect(page.get_by_role("article")).to_have_count(2)
    open_tab(page, "Changes")
    page.get_by_text("Undo this move").first.click()
    page.get_by_label("Why", exact=True).fill("it was right before")
    page.get_by_role("button", name="Undo this move").click()
    page.locator("dialog .main").click()
    expect(page.get_by_text("undoing an earlier move")).to_be_visible()
    open_tab(page, "Arrests and events")
    expect(page.get_by_role("article")).to_have_count(1)
    assert call(station, "GET", f"/records/{first['id']}")["fir_numbers"] == ["0901/2026"]


def test_a_name_that_looks_like_a_page_is_shown_as_it_is(visit: Visit, station: Station) -> None:
    name = """<img src=x onerror="alert(1)"> %(number)s {name} 'x'"""
    record, other = enrolled(station, name), enrolled(station, f"{name} 2")
    somebody = visit()
    people = (role for role in Role if not role.is_machine)
    page = somebody.sign_in(station.officer(*people), f"/records/{record['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    corrected(station, record["id"], aliases=[f"{name} 3"])
    encounter = record["encounters"][0]["id"]
    own = f"/records/{record['id']}"
    for path in (own, f"{own}/merge?other={other['id']}", f"{own}/encounters/{encounter}/move?to={other['id']}"):
        somebody.go(path)
        expect(page.get_by_text(name).first).to_be_visible()
        expect(page.locator("img[src=x]")).to_have_count(0)
    somebody.go(f"{own}/correction")
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)


def right_thumb(person: int, impression: int) -> FilePayload:
    content = print_of(person, "right_thumb", impression)
    return {"name": "right_thumb.png", "mimeType": "image/png", "buffer": content}


def press_compare(page: Page) -> None:
    page.get_by_role("button", name="Compare", exact=True).click()


def test_the_person_among_a_few_is_named_and_two_sets_are_compared(visit: Visit, station: Station) -> None:
    mate, other = (
        enrolled(station, name, {"right_thumb": print_of(person, "right_thumb", 0)})
        for name, person in (("Lata Nair", 760), ("Gopal Nair", 761))
    )
    bare = enrolled(station, "Mohan Nair", {"photo": photo_of(0)})
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/verify")
    press_compare(page)
    expect(page.get_by_text("Choose at least one print or photo.")).to_be_visible()
    page.locator("#samples").set_input_files([right_thumb(760, 1)])
    expect(page.get_by_label("What it shows")).to_have_value("right_thumb")
    page.get_by_label("Record ids or national numbers").fill(
        f"{other['id']}\n\n{mate['national_number']}\n{bare['id']}\n"
    )
    page.get_by_label("Purpose").select_option("custody")
    page.get_by_label("Case or FIR number").fill("760/2026")
    press_compare(page)
    result = page.get_by_role("region", name="Result")
    expect(result.get_by_role("listitem").nth(0)).to_contain_text("Lata Nair")
    expect(result.get_by_role("listitem").nth(0)).to_contain_text("Yes: it agrees")
    expect(result.get_by_role("listitem").nth(1)).to_contain_text("No: it does not agree")
    expect(result).to_contain_text("Not compared, as their records have no such samples: Mohan Nair.")
    somebody.check_access()

    page.get_by_label("Other prints and photos").check()
    press_compare(page)
    expect(page.get_by_text("Choose at least one print or photo.")).to_be_visible()
    page.locator("#others").set_input_files([right_thumb(760, 2)])
    expect(page.get_by_label("What it shows").nth(1)).to_have_value("right_thumb")
    press_compare(page)
    expect(result).to_contain_text("support that both are of the same person")
    somebody.check_access()


def test_another_units_record_shows_the_contact(station: Station) -> None:
    with open_store(station.settings).as_system("a test") as store:
        set_office(store.for_actor(OPERATOR), Office(Unit.of("28/1/281001"), "Guntur Station", "+91 863 1234"))
    record = enrolled(station, "Far Away", **ELSEWHERE)
    officer = station.officer(Role.STATION_OFFICER)
    assert "No matching records" in station.html(officer, "/records?name=far+away")
    page = station.html(officer, f"/records/{record['id']}")
    assert "Guntur Station (28/1/281001), telephone +91 863 1234" in page
    assert "Far Away" not in page
