"""Whatever destroys a data key makes the copies of the keys stale, until they are written without it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from records_examples import encounter, print_of
from removing import remove_record
from sqlalchemy import delete, select, text

from biometrics.backup.key_export import KeyCopy, forget, refresh, register
from biometrics.jobs.model import EventType, NewTask, TaskKind
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.access import local_operator
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.database import connections
from biometrics.storage.database.engine import Database
from biometrics.storage.tables.keys import SNAPSHOTS, data_keys, stale_key_copies
from biometrics.use_cases.accounts import own_account
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder / "keys"


def owners(store: RecordStore) -> set[str]:
    with store.database.reading() as connection:
        return set(connection.execute(select(data_keys.c.id)).scalars()) - {SNAPSHOTS}


def stale(store: RecordStore) -> set[str]:
    with store.database.reading() as connection:
        return set(connection.execute(select(stale_key_copies.c.place)).scalars())


def add_task(store: RecordStore) -> str:
    new = NewTask(TaskKind.REQUEST, "test", "asha", {}, {"asked": 1})
    return TaskStore(store.database, store.images, store.keys).add(new)


def remove_task(store: RecordStore) -> None:
    TaskStore(store.database, store.images, store.keys).remove(add_task(store), "asha", TaskKind.REQUEST)


def remove_webhook(store: RecordStore) -> None:
    mine = store.for_actor(local_operator("asha"))
    webhook, _ = own_account.add_webhook(mine, "https://example.org/", [EventType.TASK_FINISHED])
    own_account.remove_webhook(mine, webhook.id)


def purge_tasks(store: RecordStore) -> None:
    tasks = TaskStore(store.database, store.images, store.keys)
    add_task(store)
    taken = tasks.take(timedelta(minutes=1))
    assert taken
    tasks.finish(taken, None, failed=False)
    assert tasks.purge(timedelta()) == 1


def remove_somebody(store: RecordStore) -> None:
    remove_record(store, store_person(store, Person("Ram"), encounter(), [print_of("one")]).record_id)


def remove_by_hand(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    with store.database.writing() as connection:
        connection.execute(delete(data_keys).where(data_keys.c.id == done.record_id))


@pytest.mark.parametrize("destroy", [remove_task, remove_webhook, purge_tasks, remove_somebody, remove_by_hand])
def test_a_destroyed_key_goes_from_the_copies(store: RecordStore, keys: Path, destroy: object) -> None:
    """Whoever destroyed it, and however."""
    assert callable(destroy)
    register(store.database, keys)
    assert stale(store) == set()
    destroy(store)
    assert stale(store) == {str(keys)}
    assert refresh(store.database) == {str(keys): True}
    assert KeyCopy.read(keys).keys.keys() == owners(store)
    assert (stale(store), refresh(store.database)) == (set(), {})


def test_a_copy_that_cannot_be_written_stays_stale(store: RecordStore, keys: Path) -> None:
    register(store.database, keys)
    task = add_task(store)
    register(store.database, keys)
    assert task in KeyCopy.read(keys).keys
    TaskStore(store.database, store.images, store.keys).remove(task, "asha", TaskKind.REQUEST)
    keys.parent.rename(keys.parent.with_name("unmounted"))
    assert refresh(store.database) == {str(keys): False}
    keys.parent.with_name("unmounted").rename(keys.parent)
    assert refresh(store.database) == {str(keys): True}
    assert task not in KeyCopy.read(keys).keys


def test_a_forgotten_copy_is_not_stale(store: RecordStore, keys: Path) -> None:
    register(store.database, keys)
    remove_task(store)
    forget(store.database, str(keys))
    assert (stale(store), refresh(store.database)) == (set(), {})


@pytest.mark.both_databases
def test_a_key_destroyed_while_a_copy_is_registered_makes_that_stale(store: RecordStore, keys: Path) -> None:
    """Else the copy would keep it for ever: who destroyed it had not seen that there is a copy."""
    task = add_task(store)
    begun = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with store.database.writing() as connection:
            store.keys.destroy(connection, task)

            def write() -> None:
                begun.set()
                register(store.database, keys)

            written = pool.submit(write)
            assert begun.wait(30)
        written.result()
    refresh(store.database)
    assert task not in KeyCopy.read(keys).keys


def test_a_deletion_writes_no_copy_of_the_keys_and_leaves_that_to_be_finished(store: RecordStore, keys: Path) -> None:
    """Its time would grow with the number of all keys."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    register(store.database, keys)
    before = keys.read_bytes()
    deleted = Retention(store).delete(done.record_id, "a test")
    assert deleted
    assert (deleted.signature, keys.read_bytes(), stale(store)) == ("", before, {str(keys)})
    assert list(store.images.digests()) == []
    (certificate,) = Retention(store).finish()
    assert certificate.content["key_copies"] == {str(keys): True}
    assert json.dumps(certificate.content)
    assert certificate.signature
    assert (done.record_id in KeyCopy.read(keys).keys, stale(store)) == (False, set())
    assert Retention(store).finish() == []


class WatchingFolder(ImageFolder):
    """Looks, whenever an image is read, written or removed, whether a transaction is open that could hold a lock."""

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder)
        self._database = database
        self.written = self.removed = 0

    def read(self, digest: str) -> bytes:
        self._require_no_writer()
        return super().read(digest)

    def put_all(self, files: Mapping[str, bytes]) -> None:
        self.written += len(files)
        self._require_no_writer()
        super().put_all(files)

    def delete(self, digest: str) -> None:
        self.removed += 1
        self._require_no_writer()
        super().delete(digest)

    def _require_no_writer(self) -> None:
        """Write, as another server would: this waits, and fails, while anybody holds the locks of an enrolment."""
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
                connection.execute(text("LOCK TABLE records, samples, data_keys, counters IN EXCLUSIVE MODE"))


@pytest.mark.both_databases
def test_no_image_is_read_written_or_removed_while_a_lock_is_held(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All who enrol would wait for a slow disk: enrolled, merged, separated, moved, moved back, replaced, destroyed."""
    monkeypatch.setattr(connections, "WAIT", 0.1)
    with closing(Database(database_url)) as second_database:
        images = WatchingFolder(tmp_path / "images", second_database)
        check_moves(database_url, images)


def check_moves(url: str, images: WatchingFolder) -> None:
    with RecordStore.open(url, images) as store:
        first, second = (store_person(store, Person(name), encounter(), [print_of(name)]) for name in ("Ram", "Rama"))
        for number in range(3):
            visit = encounter(fir_number=str(number))
            last = store_encounter(store, second.record_id, visit, [print_of(f"visit {number}")])

        def version(record_id: str) -> int:
            return store.people.get(record_id).version

        before = images.written
        merged = store.editor.merge(first.record_id, version(first.record_id), second.record_id, "one person")
        store.editor.undo_merge(merged.id, version(first.record_id), "two people")
        source = version(second.record_id)
        moved = store.editor.move_encounter(last.encounter_id, source, first.record_id, "it is Ram's")
        store.editor.undo_move(moved.id, version(first.record_id), "it is not")
        assert (images.written, images.removed) == (before + 4 + 4 + 1 + 1, 4 + 4 + 1 + 1)
        Retention(store).delete(second.record_id, "a test", last.encounter_id)
        assert (images.written, images.removed) == (before + 10 + 3 + 1, 10 + 3 + 1 + 1)
        assert len(list(images.digests())) == 4
