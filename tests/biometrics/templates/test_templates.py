"""Templates come back in the order asked for, many at a time, and only those that may be compared."""

from __future__ import annotations

import numpy as np
import pytest
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of

from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.modality import Modality
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

OTHER_MODEL = "e" * 64


def test_templates_come_in_the_order_asked_for(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [print_of("1"), print_of("2"), photo_of("3")])
    first, second, third = done.template_ids
    loaded = store.templates.load(np.array([third, 999, first, second, first], dtype=np.int64))
    assert [stored.id for stored in loaded] == [third, first, second, first]
    assert (loaded[1].template, loaded[1].position) == (print_of("1").template, FingerPosition.RIGHT_INDEX)
    assert (loaded[0].template, loaded[0].position) == (photo_of("3").template, None)
    assert loaded[0].record_id == done.record_id
    assert loaded[0].sample_id == done.sample_ids[2]
    assert store.templates.load([]) == []


@pytest.mark.both_databases
def test_two_thousand_ids_are_asked_for_at_once(store: RecordStore) -> None:
    """A whole shortlist is more than some builds of SQLite take as variables of one statement."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("1"), print_of("2"), print_of("3")])
    first, second, third = done.template_ids
    absent = list(range(1_000_000, 1_001_000))
    assert [stored.id for stored in store.templates.load([third, *absent, first, *absent, second])] == [
        third,
        first,
        second,
    ]


def test_ids_are_those_of_one_feature_space_and_of_the_fingers_asked_for(store: RecordStore) -> None:
    fingers = [FingerPosition.RIGHT_THUMB, FingerPosition.UNKNOWN, FingerPosition.LEFT_RING]
    done = store_person(
        store,
        Person("Ram"),
        encounter(),
        [*(print_of(finger.name, finger) for finger in fingers), photo_of("face"), print_of("x", model=OTHER_MODEL)],
    )
    thumb, unknown, ring, face, other = done.template_ids

    def ids(modality: Modality, model: str, *positions: FingerPosition) -> list[int]:
        template_ids = store.templates.ids(modality, model, set(positions) if positions else None)
        assert template_ids.dtype == np.int64
        return template_ids.tolist()

    assert ids(FINGERPRINT, FINGER_MODEL) == [thumb, unknown, ring]
    assert ids(FINGERPRINT, FINGER_MODEL, FingerPosition.LEFT_RING, FingerPosition.UNKNOWN) == [unknown, ring]
    assert ids(FINGERPRINT, FINGER_MODEL, FingerPosition.LEFT_THUMB) == []
    assert ids(FINGERPRINT, OTHER_MODEL) == [other]
    assert ids(FACE, FACE_MODEL) == [face]
    assert ids(FACE, FINGER_MODEL) == []
    assert store.templates.ids(FINGERPRINT, FINGER_MODEL, set()).tolist() == []


def test_templates_of_records_are_grouped_by_record(store: RecordStore) -> None:
    ram = store_person(store, Person("Ram"), encounter(), [print_of("1"), print_of("x", model=OTHER_MODEL)])
    added = store_encounter(store, ram.record_id, encounter(), [photo_of("2")])
    sita = store_person(store, Person("Sita"), encounter(), [print_of("3")])
    nobody = store.create_record(Person("Nobody"), "27")
    grouped = store.templates.of_records([ram.record_id, sita.record_id, nobody.id, "none"], [FINGER_MODEL, FACE_MODEL])
    assert {record_id: [stored.id for stored in templates] for record_id, templates in grouped.items()} == {
        ram.record_id: [ram.template_ids[0], added.template_ids[0]],
        sita.record_id: list(sita.template_ids),
    }
