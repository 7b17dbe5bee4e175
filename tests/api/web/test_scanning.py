"""An officer scans ten prints and takes a photo: what is poor or of another finger is taken again before it is used."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browsing import Station, Visitor, chromium, end_shared_chromium
from capturing import write_slaps
from enrolling import EVENT, PERSON, PRINTS, entered, place, step, stored
from inputs import blank, photo_of
from PIL import Image as Pillow
from playwright.sync_api import Browser, Page, expect

from biometrics.kernel.access import Role

MOST_ACTIONS = 6  # of the officer, from the first print on

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    picture = Pillow.new("RGB", (1280, 960), (120, 130, 140))
    with Pillow.open(io.BytesIO(photo_of(0))) as face:
        picture.paste(face.convert("RGB").resize((720, 720)), (280, 120))
    frame = io.BytesIO()
    picture.save(frame, "JPEG", quality=90)
    camera = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    camera.write_bytes(frame.getvalue() * 10)
    end_shared_chromium()
    with chromium(camera) as opened:
        yield opened


@contextmanager
def bridge(station: Station, files: Path, data_folder: Path) -> Iterator[str]:
    """Run `pehchan capture` with a simulator of a folder; yield the address that it shows."""
    program = Path(sys.executable).with_name("pehchan")
    command = [program, "capture", "--service", station.server.root, "--simulate", files, "--seconds", "0.3"]
    settings = {"PEHCHAN_DATA_FOLDER": str(data_folder), "PEHCHAN_CAPTURE_PORT": str(station.settings.capture_port)}
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield next(line.strip() for line in running.stdout if "#scanner=" in line)
        finally:
            running.terminate()


@pytest.fixture
def scanning(visit: Callable[..., Visitor], station: Station, tmp_path: Path) -> Iterator[tuple[Visitor, Page, Path]]:
    """Return an officer at the enrolment, connected to a simulator, and its folder."""
    files = tmp_path / "files"
    files.mkdir()
    write_slaps(files, 331)
    with bridge(station, files, tmp_path / "data") as address:
        somebody = visit()
        page = somebody.sign_in(station.officer(Role.STATION_OFFICER))
        page.goto(address)
        page.get_by_role("button", name="Connect", exact=True).click()
        expect(page.locator("#scanner-choices button")).to_have_count(1)
        assert "scanner" not in page.url
        yield somebody, page, files


@pytest.mark.reach
def test_ten_prints_and_a_photo_are_scanned_and_sent_with_six_actions(
    scanning: tuple[Visitor, Page, Path], station: Station
) -> None:
    somebody, page, _ = scanning
    entered(page, "Yamini Kulkarni", "331/2026")
    step(page, PRINTS)
    actions = 0

    def press(name: str) -> None:
        nonlocal actions
        page.get_by_role("button", name=name).click()
        actions += 1

    press("Scan ten prints")
    expect(page.locator("#scanner-status")).to_have_text("Scanned: 10.")
    expect(place(page, "Left little finger")).to_contain_text("good enough")
    press("Continue: Photos")
    press("Use the camera")
    press("Take the photo")
    expect(page.locator("#photo-list")).to_contain_text("good enough")
    press("Continue: Review and send")
    press("Enrol")
    enrolled_now(page)
    assert actions <= MOST_ACTIONS
    [encounter] = stored(station, "Yamini Kulkarni")["encounters"]
    assert [sample["position"] for sample in encounter["samples"]] == [*range(1, 11), None]
    assert {sample["impression"] for sample in encounter["samples"][:10]} == {0}
    assert encounter["device"] == "Simulator fingers 0"
    somebody.check_access()


def enrolled_now(page: Page) -> None:
    expect(page.get_by_role("heading", name="Enrolled")).to_be_focused(timeout=60_000)


@pytest.mark.reach
def test_without_the_program_the_page_says_so_and_connects_later(
    visit: Callable[..., Visitor], station: Station, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    write_slaps(files, 331)
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER), "/enrol")
    expect(page.locator("#scanner")).to_be_hidden()
    with bridge(station, files, tmp_path / "data") as address:
        page.goto(address)
        page.get_by_role("button", name="Connect", exact=True).click()
        expect(page.locator("#scanner-choices button")).to_have_count(1)
        step(page, PRINTS)
        expect(page.get_by_role("button", name="Scan ten prints")).to_be_visible()
    somebody.expect("WebSocket connection")
    page.reload()
    step(page, PERSON)
    step(page, PRINTS)
    connect = page.get_by_role("button", name="Connect the scanner")
    expect(connect).to_be_visible()
    scan = page.get_by_role("button", name="Scan ten prints")
    (files / "right_four.png").write_bytes(blank())
    with bridge(station, files, tmp_path / "data"):
        connect.click()
        scan.click()
        expect(page.get_by_role("button", name="Take again", exact=True)).to_be_focused()
    page.get_by_role("button", name="Take again", exact=True).click()
    expect(connect).to_be_focused()
    expect(scan).to_be_hidden()


def test_an_address_of_another_bridge_is_used_only_if_it_is_confirmed_and_brings_no_prints_into_the_page(
    visit: Callable[..., Visitor], station: Station, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    write_slaps(files, 331)
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.STATION_OFFICER))
    with bridge(station, files, tmp_path / "another user's") as address:
        other = address.split("=")[0] + "=" + "t" * 43
        page.goto(address)
        page.get_by_role("button", name="Connect", exact=True).click()
        expect(page.locator("#scanner-choices button")).to_have_count(1)
        page.goto(other)
        page.get_by_role("button", name="Cancel", exact=True).click()
        page.reload()
        expect(page.locator("#scanner-choices button")).to_have_count(1)
        page.goto(other)
        page.get_by_role("button", name="Connect", exact=True).click()
        step(page, EVENT)
        step(page, PRINTS)
        expect(page.locator("#scanner-status")).to_contain_text("Another program answers")
        expect(page.locator("#scanner-choices button")).to_have_count(0)
