"""An account compares samples with a person at a few targets only: more answers would find a withheld score."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acting import act_of
from records_examples import encounter, search_for

from biometrics.access.target_limit import MOST, require_few_targets
from biometrics.kernel.errors import TooManyTargets
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action, note
from biometrics.use_cases.enrolment.enrol import store_person
from biometrics.use_cases.search.identify import store_search


def test_targets_of_a_record_that_was_merged_count(store: RecordStore) -> None:
    survivor, merged = (store_person(store, Person(name), encounter(), []).record_id for name in ("Asha", "Usha"))
    act, shown = act_of(), {"files": ["0" * 64], "decibans": 50.0}
    for target in range(MOST):
        note(store.database, act, Action.VERIFIED, merged, **shown, target_fmr=1 / (target + 2))
    store.editor.merge(survivor, 1, merged, "same prints")
    require_few_targets(store.database, act, survivor)
    note(store.database, act, Action.VERIFIED, survivor, **shown, target_fmr=0.9)
    with pytest.raises(TooManyTargets):
        require_few_targets(store.database, act, survivor)
    require_few_targets(store.database, act_of(actor="another"), survivor)


def test_searches_at_many_targets_that_find_a_person_by_two_records_count(store: RecordStore) -> None:
    survivor, merged = (store_person(store, Person(name), encounter(), []).record_id for name in ("Asha", "Usha"))

    def search_at(target: int, record_id: str, actor: str = "one") -> None:
        search = search_for(record_id)
        search = replace(search, settings={**search.settings, "target_fpir": 1 / target})
        store_search(store.for_actor(act_of(actor=actor)), search)

    for target in range(1, MOST + 1):
        search_at(target, merged)
    store.editor.merge(survivor, 1, merged, "same prints")
    search_at(MOST, survivor)
    with pytest.raises(TooManyTargets):
        search_at(MOST + 1, survivor)
    search_at(MOST + 1, survivor, "another")
