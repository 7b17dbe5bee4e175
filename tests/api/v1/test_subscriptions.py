"""Subscriptions to a person on record: who is told of what, and what they are not told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from acting import ELSEWHERE, HERE, act_of, codes
from case_examples import FOUND, decide
from examiners import Call, caller
from fastapi.testclient import TestClient
from officers import store_of
from records_examples import candidate_of, encounter, print_of, search_for
from removing import remove_record
from sqlalchemy import event, func, select

from biometrics.kernel.access import Act, Role
from biometrics.kernel.casework.cases import Conclusion
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.technique.clock import today
from biometrics.notifications.model import NotificationKind
from biometrics.records.store import RecordStore
from biometrics.storage.tables.subscriptions import subscription_events
from biometrics.subscriptions.model import LONGEST
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.enrolment.subscribe import subscribe
from biometrics.use_cases.search.identify import store_search
from biometrics.watchlist.model import Candidate, Checked


@dataclass(frozen=True)
class Subscribed:
    """A station that subscribes to a person of its own, by an officer."""

    client: TestClient
    officer: Call
    record: str
    id: int
    before: int  # the number of the unit's last notification then

    @property
    def store(self) -> RecordStore:
        return store_of(self.client)

    def told(self, officer: Call | None = None) -> list[tuple[str, str | None]]:
        """Return the kinds of what the unit was notified of since, each with its record, oldest first."""
        page = (officer or self.officer)("GET", "/notifications", params={"limit": 200}).json()["notifications"]
        told = [each for each in page if each["kind"].startswith("person_") and each["number"] > self.before]
        return [(each["kind"], each["record_id"]) for each in told[::-1]]

    def events(self, officer: Call | None = None) -> list[tuple[str, str]]:
        """Return what is on record of the subscription: what happened, and the unit to call, latest first."""
        shown = (officer or self.officer)("GET", f"/subscriptions/{self.id}").json()
        return [(event["kind"], event["contact"]["unit"]) for event in shown["events"]]


def enrolled(store: RecordStore, unit: str) -> Enrolment:
    return store_person(
        store.for_actor(act_of(unit)), Person("Asha"), encounter(**codes(unit)), [print_of(str(uuid4()))]
    )


def booked(store: RecordStore, record: str, unit: str, actor: Act) -> None:
    """Add an encounter at a unit to a record, on behalf of somebody who sees both, and let its check find nothing."""
    visit = encounter(**codes(unit))
    added = store_encounter(store.for_actor(actor), record, visit, [print_of(str(uuid4()))])
    finish_check(store, added.encounter_id, Checked())


def searched(store: RecordStore, record: str, above: float, actor: Act) -> None:
    made = search_for(record)
    candidate = candidate_of(record, made.threshold_elsewhere + above)
    search = replace(made, candidates=(candidate,), threshold=None)
    store_search(store.for_actor(actor), search)


def asked(officer: Call, record: str, **changed: Any) -> Any:
    new = {"record_id": record, "legal_basis": "Bail order 12/2026", "expires_on": str(today() + timedelta(days=30))}
    return officer("POST", "/subscriptions", json=new | changed)


@pytest.fixture
def subscribed(client: TestClient) -> Subscribed:
    record = enrolled(store_of(client), HERE).record_id
    officer = caller(client, Role.STATION_OFFICER, HERE)
    answer = asked(officer, record)
    assert answer.status_code == 201, answer.text
    latest = officer("GET", "/notifications").json()["notifications"][:1]
    return Subscribed(client, officer, record, answer.json()["id"], max((each["number"] for each in latest), default=0))


def test_a_unit_is_told_who_books_finds_and_identifies_its_person(subscribed: Subscribed) -> None:
    store, record = subscribed.store, subscribed.record
    state = act_of("27")
    booked(store, record, ELSEWHERE, state)
    searched(store, record, -1.0, act_of(ELSEWHERE))  # below the threshold
    searched(store, record, 1.0, act_of(ELSEWHERE))
    store.for_actor(act_of(ELSEWHERE)).note_verification(record, match=False, files=[])
    store.for_actor(act_of(ELSEWHERE)).note_verification(record, match=True, files=[])
    second = enrolled(store, HERE)
    (case,) = finish_check(store, second.encounter_id, Checked([Candidate(record, FOUND)]))
    for examiner in ("first", "second"):
        who = act_of(HERE, Role.EXAMINER, examiner)
        decide(Casework(store.for_actor(who), {}), case, examiner, Conclusion.IDENTIFICATION)
    kinds = ["person_booked", "person_found", "person_found", "person_identified"]
    assert subscribed.told() == [(kind, record) for kind in kinds]
    assert subscribed.events() == [(kind, HERE if kind == "person_identified" else ELSEWHERE) for kind in kinds[::-1]]
    assert subscribed.told(caller(subscribed.client, Role.STATION_OFFICER, ELSEWHERE)) == []


def test_a_unit_that_subscribes_to_both_records_of_a_case_is_notified_once_that_they_are_of_one_person(
    subscribed: Subscribed,
) -> None:
    store = subscribed.store
    second = enrolled(store, HERE)
    assert asked(subscribed.officer, second.record_id).status_code == 201
    (case,) = finish_check(store, second.encounter_id, Checked([Candidate(subscribed.record, FOUND)]))
    for examiner in ("first", "second"):
        who = act_of(HERE, Role.EXAMINER, examiner)
        decide(Casework(store.for_actor(who), {}), case, examiner, Conclusion.IDENTIFICATION)
    assert [kind for kind, _ in subscribed.told()].count("person_identified") == 1
    assert subscribed.events() == [("person_identified", HERE)]


def test_a_list_has_the_latest_events_of_each_subscription(
    subscribed: Subscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("biometrics.subscriptions.rows.MOST_EVENTS", 2)
    store, other = subscribed.store, enrolled(subscribed.store, HERE).record_id
    asked(subscribed.officer, other)
    searched(store, other, 1.0, act_of(ELSEWHERE))
    booked(store, subscribed.record, ELSEWHERE, act_of("27"))
    for _ in range(4):
        searched(store, subscribed.record, 1.0, act_of(ELSEWHERE))
    listed = subscribed.officer("GET", "/subscriptions").json()["subscriptions"]
    kinds = {each["record_id"]: [event["kind"] for event in each["events"]] for each in listed}
    assert kinds[other] == ["person_found"]
    assert kinds[subscribed.record] == ["person_found", "person_found"]


def test_a_district_is_notified_once_of_a_person_to_whom_a_station_without_accounts_subscribes_too(
    client: TestClient,
) -> None:
    quiet, store = "27/533/27533001", store_of(client)
    record = enrolled(store, quiet).record_id
    subscribe(store.for_actor(act_of(quiet)), record, "bail", today())
    district = caller(client, Role.STATION_OFFICER, "27/533")
    own = asked(district, record).json()["id"]
    searched(store, record, 1.0, act_of(ELSEWHERE))
    [notification] = district("GET", "/notifications").json()["notifications"]
    assert (notification["kind"], notification["subscription_id"]) == ("person_found", own)


def test_nothing_is_told_of_own_acts_nor_after_the_end(subscribed: Subscribed) -> None:
    store, record = subscribed.store, subscribed.record
    mine = subscribed.officer("GET", f"/subscriptions/{subscribed.id}").json()["owner"]
    searched(store, record, 1.0, act_of(HERE, actor=mine))
    assert subscribed.told() == []
    ended = subscribed.officer("POST", f"/subscriptions/{subscribed.id}/end", json={"because": "bail is over"})
    assert (ended.status_code, ended.json()["ended_because"]) == (200, "bail is over")
    again = subscribed.officer("POST", f"/subscriptions/{subscribed.id}/end", json={"because": "twice"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_step")
    searched(store, record, 1.0, act_of(ELSEWHERE))
    assert subscribed.told() == []
    active, ended = ({"record_id": record, "ended": each} for each in ("false", "true"))
    assert subscribed.officer("GET", "/subscriptions", params=active).json()["subscriptions"] == []
    assert len(subscribed.officer("GET", "/subscriptions", params=ended).json()["subscriptions"]) == 1


def test_a_unit_is_told_what_a_subscriber_does_who_was_posted_elsewhere(subscribed: Subscribed) -> None:
    posted = subscribed.officer("GET", f"/subscriptions/{subscribed.id}").json()["owner"]
    searched(subscribed.store, subscribed.record, 1.0, act_of(ELSEWHERE, actor=posted))
    assert subscribed.told() == [("person_found", subscribed.record)]
    assert subscribed.events() == [("person_found", ELSEWHERE)]


def test_a_unit_that_does_not_see_the_person_any_more_is_told_nothing(subscribed: Subscribed) -> None:
    store, record = subscribed.store, subscribed.record
    [visit] = store.as_system("a test").people.get(record).encounters
    booked(store, record, ELSEWHERE, act_of("27"))
    other = enrolled(store, ELSEWHERE).record_id  # whose the encounter of HERE turns out to be
    version = store.as_system("a test").people.get(record).version
    store.for_actor(act_of("27")).editor.move_encounter(visit.id, version, other, "swapped")
    searched(store, record, 1.0, act_of(ELSEWHERE))
    assert subscribed.told() == [("person_booked", None)]
    assert subscribed.events() == [("person_booked", ELSEWHERE)]


def test_an_examiner_of_an_open_case_is_not_told_who_its_candidate_is(subscribed: Subscribed) -> None:
    store, record = subscribed.store, subscribed.record
    examiner = caller(subscribed.client, Role.EXAMINER, HERE)
    searched(store, record, 1.0, act_of(ELSEWHERE))
    second = enrolled(store, HERE)
    (case,) = finish_check(store, second.encounter_id, Checked([Candidate(record, FOUND)]))
    assert subscribed.told(examiner) == [("person_found", None)]
    assert subscribed.events(examiner) == []
    assert subscribed.told() == [("person_found", record)]  # an officer who examines no case
    first = act_of(HERE, Role.EXAMINER, "first")
    decide(Casework(store.for_actor(first), {}), case, "first", Conclusion.EXCLUSION)
    assert subscribed.told(examiner) == [("person_found", record)]


def test_a_subscription_has_a_legal_basis_an_end_and_a_person_whom_the_unit_sees(subscribed: Subscribed) -> None:
    officer, record = subscribed.officer, subscribed.record
    refusals = {
        "wrong_step": asked(officer, record),  # it stands already
        "out_of_jurisdiction": asked(caller(subscribed.client, Role.STATION_OFFICER, ELSEWHERE), record),
        "unknown_record": asked(officer, str(uuid4())),
        "forbidden": asked(caller(subscribed.client, Role.AUDITOR, HERE), record),
    }
    codes_of = {name: answer.json()["code"] for name, answer in refusals.items()}
    assert codes_of == {name: name for name in refusals}
    other = enrolled(subscribed.store, HERE).record_id
    wrong = ({"legal_basis": " "}, {"expires_on": str(today() - timedelta(days=1))}, {"expires_on": "2099-01-01"})
    for changed in wrong:
        answer = asked(officer, other, **changed)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_field"), changed
    assert asked(officer, other, expires_on=str(today() + LONGEST)).status_code == 201
    foreign = caller(subscribed.client, Role.STATION_OFFICER, ELSEWHERE)("GET", f"/subscriptions/{subscribed.id}")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown_subscription")


def test_a_subscription_follows_a_merge_and_goes_with_the_record(subscribed: Subscribed) -> None:
    store, record = subscribed.store, subscribed.record
    system = store.as_system("a test")
    survivor = enrolled(store, HERE).record_id
    assert asked(subscribed.officer, survivor).status_code == 201
    supervisor = caller(subscribed.client, Role.SUPERVISOR, HERE)
    versions = {each: system.people.get(each).version for each in (survivor, record)}
    merged = supervisor(
        "POST",
        f"/records/{survivor}/merges",
        {"If-Match": f'"{versions[survivor]}"'},
        json={"other_id": record, "reason": "one person"},
    )
    assert merged.status_code == 201, merged.text
    searched(store, survivor, 1.0, act_of(ELSEWHERE))
    assert subscribed.told() == [("person_identified", survivor), ("person_found", survivor)]
    assert asked(subscribed.officer, survivor).json()["code"] == "wrong_step"
    assert asked(subscribed.officer, record).json()["code"] == "wrong_step"
    remove_record(store, survivor)
    assert subscribed.officer("GET", f"/subscriptions/{subscribed.id}").json()["code"] == "unknown_subscription"


def test_many_subscribers_are_notified_by_as_many_statements_as_a_few(store: RecordStore) -> None:
    statements: list[str] = []
    event.listen(store.database._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = []
    for stations in (4, 20):
        record = enrolled(store, HERE).record_id
        for unit in [f"27/519/27519{number:03}" for number in range(10, 10 + stations)]:
            booked(store, record, unit, act_of("27"))
            subscribe(store.for_actor(act_of(unit)), record, "bail", today() + timedelta(days=1))
        statements.clear()
        searched(store, record, 1.0, act_of(ELSEWHERE))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    with store.database.reading() as connection:
        found = subscription_events.c.kind == NotificationKind.PERSON_FOUND
        assert connection.execute(select(func.count()).where(found)).scalar_one() == 24
