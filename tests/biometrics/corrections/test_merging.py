"""Two records of one person become one, and two again as they were, with nothing lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from records_examples import FINGER_MODEL, encounter, print_of, search_for
from removing import remove_record

from biometrics.kernel.access import local_operator
from biometrics.kernel.errors import (
    InvalidField,
    MergeRefused,
    PehchanError,
    UnknownEncounter,
    UnknownMerge,
    UnknownRecord,
    VersionMismatch,
)
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import Enrolment, Record, RecordQuery
from biometrics.kernel.people.templates import Operation
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.search.identify import store_search
from fingerprint.modality import FINGERPRINT

NO_ID = "00000000-0000-4000-8000-000000000000"
WHY = "same prints, case 7"


@pytest.fixture
def two(store: RecordStore) -> tuple[Enrolment, Enrolment]:
    first = store_person(store, Person("Ram Kumar", Sex.MALE, 1980, ("Ramu",)), encounter(), [print_of("one")])
    second = store_person(
        store, Person("R. Kumar", aliases=("Ramu", "राम")), encounter(fir_number="2/2024"), [print_of("two")]
    )
    store_encounter(store, second.record_id, encounter(fir_number="3/2024"), [print_of("three")])
    return first, second


def visits(record: Record) -> list[str]:
    return [stored.encounter.fir_number for stored in record.encounters]


def plain(record: Record) -> Record:
    return replace(record, version=0)


def merged(store: RecordStore, first: Enrolment, second: Enrolment) -> str:
    return store.editor.merge(first.record_id, store.people.get(first.record_id).version, second.record_id, WHY).id


def test_the_other_id_and_number_lead_to_the_survivor(store: RecordStore, two: tuple[Enrolment, Enrolment]) -> None:
    """Also for whoever adds an encounter, finds by number or name, or reads an old search."""
    first, second = two
    merged(store, first, second)
    survivor = store.people.get(first.record_id)
    assert visits(survivor) == ["0123/2024", "2/2024", "3/2024"]
    assert survivor.person == Person("Ram Kumar", Sex.MALE, 1980, ("Ramu", "R. Kumar", "राम"), first.national_number)
    assert store.people.get(second.record_id) == survivor
    assert store.people.by_national_number(second.national_number) == survivor
    assert store.people.find(RecordQuery()).items == (survivor,)
    assert store.people.find(RecordQuery(name="R. Kumar")).items == (survivor,)
    assert store.people.named([second.record_id, NO_ID]) == {second.record_id: survivor}
    assert (store.record_count(), store.counts().records) == (1, 1)
    added = store_encounter(store, second.record_id, encounter(fir_number="4/2024"), [print_of("four")])
    assert (added.record_id, added.national_number) == (first.record_id, first.national_number)
    with pytest.raises(PehchanError, match="Another record"):
        store.create_record(Person("Sita", national_number=second.national_number))
    assert store.searches.get(store_search(store, search_for(second.record_id)).id).search.candidates[0].record_id


def test_indexes_learn_whose_the_templates_are(store: RecordStore, two: tuple[Enrolment, Enrolment]) -> None:
    """A search must name the survivor from the next answer on, and the other again after the undoing."""
    first, second = two
    before = store.templates.last_sequence()
    merge_id = merged(store, first, second)
    changes = store.templates.changes_since(before, FINGERPRINT, FINGER_MODEL, 100)
    assert [change.operation for change in changes] == [Operation.RELABEL] * 2
    moved = store.templates.load([change.template_id for change in changes])
    assert {stored.label.person for stored in moved} == {int(first.national_number)}
    store.editor.undo_merge(merge_id, store.people.get(first.record_id).version, WHY)
    assert len(store.templates.changes_since(before, FINGERPRINT, FINGER_MODEL, 100)) == 4
    moved = store.templates.load([change.template_id for change in changes])
    assert {(stored.label.person, stored.record_id) for stored in moved} == {
        (int(second.national_number), second.record_id)
    }


def test_images_and_templates_are_sealed_for_the_record_that_they_are_in(
    store: RecordStore, two: tuple[Enrolment, Enrolment], tmp_path: Path
) -> None:
    """Whoever is removed takes their key along, and nobody else's samples; no file is left over."""
    first, second = two
    merge_id = merged(store, first, second)
    files = sum(path.is_file() for path in (tmp_path / "images").rglob("*"))
    assert store.sweep(timedelta()) == 0
    assert store.samples.image(second.sample_ids[0]) == b"image two"
    store.editor.undo_merge(merge_id, store.people.get(first.record_id).version, WHY)
    remove_record(store, first.record_id)
    assert store.samples.image(second.sample_ids[0]) == b"image two"
    assert len(store.templates.load(second.template_ids)) == 1
    assert store.sweep(timedelta()) == 0
    assert sum(path.is_file() for path in (tmp_path / "images").rglob("*")) == files - 1


def test_undoing_restores_both_exactly(store: RecordStore, two: tuple[Enrolment, Enrolment]) -> None:
    before = [plain(store.people.get(done.record_id)) for done in two]
    merge_id = merged(store, *two)
    store.editor.undo_merge(merge_id, store.people.get(two[0].record_id).version, "twins")
    assert [plain(store.people.get(done.record_id)) for done in two] == before
    assert store.record_count() == 2
    again = store.editor.merge(two[0].record_id, store.people.get(two[0].record_id).version, two[1].record_id, WHY)
    assert again.id != merge_id


def test_undoing_leaves_what_was_put_somewhere_since(store: RecordStore, two: tuple[Enrolment, Enrolment]) -> None:
    first, second = two
    third = store.create_record(Person("Shyam"), "27")
    merge_id = merged(store, first, second)
    store_encounter(store, second.record_id, encounter(fir_number="9/2024"), [])
    version = store.people.get(first.record_id).version
    store.editor.move_encounter(second.encounter_id, version, third.id, "brother's")
    store.editor.undo_merge(merge_id, version + 1, "twins")
    assert visits(store.people.get(first.record_id)) == ["0123/2024", "9/2024"]
    assert visits(store.people.get(second.record_id)) == ["3/2024"]
    assert visits(store.people.get(third.id)) == ["2/2024"]


@pytest.mark.essential
def test_merges_upon_merges_are_undone_from_the_last(store: RecordStore, two: tuple[Enrolment, Enrolment]) -> None:
    """A number leads on through all of them; an inner one cannot be undone before the outer one."""
    first, second = two
    third = store_person(store, Person("Shyam"), encounter(fir_number="7/2024"), [])
    inner = merged(store, second, third)
    outer = merged(store, first, second)
    assert store.people.get(third.record_id).id == first.record_id
    assert store.people.by_national_number(third.national_number).id == first.record_id
    with pytest.raises(MergeRefused, match="first"):
        store.editor.undo_merge(inner, store.people.get(first.record_id).version, WHY)
    store.editor.undo_merge(outer, store.people.get(first.record_id).version, WHY)
    assert store.people.get(third.record_id).id == second.record_id
    store.editor.undo_merge(inner, store.people.get(second.record_id).version, WHY)
    assert visits(store.people.get(third.record_id)) == ["7/2024"]
    with pytest.raises(MergeRefused, match="already"):
        store.editor.undo_merge(inner, store.people.get(second.record_id).version, WHY)


def test_an_encounter_is_moved_and_moved_back(store: RecordStore, two: tuple[Enrolment, Enrolment]) -> None:
    first, second = two
    before = [plain(store.people.get(done.record_id)) for done in two]
    move = store.editor.move_encounter(second.encounter_id, 2, first.record_id, "wrong person")
    assert [visits(store.people.get(done.record_id)) for done in two] == [["0123/2024", "2/2024"], ["3/2024"]]
    assert [store.people.get(done.record_id).version for done in two] == [2, 3]
    assert store.samples.get(second.sample_ids[0]).record_id == first.record_id
    back = store.editor.undo_move(move.id, 2, "right after all")
    assert (back.undoes_id, back.from_id, back.to_id) == (move.id, first.record_id, second.record_id)
    assert [plain(store.people.get(done.record_id)) for done in two] == before
    with pytest.raises(MergeRefused, match="again"):
        store.editor.undo_move(move.id, 4, WHY)


def test_the_whole_provenance_is_kept(store: RecordStore, two: tuple[Enrolment, Enrolment]) -> None:
    first, second = two
    acting = store.for_actor(local_operator("asha"))
    merge_id = merged(acting, first, second)
    acting.editor.undo_merge(merge_id, store.people.get(first.record_id).version, "twins")
    for done in two:
        seen = store.history.provenance(done.record_id)
        (merge,) = seen.merges
        assert (merge.created_by, merge.reason, merge.undone_because) == ("local:asha", WHY, "twins")
        assert merge.undone_at
        assert merge.undone_at >= merge.created_at
        assert [(move.from_id, move.merge_id, move.reason) for move in seen.moves] == [
            (second.record_id, merge_id, WHY),
            (second.record_id, merge_id, WHY),
            (first.record_id, merge_id, "twins"),
            (first.record_id, merge_id, "twins"),
        ]
    assert [old.person.aliases for old in store.history.of_person(first.record_id)] == [
        ("Ramu",),
        ("Ramu", "R. Kumar", "राम"),
    ]


def test_an_impossible_merge_is_refused_and_changes_nothing(
    store: RecordStore, two: tuple[Enrolment, Enrolment]
) -> None:
    first, second = two
    before = [store.people.get(done.record_id) for done in two]
    editor = store.editor
    for error, act in (
        (MergeRefused, lambda: editor.merge(first.record_id, 1, first.record_id, WHY)),
        (UnknownRecord, lambda: editor.merge(first.record_id, 1, NO_ID, WHY)),
        (UnknownRecord, lambda: editor.merge(NO_ID, 1, first.record_id, WHY)),
        (VersionMismatch, lambda: editor.merge(first.record_id, 2, second.record_id, WHY)),
        (VersionMismatch, lambda: editor.merge(first.record_id, 1, second.record_id, WHY, 1)),
        (InvalidField, lambda: editor.merge(first.record_id, 1, second.record_id, " ")),
        (UnknownMerge, lambda: editor.undo_merge(NO_ID, 1, WHY)),
        (UnknownMerge, lambda: editor.undo_move("x", 1, WHY)),
        (UnknownEncounter, lambda: editor.move_encounter(NO_ID, 1, first.record_id, WHY)),
        (UnknownRecord, lambda: editor.move_encounter(first.encounter_id, 1, NO_ID, WHY)),
        (MergeRefused, lambda: editor.move_encounter(first.encounter_id, 1, first.record_id, WHY)),
        (VersionMismatch, lambda: editor.move_encounter(first.encounter_id, 9, second.record_id, WHY)),
    ):
        with pytest.raises(error):
            act()
    assert [store.people.get(done.record_id) for done in two] == before


def test_a_removed_survivor_takes_the_merged_record_with_it(
    store: RecordStore, two: tuple[Enrolment, Enrolment]
) -> None:
    """Whoever is removed is removed under every number."""
    merged(store, *two)
    remove_record(store, two[1].record_id)
    for done in two:
        with pytest.raises(UnknownRecord):
            store.people.get(done.record_id)
    assert (store.counts().encounters, store.counts().templates) == (0, ())


@pytest.mark.both_databases
def test_merges_both_ways_at_once_make_one_record(store: RecordStore) -> None:
    people = [
        store_person(store, Person(f"Ram {number}"), encounter(fir_number=f"{number}/2024"), []) for number in range(6)
    ]

    def merge(pair: tuple[Enrolment, Enrolment]) -> None:
        while True:
            read = store.people.get(pair[0].record_id)
            try:
                store.editor.merge(read.id, read.version, pair[1].record_id, WHY)
            except VersionMismatch:
                continue
            except MergeRefused as error:
                if "meanwhile" in error.message:
                    continue
            return

    pairs = [(first, second) for first in people for second in people if first != second]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(merge, pairs))
    assert store.record_count() == 1
    assert {store.people.get(person.record_id).id for person in people} == {
        store.people.find(RecordQuery()).items[0].id
    }
    assert len(store.people.get(people[0].record_id).encounters) == 6
