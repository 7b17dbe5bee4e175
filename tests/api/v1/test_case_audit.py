"""Whatever shows an image, a comparison, marks or a score of a case names both people in its audit entry."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import cast

import pytest
from acting import act_of
from case_examples import FOUND
from examiners import GROUNDS, V1, caller
from fastapi import FastAPI
from fastapi.testclient import TestClient
from records_examples import encounter, print_of

from api.http.authentication import declarations
from biometrics.audit.reader import AuditLog, EntryQuery
from biometrics.kernel.access import Role
from biometrics.kernel.casework.cases import Side
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.use_cases.casework.casework import Casework, RecordedLook
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.watchlist.model import Candidate, Checked

AUDITOR = act_of("national", Role.AUDITOR)
DEEDS = {
    "take",
    "give-back",
    "analyses",
    "opinions",
    "withdrawal",
    "assignment",
    "comments",
}  # steps: what they show comes after an opinion


class Compared:
    """A case about two records, as its examiner has it after the analysis."""

    def __init__(self, client: TestClient) -> None:
        self.app = cast(FastAPI, client.app)
        self.store = cast(RecordStore, self.app.state.services.engine.store).as_system("a test")
        first, second = (
            store_person(self.store, Person(name), encounter(), [print_of(name)]) for name in ("Asha", "Usha")
        )
        result = Checked([Candidate(first.record_id, FOUND)])
        (self.id,) = finish_check(self.store, second.encounter_id, result)
        self.candidate, self.probe = first.record_id, second.record_id
        self.call = caller(client)
        assert self.call("POST", f"/cases/{self.id}/take").status_code == 200
        notes = {"of_value": True, "notes": "a loop"}
        assert self.call("POST", f"/cases/{self.id}/analyses", json=notes).status_code == 201
        images = self.call("GET", f"/cases/{self.id}/images").json()
        self.names = {image["side"]: image["name"] for image in images}
        self.me = self.call("GET", "/me").json()["user"]["id"]
        self.auditor = AuditLog(self.store.database, self.store.keys, self.store.identity)

    def shown(self) -> Counter[str]:
        """Count by record the entries in which the examiner's looks name it."""
        entries = self.auditor.find(AUDITOR, EntryQuery(actor_id=self.me), 500).items
        return Counter(record for entry in entries for record in json.loads(entry.detail or "{}").get("records", ()))

    def path(self, route: str, side: str) -> str:
        filled = route.removeprefix(V1).replace("{case_id}", self.id).replace("{name}", self.names[side])
        return filled.replace("{probe_name}", self.names["probe"]).replace("{candidate_name}", self.names["candidate"])


@pytest.fixture
def compared(client: TestClient) -> Compared:
    return Compared(client)


def test_every_route_that_shows_an_image_of_a_case_names_the_people_in_its_entry(compared: Compared) -> None:
    routes = [
        path
        for method, path, _ in declarations(compared.app)
        if path.startswith(f"{V1}/cases/{{case_id}}/") and path.rpartition("/")[2] not in DEEDS and method == "GET"
    ]
    # The lists of images and of examiners show none of them, and neither do the reader's own marks. A report is made of
    # a closed case alone; its own tests check its entry.
    showing = [path for path in routes if not path.endswith(("/images", "/examiners", "/report", "/working-marks"))]
    assert len(showing) >= 5
    for route in showing:
        for side in ("probe", "candidate"):
            before = compared.shown()
            compared.call("GET", compared.path(route, side))  # made-up templates cannot be charted; the look counts
            shown = set(compared.shown() - before)
            only_probe = route.endswith("/thumbnail") or ("{name}" in route and side == "probe")
            assert shown == ({compared.probe} if only_probe else {compared.probe, compared.candidate}), (route, side)


def test_the_page_of_a_case_offers_the_pair_and_shows_it_when_it_was_named(compared: Compared) -> None:
    page = f"/../../app/cases/{compared.id}"
    for name in compared.names.values():
        compared.call("GET", f"/cases/{compared.id}/images/{name}")
    offered = compared.call("GET", page).text
    for side, name in compared.names.items():
        assert f'<select name="{side}_image" data-follows="{side}"><option value="{name}">' in offered
    pair = {f"{side}_image": name for side, name in compared.names.items()}
    opinion = (
        {"conclusion": "identification", "notes": "agree", "unmarked_because": "by eye"}
        | pair
        | {"basis": GROUNDS["identification"]}
    )
    assert compared.call("POST", f"/cases/{compared.id}/opinions", json=opinion).status_code == 201
    assert re.search(r"Based on [^<]+ and [^<]+\.", compared.call("GET", page).text)


def test_the_audit_log_finds_who_saw_a_score_by_either_person(compared: Compared) -> None:
    path = f"/cases/{compared.id}"
    assert compared.call("GET", path).json()["finding"] is None
    assert not compared.shown()
    for name in compared.names.values():
        compared.call("GET", f"{path}/images/{name}")
    before = compared.shown()[compared.candidate]
    pair = {f"{side}_image": name for side, name in compared.names.items()}
    opinion = (
        {"conclusion": "identification", "notes": "agree", "unmarked_because": "by eye"}
        | pair
        | {"basis": GROUNDS["identification"]}
    )
    assert compared.call("POST", f"{path}/opinions", json=opinion).json()["finding"]
    assert compared.call("GET", path).json()["finding"]
    listed = compared.call("GET", "/cases", params={"mine": True}).json()["cases"]
    assert [bool(case["finding"]) for case in listed] == [True]
    shown = compared.shown()
    assert shown[compared.candidate] == before + 3
    assert shown[compared.probe] == before + 4  # whose image is shown before the analysis, too


def test_who_saw_a_person_is_found_by_the_number_of_any_record_that_was_merged(compared: Compared) -> None:
    store, me, path = compared.store, compared.me, f"/cases/{compared.id}/images/{compared.names['candidate']}"
    compared.call("GET", path)
    survivor = store.for_actor(act_of("27")).create_record(Person("Asha Devi"), "27")
    numbers = [
        str(store.people.get(record_id).person.national_number) for record_id in (compared.candidate, survivor.id)
    ]
    store.editor.merge(survivor.id, survivor.version, compared.candidate, "one person")
    compared.call("GET", path)
    queries = [EntryQuery(person, me, "case.look") for person in (compared.candidate, survivor.id, *numbers)]
    entries = [[entry.number for entry in compared.auditor.find(AUDITOR, query).items] for query in queries]
    assert len(entries[0]) == 2
    assert entries == [entries[0]] * 4


def test_no_image_of_a_case_is_given_out_without_its_entry(compared: Compared) -> None:
    """What asks for the file takes what `Casework.look` returns, and nobody else can make one."""
    cases = Casework(compared.store.for_actor(act_of("27", Role.EXAMINER)), {})
    with pytest.raises(AssertionError, match=r"Casework\.look"):
        RecordedLook(cases.case(compared.id), Side.CANDIDATE, compared.names["candidate"], object())
