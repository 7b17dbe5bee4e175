"""Whether a request has stored something is known, whichever way its transactions end."""

from __future__ import annotations

from contextvars import copy_context

import pytest
from sqlalchemy import text

from biometrics.kernel.access import local_operator
from biometrics.kernel.errors import NotFound, StoreUnavailable
from biometrics.records.store import RecordStore
from biometrics.storage import commits
from biometrics.storage.audit.log import Action
from biometrics.storage.database.engine import Database


def write(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE counters SET value = value"))


def test_a_commit_is_noted_also_where_another_thread_of_the_request_makes_it(database: Database) -> None:
    commits.watch()
    assert not commits.any_noted()
    other = copy_context()
    other.run(commits.watch)
    other.run(write, database)
    assert not commits.any_noted()
    copy_context().run(write, database)
    assert commits.any_noted()
    commits.watch()
    assert not commits.any_noted()


def test_rollbacks_reads_and_notes_count_as_nothing_stored(database: Database, store: RecordStore) -> None:
    commits.watch()  # the fixtures have written
    with pytest.raises(NotFound), database.writing():
        raise NotFound("rolled back")
    with database.reading() as connection:
        connection.execute(text("SELECT 1"))
    with database.noting() as connection:
        connection.execute(text("SELECT 1"))
    store.for_actor(local_operator("somebody")).note(Action.RECORD_READ, "a record")
    assert not commits.any_noted()


def test_a_commit_during_which_the_connection_breaks_may_have_been_carried_out(database: Database) -> None:
    if database.info().kind == "SQLite":
        pytest.skip("its commits are calls of a library: they are carried out, or they fail")
    with pytest.raises(StoreUnavailable):
        write_until_cut_off(database)
    assert commits.any_noted()


def write_until_cut_off(database: Database) -> None:
    with database.writing() as connection:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with database.writing() as other:
            other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        commits.watch()
