"""`pehchan bench enrolments`: several nodes enrol, and a follower reads every change in its order."""

from __future__ import annotations

from pathlib import Path

import pytest
from inputs import Run
from records_examples import encounter, print_of

from benchmarks.service import enrolments
from benchmarks.service.enrolments import Follower
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_person

pytestmark = pytest.mark.reach


def test_nodes_enrol_at_the_same_time_and_the_changes_are_in_order(run: Run) -> None:
    code, output, errors = run("bench", "enrolments", "--people", 6, "--nodes", 2, "--clients", 2, "--states", 1)
    assert code == 0, errors
    assert "in order" in output


def test_a_follower_notices_a_change_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: RecordStore
) -> None:
    monkeypatch.setattr(enrolments, "MODEL", "f" * 64)
    whole, lacking, foreign = Follower(store), Follower(store), Follower(store)
    store_person(store, Person("Ram"), encounter(), [print_of("1"), print_of("2")])
    assert whole.stop(2)
    assert not lacking.stop(3)
    store_person(store, Person("Sita"), encounter(), [print_of("3", model="a" * 64)])
    assert not foreign.stop(3)
