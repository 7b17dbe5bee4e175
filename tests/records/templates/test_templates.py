"""Templates come back in the order asked for, many at a time, and only those that may be compared."""

from __future__ import annotations

import numpy as np
import pytest
from records_examples import FACE_MODEL, FINGER_MODEL, encounter, photo_of, print_of

from biometrics.domain.person import Person
from biometrics.domain.types import FingerPosition, Modality
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrol import store_encounter, store_person

OTHER_MODEL = "e" * 64


def test_templates_come_in_the_order_asked_for(store: RecordStore) -> None:
    """The shortlist's order is kept; a template that was removed meanwhile is left out."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("1"), print_of("2"), photo_of("3")])
    one, two, three = done.template_ids
    found = store.templates.load(np.array([three, 999, one, two, one], dtype=np.int64))
    assert [stored.id for stored in found] == [three, one, two, one]
    assert (found[1].template, found[1].position) == (print_of("1").template, FingerPosition.RIGHT_INDEX)
    assert (found[0].template, found[0].position) == (photo_of("3").template, None)
    assert found[0].record_id == done.record_id
    assert found[0].sample_id == done.sample_ids[2]
    assert store.templates.load([]) == []


@pytest.mark.both_databases
def test_two_thousand_ids_are_asked_for_at_once(store: RecordStore) -> None:
    """A whole shortlist is more than some builds of SQLite take as variables of one statement."""
    done = store_person(store, Person("Ram"), encounter(), [print_of("1"), print_of("2"), print_of("3")])
    one, two, three = done.template_ids
    absent = list(range(1_000_000, 1_001_000))
    assert [stored.id for stored in store.templates.load([three, *absent, one, *absent, two])] == [three, one, two]


def test_ids_are_those_of_one_feature_space_and_of_the_fingers_asked_for(store: RecordStore) -> None:
    """Templates of another model, modality or finger are not searched."""
    fingers = [FingerPosition.RIGHT_THUMB, FingerPosition.UNKNOWN, FingerPosition.LEFT_RING]
    done = store_person(
        store,
        Person("Ram"),
        encounter(),
        [*(print_of(finger.name, finger) for finger in fingers), photo_of("face"), print_of("x", model=OTHER_MODEL)],
    )
    thumb, unknown, ring, face, other = done.template_ids

    def ids(modality: Modality, model: str, *positions: FingerPosition) -> list[int]:
        found = store.templates.ids(modality, model, set(positions) if positions else None)
        assert found.dtype == np.int64
        return found.tolist()

    assert ids(Modality.FINGERPRINT, FINGER_MODEL) == [thumb, unknown, ring]
    assert ids(Modality.FINGERPRINT, FINGER_MODEL, FingerPosition.LEFT_RING, FingerPosition.UNKNOWN) == [unknown, ring]
    assert ids(Modality.FINGERPRINT, FINGER_MODEL, FingerPosition.LEFT_THUMB) == []
    assert ids(Modality.FINGERPRINT, OTHER_MODEL) == [other]
    assert ids(Modality.FACE, FACE_MODEL) == [face]
    assert ids(Modality.FACE, FINGER_MODEL) == []
    assert store.templates.ids(Modality.FINGERPRINT, FINGER_MODEL, set()).tolist() == []


def test_templates_of_records_are_grouped_by_record(store: RecordStore) -> None:
    """A candidate is compared by everything that its record holds, of the models in use."""
    ram = store_person(store, Person("Ram"), encounter(), [print_of("1"), print_of("x", model=OTHER_MODEL)])
    added = store_encounter(store, ram.record_id, encounter(), [photo_of("2")])
    sita = store_person(store, Person("Sita"), encounter(), [print_of("3")])
    nobody = store.create_record(Person("Nobody"), "27")
    found = store.templates.of_records([ram.record_id, sita.record_id, nobody.id, "none"], [FINGER_MODEL, FACE_MODEL])
    assert {record_id: [stored.id for stored in templates] for record_id, templates in found.items()} == {
        ram.record_id: [ram.template_ids[0], added.template_ids[0]],
        sita.record_id: list(sita.template_ids),
    }
