"""A task counts for the worker that took it up last; one that cannot be read blocks nobody; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from account_examples import OPERATOR
from acting import act_of
from sqlalchemy import delete, select, update

from biometrics.accounts.model import NewUser
from biometrics.jobs.model import EventType, NewTask, Task, TaskKind, TaskState
from biometrics.jobs.queue import Choice, TaskStore
from biometrics.jobs.webhooks import WebhookStore
from biometrics.kernel.access import Role, Unit
from biometrics.kernel.errors import DecryptionFailed, UnknownTask
from biometrics.records.store import RecordStore
from biometrics.storage.tables import jobs as task_tables
from biometrics.storage.tables.keys import data_keys
from biometrics.use_cases.accounts.account_administration import AccountAdministration
from biometrics.use_cases.accounts.own_account import add_webhook, remove_webhook

LEASE, AT_ONCE = timedelta(minutes=1), timedelta()
HOOK = "https://hook.example/here"


@pytest.fixture
def tasks(store: RecordStore) -> TaskStore:
    return TaskStore(store.database, store.images, store.keys)


def new_task(kind: TaskKind = TaskKind.OSIA, owner: str = "client", **changed: object) -> NewTask:
    callback = "https://client.example/done" if kind is TaskKind.OSIA else ""
    return NewTask(kind, "x", owner, {"scopes": []}, {"given": {}}, callback=callback, **changed)


def taken(tasks: TaskStore, lease: timedelta = LEASE, choice: Choice | None = None) -> Task:
    result = tasks.take(lease, choice)
    assert result
    return result


def keys_of(store: RecordStore) -> set[str]:
    with store.database.reading() as connection:
        return set(connection.execute(select(data_keys.c.id)).scalars())


def damage(store: RecordStore, task_id: str) -> None:
    with store.database.writing() as connection:
        damaged = update(task_tables.tasks).where(task_tables.tasks.c.id == task_id)
        connection.execute(damaged.values(call=b"not what was sealed"))


def lose_key(store: RecordStore, task_id: str) -> None:
    with store.database.writing() as connection:
        connection.execute(delete(data_keys).where(data_keys.c.id == task_id))


@pytest.mark.parametrize("spoil", [damage, lose_key])
def test_a_task_that_cannot_be_decrypted_fails_and_blocks_nobody(
    store: RecordStore, tasks: TaskStore, spoil: Callable[[RecordStore, str], None]
) -> None:
    client = NewUser("robot", "Gate", frozenset({Role.MACHINE_CLIENT}), Unit("27"))
    owner = AccountAdministration(store.database, store.keys).add(OPERATOR, client, None).id
    add_webhook(store.for_actor(act_of("27", actor=owner)), HOOK, [EventType.TASK_FINISHED])
    bad, good = (tasks.add(new_task(TaskKind.REQUEST, owner, priority=priority)) for priority in (9, 0))
    spoil(store, bad)
    assert taken(tasks, choice=Choice(deliveries=False)).id == good
    shown = tasks.reader.progress(bad, owner, TaskKind.REQUEST)
    assert (shown.state, shown.failed, shown.stage) == (TaskState.RESPONSE_ERROR, True, None)
    with pytest.raises(DecryptionFailed):
        tasks.reader.result(bad, act_of("27", actor=owner), TaskKind.REQUEST)
    with pytest.raises(DecryptionFailed):
        tasks.redeliver(bad, owner, TaskKind.REQUEST)
    event = taken(tasks, choice=Choice(deliveries=True))
    assert event.result["data"] == {"task_id": bad, "failed": True}
    assert tasks.take(LEASE) is None


@pytest.mark.both_databases
def test_a_worker_that_was_paused_past_its_lease_changes_nothing(tasks: TaskStore) -> None:
    task_id = tasks.add(new_task())
    paused = taken(tasks, AT_ONCE)
    other = taken(tasks)
    assert (paused.id, other.id) == (task_id, task_id)
    assert not tasks.finish(paused, "too late", failed=False)  # while the other one works
    assert tasks.finish(other, "done", failed=False)
    assert not tasks.finish(paused, "too late", failed=False)  # while its result waits
    delivering = taken(tasks)
    assert delivering.result == "done"
    assert tasks.delivered(delivering)
    for late in (
        tasks.finish(paused, "too late", failed=False),
        tasks.renew(paused, LEASE),
        tasks.put_off(paused, AT_ONCE),
        tasks.note_stage(paused, "match"),
        tasks.delivered(paused),
        tasks.undelivered(paused, AT_ONCE),
        tasks.undelivered(other, AT_ONCE),
    ):
        assert not late
    tasks.extend({task_id: paused.fence}, AT_ONCE)
    assert tasks.reader.state(task_id, "client", TaskKind.OSIA) is TaskState.COMPLETED
    assert tasks.take(LEASE) is None


def test_a_delivery_that_was_paused_past_its_lease_is_not_made(tasks: TaskStore) -> None:
    tasks.add(new_task())
    tasks.finish(taken(tasks), "done", failed=False)
    paused, other = taken(tasks, AT_ONCE), taken(tasks)
    assert not tasks.renew(paused, LEASE)
    assert tasks.renew(other, LEASE)


def test_a_delivery_that_is_asked_for_meanwhile_is_made(tasks: TaskStore) -> None:
    """Whoever was delivering before does not take the new wish for done."""
    task_id = tasks.add(new_task())
    tasks.finish(taken(tasks), "done", failed=False)
    before = taken(tasks)
    tasks.redeliver(task_id, "client", TaskKind.OSIA)
    assert not tasks.delivered(before)
    assert taken(tasks).id == task_id


@pytest.mark.both_databases
def test_nothing_stays_of_a_task_that_is_removed_while_it_is_carried_out(store: RecordStore, tasks: TaskStore) -> None:
    task_id = tasks.add(new_task(TaskKind.REQUEST))
    running = taken(tasks)
    tasks.remove(task_id, "client", TaskKind.REQUEST)
    assert not tasks.finish(running, {"name": "somebody"}, failed=False)
    assert not tasks.note_stage(running, "match")
    assert task_id not in keys_of(store)
    with pytest.raises(UnknownTask):
        tasks.reader.progress(task_id, "client", TaskKind.REQUEST)


def test_nothing_stays_of_deliveries_whose_webhook_is_removed_meanwhile(store: RecordStore, tasks: TaskStore) -> None:
    hooks = WebhookStore(store.database, store.keys, tasks)
    client = store.for_actor(act_of("27", actor="client"))
    hook, _ = add_webhook(client, HOOK, [EventType.TASK_FINISHED])
    delivery_id = hooks.test("client", hook.id)
    delivering = taken(tasks)
    remove_webhook(client, hook.id)
    assert not tasks.renew(delivering, LEASE)
    assert not tasks.undelivered(delivering, AT_ONCE)
    assert not {hook.id, delivery_id} & keys_of(store)


def test_deliveries_of_some_owners_and_to_some_hosts_can_be_left_alone(store: RecordStore, tasks: TaskStore) -> None:
    hooks = WebhookStore(store.database, store.keys, tasks)
    for owner, url in (("slow", HOOK), ("other", "https://HOOK.example:443/x"), ("other", "http://fast.example:81")):
        webhook, _ = add_webhook(store.for_actor(act_of("27", actor=owner)), url, [EventType.TASK_FINISHED])
        hooks.test(owner, webhook.id)
    left = taken(tasks, choice=Choice(True, without_hosts=["hook.example:443"]))
    assert left.callback == "http://fast.example:81"
    assert tasks.take(LEASE, Choice(True, without_owners=["slow", "other"])) is None
    assert taken(tasks, choice=Choice(True, without_owners=["slow"])).owner == "other"
