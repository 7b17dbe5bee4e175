"""No route tells what is hidden: the people of a case from its examiner, what a search without an order found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from acting import HERE, act_of, codes
from case_examples import FOUND, ask, question
from officers import new_key, store_of
from records_examples import candidate_of, encounter, photo_of, search_for
from sqlalchemy import update
from surface import Route
from walking import EVERYTHING, V1, Walker

from api.http.paths import PREFIX
from biometrics.kernel.casework.cases import CaseKind
from biometrics.kernel.people.person import Person
from biometrics.storage.tables.searches import searches
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search


@dataclass(frozen=True)
class Asked:
    """A case about a candidate of a search, as an account knows the three."""

    walker: Walker
    key: str
    name: str
    ids: dict[str, str]

    def answers(self) -> Iterator[tuple[Route, str]]:
        """Yield what each route that reads answers about them, with what it was asked, if it is allowed."""
        for route in self.walker.routes:
            if route.application in ("", PREFIX) and route.method == "GET":
                request = route.proper(self.ids)
                answer = self.walker.send(route, request, self.key)
                if answer.status_code == 200:
                    yield route, f"{request} {answer.text}"


@pytest.fixture
def asked(walker: Walker) -> Asked:
    store, key = store_of(walker.client), new_key(walker.accounts, *EVERYTHING, unit=HERE)
    name = f"Zibdok {uuid4().hex}"  # nobody else's on record here
    person = store_person(store, Person(name), encounter(**codes(HERE)), [photo_of(str(uuid4()))])
    found = (candidate_of(person.record_id, 61.25),)
    search = store_search(store.for_actor(act_of(HERE)), replace(search_for(person.record_id), candidates=found))
    about = question(CaseKind.SEARCH_HIT, search_id=search.id, candidate_id=person.record_id)
    case = ask(Casework(store.for_actor(act_of(HERE)), {}), about, FOUND)
    ids = {"record_id": person.record_id, "encounter_id": person.encounter_id, "sample_id": str(person.sample_ids[0])}
    return Asked(walker, key, name, {**ids, "search_id": search.id, "case_id": str(case)})


@pytest.mark.essential
def test_the_people_of_a_held_case_are_named_by_no_route(asked: Asked) -> None:
    def naming() -> set[str]:
        return {str(route) for route, answer in asked.answers() if asked.name in answer}

    def step(name: str) -> None:
        path = f"{V1}/cases/{asked.ids['case_id']}/{name}"
        assert asked.walker.client.post(path, headers={"Authorization": asked.key}).status_code == 200

    before = naming()
    assert len(before) > 5
    step("take")
    assert naming() == set()
    step("give-back")
    assert naming() == before


def test_whom_a_search_found_whose_order_was_refused_is_told_by_no_route(asked: Asked) -> None:
    """But by the audit log, which keeps what was done."""
    database = store_of(asked.walker.client).database
    search_id, case_id = asked.ids["search_id"], asked.ids["case_id"]

    def connecting() -> set[str]:
        return {
            str(route)
            for route, answer in asked.answers()
            if (search_id in answer or case_id in answer) and asked.name in answer and "audit" not in route.path
        }

    assert len(connecting()) >= 3
    with database.writing() as connection:
        past = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(update(searches).where(searches.c.id == search_id).values(authorise_until=past))
    assert connecting() == set()
