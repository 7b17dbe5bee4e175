"""The files of a task are in the image store, sealed, as long as the task is to be carried out and no longer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from image_files import files_but_marks
from records_examples import encounter, print_of
from sqlalchemy import update

from biometrics.backup.backup import back_up
from biometrics.jobs.model import NewTask, Task, TaskKind
from biometrics.jobs.queue import TaskStore
from biometrics.kernel.errors import DecryptionFailed, StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.master_keys import MasterKeys
from biometrics.storage.tables import jobs as task_tables
from biometrics.use_cases.enrolment.enrol import store_person

FILES = [b"the first print", b"", b"the first print", b"a photo"]


@pytest.fixture
def tasks(store: RecordStore) -> TaskStore:
    return TaskStore(store.database, store.images, store.keys)


def accepted(tasks: TaskStore) -> Task:
    tasks.add(NewTask(TaskKind.REQUEST, "x", "client", {"scopes": []}, {}, files=FILES))
    taken = tasks.take(timedelta())
    assert taken
    return taken


@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["carried out", "removed", "not decrypted"])
def test_files_are_there_until_their_task_has_ended(
    store: RecordStore, images: ImageFolder, tasks: TaskStore, how: str
) -> None:
    task = accepted(tasks)
    assert tasks.files(task) == FILES
    stored = [images.get(name) for name in images.digests()]
    assert len(stored) == len(FILES)
    assert not any(b"print" in content or b"photo" in content for content in stored)
    match how:
        case "carried out":
            assert tasks.finish(task, {"status": 200}, failed=False)
        case "removed":
            tasks.remove(task.id, "client", TaskKind.REQUEST)
            with pytest.raises(DecryptionFailed):
                tasks.files(task)
        case "not decrypted":
            with store.database.writing() as connection:
                connection.execute(update(task_tables.tasks).values(call=b"not what was sealed"))
            assert tasks.take(timedelta()) is None
    assert list(images.digests()) == []


def test_files_of_a_task_that_is_not_accepted_are_removed(store: RecordStore, images: ImageFolder) -> None:
    full = TaskStore(store.database, store.images, store.keys, most_waiting=0)
    with pytest.raises(StoreUnavailable):
        accepted(full)
    assert list(images.digests()) == []


def test_files_of_tasks_are_no_garbage_and_are_backed_up(
    store: RecordStore, images: ImageFolder, tasks: TaskStore, database_url: str, tmp_path: Path
) -> None:
    store_person(store, Person("Ravi Kumar"), encounter(), [print_of("Ravi")])
    (own,) = images.digests()
    task = accepted(tasks)
    store.sweep(timedelta())
    assert tasks.files(task) == FILES
    folder = tmp_path / "backup"
    source = (database_url, images, MasterKeys.of_environment())
    back_up(source, folder, tmp_path / "keys", 5, lambda *_: None)
    assert files_but_marks(folder / "images") == set(images.digests())
    assert tasks.finish(task, {"status": 200}, failed=False)
    back_up(source, folder, tmp_path / "keys", 5, lambda *_: None)
    assert files_but_marks(folder / "images") == {own}
