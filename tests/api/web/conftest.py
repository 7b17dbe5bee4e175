"""One server and one browser for all tests of pages; each test has people and units of its own."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import delays
import pytest
from browsing import Station, Visitor, end_shared_chromium, shared_chromium
from enrolling import Arrive
from PIL import Image as Pillow
from playwright.sync_api import Browser, Page
from server import free_port, running

from api.bootstrap.store import open_store
from api.settings import Settings
from biometrics.kernel.access import Role

COLOURS = 128  # of a picture: a third of the bytes of all of them
ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "docs" / "pictures" / "pages"
OF_GUIDES = ROOT / "api" / "web" / "static" / "pictures"  # smaller ones, which the guides show
IN_GUIDES = ("found", "workbench", "latent-results")
WIDTH_IN_GUIDES = 1000  # pixels


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """End the browser before a test of another folder."""
    yield
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        end_shared_chromium()


@pytest.fixture(scope="module")
def browser() -> Browser:
    """Return a running Chromium, which the files of this folder share."""
    return shared_chromium()


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """Return a real server, where passwords alone open everything."""
    folder = tmp_path_factory.mktemp("station") / "data"
    patient = {"client_requests": "1000", "work_waiting": "100", "client_work": "100"}  # on a machine that is slow
    settings = Settings(data_folder=folder, capture_port=free_port(), _env_file=None)
    patient["capture_port"] = str(settings.capture_port)
    with (
        running(folder, totp_required="false", sign_ins_per_minute="100000", **patient) as server,
        open_store(settings).as_system("a test") as store,
    ):
        yield Station(server, settings, store)


@pytest.fixture
def visit(browser: Browser, station: Station, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Return what opens a browser of somebody's own; what it complained of fails the test."""
    if delays.LONGEST:
        print(f"Requests of browsers wait for up to {delays.LONGEST} s; PEHCHAN_TEST_DELAYS_SEED={delays.SEED}")  # noqa: T201
    visitors: list[Visitor] = []
    in_turn = "" if request.node.get_closest_marker("reach") else request.node.nodeid

    def visiting(at: Station = station, **options: Any) -> Visitor:
        visitors.append(Visitor(browser, at, in_turn=in_turn, **options))
        return visitors[-1]

    yield visiting
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def officer(visit: Callable[..., Visitor], station: Station) -> Arrive:
    def arrive(**options: Any) -> tuple[Visitor, Page]:
        somebody = visit(**options)
        return somebody, somebody.sign_in(station.officer(Role.STATION_OFFICER), "/enrol")

    return arrive


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Return what keeps a picture of a page in docs/, where PEHCHAN_PICTURES is set: `PEHCHAN_PICTURES=1 pytest`."""

    def keep(page: Page, name: str) -> None:
        if os.environ.get("PEHCHAN_PICTURES"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            shown = Pillow.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
            shown.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)
            if name in IN_GUIDES:
                shown.thumbnail((WIDTH_IN_GUIDES, shown.height))
                shown.save(OF_GUIDES / f"{name}.webp", quality=60, method=6)

    return keep
