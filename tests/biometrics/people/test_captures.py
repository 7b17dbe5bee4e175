"""Fingers that could not be taken, and views of photos: stored, replaced, moved and removed with their encounter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from osia_rows import client_data, give_client_data
from records_examples import encounter, photo_of, print_of
from removing import remove_record
from sqlalchemy import func, select

from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.encounter import MissingFinger, MissingReason
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition, PhotoView
from biometrics.records.osia_store import OsiaStore
from biometrics.records.store import RecordStore
from biometrics.storage.tables.people import missing_fingers
from biometrics.use_cases.enrolment.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention

MISSING = (
    MissingFinger(FingerPosition.RIGHT_INDEX, MissingReason.UNABLE),
    MissingFinger(FingerPosition.LEFT_RING, MissingReason.AMPUTATED),
    MissingFinger(FingerPosition.LEFT_LITTLE, MissingReason.BANDAGED),
)
VISIT = encounter(missing_fingers=MISSING)


def rows(store: RecordStore) -> int:
    with store.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(missing_fingers)).scalar_one())


def test_the_details_of_a_capture_read_back_as_written(store: RecordStore) -> None:
    samples = [photo_of("front", PhotoView.FRONTAL), photo_of("side", PhotoView.LEFT_PROFILE), photo_of("any")]
    done = store_person(store, Person("Ram"), VISIT, [*samples, print_of("thumb", FingerPosition.RIGHT_THUMB)])
    store_encounter(store, done.record_id, encounter(fir_number="7/2025"), [])
    first, second = store.people.get(done.record_id).encounters
    assert first.encounter == VISIT
    assert [sample.view for sample in first.samples] == [PhotoView.FRONTAL, PhotoView.LEFT_PROFILE, None, None]
    assert second.encounter.missing_fingers == ()
    assert store.samples.get(done.sample_ids[1]).view is PhotoView.LEFT_PROFILE


def test_a_print_of_a_finger_that_is_not_there_leaves_nothing(store: RecordStore) -> None:
    """Whoever writes: an enrolment, another encounter, one in the place of another."""
    wrong = [print_of("ring", FingerPosition.LEFT_RING)]
    done = store_person(store, Person("Ram"), encounter(), [])
    before = store.counts()
    for write in (
        lambda: store_person(store, Person("Other"), VISIT, wrong),
        lambda: store_encounter(store, done.record_id, VISIT, wrong),
        lambda: replace_encounter(store, done.record_id, done.encounter_id, VISIT, wrong),
    ):
        with pytest.raises(InvalidField, match="left ring is amputated"):
            write()
    assert (store.counts(), rows(store), store.sweep(timedelta())) == (before, 0, 0)


def test_they_are_replaced_with_the_encounter(store: RecordStore) -> None:
    give_client_data(store)
    osia = OsiaStore(store)
    client_encounter = osia.encounter("P-1", "E-1")
    for visit in (VISIT, encounter(missing_fingers=MISSING[:1]), encounter()):
        replace_encounter(store, client_encounter.record.id, client_encounter.stored.id, visit, [], client_data())
        assert osia.encounter("P-1", "E-1").stored.encounter == visit


def test_they_are_moved_with_the_encounter(store: RecordStore) -> None:
    kept = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    other = store_person(store, Person("Rama"), VISIT, [photo_of("side", PhotoView.RIGHT_PROFILE)])
    merge = store.editor.merge(kept.record_id, 1, other.record_id, "same prints")
    survivor = store.people.get(kept.record_id)
    assert [stored.encounter.missing_fingers for stored in survivor.encounters] == [(), MISSING]
    assert survivor.encounters[1].samples[0].view is PhotoView.RIGHT_PROFILE
    store.editor.undo_merge(merge.id, survivor.version, "twins")
    back = store.people.get(other.record_id)
    assert back.encounters[0].encounter == VISIT
    store.editor.move_encounter(back.encounters[0].id, back.version, kept.record_id, "his own")
    moved = store.people.get(kept.record_id).encounters[1]
    assert (moved.encounter, moved.samples[0].view) == (VISIT, PhotoView.RIGHT_PROFILE)


def test_they_are_destroyed_with_the_encounter(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), VISIT, [photo_of("front")])
    gone = store_person(store, Person("Rama"), VISIT, [photo_of("other")])
    assert rows(store) == 6
    Retention(store).delete(done.record_id, "a test", done.encounter_id)
    assert rows(store) == 3
    remove_record(store, gone.record_id)
    assert rows(store) == 0
