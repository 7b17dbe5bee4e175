"""An index that reads "everything after my number" misses nothing, whoever writes at the same time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from osia_rows import client_data
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of
from removing import remove_record

from biometrics.kernel.people.person import Person
from biometrics.kernel.people.templates import Change, Operation
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.database.engine import Database
from biometrics.templates.change_log import append_changes
from biometrics.use_cases.enrolment.enrol import store_person
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

pytestmark = pytest.mark.both_databases

WRITERS = 8
ENROLMENTS = 4  # of each writer; it removes every other one again


def test_changes_are_numbered_and_separated_by_feature_space(store: RecordStore) -> None:
    assert store.templates.last_sequence() == 0
    done = store_person(store, Person("Ram"), encounter(), [print_of("1"), photo_of("2"), print_of("3")])
    first, second, third = done.template_ids
    prints = [
        Change(1, Operation.ADD, first, FINGERPRINT, FINGER_MODEL),
        Change(3, Operation.ADD, third, FINGERPRINT, FINGER_MODEL),
    ]
    assert store.templates.changes_since(0, FINGERPRINT, FINGER_MODEL, 10) == prints
    assert store.templates.changes_since(0, FINGERPRINT, FINGER_MODEL, 1) == prints[:1]
    assert store.templates.changes_since(1, FINGERPRINT, FINGER_MODEL, 10) == prints[1:]
    assert store.templates.changes_since(3, FINGERPRINT, FINGER_MODEL, 10) == []
    assert store.templates.changes_since(0, FACE, FACE_MODEL, 10) == [
        Change(2, Operation.ADD, second, FACE, FACE_MODEL)
    ]
    assert store.templates.changes_since(0, FACE, FINGER_MODEL, 10) == []
    assert store.templates.last_sequence() == done.sequence == 3


def test_a_template_that_was_set_aside_and_activated_again_is_of_the_moment_that_it_was_there_at(
    store: RecordStore,
) -> None:
    kept, aside = (
        store_person(store, Person(name), encounter(), [print_of(name)], client_data(name), name).template_ids[0]
        for name in ("kept", "aside")
    )
    osia, last = OsiaStore(store), store.templates.last_sequence

    def then(sequence: int) -> tuple[set[int], int]:
        past = store.templates.history(sequence, sequence, FINGERPRINT, FINGER_MODEL)
        there = {number for number in (kept, aside) if number <= past.moment.newest} - past.moment.later
        return there, past.removed

    both = last()
    osia.set_active("aside", "aside", False)
    one = last()
    assert then(both) == ({kept, aside}, 1)
    osia.set_active("aside", "aside", True)
    assert (then(both), then(one), then(last())) == (({kept, aside}, 0), ({kept}, 0), ({kept, aside}, 0))


def test_a_later_number_never_becomes_visible_first(database_url: str, images: ImageFolder) -> None:
    """Whoever wants the next number waits until the holder of the last one has committed."""
    database = Database(database_url)
    with RecordStore.open(database_url, images) as store, ThreadPoolExecutor(1) as other:
        with database.writing() as connection:
            append_changes(connection, Operation.ADD, [(900, FACE, FACE_MODEL)])
            later = other.submit(store_person, store, Person("Ram"), encounter(), [photo_of("1")])
            time.sleep(0.5)
            waited = not later.done()
            seen = store.templates.changes_since(0, FACE, FACE_MODEL, 10)
        assert waited
        assert seen == []
        assert later.result().sequence == 2
        assert [change.sequence for change in store.templates.changes_since(0, FACE, FACE_MODEL, 10)] == [1, 2]
    database.close()


def test_a_follower_misses_nothing_of_eight_writers(database_url: str, images: ImageFolder) -> None:
    finished = threading.Event()
    followed: list[Change] = []

    def follow(store: RecordStore) -> None:
        while True:
            last_round = finished.is_set()
            at = followed[-1].sequence if followed else 0
            changes = store.templates.changes_since(at, FACE, FACE_MODEL, 3)
            followed.extend(changes)
            if last_round and not changes:
                return
            time.sleep(0.005)  # leave a core to the writers

    def write(writer: int) -> list[tuple[str, tuple[int, ...]]]:
        written = []
        for number in range(ENROLMENTS):
            photos = [photo_of(f"{writer} {number} {side}") for side in "ab"]
            done = store_person((store, other)[writer % 2], Person(f"Person {writer}"), encounter(), photos)
            written.append((done.national_number, done.template_ids))
            if number % 2:
                remove_record(store, done.record_id)
        return written

    with (
        RecordStore.open(database_url, images) as store,
        RecordStore.open(database_url, images) as other,  # as another process would
        ThreadPoolExecutor(WRITERS) as pool,
    ):
        follower = threading.Thread(target=follow, args=(store,))
        follower.start()
        try:
            written = [entry for entries in pool.map(write, range(WRITERS)) for entry in entries]
        finally:
            finished.set()
            follower.join()
        assert store.templates.last_sequence() == len(followed)

    numbers = [number for number, _ in written]
    assert sorted(numbers) == [f"27{serial:08}" for serial in range(1, WRITERS * ENROLMENTS + 1)]
    assert [change.sequence for change in followed] == list(range(1, 3 * WRITERS * ENROLMENTS + 1))
    added = [change.template_id for change in followed if change.operation is Operation.ADD]
    removed = [change.template_id for change in followed if change.operation is Operation.REMOVE]
    assert sorted(added) == sorted(template_id for _, ids in written for template_id in ids)
    assert len(set(removed)) == len(removed) == WRITERS * ENROLMENTS
    assert set(removed) <= set(added)
