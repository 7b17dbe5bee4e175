"""Cases, standing searches and notifications over HTTP, by people of several roles."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from examiners import V1, Call, caller, enrolled, enrolled_twice
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from inputs import print_of

from api.routes import case_images, cases, notifications, standing
from api.security import Needs
from biometrics.access import Role

_person = count(100)  # generated people that no other test has


@pytest.fixture
def duplicate(client: TestClient) -> str:
    """Enrol somebody twice; the id of the case."""
    return enrolled_twice(client, next(_person))


def decided(call: Call, case: str, conclusion: str) -> dict[str, Any]:
    assert call("POST", f"/cases/{case}/take").status_code == 200
    [probe, *_] = call("GET", f"/cases/{case}/images").json()
    assert call("GET", f"/cases/{case}/images/{probe['name']}").headers["content-type"] == "image/png"
    notes = {"of_value": True, "notes": "a loop"}
    assert call("POST", f"/cases/{case}/analyses", json=notes).status_code == 201
    candidate = [one for one in call("GET", f"/cases/{case}/images").json() if one["side"] == "candidate"]
    assert call("GET", f"/cases/{case}/images/{candidate[0]['name']}").status_code == 200
    answer = call("POST", f"/cases/{case}/opinions", json={"conclusion": conclusion, "notes": "compared"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_two_examiners_and_a_supervisor_decide_a_case(client: TestClient, duplicate: str) -> None:
    first, second, judge = caller(client), caller(client), caller(client, Role.SUPERVISOR)
    mine = decided(first, duplicate, "identification")
    assert (mine["state"], mine["finding"]["rank"]) == ("first_opinion", 1)
    waiting = second("GET", f"/cases/{duplicate}").json()
    assert (waiting["state"], waiting["opinions"], waiting["finding"]) == ("waiting", [], None)
    assert decided(second, duplicate, "exclusion")["state"] == "conflict"
    assert judge("POST", f"/cases/{duplicate}/take").status_code == 200
    closed = judge("POST", f"/cases/{duplicate}/opinions", json={"conclusion": "exclusion", "notes": "no"}).json()
    assert (closed["state"], closed["outcome"], len(closed["opinions"])) == ("closed", "exclusion", 3)


def test_what_is_not_in_its_place_is_refused_with_a_code(client: TestClient, duplicate: str) -> None:
    examiner, other = caller(client), caller(client)
    decision = {"conclusion": "exclusion", "notes": "x"}
    for call, path, body, status, code in (
        (other, f"/cases/{duplicate}/opinions", decision, 409, "case_taken"),
        (examiner, f"/cases/{duplicate}/take", None, 200, None),
        (other, f"/cases/{duplicate}/take", None, 409, "case_taken"),
        (examiner, f"/cases/{duplicate}/opinions", decision, 409, "wrong_step"),
        (examiner, f"/cases/{duplicate}/opinions", decision | {"conclusion": "maybe"}, 422, "invalid_field"),
        (examiner, f"/cases/{duplicate}/withdrawal", {"because": "x"}, 403, "forbidden"),
        (examiner, "/cases/nothing/take", None, 404, "unknown_case"),
        (caller(client, Role.STATION_OFFICER), f"/cases/{duplicate}/take", None, 403, "forbidden"),
        (caller(client, unit="09"), f"/cases/{duplicate}/take", None, 404, "unknown_case"),
    ):
        answer = call("POST", path, json=body)
        assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    candidates = [one for one in examiner("GET", f"/cases/{duplicate}/images").json() if one["side"] == "candidate"]
    assert candidates == []
    answer = examiner("GET", f"/cases/{duplicate}/images/sample-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_step")
    assert client.get(f"{V1}/cases", headers={"Authorization": ""}).status_code == 401


def test_a_standing_search_tells_its_owner(client: TestClient) -> None:
    owner, person = caller(client), next(_person)
    latent = {"unknown_finger": ("scene.png", print_of(person, "right_thumb", 1))}
    made = owner("POST", "/standing-searches", data={"case_number": "7/2026"}, files=latent)
    assert made.status_code == 201, made.text
    standing_id = made.json()["standing"]["id"]
    assert made.headers["location"] == f"{V1}/standing-searches/{standing_id}"
    record = enrolled(client, person, 0)
    told = owner("GET", "/notifications").json()
    [one] = told["notifications"]
    assert (told["unread"], one["kind"], one["record_id"], one["standing_id"]) == (
        1,
        "standing_hit",
        record,
        standing_id,
    )
    assert owner("GET", f"/cases/{one['about']}").json()["kind"] == "standing_hit"
    assert owner("POST", f"/notifications/{one['number']}/read").json()["read_at"]
    assert caller(client)("POST", f"/notifications/{one['number']}/read").status_code == 404
    assert owner("POST", f"/standing-searches/{standing_id}/withdrawal", json={"because": ""}).status_code == 422
    ended = owner("POST", f"/standing-searches/{standing_id}/withdrawal", json={"because": "solved"}).json()
    assert ended["ended_because"] == "solved"
    again = owner("POST", f"/standing-searches/{standing_id}/withdrawal", json={"because": "solved"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_step")
    assert owner("GET", f"/standing-searches/{standing_id}").json()["ended_at"]
    listed = owner("GET", "/standing-searches", params={"limit": 200}).json()["standing"]
    assert standing_id not in [one["id"] for one in listed]


def test_a_candidate_is_put_to_examiners(client: TestClient) -> None:
    person, owner = next(_person), caller(client, unit="national")
    record = enrolled(client, person, 0)
    file = ("scene.png", print_of(person, "right_thumb", 1))
    why = {"purpose": "investigation", "case_number": "7/2026"}
    search = owner("POST", "/identify", data=why, files={"unknown_finger": file}).json()["id"]
    fields = {"search_id": search, "record_id": record}
    opened = owner("POST", "/cases", data=fields, files={"unknown_finger": file})
    assert opened.status_code == 201, opened.text
    assert opened.json()["kind"] == "latent_hit"
    again = owner("POST", "/cases", data=fields, files={"unknown_finger": file})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    nobody = fields | {"record_id": search}
    assert owner("POST", "/cases", data=nobody, files={"unknown_finger": file}).status_code == 422


def test_every_route_of_cases_says_what_it_needs() -> None:
    routes = [
        route
        for module in (cases, case_images, standing, notifications)
        for route in module.router.routes
        if isinstance(route, APIRoute)
    ]
    assert len(routes) >= 16
    for route in routes:
        assert [one for one in route.dependant.dependencies if isinstance(one.call, Needs)], route.path
