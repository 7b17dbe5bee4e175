"""Pages as they are printed on A4."""

from __future__ import annotations

from playwright.sync_api import Page

A4 = {"width": 680, "height": 1009}  # CSS pixels between margins of 15 mm
_FAULTS = """width => [...document.querySelectorAll("main, main *")].filter(
    element => element.checkVisibility() &&
        (element.getBoundingClientRect().right > width || element.matches("button, input, a.thumbnail:not(:has(img))"))
).map(element => element.outerHTML.slice(0, 100))"""


def check_print(page: Page) -> None:
    """Check that on paper nothing passes the margin, and that there is nothing to press and no place of an image."""
    size = page.viewport_size
    assert size is not None
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4["width"], "height": A4["height"]})
    faults = page.evaluate(_FAULTS, A4["width"])
    assert not faults, faults
    page.emulate_media(media="screen")
    page.set_viewport_size(size)
