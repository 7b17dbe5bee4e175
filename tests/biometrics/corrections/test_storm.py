"""Merges, moves, their undoing, encounters and destructions at once: whatever their order, the store stays whole."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from records_examples import encounter, print_of
from store_invariants import Checker

from biometrics.kernel.errors import (
    MergeRefused,
    OutOfJurisdiction,
    UnknownEncounter,
    UnknownMerge,
    UnknownRecord,
    VersionMismatch,
)
from biometrics.kernel.people.person import Person
from biometrics.records.store import RecordStore
from biometrics.use_cases.enrolment.enrol import store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention

SECONDS = 20
EXPECTED = (MergeRefused, OutOfJurisdiction, UnknownEncounter, UnknownMerge, UnknownRecord, VersionMismatch)


@pytest.mark.reach
@pytest.mark.both_databases
def test_corrections_and_destructions_at_once_leave_nothing_half_done(store: RecordStore, tmp_path: Path) -> None:
    ids = [store_person(store, Person(f"P{n}"), encounter(), [print_of(f"{n}")]).record_id for n in range(6)]
    done: Counter[str] = Counter()
    end = time.monotonic() + SECONDS

    def work(seed: int) -> None:
        dice = random.Random(seed)
        number = 0
        while time.monotonic() < end:
            number += 1
            one, other = dice.sample(ids, 2)
            try:
                act = dice.choices(("merge", "undo", "move", "unmove", "add", "delete", "new"), (8, 6, 6, 4, 5, 1, 1))[
                    0
                ]
                if act == "new":
                    ids.append(
                        store_person(
                            store, Person(f"N{seed}-{number}"), encounter(), [print_of(f"{seed}-{number}")]
                        ).record_id
                    )
                elif act == "merge":
                    read = store.people.get(one)
                    store.editor.merge(read.id, read.version, other, "one")
                elif act == "undo":
                    read = store.people.get(one)
                    merges = store.history.provenance(read.id).merges
                    if not merges:
                        continue
                    store.editor.undo_merge(dice.choice(merges).id, read.version, "two")
                elif act == "move":
                    read = store.people.get(one)
                    if not read.encounters:
                        continue
                    store.editor.move_encounter(dice.choice(read.encounters).id, read.version, other, "his")
                elif act == "unmove":
                    read = store.people.get(one)
                    moves = store.history.provenance(read.id).moves
                    if not moves:
                        continue
                    store.editor.undo_move(dice.choice(moves).id, read.version, "not his")
                elif act == "add":
                    store_encounter(
                        store, one, encounter(fir_number=f"{seed}{number}/2024"), [print_of(f"{seed}/{number}")]
                    )
                else:
                    Retention(store).delete(one, "a test")
                done[act] += 1
            except EXPECTED:
                continue

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(work, seed) for seed in range(8)]:
            future.result()
    assert {"merge", "undo", "move", "delete"} <= done.keys()
    Retention(store).finish()
    checker = Checker(store, tmp_path / "images")
    checker.sequences_are_whole()
    checker.nothing_is_half_there()
    checker.everything_opens()
    checker.cases_are_where_their_rows_say()
