"""Over HTTP, too, only the unit that may see both records examines a case; others learn a hit and its outcome."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import uuid4

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from case_examples import FOUND
from examiners import V1, Call, caller
from fastapi import FastAPI
from fastapi.testclient import TestClient
from officers import store_of
from records_examples import candidate_of, encounter, print_of, search_for
from standing_examples import keep_images

from api.http.authentication import declarations
from biometrics.kernel.access import Role
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.records.store import RecordStore
from biometrics.searches.model import KeptImage
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search
from biometrics.watchlist.model import Candidate, Checked

THIRD = "27/521/27521001"
BODIES: dict[str, Any] = {
    "analyses": {"of_value": True, "notes": "x"},
    "opinions": {"conclusion": "exclusion", "notes": "x"},
    "withdrawal": {"because": "x"},
    "comments": {"text": "x"},
    "assignment": {"examiner": "x"},
    "working-marks": {"version": 0, "pairs": []},
}


@dataclass(frozen=True)
class Crossing:
    """A person of HERE who looks like one enrolled at ELSEWHERE: both records, and the case that came of it."""

    client: TestClient
    theirs: str
    own: str
    case: str

    @property
    def store(self) -> RecordStore:
        return store_of(self.client)


def enrolled(store: RecordStore, unit: str) -> Enrolment:
    return store_person(
        store.for_actor(act_of(unit)), Person("Asha"), encounter(**codes(unit)), [print_of(f"{unit} {uuid4()}")]
    )


@pytest.fixture
def crossing(client: TestClient) -> Crossing:
    caller(client, Role.STATION_OFFICER, HERE)  # reads what is sent to the station
    store = store_of(client)
    theirs, own = enrolled(store, HERE), enrolled(store, ELSEWHERE)
    result = Checked([Candidate(theirs.record_id, FOUND)])
    (case,) = finish_check(store, own.encounter_id, result)
    return Crossing(client, theirs.record_id, own.record_id, case)


@dataclass(frozen=True)
class Searched:
    """A search of a station that sees neither record: a hit of HERE's, and somebody of HERE's who is no hit."""

    officer: Call
    search: str
    hit: str
    other: str


@pytest.fixture
def searched(client: TestClient) -> Searched:
    store = store_of(client)
    hit, other = (enrolled(store, HERE).record_id for _ in range(2))
    made = search_for(hit)
    listed = (candidate_of(hit, made.threshold + 1), candidate_of(other, 1.0))
    officer = act_of(THIRD)
    search = store_search(store.for_actor(officer), replace(made, candidates=listed)).id
    keep_images(store, search, [KeptImage(0, "image/png", b"latent")])
    return Searched(caller(client, Role.STATION_OFFICER, THIRD), search, hit, other)


def test_no_route_of_a_case_hands_another_units_person_to_an_examiner(crossing: Crossing) -> None:
    app = cast(FastAPI, crossing.client.app)
    routes = {(method, path) for method, path, _ in declarations(app) if path.startswith(f"{V1}/cases/{{case_id}}")}
    assert len(routes) >= 12
    for unit, role in ((ELSEWHERE, Role.EXAMINER), (ELSEWHERE, Role.SUPERVISOR), (HERE, Role.SUPERVISOR)):
        call = caller(crossing.client, role, unit)
        secret = {"record": crossing.theirs if unit == ELSEWHERE else crossing.own}
        for method, path in sorted(routes):
            route = path.replace("{case_id}", crossing.case).removeprefix(V1)
            if route.endswith(("/withdrawal", "/assignment", "/examiners")) and role is Role.EXAMINER:
                continue
            route = route.replace("{probe_name}", "sample-1").replace("{candidate_name}", "sample-2")
            body = None if method == "GET" else BODIES.get(route.rpartition("/")[2])
            answer = call(method, re.sub("{name}", "sample-1", route), json=body)
            assert secret["record"] not in answer.text, (unit, path)
            if (method, path) == ("GET", f"{V1}/cases/{{case_id}}"):
                assert answer.status_code == 200
                continue
            assert (answer.status_code, answer.json()["code"]) == (403, "out_of_jurisdiction"), (
                unit,
                path,
                answer.text,
            )
        assert crossing.case not in call("GET", "/cases", params={"limit": 200}).text


def test_a_hit_of_another_unit_is_put_to_examiners_by_its_rank(searched: Searched) -> None:
    officer, fields = searched.officer, {"search_id": searched.search}
    listed = officer("GET", f"/searches/{searched.search}")
    (hit,) = listed.json()["candidates"]
    opened = officer("POST", "/cases", data=fields | {"rank": str(hit["rank"])})
    assert opened.status_code == 201, opened.text
    case = opened.json()
    assert (case["state"], case["candidate_id"], case["search_id"]) == ("referred", None, searched.search)
    assert case["referral"]["examined_by"] == "27"
    assert searched.hit not in listed.text + opened.text
    again = officer("POST", "/cases", data=fields | {"rank": str(hit["rank"])})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("named", ["nobody", "both", "next", "other", "zero", "stranger"])
def test_a_candidate_that_the_search_does_not_list_to_the_caller_opens_no_case(searched: Searched, named: str) -> None:
    fields = {
        "nobody": {},
        "both": {"rank": "1", "record_id": searched.hit},
        "next": {"rank": "2"},
        "other": {"record_id": searched.other},
        "zero": {"rank": "0"},
        "stranger": {"record_id": searched.search},
    }[named]
    answer = searched.officer("POST", "/cases", data={"search_id": searched.search} | fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field"), answer.text
    assert searched.other not in answer.text
