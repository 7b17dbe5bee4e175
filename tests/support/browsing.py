"""A real browser, Debian's Chromium, on a real server: what it complains of fails the test."""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import httpx
from account_examples import OPERATOR, PASSWORD, with_quick_passwords
from delays import delaying
from officers import new_key
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ProxySettings,
    Request,
    expect,
    sync_playwright,
)
from server import Server
from turns import is_due

from api.accounts.factory import accounts_of
from api.accounts.values import EnteredCredentials
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore

CHROMIUM: Final = shutil.which("chromium")
INSECURE_HOST: Final = "pehchan.test"  # this machine, by a name that browsers do not take for it
STATION: Final = "27/519/27519004"
WIDE: Final = {"width": 1366, "height": 768}
NARROW: Final = {"width": 360, "height": 740}

# Playwright's own 5 and 30 seconds are too short on a busy machine; nothing is waited for longer than it takes.
PATIENCE: Final = 60_000  # milliseconds
expect.set_options(timeout=PATIENCE)

_AXE: Final = files("axe_playwright_python").joinpath("axe.min.js")
_RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_POLICY: Final = """
document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


@contextmanager
def chromium(camera: Path | None = None) -> Iterator[Browser]:
    """Run Debian's Chromium, with a camera that shows a made-up picture, or a file of JPEGs one after the other."""
    assert CHROMIUM, "these tests need Debian's chromium: apt install chromium"
    with delaying() as proxy, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--in-process-gpu"]  # a process for graphics alone takes an eighth more time
        flags += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        if camera:
            flags.append(f"--use-file-for-fake-video-capture={camera}")
        flags.append(f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1")
        via: ProxySettings | None = {"server": proxy.url} if proxy else None
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags, proxy=via)
        yield browser
        browser.close()


_shared = ExitStack()
_chromium: list[Browser] = []


def shared_chromium() -> Browser:
    """Return a Chromium that runs until `end_shared_chromium`: starting one takes as long as a short test."""
    if not _chromium:
        _chromium.append(_shared.enter_context(chromium()))
    return _chromium[0]


def end_shared_chromium() -> None:
    """End it. While it runs, playwright keeps this thread's event loop, which other tests need."""
    _chromium.clear()
    _shared.close()


def text_of(html: str) -> str:
    """Return what a page, or a part of one, says: its text without tags, in one line."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def texts_of(html: str, tag: str) -> list[str]:
    """Return what each element of a kind says; none may be in another one."""
    return [text_of(element) for element in re.findall(rf"<{tag}\b.*?</{tag}>", html, re.DOTALL)]


def next_page(html: str) -> str:
    """Return the path of the next page of a list."""
    [path] = re.findall(r'rel="next" href="([^"]+)"', html)
    return unescape(path)


def ask_examiner(page: Page, candidate: Locator) -> None:
    """Ask an examiner about a candidate of a search's page; the question names the search's case number."""
    candidate.get_by_role("button", name="Ask an examiner").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text(page.locator("#found").get_attribute("data-case") or "about")
    question.get_by_role("button", name="Open the case").click()


def destroy_files(station: Station, search_id: str) -> None:
    """Have the files of a search destroyed, as of one older than kept probes: ordered by one, run by another."""
    order = {"kind": "close", "authority": "JMFC Pune", "reference": "7/2026", "date": f"{today()}"}
    http, url = station.server.http, station.server.url
    answers = [
        http.post(f"{url}/searches/{search_id}/retention-orders", json=order),
        http.post(f"{url}/retention/run", headers={"Authorization": new_key(station.accounts)}),
    ]
    assert [answer.status_code for answer in answers] == [201, 200], [answer.text for answer in answers]


class Station:
    """A running server, and people with accounts there; `url` is where its pages are.

    `accounts` are of its open store. They hash passwords quickly; the server hashes them again at the first sign-in.
    """

    def __init__(self, server: Server, settings: Settings, store: RecordStore) -> None:
        self.server = server
        self.settings = settings
        self.accounts = with_quick_passwords(accounts_of(settings, store))
        self.url = f"{server.root}/app"

    @contextmanager
    def signed_in(self, login: str) -> Iterator[httpx.Client]:
        """Sign in as a browser does, where no script has to run."""
        root = self.server.root
        with httpx.Client(base_url=root, headers={"Origin": root}, timeout=PATIENCE / 1000) as client:
            assert client.post("/app/sign-in", data={"login": login, "password": PASSWORD}).status_code == 303
            yield client

    def html(self, login: str, path: str, language: str = "en") -> str:
        """Return the page that somebody gets at a path below /app."""
        with self.signed_in(login) as client:
            return client.get(f"/app{path}", headers={"Accept-Language": language}).text

    def officer(self, *roles: Role, unit: str = STATION, name: str = "R. Patil") -> str:
        login = f"{roles[0].value if roles else 'officer'}-{uuid.uuid4().hex[:8]}"
        _, once = self.accounts.add_user(OPERATOR, NewUser(login, name, frozenset(roles), Unit.of(unit)))
        self.accounts.sign_in(EnteredCredentials(login, once, new_password=PASSWORD))
        return login


class Visitor:
    """Somebody at a browser of their own. `page` is what they see; `faults` what the browser complained of.

    If `in_turn` names something, axe-core looks at a quarter of the states that `check_access` is called in.
    """

    def __init__(self, browser: Browser, station: Station, *, in_turn: str = "", **options: Any) -> None:
        options = {"viewport": WIDE, "locale": "en-IN", "permissions": ["camera"], "service_workers": "block"} | options
        self.station = station
        self.context: BrowserContext = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self._check = crc32(in_turn.encode()) if in_turn else None
        self.faults: list[str] = []
        self._expected: list[str] = []
        self.context.add_init_script(_POLICY)
        self.context.on("request", self._note_request)
        self.page: Page = self.new_page()

    def new_page(self) -> Page:
        """Return a new, empty tab whose errors are noted, too."""
        page = self.context.new_page()
        page.on("console", lambda message: self._note(message.type, f"{message.text} {message.location['url']}"))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        return page

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.station.server.root, "data:", "blob:")):
            self.faults.append(f"leaves the host: {request.url}")

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and not any(part in text for part in self._expected):
            self.faults.append(f"console: {text}")

    def expect(self, part: str) -> None:
        """Take what Chromium itself writes into the console, such as of an answer of 422, for no fault."""
        self._expected.append(part)

    def go(self, path: str) -> Page:
        """Open a page by its path below /app."""
        self.page.goto(f"{self.station.url}{path}")
        return self.page

    def sign_in(self, login: str, path: str = "/") -> Page:
        """Sign in without the form, by the request that it sends, and open a page."""
        root = self.station.server.root
        answer = self.context.request.post(
            f"{root}/app/sign-in",
            form={"login": login, "password": PASSWORD},
            headers={"Origin": root},
            max_redirects=0,
            max_retries=3,  # a link that a test has cut and mended resets connections that were kept alive
        )
        assert answer.status == 303, answer.text()
        return self.go(path)

    def sign_in_by_form(self, login: str, path: str = "/") -> Page:
        """Sign in as a person does, and open a page."""
        self.go("/sign-in")
        self.page.get_by_label("Login").fill(login)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(f"{self.station.url}/")
        return self.page if path == "/" else self.go(path)

    def check_access(self, *, leave_out: Mapping[str, str] | None = None, run_only: Sequence[str] = _RULES) -> None:
        """Let axe-core look for faults of accessibility.

        `leave_out` names rules with why they do not hold here; `run_only` has tags of axe's rules, or ids of rules.
        """
        if self._check is not None:
            self._check += 1
            if not is_due(self._check):
                return
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_AXE.read_text("utf-8"))
        report = self.page.evaluate("only => axe.run({runOnly: only})", list(run_only))
        faults = [
            {
                "rule": violation["id"],
                "why": violation["help"],
                "where": [node["html"][:200] for node in violation["nodes"]],
            }
            for violation in report["violations"]
            if violation["id"] not in (leave_out or {})
        ]
        assert not faults, json.dumps(faults, indent=1)

    def close(self) -> None:
        """Leave; whatever the browser complained of fails the test."""
        for page in self.context.pages:
            page.unroute_all(behavior="ignoreErrors")  # of a request that a test passes on just now
        self.context.close()
        assert not self.faults, self.faults


def press_every_key(page: Page) -> None:
    """Press each key of a workbench, where an error of the page fails the test, and load the page again."""
    keys = "abcdefghijklmnopqrstuvxyz0123456789+-[]=,.<"
    for key in (*keys, "w"):  # at last the one that moves a part of the page to a second window
        page.get_by_role("application").first.focus()
        page.keyboard.press(key)
    page.reload()


def state_grounds(page: Page, *, agrees: bool) -> None:
    """Fill in the grounds of an opinion about two prints."""
    page.get_by_label("Level 1: ridge flow and pattern").select_option("agrees" if agrees else "differs")
    page.get_by_label("Level 1: cores and deltas").select_option("not_visible")
    page.get_by_label("Level 2: differences").select_option("none")
