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
from biometrics.kernel.people.person import Person
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment.enrol import store_person

ORDER = {"kind": "hold", "authority": "JMFC Pune", "reference": "7/2025", "date": "2025-02-01"}
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


def test_the_page_of_a_search_has_the_form_for_orders_about_its_files(ask: Ask) -> None:
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
