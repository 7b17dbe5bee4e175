"""Retention over HTTP: clocks, orders, destruction and certificates, within one's own unit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from account_examples import OPERATOR, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import print_of as image_of
from records_examples import encounter, print_of

from api.accounts.accounts import Accounts
from api.http.paths import API, PREFIX
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import store_person

FREED = Outcome(CourtEvent.DECISION, encounter().date, "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
ORDER = {"kind": "hold", "authority": "JMFC Pune", "reference": "7/2025", "date": "2025-02-01"}
NOBODY = "00000000-0000-4000-8000-000000000000"
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(client: TestClient) -> Ask:
    """Return a way to ask as a records clerk of the state of 27, or of another one, or as somebody else."""
    accounts = cast(Accounts, cast(FastAPI, client.app).state.services.accounts)
    keys: dict[tuple[Role, str], str] = {}

    def send(
        method: str, path: str, role: Role = Role.RECORDS_CLERK, unit: str = "27", at: str = API, **options: Any
    ) -> Any:
        if (role, unit) not in keys:
            user, _ = accounts.add_user(OPERATOR, NewUser(f"r.{role}.{unit}", "R", frozenset({role}), Unit(unit)))
            keys[role, unit] = token_of(accounts, user.id)
        headers = {"Authorization": f"Bearer {keys[role, unit]}"}
        return client.request(method, f"{at}{path}", headers=headers, **options)

    return send


@pytest.fixture
def freed(client: TestClient) -> tuple[str, str]:
    """Enrol somebody who was released without trial; return the record's and the encounter's id."""
    engine = cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")
    store = engine.store.as_system("a test")
    done = store_person(store, Person("Ram"), encounter(), [print_of("one", model="e" * 64)])
    store.editor.add_outcome(done.encounter_id, FREED)
    return done.record_id, done.encounter_id


def test_from_the_clock_to_the_certificate(ask: Ask, freed: tuple[str, str]) -> None:
    record, visit = freed
    (clock,) = ask("GET", f"/records/{record}/retention").json()
    assert (clock["rule"], clock["due"], clock["holds"]) == ("not_convicted", "2024-03-09", [])
    assert visit in {item["encounter_id"] for item in ask("GET", "/retention/due").json()["due"]}
    assert ask("GET", "/retention/due", params={"on": "0002-01-01"}).json()["due"] == []

    orders = f"/encounters/{visit}/retention-orders"
    numbers = ("7/2025", "8/2025")
    holds = [ask("POST", orders, json=ORDER | {"reference": number}).json()["id"] for number in numbers]
    (clock,) = ask("GET", f"/records/{record}/retention").json()
    assert [(hold["authority"], hold["reference"]) for hold in clock["holds"]] == [
        ("JMFC Pune", "7/2025"),
        ("JMFC Pune", "8/2025"),
    ]
    assert [hold["id"] for hold in clock["holds"]] == holds
    for hold in holds:
        assert record not in {item["content"]["record"] for item in ask("POST", "/retention/run").json()}
        released = ask("POST", orders, json=ORDER | {"kind": "release", "hold_id": hold})
        assert released.status_code == 201, released.text
    certificates = {item["content"]["record"]: item for item in ask("POST", "/retention/run").json()}
    number = certificates[record]["content"]["id"]
    assert ask("GET", f"/expungements/{number}").json() == certificates[record]
    listed = ask("GET", "/expungements", params={"limit": 1}).json()
    reported = {"id": number, "record_id": record, "record_removed": True, "encounters": 1, "samples": 1}
    assert listed["expungements"][0].items() >= reported.items()
    assert ask("GET", "/expungements", unit="33").json() == {"expungements": [], "next": None}
    assert ask("GET", f"/expungements/{number}", unit="33").status_code == 404
    assert ask("GET", f"/records/{record}/retention").status_code == 404


def test_an_order_to_destroy_takes_effect_when_a_second_person_has_entered_it(client: TestClient, ask: Ask) -> None:
    engine = cast(Engine, cast(FastAPI, client.app).state.services.engine).as_system("a test")
    done = store_person(engine.store, Person("Ram"), encounter(), [print_of("one", model="e" * 64)])
    clock, orders = f"/records/{done.record_id}/retention", f"/encounters/{done.encounter_id}/retention-orders"
    order = ORDER | {"kind": "destroy"}
    assert ask("POST", orders, json=order).status_code == 201
    again = ask("POST", orders, json=order)
    assert (again.status_code, again.json()["code"]) == (403, "needs_two_people")
    assert ask("POST", orders, Role.SUPERVISOR, json=order | {"reference": "8/2025"}).status_code == 201
    [waits] = ask("GET", clock).json()
    papers = [
        {name: ORDER[name] for name in ("authority", "date")} | {"reference": f"{number}/2025"} for number in (7, 8)
    ]
    assert (waits["rule"], waits["waiting"]) == ("collected", papers)
    assert ask("POST", "/retention/run").json() == []
    assert ask("POST", orders, Role.SUPERVISOR, json=order).status_code == 201
    assert [item["content"]["record"] for item in ask("POST", "/retention/run").json()] == [done.record_id]


def test_bad_input_is_a_problem_with_a_code(ask: Ask, freed: tuple[str, str]) -> None:
    _, visit = freed
    for answer, status, code in (
        (ask("POST", f"/encounters/{NOBODY}/retention-orders", json=ORDER), 404, "unknown_encounter"),
        (
            ask("POST", f"/encounters/{visit}/retention-orders", json=ORDER | {"kind": "release", "hold_id": NOBODY}),
            409,
            "expungement_refused",
        ),
        (
            ask("POST", f"/encounters/{visit}/retention-orders", json=ORDER | {"until": "2001-01-01"}),
            422,
            "invalid_field",
        ),
        (ask("POST", f"/encounters/{visit}/retention-orders", json=ORDER | {"authority": " "}), 422, "invalid_field"),
        (ask("GET", f"/records/{NOBODY}/retention"), 404, "unknown_record"),
        (ask("GET", f"/expungements/{NOBODY}"), 404, "unknown_expungement"),
        (ask("GET", "/expungements/x"), 404, "unknown_expungement"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_the_page_of_a_search_has_the_form_for_orders_about_its_files(ask: Ask) -> None:
    """For those who may enter one, of the unit that searched or above it, while a file is kept."""
    files = {"right_thumb": ("a.png", image_of(7, "right_thumb", 0))}
    why = {"purpose": "investigation", "case_number": "7/2025"}
    search = ask("POST", "/identify", Role.STATION_OFFICER, data=why, files=files).json()["id"]
    path = f"/searches/{search}"

    def form(**caller: Any) -> str:
        page = ask("GET", path, at=PREFIX, **caller)
        assert page.status_code == 200, page.text
        found = re.search(f'<form data-api="POST {API}{path}/retention-orders".*?</form>', page.text, re.DOTALL)
        return found[0] if found else ""

    assert set(re.findall(r'name="(\w+)"', form(role=Role.SUPERVISOR))) == {*ORDER, "until", "reason"}
    assert re.findall(r'option value="(\w+)"', form(role=Role.SUPERVISOR)) == ["hold", "close", "destroy"]
    assert not form(role=Role.STATION_OFFICER)
    hold = ask("POST", f"{path}/retention-orders", Role.SUPERVISOR, json=ORDER).json()["id"]
    assert {"release", hold} < set(re.findall(r'option value="([\w-]+)"', form(role=Role.SUPERVISOR)))
    assert "JMFC Pune, 7/2025" in ask("GET", path, Role.SUPERVISOR, at=PREFIX).text
    for order in ({"kind": "release", "hold_id": hold}, {"kind": "destroy"}):
        assert ask("POST", f"{path}/retention-orders", json=ORDER | order).status_code == 201
    assert not [each for each in ask("POST", "/retention/run").json() if each["content"]["searches"]]
    confirmation = re.findall(r'name="(\w+)" value="([^"]+)"', form(role=Role.SUPERVISOR))
    assert dict(confirmation) == ORDER | {"kind": "destroy"}
    assert ask("POST", f"{path}/retention-orders", Role.SUPERVISOR, json=dict(confirmation)).status_code == 201
    assert [each["content"]["searches"] for each in ask("POST", "/retention/run").json()]
    assert not form(role=Role.SUPERVISOR)
