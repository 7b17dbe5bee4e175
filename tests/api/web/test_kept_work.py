"""What a browser keeps of an account: sealed, and gone when it signs out, but for what waits to be sent."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Callable
from typing import Final

import pytest
from browsing import INSECURE_HOST, NARROW, WIDE, Station, Visitor
from enrolling import (
    PERSON,
    Arrive,
    draft,
    enrolled,
    entered,
    file,
    minutiae,
    numbers,
    place,
    pressed_enrol,
    records,
    step,
)
from playwright.sync_api import Page, expect

from api.web.static_files import STATIC
from biometrics.kernel.access import Role

KEEP: Final = "Keep for my next sign-in here"
DISCARD: Final = "Discard and sign out"

# Returns all that the pages' databases hold, as { database: rows }: each row with its texts and the bytes of its files.
ROWS: Final = """async () => {
    const read = async (value) => {
        if (value instanceof CryptoKey) return { text: "a key!", bytes: "" };
        if (value instanceof Blob) {
            const bytes = new Uint8Array(await value.arrayBuffer());
            const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
            return { text: value.name ?? "", bytes: btoa(letters) };
        }
        if (value === null || typeof value !== "object") return { text: String(value), bytes: "" };
        const parts = await Promise.all(Object.entries(value).map(async ([name, one]) => [name, await read(one)]));
        const text = parts.map(([name, { text }]) => `${name}=${text}`).join(" ");
        return { text, bytes: parts.map(([, { bytes }]) => bytes).filter(Boolean).join(" ") };
    };
    const found = {};
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((resolve) => {
            const opening = indexedDB.open(name);
            opening.onsuccess = () => resolve(opening.result);
        });
        for (const store of database.objectStoreNames) {
            const rows = await new Promise((resolve) => {
                const asking = database.transaction(store).objectStore(store).getAll();
                asking.onsuccess = () => resolve(asking.result);
            });
            found[name] = await Promise.all(rows.map(read));
        }
        database.close();
    }
    return found;
}"""

# Tries to open the first sealed draft of another account with the key of whoever is signed in.
OPEN_OTHERS: Final = """async (owner) => {
    const { sealing_key } = await (await fetch("/api/v1/me/browser-key")).json();
    const bytes = Uint8Array.from(atob(sealing_key), (letter) => letter.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["decrypt"]);
    const database = await new Promise((resolve) => {
        const opening = indexedDB.open("pehchan");
        opening.onsuccess = () => resolve(opening.result);
    });
    const row = await new Promise((resolve) => {
        const asking = database.transaction("drafts").objectStore("drafts").getAll();
        asking.onsuccess = () => resolve(asking.result.find((one) => one.owner === owner));
    });
    database.close();
    const sealed = new Uint8Array(await row.body.arrayBuffer());
    const additionalData = new TextEncoder().encode(["drafts", owner, row.id, "body"].join("\\x1f"));
    return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.slice(0, 12), additionalData }, key, sealed.slice(12))
        .then(() => "opened", (error) => error.name);
}"""


def kept(page: Page, database: str = "pehchan") -> bytes:
    rows = page.evaluate(ROWS).get(database, [])
    files = [base64.b64decode(part) for row in rows for part in row["bytes"].split()]
    return b"\n".join([row["text"].encode() for row in rows] + files)


def storages(page: Page) -> str:
    """Return all that the browser holds of this host beside the databases, as a text."""
    held = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    return f"{held} {page.evaluate('caches.keys().then(String)')} {page.context.cookies()}"


def account(page: Page) -> str:
    return str(page.locator("body").get_attribute("data-account"))


def sealing_key(page: Page) -> str:
    """Return the key of whoever is signed in."""
    answer = page.evaluate("fetch('/api/v1/me/browser-key').then((answer) => answer.json())")
    return str(answer["sealing_key"])


def press_sign_out(page: Page) -> None:
    """Press it; on a narrow screen it is in the menu."""
    menu = page.get_by_role("button", name="Menu", exact=True)
    if menu.is_visible() and menu.get_attribute("aria-expanded") == "false":
        menu.click()
    page.get_by_role("button", name="Sign out", exact=True).click()


def sign_out(page: Page, choice: str = "") -> None:
    press_sign_out(page)
    if choice:
        page.get_by_role("dialog").get_by_role("button", name=choice).click()
    page.wait_for_url("**/app/sign-in")


def drafted(page: Page, name: str) -> bytes:
    """Enter what is needed, with a print, wait until it is kept, and return the print."""
    person = next(numbers)
    entered(page, name, f"{person}/2026")
    content = minutiae(person)
    place(page, "Right thumb").locator("input[type=file]").set_input_files([file("right_thumb.fmr", content)])
    expect(page.locator("#prints-status")).to_contain_text("Right thumb", timeout=60_000)
    return content


def test_nothing_but_the_sealed_store_writes_to_the_browsers_databases() -> None:
    scripts = {path.relative_to(STATIC).as_posix(): path.read_text("utf-8") for path in STATIC.rglob("*.js")}
    assert [name for name, script in scripts.items() if "indexedDB" in script] == ["storage/indexed_db.js"]
    assert [name for name, script in scripts.items() if '/indexed_db.js"' in script] == ["storage/encrypted_store.js"]
    stored = {
        name for name, script in scripts.items() if re.search(r"\b(localStorage|sessionStorage|caches)\b", script)
    }
    assert stored == {
        "enrol/enrol.js",  # a device
        "enrol/scanner/pairing.js",  # the token of this computer's scanner
        "lib/forms.js",  # a place on a page
        "page.js",
        "compare/screen_calibration.js",  # a screen's scale
        "lib/api.js",  # an account's id and public key
        "offline/service_worker.js",  # pages without data
    }


def test_the_next_account_cannot_read_a_draft_and_no_key_is_stored(officer: Arrive, station: Station) -> None:
    somebody, page = officer()
    content = drafted(page, "Sealed Kumari")
    page.wait_for_url("**/enrol?draft=*")
    owner, address = account(page), page.url
    somebody.go("/")  # a draft is written down before its page goes
    expect(draft(page, "Sealed Kumari")).to_be_visible()

    result = kept(page)
    assert f"owner={owner}".encode() in result
    assert len(result) > len(content)
    assert not [word for word in (b"Sealed", b"right_thumb", b"FMR\0", content) if word in result]
    secret = sealing_key(page)
    assert not [word for word in (b"a key!", secret.encode(), base64.b64decode(secret)) if word in result]
    assert secret not in storages(page)

    somebody.context.clear_cookies()  # the browser was closed: nobody signed out
    somebody.sign_in_by_form(station.officer(Role.STATION_OFFICER, name="S. Rane"))
    expect(page.get_by_text("This computer has unsent work of other users")).to_be_visible()
    assert not [word for word in ("Sealed", owner) if word in page.content()]
    assert page.locator("[data-drafts] p").count() == 1
    assert page.evaluate(OPEN_OTHERS, owner) == "OperationError"
    page.goto(address)
    expect(page.locator("#notice")).to_contain_text("belongs to another account")
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    sign_out(page)
    assert f"owner={owner}".encode() in kept(page), "what others keep stays"


@pytest.mark.parametrize("viewport", [WIDE, pytest.param(NARROW, marks=pytest.mark.reach)])
def test_signing_out_asks_and_removes_what_is_not_finished(
    visit: Callable[..., Visitor], station: Station, viewport: dict[str, int]
) -> None:
    somebody = visit(viewport=viewport)
    login = station.officer(Role.STATION_OFFICER)
    page = somebody.sign_in_by_form(login, "/enrol")
    entered(page, "Left Behind", f"{next(numbers)}/2026")
    press_sign_out(page)  # what was typed just now is part of it
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Unfinished enrolments on this computer: 1.")
    expect(dialog.get_by_role("button", name=DISCARD)).to_be_focused()
    somebody.check_access()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    press_sign_out(page)
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Left Behind")

    sign_out(page, KEEP)
    assert b"Left Behind" not in kept(page)
    somebody.sign_in_by_form(login)
    draft(page, "Left Behind").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Left Behind")
    page.get_by_label("Name", exact=True).fill("Left Again")
    sign_out(page, DISCARD)
    assert kept(page) == b""
    somebody.sign_in_by_form(login)
    expect(page.get_by_role("heading", name="Drafts on this computer")).to_be_hidden()


@pytest.mark.reach
def test_an_enrolment_that_waits_stays_sealed_and_is_sent_when_its_owner_is_back(
    visit: Callable[..., Visitor], station: Station
) -> None:
    somebody = visit()
    login = station.officer(Role.STATION_OFFICER)
    page = somebody.sign_in_by_form(login, "/enrol")
    drafted(page, "Waiting Devi")
    somebody.expect("ERR_INTERNET_DISCONNECTED")
    somebody.context.set_offline(True)
    pressed_enrol(page)
    expect(page.locator("#kept")).to_contain_text("Waiting to be sent")
    somebody.context.set_offline(False)
    press_sign_out(page)
    expect(page.get_by_role("dialog")).to_contain_text("Enrolments not sent yet: 1.")
    page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/app/sign-in")
    result = kept(page)
    assert b"waits=true" in result
    assert not [word for word in (b"Waiting", b"FMR\0") if word in result]

    somebody.sign_in_by_form(station.officer(Role.STATION_OFFICER, name="S. Rane"))
    expect(page.get_by_text("This computer has unsent work")).to_be_visible()
    sign_out(page)
    assert not records(station, "Waiting Devi")
    assert b"waits=true" in kept(page)

    somebody.sign_in_by_form(login)
    expect(page.get_by_role("status").filter(has_text="Waiting Devi is enrolled.")).to_be_visible(timeout=60_000)
    [record] = records(station, "Waiting Devi")
    expect(page.get_by_text(f"National number: {record['national_number']}.")).to_be_visible()
    assert kept(page) == b""
    somebody.go("/")
    expect(page.get_by_role("heading", name="Drafts on this computer")).to_be_hidden()


@pytest.mark.reach
def test_a_changed_item_leaves_the_queue_and_a_refused_one_is_reported(
    visit: Callable[..., Visitor], station: Station
) -> None:
    somebody = visit()
    page = somebody.sign_in_by_form(station.officer(Role.STATION_OFFICER), "/enrol")
    drafted(page, "Second Thoughts")
    page.wait_for_url("**/enrol?draft=*")
    address = page.url.partition("#")[0]
    page.get_by_label("Police station").fill("28/519/27519004")  # another state's: the service refuses it
    somebody.expect("ERR_INTERNET_DISCONNECTED")
    somebody.context.set_offline(True)
    pressed_enrol(page)
    expect(page.locator("#kept")).to_contain_text("Waiting to be sent")
    step(page, PERSON)
    page.get_by_label("Name", exact=True).fill("Third Thoughts")
    expect(page.locator("#kept")).not_to_contain_text("Waiting to be sent")
    assert b"waits=false" in kept(page)
    pressed_enrol(page)
    expect(page.locator("#kept")).to_contain_text("Waiting to be sent")
    somebody.context.set_offline(False)
    somebody.expect("403")
    somebody.go("/")
    message = page.get_by_role("status").filter(has_text="The enrolment of Third Thoughts was not accepted")
    expect(message).to_be_visible(timeout=60_000)
    message.get_by_role("link", name="Open the draft").click()
    expect(page).to_have_url(address)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Third Thoughts")
    assert not records(station, "Third Thoughts")


@pytest.mark.reach
def test_where_a_browser_cannot_encrypt_nothing_is_kept(visit: Callable[..., Visitor], station: Station) -> None:
    """Browsers encrypt for https:// and for this computer's own address; a name of it is none."""
    plain = copy.copy(station)
    plain.server = copy.copy(station.server)
    plain.server.root = station.server.root.replace("127.0.0.1", INSECURE_HOST)
    plain.url = f"{plain.server.root}/app"
    somebody = visit(at=plain)
    somebody.expect("Cross-Origin-Opener-Policy")  # it is ignored there
    page = somebody.sign_in_by_form(station.officer(Role.STATION_OFFICER), "/enrol")
    assert not page.evaluate("isSecureContext")
    expect(page.get_by_text("Nothing is stored on this computer")).to_be_visible()
    drafted(page, "Nowhere Kept")
    expect(page.locator("#kept")).to_be_empty()
    assert kept(page) == b""
    enrolled(page)
    sign_out(page)
