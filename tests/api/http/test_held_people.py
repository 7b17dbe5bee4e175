"""Who examines a case is told by no route who the people of the case are, until they have given an opinion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from acting import HERE, act_of, codes
from case_examples import FOUND, ask, question
from officers import new_key, store_of
from records_examples import candidate_of, encounter, photo_of, search_for
from walking import EVERYTHING, V1, Walker

from api.http.paths import PREFIX
from biometrics.kernel.casework.cases import CaseKind
from biometrics.kernel.people.person import Person
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search

NAME = "Zibdok"


@pytest.mark.essential
def test_the_people_of_a_held_case_are_named_by_no_route(walker: Walker) -> None:
    store, key = store_of(walker.client), new_key(walker.accounts, *EVERYTHING, unit=HERE)
    candidate = store_person(store, Person(NAME), encounter(**codes(HERE)), [photo_of("candidate")])
    search = store_search(
        store.for_actor(act_of(HERE)),
        replace(search_for(candidate.record_id), candidates=(candidate_of(candidate.record_id, 61.25),)),
    )
    asked = question(CaseKind.SEARCH_HIT, search_id=search.id, candidate_id=candidate.record_id)
    case = ask(Casework(store.for_actor(act_of(HERE)), {}), asked, FOUND)
    ids = {
        "record_id": candidate.record_id,
        "encounter_id": candidate.encounter_id,
        "sample_id": str(candidate.sample_ids[0]),
        "search_id": search.id,
        "case_id": str(case),
    }

    def named_by() -> Iterator[str]:
        for route in walker.routes:
            if route.application in ("", PREFIX) and route.method == "GET":
                answer = walker.send(route, route.proper(ids), key)
                if NAME in answer.text:
                    yield f"{route} {answer.status_code}"

    before = set(named_by())
    assert len(before) > 5
    headers = {"Authorization": key}
    taken = walker.client.post(f"{V1}/cases/{case}/take", headers=headers)
    assert taken.status_code == 200, taken.text
    assert set(named_by()) == set()
    given_back = walker.client.post(f"{V1}/cases/{case}/give-back", headers=headers)
    assert given_back.status_code == 200, given_back.text
    assert set(named_by()) == before
