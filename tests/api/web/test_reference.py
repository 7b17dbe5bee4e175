"""The API reference is one page that needs no other host."""

from __future__ import annotations

from collections.abc import Callable

from browsing import NARROW, Station, Visitor
from playwright.sync_api import expect

from api.http.reference import type_name


def test_the_reference_is_read_without_the_internet(visit: Callable[..., Visitor], station: Station) -> None:
    """A request to another host, or an error of the page, fails the test when the visitor leaves."""
    somebody = visit(viewport=NARROW)
    page = somebody.page
    page.goto(f"{station.server.root}/docs")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pehchan API")
    operation = page.locator("#identify_person")
    operation.locator("summary").click()
    expect(operation.get_by_role("heading", name="Request body")).to_be_visible()
    expect(operation).to_contain_text("/api/v1/identify")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    somebody.check_access()
    page.goto(f"{station.server.root}/redoc")
    expect(page).to_have_url(f"{station.server.root}/docs")


def test_types_are_named_in_words() -> None:
    assert type_name({"$ref": "#/components/schemas/RecordOut"}) == "RecordOut"
    assert type_name({"type": "array", "items": {"$ref": "#/components/schemas/RecordOut"}}) == "array of RecordOut"
    assert type_name({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}) == "string (date) or null"
    assert type_name({}) == "any"
