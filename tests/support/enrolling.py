"""The page of enrolment as an officer uses it: what is entered, chosen and dropped, and what came of it."""

from __future__ import annotations

import base64
import io
import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from browsing import Station, Visitor
from made_up_prints import impression, made_up_finger
from PIL import Image as Pillow
from playwright.sync_api import FilePayload, Locator, Page, expect

from biometrics.kernel.recognition.capture import FingerPosition
from fingerprint.interchange.codec import write_record
from fingerprint.interchange.conversion import to_record

Arrive = Callable[..., tuple[Visitor, Page]]  # the fixture `officer`
numbers = itertools.count(700)  # of generated people, and of their FIRs, that no other test has


def file(name: str, content: bytes, kind: str = "image/png") -> FilePayload:
    """Return a file to choose or to drop."""
    return {"name": name, "mimeType": kind, "buffer": content}


def minutiae(person: int) -> bytes:
    """Return the minutiae record of a made-up finger, which needs no time to be extracted."""
    finger = FingerPosition.RIGHT_THUMB
    return write_record(to_record(impression(made_up_finger(6000 + person), 0), finger))


def png(pixels: np.ndarray) -> bytes:
    """Return pixels as a PNG file of 500 ppi."""
    made = io.BytesIO()
    Pillow.fromarray(pixels).save(made, "PNG", dpi=(500, 500))
    return made.getvalue()


def place(page: Page, finger: str) -> Locator:
    """Return the place of a finger on the card, also while another step is shown."""
    return page.locator(".finger", has=page.get_by_role("heading", name=finger, exact=True, include_hidden=True))


def draft(page: Page, name: str) -> Locator:
    """Return the link to a draft on the home page, which may list the person among those enrolled last, too."""
    return page.locator("[data-drafts]").get_by_role("link", name=name)


def expect_draft_stored(page: Page) -> None:
    """Wait until the draft is stored with all changes."""
    expect(page.locator("#kept")).to_contain_text("Draft stored on this computer")
    expect(page.locator("#storing")).to_be_hidden()


PERSON, EVENT, PRINTS, PHOTOS, REVIEW = "Person", "Arrest or event", "Fingerprints", "Photos", "Review and send"


def step(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Steps").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, level=2, exact=True)).to_be_visible()


def entered(page: Page, name: str, fir: str) -> None:
    """Fill in what has to be, in the first two steps."""
    step(page, PERSON)
    page.get_by_label("Name", exact=True).fill(name)
    step(page, EVENT)
    page.get_by_label("FIR number").fill(fir)


def pressed_enrol(page: Page) -> None:
    """Press the button that sends, in the last step."""
    step(page, REVIEW)
    page.get_by_role("button", name="Enrol", exact=True).click()


def drop(target: Locator, dropped: FilePayload) -> None:
    """Let a file fall on an element."""
    content = base64.b64encode(dropped["buffer"]).decode()
    moved = target.page.evaluate_handle(
        """([name, type, content]) => {
            const moved = new DataTransfer();
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            moved.items.add(new File([bytes], name, { type }));
            return moved;
        }""",
        [dropped["name"], dropped["mimeType"], content],
    )
    target.dispatch_event("drop", {"dataTransfer": moved})


def enrolled(page: Page) -> str:
    """Send, and return the national number of the receipt."""
    pressed_enrol(page)
    expect(page.get_by_role("heading", name="Enrolled")).to_be_focused(timeout=60_000)
    number = page.locator("#receipt .number b").inner_text()
    assert re.fullmatch(r"[0-9]{10}", number)
    return number


def records(station: Station, name: str) -> list[dict[str, Any]]:
    """Return the records of exactly this name."""
    answer = station.server.http.get(f"{station.server.url}/records", params={"name": name})
    return [record for record in answer.json()["records"] if record["name"] == name]


def stored(station: Station, name: str) -> dict[str, Any]:
    """Return the one record of a name, whole."""
    [summary] = records(station, name)
    return dict(station.server.http.get(f"{station.server.url}/records/{summary['id']}").json())
