"""What a page says of a candidate besides the score."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from officers import store_of
from records_examples import candidate_of, detail_of, encounter, photo_of, search_for

from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.clock import today
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
