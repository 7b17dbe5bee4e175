"""What exists once is added, or removed, once, also by requests that arrive at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from acting import HERE, act_of, codes
from case_examples import somebody
from lineup_examples import ready_lineup
from records_examples import encounter, print_of, search_for
from standing_examples import add_standing

from biometrics.jobs import webhooks
from biometrics.jobs.model import EventType
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.access import Role
from biometrics.kernel.errors import InvalidField, UnknownWebhook, WrongStep
from biometrics.kernel.people.person import Person
from biometrics.kernel.technique.clock import today
from biometrics.lineups.model import InstructionLanguage, NewViewing
from biometrics.records.store import RecordStore
from biometrics.use_cases.accounts.own_account import add_webhook, remove_webhook
from biometrics.use_cases.casework.lineup import start_viewing
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.enrolment.subscribe import subscribe
from biometrics.use_cases.search.identify import store_search

pytestmark = pytest.mark.both_databases

AT_ONCE = 4


def done_at_once(act: Callable[[int], object]) -> int:
    """Call a function from several threads at the same moment; return how often it was not refused."""
    ready = threading.Barrier(AT_ONCE)

    def call(number: int) -> bool:
        ready.wait()
        try:
            act(number)
        except (InvalidField, UnknownWebhook, WrongStep):
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(call, range(AT_ONCE)))


def enrolled(store: RecordStore) -> str:
    return store_person(
        store.for_actor(act_of(HERE)), Person("Asha"), encounter(**codes(HERE)), [print_of("a")]
    ).record_id


def test_a_unit_subscribes_once_to_a_person(store: RecordStore) -> None:
    record, until = enrolled(store), today() + timedelta(days=1)
    officers = [store.for_actor(act_of(HERE, Role.STATION_OFFICER, f"officer {number}")) for number in range(AT_ONCE)]
    assert done_at_once(lambda number: subscribe(officers[number], record, "bail", until)) == 1


def test_a_search_stands_once(store: RecordStore) -> None:
    owner = somebody("owner")
    search_id = store_search(store.for_actor(owner), search_for(enrolled(store))).id
    assert done_at_once(lambda _: add_standing(store, owner, search_id)) == 1


def test_a_witness_is_shown_one_line_up_of_a_case(store: RecordStore) -> None:
    record = enrolled(store)
    lineups = [ready_lineup(store, record, 1, "a man") for _ in range(AT_ONCE)]
    operator, english = store.for_actor(act_of(HERE, Role.STATION_OFFICER, "operator")), InstructionLanguage.EN

    def show(number: int) -> None:
        start_viewing(operator, lineups[number], NewViewing("PW1", "HC Rao", english, True))

    assert done_at_once(show) == 1


def test_an_account_has_as_many_webhooks_as_it_may(store: RecordStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MOST", 2)
    mine, url = store.for_actor(act_of(HERE)), "https://state.example"
    assert done_at_once(lambda _: add_webhook(mine, url, [EventType.TASK_FINISHED])) == webhooks.MOST


def test_a_webhook_is_removed_once(store: RecordStore) -> None:
    hooks = webhooks.WebhookStore(store.database, store.keys, TaskStore(store.database, store.images, store.keys))
    mine = store.for_actor(act_of(HERE, actor="owner"))
    hook, _ = add_webhook(mine, "https://state.example", [EventType.TASK_FINISHED])
    for _ in range(AT_ONCE):
        hooks.test("owner", hook.id)
    assert done_at_once(lambda _: remove_webhook(mine, hook.id)) == 1
