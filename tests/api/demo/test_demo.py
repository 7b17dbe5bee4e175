"""The demo's front page: a role is taken without a password, on this machine, and on no other server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts.accounts import Accounts
from api.app import create_app
from api.demo import people, visitors
from api.demo.people import PHOTOGRAPHED_EYES, SOUGHT, TATTOOED, DemoPerson, enrol_person, missing, probes, search
from api.demo.tour import STEPS, TourStep
from api.demo.visitors import PAGE, PARTS, PRINT, TATTOO, DemoAccount, add_visitors
from api.http.csrf import SESSION
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Unit, local_operator
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import RecordQuery
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import enrol

HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Return the application of a demo that runs."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    app = create_app(
        Settings(data_folder=folder, totp_required=False, sign_ins_per_minute=1000, _env_file=None), demo_page=PAGE
    )
    passwords: dict[str, str] = {}
    add_visitors(app, passwords, folder, "shown in the terminal", is_seeding=lambda: False)
    with TestClient(app):
        (folder / PRINT).write_bytes(b"a print")
        accounts: Accounts = app.state.services.accounts
        for part in PARTS:
            new = NewUser(part.login, part.name, frozenset({part.role}), Unit.of("27/519/27519004"))
            passwords[part.login] = accounts.add_user(local_operator("test"), new)[1]
        yield app


def stranger(demo: FastAPI, machine: str = "127.0.0.1", base_url: str = HERE) -> TestClient:
    return TestClient(demo, base_url, client=(machine, 50000), follow_redirects=False, headers={"Origin": base_url})


def visitor(demo: FastAPI, machine: str = "127.0.0.1", base_url: str = HERE) -> TestClient:
    browser = stranger(demo, machine, base_url)
    browser.get(PAGE, params={"token": "shown in the terminal"})
    return browser


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.login)
def test_a_part_is_taken_again_and_again_and_its_page_opens(demo: FastAPI, part: DemoAccount) -> None:
    for _ in range(2):
        browser = visitor(demo)
        taken = browser.post(f"{PAGE}parts/{part.login}")
        assert (taken.status_code, taken.headers["location"]) == (303, f"/app{part.start}"), taken.text
        shown = browser.get(taken.headers["location"])
        assert shown.status_code == 200
        assert part.name in shown.text
        assert PAGE in shown.text


@pytest.mark.parametrize(("number", "step"), [*enumerate(STEPS, 1)])
def test_each_step_of_the_tour_opens_a_real_page_with_its_bubble_and_can_be_left(
    demo: FastAPI, number: int, step: TourStep
) -> None:
    browser = visitor(demo)
    bubble = partial(browser.get, f"{PAGE}tour", params={"at": f"/app{step.start}"})
    assert bubble().status_code == 204
    taken = browser.post(f"{PAGE}tour/{number}")
    assert (taken.status_code, taken.headers["location"]) == (303, f"/app{step.start}"), taken.text
    assert browser.get(taken.headers["location"]).status_code == 200
    assert step.title in bubble().text
    assert browser.post(f"{PAGE}tour/0").headers["location"] == PAGE
    assert bubble().status_code == 204
    assert browser.post(f"{PAGE}tour/{len(STEPS) + 1}").status_code == 404


def test_the_page_has_each_part_and_the_files(demo: FastAPI) -> None:
    browser = visitor(demo)
    page = browser.get(PAGE).text
    for part in PARTS:
        assert f"Go on as {part.name}" in page
    assert browser.get(f"{PAGE}files/{PRINT}").content == b"a print"
    assert browser.get(f"{PAGE}files/master.key").status_code == 404
    assert PAGE in browser.get("/app/sign-in").text


def test_there_are_no_other_parts_and_a_part_leads_nowhere_else(demo: FastAPI) -> None:
    assert visitor(demo).post(f"{PAGE}parts/officer", data={"start": "//evil.example"}).status_code >= 400
    assert visitor(demo).post(f"{PAGE}parts/root").status_code == 404


@pytest.mark.parametrize(
    ("machine", "host"),
    [("192.0.2.7", HERE), ("127.0.0.1", "http://evil.example"), ("127.0.0.1", "http://127.0.0.1.evil.example")],
)
def test_another_machine_and_another_name_are_refused(demo: FastAPI, machine: str, host: str) -> None:
    browser = visitor(demo, machine, host)
    for answer in (browser.get(PAGE), browser.get(f"{PAGE}files/{PRINT}"), browser.post(f"{PAGE}parts/admin")):
        assert answer.status_code == 403
        assert SESSION not in answer.cookies


def test_a_proxy_on_this_machine_lets_nobody_in_who_has_not_seen_the_terminal(demo: FastAPI) -> None:
    """Its requests come from loopback, whoever sent them."""
    browser = stranger(demo)
    for token in ({}, {"token": ""}, {"token": "guessed"}):
        for answer in (browser.get(PAGE, params=token), browser.post(f"{PAGE}parts/admin", params=token)):
            assert answer.status_code == 403
            assert SESSION not in answer.cookies
    assert visitor(demo).get(PAGE).status_code == 200


def test_another_sites_page_signs_nobody_in(demo: FastAPI) -> None:
    for origin in ("https://evil.example", "null", ""):
        answer = visitor(demo).post(f"{PAGE}parts/admin", headers={"Origin": origin})
        assert answer.status_code == 403
        assert SESSION not in answer.cookies


def test_people_whom_a_visitor_enrols_do_not_hold_up_the_invented_ones(demo: FastAPI) -> None:
    engine: Engine = demo.state.services.engine.as_system("seeding")
    for number in range(3):
        engine.store.create_record(Person(f"Visitor's person {number}"), "27")
    invented = [DemoPerson(2)]
    assert missing(engine, invented) == invented
    enrol_person(engine, invented[0], invented[0].samples())
    assert missing(engine, invented) == []


@pytest.mark.reach
def test_the_eyes_of_invented_people_can_be_enrolled(demo: FastAPI) -> None:
    engine: Engine = demo.state.services.engine.as_system("seeding")
    for number in PHOTOGRAPHED_EYES[::4]:
        eyes = DemoPerson(number).irises()
        assert len(engine.extract(eyes, assess=False)) == len(eyes)


def test_a_visitor_finds_an_invented_person_by_an_eye_a_palm_a_tattoo_and_its_description(demo: FastAPI) -> None:
    engine: Engine = demo.state.services.engine.as_system("seeding")
    other = DemoPerson(TATTOOED[0])
    enrol_person(engine, other, other.irises() + other.tattoos())
    enrol_person(engine, DemoPerson(SOUGHT), DemoPerson(SOUGHT).samples())
    visitor_person = Person("Visitor's person")
    for _, sought, samples in probes():
        if sought == DemoPerson(SOUGHT):
            enrol(engine, visitor_person, DemoPerson(SOUGHT).encounter, samples, accept_poor_quality="generated")
            _, is_right = search(engine, sought, samples)
            assert is_right, samples[0].filename
    [tattoo] = DemoPerson(SOUGHT).tattoos()
    assert tattoo.mark is not None
    query = RecordQuery(mark=tattoo.mark.description, body_part=tattoo.mark.part)
    names = {each.person.name for each in engine.store.people.find(query).items}
    assert DemoPerson(SOUGHT).person.name in names


def test_without_the_weights_of_marks_the_page_says_what_is_missing(
    demo: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "pip install" not in visitor(demo).get(PAGE).text
    for module in (people, visitors):
        monkeypatch.setattr(module, "recognises_marks", lambda: False)
    page = visitor(demo).get(PAGE).text
    assert "pip install --no-deps" in page
    assert TATTOO not in page
    assert visitor(demo).get(f"{PAGE}files/{TATTOO}").status_code == 404
    assert DemoPerson(SOUGHT).tattoos() == []


def test_no_other_server_has_it(tmp_path: Path) -> None:
    app = create_app(Settings(data_folder=tmp_path / "data", _env_file=None))
    with TestClient(app):
        browser = visitor(app)
        for answer in (browser.get(PAGE), browser.get(f"{PAGE}files/{PRINT}"), browser.post(f"{PAGE}parts/admin")):
            assert answer.status_code == 404
        assert PAGE not in browser.get("/app/sign-in").text
