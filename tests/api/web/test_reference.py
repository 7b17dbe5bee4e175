"""The API reference is one page that needs no other host, and sends requests."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import httpx
from browsing import NARROW, Station, Visitor
from officers import PATIENCE, key_for
from playwright.sync_api import expect

from api.http.reference import curl_of


def test_the_reference_is_read_without_the_internet(visit: Callable[..., Visitor], station: Station) -> None:
    somebody = visit(viewport=NARROW)
    page = somebody.page
    page.goto(f"{station.server.root}/docs")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pehchan API")
    page.get_by_role("searchbox").fill("identify")
    operation = page.locator("#identify_person")
    operation.locator("summary").click()
    expect(operation.get_by_role("heading", name="Request body")).to_be_visible()
    expect(operation.get_by_label("Example of identify_person")).to_contain_text("-F purpose=investigation")
    expect(page.locator("main")).not_to_contain_text("**")  # descriptions are Markdown
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("searchbox").fill("find_records")
    expect(page.get_by_role("status").first).to_have_text("1 found")
    expect(operation).to_be_hidden()
    listing = page.locator("#find_records")
    listing.locator("summary").click()
    listing.get_by_label("national_number").fill("1")
    page.get_by_label("API key").fill(key_for(station.settings).removeprefix("Bearer "))
    listing.get_by_role("button", name="Send").click()
    expect(listing.get_by_role("status")).to_contain_text('"records": []')
    somebody.check_access()
    page.goto(f"{station.server.root}/redoc")
    expect(page).to_have_url(f"{station.server.root}/docs")


def test_every_operation_has_a_command_that_sends_its_example(station: Station) -> None:
    document = httpx.get(f"{station.server.root}/openapi.json", timeout=PATIENCE).json()
    examples = {
        operation["operationId"]: curl_of(
            document, {"method": method.upper(), "path": path, "parameters": []} | operation
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert examples["take_case"] == 'curl -X POST -H "Authorization: Bearer KEY" https://HOST/api/v1/cases/CASE_ID/take'
    for example in examples.values():
        command = shlex.split(example)
        assert (command[:2], command[-1].startswith("https://HOST/")) == (["curl", "-X"], True), example
