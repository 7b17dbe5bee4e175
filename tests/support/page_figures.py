"""Print the weight before images and the first paint of the menu's pages and the key pages, here and over 64 kbit/s.

The key pages are the newest search's result, the newest case and the guide for officers.

usage: PYTHONPATH=.:tests/support python tests/support/page_figures.py DEMO_FOLDER [TIMES]

The folder is one of `pehchan demo --folder`; it is made where it is not there.
"""

# ruff: noqa: T201 - it prints

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from browsing import Station, Visitor, chromium
from page_weight import Transferred, first_paint
from playwright.sync_api import Browser
from server import running

from api.bootstrap.store import open_store
from api.settings import Settings
from api.web.navigation import MENU
from biometrics.kernel.access import Role

SLOW = (64_000, 100)  # bits a second, milliseconds
WAIT = 120_000  # milliseconds for a page over the slow link


def opened(browser: Browser, station: Station, login: str, path: str, slow: bool) -> tuple[int, float]:
    """Open a page in a new browser, signed in; return its bytes before images and its first paint in milliseconds."""
    somebody = Visitor(browser, station)
    session = somebody.sign_in(login).context.storage_state()
    somebody.close()
    visitor = Visitor(browser, station, storage_state=session)  # nothing is kept of the first one's pages
    visitor.page.set_default_navigation_timeout(WAIT)
    counted = Transferred(visitor.page)
    if slow:
        counted.slow_down(*SLOW)
    page = visitor.go(path)
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    seen = counted.before_images, first_paint(page)
    visitor.close()
    return seen


def key_pages(browser: Browser, station: Station, login: str) -> list[str]:
    """Return the paths of the key pages; a search or a case only where the folder has one."""
    visitor = Visitor(browser, station)
    request = visitor.sign_in(login).request
    pages = ["/help/officer"]
    for kind in ("searches", "cases"):
        newest = request.get(f"{station.server.root}/api/v1/{kind}").json()[kind][:1]
        pages += [f"/{kind}/{entry['id']}" for entry in newest]
    visitor.close()
    return pages


def main(folder: Path, times: int = 3) -> None:
    if not folder.exists():
        subprocess.run(
            [Path(sys.executable).with_name("pehchan"), "demo", "--no-serve", "--folder", str(folder)], check=True
        )
    settings = Settings(data_folder=folder, _env_file=None)
    with (
        running(folder, installed=True, totp_required="false", sign_ins_per_minute="100000") as server,
        open_store(settings).as_system("a test") as store,
        chromium() as browser,
    ):
        station = Station(server, settings, store)
        login = station.officer(*(role for role in Role if not role.is_machine), unit="national")
        print(f"{'page':20}{'kB':>8}{'first paint, ms':>18}{'over 64 kbit/s, ms':>20}")
        for path in [*(entry.path for entry in MENU), *key_pages(browser, station, login)]:
            here = [opened(browser, station, login, path, slow=False) for _ in range(times)]
            slow = opened(browser, station, login, path, slow=True)
            kilobytes = max(size for size, _ in here) / 1000
            print(f"{path[:16]:20}{kilobytes:8.1f}{median(paint for _, paint in here):18.0f}{slow[1]:20.0f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
