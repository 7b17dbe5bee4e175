"""What is written comes back as it was, and what fails leaves nothing behind."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from records_examples import FINGER_MODEL, broken_print, encounter, photo_of, print_of
from removing import remove_record
from sqlalchemy.exc import IntegrityError

from biometrics.kernel.errors import (
    DuplicateNationalNumber,
    InvalidField,
    StoreUnavailable,
    UnknownRecord,
    UnknownSample,
)
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.templates import Operation, TemplateCount
from biometrics.kernel.recognition.capture import FingerPosition, Impression
from biometrics.kernel.recognition.types import Assessment, QualityFault, Sample
from biometrics.records.store import Counts, RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

NO_ID = "00000000-0000-4000-8000-000000000000"
EMPTY = Counts(records=0, encounters=0, samples=0, searches=0, templates=())


def image_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.parent.name != "users")


def test_an_enrolment_reads_back_as_it_was_written(store: RecordStore) -> None:
    person = Person("राम Kumar", Sex.TRANSGENDER, 1988, ("Guddi", "गुड्डी"))
    arrest = encounter(kind=EncounterKind.WANTED)
    enrolled = [
        print_of("thumb", FingerPosition.RIGHT_THUMB),
        photo_of("face"),
        print_of("left", FingerPosition.UNKNOWN),
    ]
    done = store_person(store, person, arrest, enrolled)
    record = store.people.get(done.record_id)

    assert record.id == done.record_id
    assert record.national_number == done.national_number == "2700000001"
    assert (record.person.name, record.person.sex, record.person.birth_year) == (person.name, person.sex, 1988)
    assert record.person.aliases == person.aliases
    assert abs(datetime.now(UTC) - record.created_at) < timedelta(minutes=1)
    (stored,) = record.encounters
    assert (stored.id, stored.encounter) == (done.encounter_id, arrest)
    assert tuple(sample.id for sample in stored.samples) == done.sample_ids
    thumb, face, _ = stored.samples
    assert (thumb.modality, thumb.position, thumb.impression) == (
        FINGERPRINT,
        FingerPosition.RIGHT_THUMB,
        Impression.PLAIN_LIVE_SCAN,
    )
    assert (thumb.width, thumb.height, thumb.ppi, thumb.quality) == (30, 20, 500.0, 71)
    assert (thumb.filename, thumb.media_type, thumb.image_bytes) == ("thumb.png", "image/png", len(b"image thumb"))
    assert (face.position, face.impression, face.ppi, face.record_id) == (None, None, None, record.id)
    assert store.samples.get(face.id) == face


def test_sample_images_come_back_byte_for_byte(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [print_of("one"), print_of("two")])
    assert [store.samples.image(sample_id) for sample_id in done.sample_ids] == [b"image one", b"image two"]


def test_an_encounter_is_added_to_its_record(store: RecordStore) -> None:
    first = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    second = store_encounter(
        store, first.record_id.upper(), encounter(fir_number="7/2025", sections=()), [photo_of("two")]
    )
    record = store.people.get(first.record_id)
    assert (second.record_id, second.national_number) == (first.record_id, first.national_number)
    assert [stored.id for stored in record.encounters] == [first.encounter_id, second.encounter_id]
    assert [len(stored.samples) for stored in record.encounters] == [1, 1]
    assert record.encounters[1].encounter.sections == ()
    assert (record.version, second.sequence) == (2, first.sequence + 1)


def test_a_record_without_an_encounter_can_be_created(store: RecordStore) -> None:
    chosen = store.create_record(Person("Ram", national_number="0112345678"))
    allotted = store.create_record(Person("Sita"), "09")
    assert (chosen.national_number, chosen.encounters) == ("0112345678", ())
    assert (allotted.national_number, allotted.version) == ("0900000001", 1)
    assert store.people.by_national_number(" 0112345678 ") == chosen


def test_a_number_cannot_be_allotted_without_a_state(store: RecordStore) -> None:
    for state_code in (None, "", "9", "MH"):
        with pytest.raises(InvalidField, match="state code"):
            store.create_record(Person("Ram"), state_code)
    assert store.counts() == EMPTY


@pytest.mark.both_databases
def test_enrolments_of_one_state_do_not_wait_for_each_others_number(store: RecordStore) -> None:
    if store.database.has_one_writer:
        assert store.reserve_number(Person("Ram"), "27") is None
        return
    assert store.reserve_number(Person("Ram", national_number="2700000009"), "27") is None
    number = store.reserve_number(Person("Ram"), "27")
    taken = store.reserve_number(Person("Sita"), "27")
    with store.begin() as work, ThreadPoolExecutor(1) as other:
        assert work.people.add(Person("Ram"), "27", None, number).national_number == "2700000001"
        meanwhile = other.submit(store.create_record, Person("Asha"), "27").result(60)
    store.create_record(Person("Gita", national_number=taken))
    with store.begin() as work:
        last = work.people.add(Person("Sita"), "27", None, taken)
    assert (meanwhile.national_number, taken, last.national_number) == ("2700000003", "2700000002", "2700000004")


def test_allotted_numbers_skip_those_that_people_brought_along(store: RecordStore) -> None:
    """Each state counts by itself, and a number from an older register is never given again."""
    store.create_record(Person("A", national_number="2700000001"))
    store.create_record(Person("B", national_number="2700000002"))
    numbers = [store.create_record(Person("C"), state).national_number for state in ("27", "27", "01")]
    assert numbers == ["2700000003", "2700000004", "0100000001"]


def test_a_taken_national_number_is_refused_and_nothing_is_written(store: RecordStore, tmp_path: Path) -> None:
    """Two people never share a number; neither row nor image file of the second one stays."""
    store_person(store, Person("Ram", national_number="2700000009"), encounter(), [print_of("one")])
    before, files = store.counts(), image_files(tmp_path / "images")
    with pytest.raises(DuplicateNationalNumber, match="2700000009"):
        store_person(
            store, Person("Sita", national_number="2700000009"), encounter(), [print_of("two"), print_of("one")]
        )
    assert (store.counts(), image_files(tmp_path / "images")) == (before, files)
    assert store.templates.last_sequence() == 1


def test_an_enrolment_that_fails_half_way_leaves_no_row_and_no_file(store: RecordStore, tmp_path: Path) -> None:
    store_person(store, Person("Ram"), encounter(), [print_of("shared")])
    before, files = store.counts(), image_files(tmp_path / "images")
    with pytest.raises(IntegrityError):
        store_person(store, Person("Sita"), encounter(), [print_of("new"), print_of("shared"), broken_print("bad")])
    assert (store.counts(), image_files(tmp_path / "images")) == (before, files)
    after = store_person(store, Person("Sita"), encounter(), []).national_number
    assert after == ("2700000002" if store.database.has_one_writer else "2700000003")  # there one was reserved
    assert store.sweep(timedelta()) == 0


def test_an_encounter_for_an_unknown_record_leaves_no_file(store: RecordStore, tmp_path: Path) -> None:
    with pytest.raises(UnknownRecord):
        store_encounter(store, NO_ID, encounter(), [print_of("one")])
    assert (store.counts(), image_files(tmp_path / "images")) == (EMPTY, [])


def test_a_full_disk_undoes_an_enrolment(database_url: str, tmp_path: Path) -> None:
    """Where an image cannot be stored, no row says that it was."""
    folder = tmp_path / "images"
    with RecordStore.open(database_url, ImageFolder(folder)) as store:
        (folder / "incoming").rmdir()
        (folder / "incoming").write_text("a file where the folder should be")
        with pytest.raises(StoreUnavailable, match="image"):
            store_person(store, Person("Ram"), encounter(), [print_of("one")])
        assert store.counts() == EMPTY


def test_an_unknown_record_is_named_as_such(store: RecordStore) -> None:
    for record_id in (NO_ID, "", "42", "x" * 5000, "a\x00b", "' OR 1=1 --", "१२३"):
        with pytest.raises(UnknownRecord):
            store.people.get(record_id)
        with pytest.raises(UnknownRecord):
            store_encounter(store, record_id, encounter(), [])
        with pytest.raises(UnknownRecord):
            remove_record(store, record_id)


def test_a_national_number_that_nobody_has_is_unknown(store: RecordStore) -> None:
    store.create_record(Person("Ram"), "09")
    for number in ("2700000001", "", "09"):
        with pytest.raises(UnknownRecord):
            store.people.by_national_number(number)


def test_an_unknown_sample_is_named_as_such(store: RecordStore) -> None:
    for sample_id in (0, -1, 99, 2**63, 10**30):
        with pytest.raises(UnknownSample):
            store.samples.get(sample_id)
        with pytest.raises(UnknownSample):
            store.samples.image(sample_id)


def test_a_removed_record_leaves_only_its_changes(store: RecordStore, tmp_path: Path) -> None:
    gone = store_person(store, Person("Ram", aliases=("R",)), encounter(), [print_of("own"), print_of("shared")])
    store_encounter(store, gone.record_id, encounter(), [print_of("own")])
    kept = store_person(store, Person("Sita"), encounter(), [print_of("shared")])
    remove_record(store, gone.record_id)

    with pytest.raises(UnknownRecord):
        store.people.get(gone.record_id)
    assert store.counts() == Counts(1, 1, 1, 0, (TemplateCount(FINGERPRINT, FINGER_MODEL, 1),))
    assert store.samples.image(kept.sample_ids[0]) == b"image shared"
    assert len(image_files(tmp_path / "images")) == 1
    changes = store.templates.changes_since(4, FINGERPRINT, FINGER_MODEL, 100)
    assert [(change.sequence, change.operation, change.template_id) for change in changes] == [
        (5, Operation.REMOVE, 1),
        (6, Operation.REMOVE, 2),
        (7, Operation.REMOVE, 3),
    ]


def test_numbers_of_removed_samples_and_templates_are_never_given_again(store: RecordStore) -> None:
    """An index that still holds an old number must not take it for another person's."""
    gone = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    remove_record(store, gone.record_id)
    new = store_person(store, Person("Sita"), encounter(), [print_of("two")])
    assert new.sample_ids > gone.sample_ids
    assert new.template_ids > gone.template_ids


def test_counts_are_of_what_is_stored(store: RecordStore) -> None:
    """Templates are counted by feature space, since only those of one can be compared."""
    store_person(
        store, Person("Ram"), encounter(), [print_of("1"), print_of("2", model="e" * 64), print_of("3"), photo_of("4")]
    )
    store.create_record(Person("Sita"), "01")
    assert store.counts().templates == (
        TemplateCount(FACE, "a" * 64, 1),
        TemplateCount(FINGERPRINT, "e" * 64, 1),
        TemplateCount(FINGERPRINT, FINGER_MODEL, 2),
    )
    assert (store.counts().records, store.counts().encounters, store.counts().samples) == (2, 1, 4)
    assert store.record_count() == 2


@pytest.mark.parametrize(
    "sample",
    [
        Sample(FINGERPRINT, b"x"),
        Sample(FINGERPRINT, b"x", "a\x00b.png", FingerPosition.LEFT_RING),
        Sample(FINGERPRINT, b"x", "x" * 300, FingerPosition.LEFT_RING),
    ],
)
def test_a_sample_that_no_database_could_hold_is_refused(sample: Sample) -> None:
    good = print_of("one")
    with pytest.raises(InvalidField):
        replace(good, sample=sample)


def test_a_photo_has_no_finger_position() -> None:
    """A finger position on a photo is a mistake of the caller."""
    good = photo_of("one")
    with pytest.raises(InvalidField, match="photo"):
        replace(good, sample=Sample(FACE, b"x", position=FingerPosition.LEFT_RING))


def test_identity_differs_between_databases_and_stays(database_url: str, images: ImageFolder, tmp_path: Path) -> None:
    """A snapshot of one database's index must never be taken for another's."""
    with RecordStore.open(database_url, images) as store:
        first = store.identity
    with RecordStore.open(database_url, images) as store:
        assert store.identity == first == str(uuid.UUID(first))
    with RecordStore.open(f"sqlite:///{tmp_path / 'other.db'}", ImageFolder(tmp_path / "other images")) as other:
        assert other.identity != first


def test_quality_its_faults_and_the_reason_for_accepting_it_are_kept(store: RecordStore) -> None:
    """Who enrolled a poor print, and why, must be told later; a quality that nobody measured stays unknown."""
    unmeasured = print_of("two", FingerPosition.LEFT_RING)
    parts = (("sharpness", 12), ("pose_yaw", 88))
    poor = Assessment(7, (QualityFault.TOO_DRY, QualityFault.TOO_SMALL), acceptable=False, parts=parts)
    samples = [
        replace(print_of("one"), assessment=poor, accepted_because=" burnt finger "),
        replace(unmeasured, template=replace(unmeasured.template, quality=None)),
    ]
    done = store_person(store, Person("Ram"), encounter(), samples)
    first, second = (store.samples.get(sample_id) for sample_id in done.sample_ids)
    assert (first.quality, first.quality_faults, first.accepted_because) == (71, poor.faults, "burnt finger")
    assert (first.quality_parts, first.quality_advice[0]) == (dict(parts), QualityFault.TOO_DRY.advice)
    assert (second.quality, second.quality_faults, second.accepted_because) == (None, (), "")
    assert second.quality_parts == {}
    assert store.templates.load(done.template_ids)[1].template.quality is None


def test_a_reason_longer_than_its_column_is_refused() -> None:
    with pytest.raises(InvalidField, match="reason"):
        replace(print_of("one"), accepted_because="x" * 301)
