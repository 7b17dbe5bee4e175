"""What a page says of a candidate besides the score."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from acting import act_of
from case_examples import FOUND, ask, decide, question, somebody
from fastapi.testclient import TestClient
from officers import store_of
from records_examples import candidate_of, detail_of, encounter, photo_of, search_for

from biometrics.kernel.casework.cases import CaseKind, Conclusion
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.clock import today
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search


@pytest.mark.parametrize(
    ("years_ago", "age", "said"), [(12, 30, True), (8, 30, False), (3, 15, True), (0, 15, False)], ids=str
)
def test_an_old_photo_and_one_of_a_child_are_warned_of(
    client: TestClient, years_ago: int, age: int, said: bool
) -> None:
    store, taken = store_of(client), today() - timedelta(days=366 * years_ago)
    person = Person("Asha", birth_year=taken.year - age)
    enrolled = store_person(store, person, encounter(date=taken), [photo_of("old")])
    candidate = candidate_of(
        enrolled.record_id,
        20.0,
        samples=[
            {"sample_id": enrolled.sample_ids[0], "score": detail_of(20.0)["score"], "counted": True, "probe": "photo"}
        ],
    )
    search = store_search(store, replace(search_for(enrolled.record_id), candidates=(candidate,)))
    page = client.get(f"/app/searches/{search.id}").text
    assert ("older than this search" in page) is said
    assert (f"{years_ago} years older" in page) is said


def test_an_open_case_about_two_candidates_stands_before_them_and_on_their_records(client: TestClient) -> None:
    store = store_of(client)
    one, other = (store_person(store, Person(name), encounter(), []) for name in ("Asha", "Usha"))
    found = [candidate_of(each.record_id, 50.0) for each in (one, other)]
    search = store_search(store, replace(search_for(one.record_id), candidates=tuple(found)))
    before = client.get(f"/app/searches/{search.id}").text
    asked = question(record_id=other.record_id, encounter_id=other.encounter_id, candidate_id=one.record_id)
    assert ask(Casework(store.for_actor(act_of()), {}), asked, FOUND)
    page = client.get(f"/app/searches/{search.id}").text
    assert "Above threshold, as others are" in page
    assert "Candidates 1, 2 may be one person" not in before
    assert "Candidates 1, 2 may be one person" in page
    for each in (one, other):
        assert "may be on record twice" in client.get(f"/app/records/{each.record_id}").text


@pytest.mark.parametrize("conclusion", [Conclusion.EXCLUSION, Conclusion.INCONCLUSIVE])
def test_what_examiners_concluded_of_a_candidate_is_shown_with_it(client: TestClient, conclusion: Conclusion) -> None:
    store = store_of(client)
    one, other = (store_person(store, Person(name), encounter(), []) for name in ("Asha", "Usha"))
    found = tuple(candidate_of(each.record_id, 20.0) for each in (one, other))
    search = store_search(store, replace(search_for(one.record_id), candidates=found))
    asked = question(CaseKind.SEARCH_HIT, search_id=search.id, candidate_id=one.record_id)
    case = ask(Casework(store.for_actor(act_of()), {}), asked, FOUND)
    assert case

    def shown() -> list[tuple[str, bool] | None]:
        cases = [each["case"] for each in client.get(f"/api/v1/searches/{search.id}").json()["candidates"]]
        return [each and (each["outcome"], each["may_be_asked_again"]) for each in cases]

    assert shown() == [(None, False), None]
    decide(Casework(store.for_actor(somebody("a")), {}), case, "a", conclusion)
    assert shown() == [(conclusion, conclusion is Conclusion.INCONCLUSIVE), None]
    assert f": {conclusion}." in client.get(f"/app/searches/{search.id}").text
