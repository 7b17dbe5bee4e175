"""A search is stored whole, so that it can be shown or replayed."""

from __future__ import annotations

import pytest
from records_examples import encounter, print_of, search_for
from removing import remove_record

from biometrics.kernel.errors import InvalidField, UnknownSearch
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.searches.model import SearchProbe
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search


def test_a_search_reads_back_as_it_was_answered(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    search = search_for(done.record_id)
    answered = store_search(store, search)
    stored = store.searches.get(answered.id)
    assert stored.search == search
    assert stored == answered
    assert stored.created_at.utcoffset() is not None
    assert store.counts().searches == 1


def test_a_search_without_a_hit_is_stored_too(store: RecordStore) -> None:
    search = search_for("x")
    empty = type(search)(**vars(search) | {"candidates": ()})
    assert store.searches.get(store_search(store, empty).id).search == empty


def test_a_search_outlives_the_records_it_named(store: RecordStore) -> None:
    done = store_person(store, Person("Ram"), encounter(), [print_of("one")])
    search_id = store_search(store, search_for(done.record_id)).id
    remove_record(store, done.record_id)
    assert store.searches.get(search_id).search.candidates[0].record_id == done.record_id


def test_an_unknown_search_is_named_as_such(store: RecordStore) -> None:
    for search_id in ("00000000-0000-4000-8000-000000000000", "", "7", "a\x00b"):
        with pytest.raises(UnknownSearch):
            store.searches.get(search_id)


def test_texts_of_a_search_are_checked() -> None:
    """A case number or label that a database cannot hold is refused before the search is stored."""
    search = search_for("x")
    with pytest.raises(InvalidField, match="case number"):
        type(search)(**vars(search) | {"case_number": "1\x00"})
    probe = search.probes[0].probe
    with pytest.raises(InvalidField, match="file name"):
        SearchProbe(type(probe)(probe.template, probe.position, "a\nb"), "1" * 64)
