"""Takes a picture of every page of a running demo: `python tests/support/screenshots.py ADDRESS FOLDER`.

ADDRESS is the one that `pehchan demo` prints. Three screens, two languages, light and dark; a page that has to be
scrolled to the side at a width from 360 to 1920 pixels is named, and so is what the browser complains of.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from browsing import chromium
from playwright.sync_api import Browser, Page

SCREENS = ((1366, 768), (1920, 1080), (390, 844))
WIDTHS = (360, 480, 640, 768, 900, 1024, 1200, 1366, 1600, 1920)
PAGES = {  # by the account of the demo that sees them; a path ends in "*" for the first link of the page that begins so
    "officer": (
        *(
            "/",
            "/enrol",
            "/enrol#encounter",
            "/enrol#prints-step",
            "/enrol#photos-step",
            "/enrol#review",
            "/search",
            "/field",
            "/verify",
        ),
        *(
            "/latent",
            "/searches",
            "/searches/*",
            "/cases",
            "/cases/*",
            "/lineups",
            "/standing",
            "/unsolved",
            "/subscriptions",
        ),
        *("/clearances", "/records", "/records/*", "/notifications", "/account", "/help/officer"),
    ),
    "examiner": ("/", "/cases", "/cases/*"),
    "supervisor": ("/cases", "/reports", "/retention"),
    "auditor": ("/audit",),
    "admin": ("/users", "/units", "/system"),
}


def visits(
    browser: Browser, address: str, login: str, screen: tuple[int, int], language: str, scheme: str
) -> Iterator[tuple[str, Page]]:
    """Sign in to the demo as one of its accounts and open its pages; yields each with its path."""
    root = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    context = browser.new_context(
        viewport={"width": screen[0], "height": screen[1]},
        color_scheme=scheme,
        locale=f"{language}-IN",
        service_workers="block",
    )
    page = context.new_page()
    page.on("console", lambda message: print(page.url, message.text) if message.type == "error" else None)  # noqa: T201
    page.goto(address)
    page.locator(f"form[action$='parts/{login}'] button").click()
    page.wait_for_url(re.compile(r"/app/(?!demo)"))
    for path in PAGES[login]:
        if path.endswith("*"):
            links = page.locator(f"main a[href^='/app{path[:-1]}']").all()
            found = [link for link in links if re.search(r"/[0-9a-f-]{4,36}$", link.get_attribute("href") or "")]
            if not found:
                continue
            page.goto(root + str(found[0].get_attribute("href")))
        else:
            page.goto(f"{root}/app{path}")
            page.reload() if "#" in path else None
        page.wait_for_timeout(300)
        yield path, page
    context.close()


def main(address: str, folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for screen, language, scheme in product(SCREENS, ("en", "hi"), ("light", "dark")):
            for login in PAGES:
                for path, page in visits(browser, address, login, screen, language, scheme):
                    name = re.sub(r"\W+", "-", path).strip("-") or "home"
                    page.screenshot(
                        path=folder / f"{name}-{login}-{screen[0]}-{language}-{scheme}.png", full_page=screen[0] == 390
                    )
                    if (screen, scheme) == (SCREENS[0], "light"):
                        for width in WIDTHS:
                            page.set_viewport_size({"width": width, "height": 800})
                            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                                print(f"{path} ({language}) is wider than {width} pixels")  # noqa: T201
                        page.set_viewport_size({"width": screen[0], "height": screen[1]})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
