"""The tour in a browser: from Start to the person whom the print is of, with a bubble on each page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from browsing import Visitor, ask_examiner, chromium
from playwright.sync_api import expect
from server import free_port

from api.app import create_app
from api.demo.people import SOUGHT, DemoPerson, enrol_person, examples
from api.demo.tour import STEPS
from api.demo.visitors import FILES, PAGE, PARTS, add_visitors
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Unit, local_operator

pytestmark = pytest.mark.reach

TOKEN = "shown in the terminal"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return where a demo runs, on whose record is the person that the tour searches for."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    app = create_app(Settings(data_folder=folder, totp_required=False, _env_file=None), demo_page=PAGE)
    passwords: dict[str, str] = {}
    add_visitors(app, passwords, folder, TOKEN, is_seeding=lambda: False)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    serving = threading.Thread(target=server.run)
    serving.start()
    try:
        while not server.started:
            assert serving.is_alive(), "the server ended"
            serving.join(0.1)
        services = app.state.services
        for part in PARTS:
            new = NewUser(part.login, part.name, frozenset({part.role}), Unit.of("27/519/27519004"))
            passwords[part.login] = services.accounts.add_user(local_operator("test"), new)[1]
        for name, sample in zip(FILES, examples(), strict=False):
            (folder / name).write_bytes(sample.content)
        enrol_person(services.engine.as_system("seeding"), DemoPerson(SOUGHT), DemoPerson(SOUGHT).samples())
        root = f"http://127.0.0.1:{port}"
        yield SimpleNamespace(server=SimpleNamespace(root=root), url=f"{root}/app")
    finally:
        server.should_exit = True
        serving.join()


def test_the_tour_finds_the_person_and_leads_through_all_its_steps(demo: Any) -> None:
    with chromium() as browser, closing(Visitor(browser, demo)) as somebody:
        page = somebody.go(f"/demo/?token={TOKEN}")
        somebody.check_access()
        page.get_by_role("button", name="Start", exact=True).click()
        bubble = page.get_by_role("complementary", name=STEPS[0].title)
        expect(bubble).to_contain_text("step 1 of 5")
        expect(page.locator("#chosen select")).to_have_value("right_thumb")
        somebody.check_access()
        page.get_by_role("main").get_by_role("button", name="Search", exact=True).click()
        expect(page.get_by_role("complementary", name=STEPS[1].title)).to_contain_text("step 2 of 5")
        first = page.locator("#rank-1")
        expect(first).to_contain_text(DemoPerson(SOUGHT).person.name)
        expect(first).to_contain_text("Above threshold; there is no next candidate")
        ask_examiner(page, first)
        expect(first.get_by_role("link", name="Open case")).to_be_visible()
        for step in STEPS[2:]:
            page.get_by_role("complementary").get_by_role("button", name="Next").press("Enter")
            page.wait_for_url(f"**/app{step.start}")
            expect(page.get_by_role("complementary", name=step.title)).to_be_visible()
            somebody.check_access()
        page.keyboard.press("Escape")
        page.wait_for_url(f"**{PAGE}")
        with page.expect_response(lambda answer: "/demo/tour?" in answer.url) as answer:
            somebody.go("/audit")
        assert answer.value.status == 204
