"""All pages that wait for tasks are served by one look at the database, whoever carries the tasks out."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import timedelta
from hashlib import sha256

import pytest
from account_examples import OPERATOR
from sqlalchemy import event

from api.operations.task_channel import Ending, TaskChannel
from biometrics.accounts.api_keys import Secret
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.accounts.sessions import SessionStore
from biometrics.jobs.model import NewTask, Progress, TaskKind, TaskState
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.access import Role, Unit, api_key_credential
from biometrics.records.store import RecordStore
from biometrics.use_cases.accounts.account_administration import AccountAdministration

PATIENCE = 60.0  # seconds
ROBOT = NewUser("robot", "Gate", frozenset({Role.MACHINE_CLIENT}), Unit("27"))


@pytest.fixture
def tasks(store: RecordStore) -> TaskStore:
    return TaskStore(store.database, store.images, store.keys)


@pytest.fixture
def channel(store: RecordStore, tasks: TaskStore) -> TaskChannel:
    return TaskChannel(tasks.reader, SessionStore(store.database))


@pytest.fixture
def accounts(store: RecordStore) -> AccountAdministration:
    return AccountAdministration(store.database, store.keys)


@pytest.fixture
def key(accounts: AccountAdministration) -> str:
    accounts.add(OPERATOR, ROBOT, None)
    secret = Secret("pehchan_", sha256(b"key").hexdigest())
    return accounts.add_key(OPERATOR, "robot", NewApiKey("gate", timedelta(hours=1)), secret).id


def new_task(tasks: TaskStore) -> str:
    return tasks.add(NewTask(TaskKind.REQUEST, "x", "robot", {"scopes": []}, {}))


def test_the_cost_of_waiting_pages_does_not_grow_with_their_number(
    store: RecordStore, tasks: TaskStore, channel: TaskChannel, key: str
) -> None:
    statements: list[str] = []
    event.listen(store.database._engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    async def statements_of(pages: int) -> int:
        ids = [new_task(tasks) for _ in range(pages)]
        with ExitStack() as opened:
            listeners = [opened.enter_context(channel.listening(task_id, api_key_credential(key))) for task_id in ids]
            statements.clear()
            channel.look()
            looked = len(statements)
            for task_id, listener in zip(ids, listeners, strict=True):
                news = await listener.news(PATIENCE)
                assert isinstance(news, Progress)
                assert (news.id, news.state) == (task_id, TaskState.PENDING)
        return looked

    one, many = asyncio.run(statements_of(1)), asyncio.run(statements_of(50))
    assert 0 < many == one
    channel.look()
    statements.clear()
    channel.look()
    assert statements == [], "nobody waits"


@pytest.mark.both_databases
def test_a_listener_is_told_each_change_once_and_why_nothing_more_comes(
    tasks: TaskStore, channel: TaskChannel, accounts: AccountAdministration, key: str
) -> None:
    async def listened() -> None:
        waiting, removed = new_task(tasks), new_task(tasks)
        with (
            channel.listening(waiting, api_key_credential(key)) as first,
            channel.listening(removed, api_key_credential(key)) as second,
        ):
            channel.look()
            channel.look()
            tasks.remove(removed, "robot", TaskKind.REQUEST)
            taken = tasks.take(timedelta(minutes=1))
            assert taken
            tasks.note_stage(taken, "match")
            channel.look()
            accounts.revoke_key(OPERATOR, key)
            channel.look()
            told = [await first.news(PATIENCE) for _ in range(3)]
            stages = [news.stage for news in told if isinstance(news, Progress)]
            assert (stages, told[2]) == ([None, "match"], Ending.SIGNED_OUT)
            assert isinstance(await second.news(PATIENCE), Progress)
            assert await second.news(PATIENCE) is Ending.REMOVED

    asyncio.run(listened())
