"""An auditor reads who has had to do with a person and a case, and takes a signed head away."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import cast

from account_examples import OPERATOR
from browsing import Station, Visitor, next_page, text_of
from inputs import print_of
from playwright.sync_api import expect

from api.bootstrap.store import open_store
from biometrics.accounts.model import User
from biometrics.accounts.users import AccountReader
from biometrics.kernel.access import Act, Purpose, Role
from biometrics.kernel.people.person import Person
from biometrics.storage.audit.log import Action, append

DISTRICT = "30/585"
HERE = f"{DISTRICT}/30585001"


def looked_at(station: Station, login: str, case_number: str) -> tuple[str, str]:
    with open_store(station.settings).as_system("a test") as store:
        user: User | None = AccountReader(store.database).by_login(login)
        assert user
        act = Act(user.actor(), Purpose.CUSTODY, case_number, "192.0.2.7")
        record = store.for_actor(act).create_record(Person("Asha Naik"), user.unit.state)
        store.for_actor(act).people.get(record.id)
        return record.id, record.national_number


def test_an_auditor_reads_the_trail_of_a_person_and_of_a_case(
    visit: Callable[..., Visitor], station: Station, tmp_path: Path
) -> None:
    officer = station.officer(Role.STATION_OFFICER, unit=HERE)
    case_number = f"{uuid.uuid4().hex[:6]}/2026"
    record_id, national_number = looked_at(station, officer, case_number)
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.AUDITOR, unit=DISTRICT), "/audit")
    page.get_by_label("Case or FIR").fill(case_number)
    page.get_by_role("button", name="Show", exact=True).click()
    rows = page.get_by_role("region", name="Entries").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("A record was read")
    expect(rows.nth(1)).to_contain_text("Custody")
    expect(rows.nth(1).get_by_role("link", name=officer)).to_be_visible()
    assert "Naik" not in page.content()
    rows.nth(1).get_by_role("link", name=national_number).click()
    expect(page.get_by_label("About", exact=False).first).to_have_value(record_id)
    rows.nth(1).get_by_text("Detail").click()
    expect(rows.nth(1).get_by_text("record.read")).to_be_visible()
    somebody.check_access()
    page.get_by_label("Action").select_option("A record was created")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(rows).to_have_count(2)
    somebody.expect("422")
    page.get_by_label("Account login or name of a user").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You can search by a national number")
    somebody.check_access()
    page = somebody.go("/audit/head")
    somebody.check_access()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a head").click()
    download.value.save_as(tmp_path / "head.json")
    assert len(json.loads((tmp_path / "head.json").read_text())["signature"]) == 128


def test_the_page_names_what_entries_are_about_and_lists_older_ones_on_further_pages(station: Station) -> None:
    http, url, number = station.server.http, station.server.url, f"{uuid.uuid4().hex[:6]}/2026"
    sent = {"purpose": "investigation", "case_number": number}
    answer = http.post(f"{url}/identify", data=sent, files={"left_thumb": print_of(30, "left_thumb", 0)})
    assert answer.status_code == 201, answer.text
    search = answer.json()
    bureau = station.officer(Role.AUDITOR, unit="national")
    assert f"Search for {number}, " in text_of(station.html(bureau, f"/audit?person={search['id']}"))

    login = station.officer(Role.STATION_OFFICER, unit="29/1/2")
    records = [looked_at(station, login, "8/2026")[0] for _ in range(26)]  # two entries each
    auditor = station.officer(Role.AUDITOR, unit="29")
    with station.signed_in(auditor) as client:
        page = client.get(f"/app/audit?actor={login}").text
        assert page.count("<tr") == 51
        page = client.get(next_page(page)).text
        assert page.count("<tr") == 5
        assert f'value="{login}"' in page
        assert "Next page" not in page
    elsewhere = station.officer(Role.AUDITOR, unit="30/586")
    assert "No entry in your unit or below" in station.html(elsewhere, f"/audit?person={records[0]}")


def test_an_entry_of_another_version_is_shown_by_its_name_in_the_log(station: Station) -> None:
    """Reading never refuses what is stored: the log may hold actions that this version does not know."""
    act = replace(OPERATOR)
    object.__setattr__(act, "purpose", "a former purpose")  # past the rules of entry
    with open_store(station.settings).as_system("a test") as store, store.database.writing() as connection:
        append(connection, act, cast(Action, StrEnum("Former", {"SEALED": "store.former"}).SEALED), "former-subject")
    content = station.html(station.officer(Role.AUDITOR, unit="national"), "/audit?person=former-subject")
    assert "store.former" in content
    assert "a former purpose" in content
