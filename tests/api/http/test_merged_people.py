"""Every route that takes a record's id answers about merged, emptied and parted records as about any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from fastapi.testclient import TestClient
from officers import new_key, store_of
from records_examples import encounter, photo_of, search_for
from surface import NOTHING, Place, RequestParts, Route
from walking import EVERYTHING, Walker

from api.http.paths import PREFIX
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.technique.clock import today
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.enrolment.subscribe import subscribe
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search

NAME = "Zibdok"
OF_A_RECORD = {"record_id", "other_id", "other", "to_id", "person"}
# Of anything else; a name that is new belongs in one of the two.
OF_OTHERS = {
    "case_id",
    "clearance_id",
    "delivery_id",
    "encounter_id",
    "expungement_id",
    "filter_id",
    "lineup_id",
    "link_id",
    "merge_id",
    "move_id",
    "outcome_id",
    "request_id",
    "sample_id",
    "search_id",
    "standing_id",
    "subscription_id",
    "task_id",
    "webhook_id",
}


@dataclass(frozen=True)
class People:
    """Records of HERE by their ids: one like any other, those that something happened to, and two that are gone."""

    ordinary: str
    changed: dict[str, str]
    gone: tuple[str, ...]
    own: dict[str, Enrolment]  # a record of each unit


def enrolled(store: RecordStore, unit: str = HERE) -> Enrolment:
    return store_person(store, Person(NAME if unit == HERE else "Own"), encounter(**codes(unit)), [])


@pytest.fixture(scope="module")
def people(client: TestClient) -> People:
    store = store_of(client)
    survivor, merged, emptied, target, undone, parted, left, gone = (enrolled(store) for _ in range(8))
    store.editor.merge(survivor.record_id, 1, merged.record_id, "same prints")
    store.editor.move_encounter(emptied.encounter_id, 1, target.record_id, "of another")
    merge = store.editor.merge(parted.record_id, 1, undone.record_id, "same prints")
    store.editor.undo_merge(merge.id, 2, "other prints")
    store.editor.merge(left.record_id, 1, gone.record_id, "same prints")
    Retention(store).delete(left.record_id, "a test", gone.encounter_id)
    changed = {"survivor": survivor, "merged": merged, "emptied": emptied, "undone": undone, "left": left}
    return People(
        enrolled(store).record_id,
        {name: enrolment.record_id for name, enrolment in changed.items()},
        (gone.record_id, NOTHING),
        {unit: enrolled(store, unit) for unit in (HERE, ELSEWHERE)},
    )


def places(walker: Walker, people: People, unit: str) -> Iterator[tuple[Route, RequestParts, Place]]:
    """Yield where routes take the id of a record, in requests that are proper otherwise."""
    own = people.own[unit]
    ids = {"record_id": own.record_id, "encounter_id": own.encounter_id}
    for route in walker.routes:
        if route.application in ("", PREFIX) and (unit == ELSEWHERE or route.method == "GET"):
            request = route.proper(ids)
            for place in route.places(request):
                if name_of(place) in OF_A_RECORD:
                    yield route, request, place


def name_of(place: Place) -> str:
    return next((str(step) for step in reversed(place.steps) if isinstance(step, str)), place.name)


def test_each_id_that_a_route_takes_is_of_a_record_or_of_something_else(walker: Walker) -> None:
    names = {name_of(place) for route in walker.own for place in route.places(route.proper(walker.ids))}
    assert {name for name in names if name.endswith("_id")} <= OF_A_RECORD | OF_OTHERS


@pytest.mark.essential
@pytest.mark.parametrize("unit", [HERE, ELSEWHERE])
def test_a_record_is_answered_about_as_any_other_of_its_unit(walker: Walker, people: People, unit: str) -> None:
    store, key = store_of(walker.client), new_key(walker.accounts, *EVERYTHING, unit=unit)
    before = [store.people.get(record_id) for record_id in people.changed.values()]
    tried = 0
    for route, request, place in places(walker, people, unit):

        def status(record_id: str) -> int:
            answer = walker.send(route, route.changed(request, place, record_id), key)  # noqa: B023
            if unit == ELSEWHERE:
                assert NAME not in answer.text, (str(route), str(place))  # noqa: B023
            return int(answer.status_code)

        expected = status(people.ordinary)
        found = {name: status(record_id) for name, record_id in people.changed.items()}
        assert set(found.values()) == {expected}, (str(route), str(place), expected, found)
        gone, nothing = map(status, people.gone)
        assert gone == nothing, (str(route), str(place))
        tried += 1
    assert tried > 10
    assert [store.people.get(record_id) for record_id in people.changed.values()] == before


def kept_about(store: RecordStore, record_id: str) -> set[str]:
    """Store a search that lists a person, and a subscription to them; return by what answers name each."""
    search = store_search(store.for_actor(act_of(HERE)), search_for(record_id))
    subscribe(store.for_actor(act_of(HERE)), record_id, "bail 77/2026", today() + timedelta(days=1))
    return {search.id, "bail 77/2026"}


@pytest.mark.essential
def test_what_is_kept_about_a_person_is_found_by_each_of_their_ids(walker: Walker) -> None:
    store, key = store_of(walker.client), new_key(walker.accounts, *EVERYTHING, unit=HERE)
    merged = store_person(store, Person(NAME), encounter(**codes(HERE)), [photo_of("merged")])
    survivor = store_person(store, Person(NAME), encounter(**codes(HERE)), [photo_of("survivor")])
    marks = kept_about(store, merged.record_id)

    def answers(record_id: str) -> Iterator[tuple[str, set[str]]]:
        own = {"record_id": record_id, "encounter_id": merged.encounter_id}
        for route in walker.routes:
            if route.application in ("", PREFIX) and route.method == "GET":
                request = route.proper(own)
                for place in route.places(request):
                    if name_of(place) in OF_A_RECORD:
                        text = walker.send(route, route.changed(request, place, record_id), key).text
                        yield f"{route} {place}", {mark for mark in marks if mark in text}

    before = dict(answers(merged.record_id))
    assert set().union(*before.values()) == marks
    store.editor.merge(survivor.record_id, 1, merged.record_id, "same prints")
    for record_id in (merged.record_id, survivor.record_id):
        after = dict(answers(record_id))
        assert {name: found - after[name] for name, found in before.items() if found - after[name]} == {}
