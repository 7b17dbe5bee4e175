"""Many checks that wait are made in blocks: with the same result as one by one, whatever interrupts them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from case_examples import somebody
from inputs import print_of
from records_examples import encounter
from sqlalchemy import select

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.cases import cases
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.enrolment import check_enrolment as checks
from biometrics.use_cases.enrolment.check_enrolment import work_off
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.search.identify import SearchRequest
from biometrics.use_cases.search.standing_search import add_standing_search
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.model import StandingKind
from fingerprint.modality import FINGERPRINT

OWNER = somebody("owner")
FINGERS = ("right_thumb", "left_index", "right_middle")
Outcome = tuple[dict[str, tuple[object, ...]], list[tuple[object, ...]]]  # cases by what they ask, and audit entries


@contextmanager
def opened(folder: Path) -> Iterator[Engine]:
    with open_engine(Settings(data_folder=folder, check_at_once=False, _env_file=None)) as engine:
        yield engine.for_actor(OWNER)


def prints(person: int, impression: int) -> list[Sample]:
    return [
        Sample(FINGERPRINT, print_of(person, finger, impression), "a.png", FingerPosition[finger.upper()])
        for finger in FINGERS
    ]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a station with nine enrolments whose checks wait: two people came twice, one is missed."""
    folder = tmp_path_factory.mktemp("kept")
    with opened(folder) as engine:
        scene = Sample(FINGERPRINT, print_of(4, "right_thumb", 1), "scene.png", FingerPosition.UNKNOWN)
        add_standing_search(engine, SearchRequest([scene]), StandingKind.LATENT)
        for person, impression in ((0, 0), (1, 0), (2, 0), (0, 1), (3, 0), (4, 0), (5, 0), (1, 1)):
            enrol(engine, Person(f"Person {person} {impression}"), encounter(), prints(person, impression))
        enrol(engine, Person("Missed"), encounter(kind=EncounterKind.MISSING), prints(3, 1))
        assert CheckReader(engine.store.database).count() == 9
    return folder


@pytest.fixture
def loaded(kept: Path, tmp_path: Path) -> Path:
    """Return a copy of that station."""
    return Path(shutil.copytree(kept, tmp_path / "loaded"))


@pytest.fixture
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "FEWEST", 2)
    monkeypatch.setattr(checks, "BLOCK", 4)
    monkeypatch.setattr(checks, "SCREENED", 3)


def copied(loaded: Path, name: str) -> Path:
    return Path(shutil.copytree(loaded, loaded.parent / name))


def outcome(engine: Engine) -> Outcome:
    columns = (
        "record_id",
        "candidate_id",
        "encounter_id",
        "standing_id",
        "score",
        "rank",
        "hint",
        "detail",
        "verified",
    )
    entries = select(audit_entries.c.subject_id, audit_entries.c.detail).order_by(audit_entries.c.detail)
    with engine.store.database.reading() as connection:
        rows = connection.execute(select(cases)).all()
        logged = connection.execute(entries.where(audit_entries.c.action == Action.ENROLMENT_CHECKED)).all()
    asked = {row.id: row.asked for row in rows}
    checked = [
        (content["encounter"], row.subject_id, sorted(asked[case_id] for case_id in content["cases"]))
        for row in logged
        for content in [json.loads(row.detail)]
    ]
    return {row.asked: tuple(getattr(row, name) for name in columns) for row in rows}, sorted(checked)


@pytest.fixture(scope="module")
def one_by_one(kept: Path) -> Outcome:
    """Return what checks one after another open and log."""
    with pytest.MonkeyPatch.context() as usual, opened(copied(kept, "one by one")) as engine:
        usual.setattr(checks, "FEWEST", 100)
        assert work_off(engine) == 9
        opened_cases, entries = outcome(engine)
    assert (len(opened_cases), len(entries)) == (4, 9)  # two duplicates, the missing person, and the latent
    return opened_cases, entries


@pytest.mark.usefixtures("in_blocks")
def test_blocks_open_the_same_cases_with_the_same_scores_and_search_in_full_for_few(
    loaded: Path, one_by_one: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched, in_full = [], checks._alike_by_any
    monkeypatch.setattr(checks, "_alike_by_any", lambda *given: searched.append(1) or in_full(*given))
    with opened(copied(loaded, "in blocks")) as engine:
        assert work_off(engine) == 9
        assert outcome(engine) == one_by_one
    assert len(searched) == 9 - 3  # of persons 2, 4 and 5


@pytest.mark.slow
@pytest.mark.usefixtures("in_blocks")
@pytest.mark.parametrize("step", ["screen", "check_enrolment"])
def test_what_ends_the_process_in_a_block_leaves_nothing_out_and_checks_nothing_twice(
    loaded: Path, one_by_one: Outcome, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder, calls, real = copied(loaded, "interrupted"), [], getattr(checks, step)

    def ends(*given: object, **more: object) -> object:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given, **more)

    with monkeypatch.context() as interrupted, opened(folder) as engine:
        interrupted.setattr(checks, step, ends)
        with pytest.raises(KeyboardInterrupt):
            work_off(engine)
        assert 0 < CheckReader(engine.store.database).count() < 9
    with opened(folder) as engine:
        blocks: list[object] = []
        screen = checks.screen
        monkeypatch.setattr(checks, "screen", lambda engine, ids: blocks.extend(ids) or screen(engine, ids))
        work_off(engine)
        assert CheckReader(engine.store.database).count() == 0
        opened_cases, entries = outcome(engine)
    assert opened_cases.keys() == one_by_one[0].keys()  # who was checked first in a pair may be the other one
    assert [entry[:2] for entry in entries] == [entry[:2] for entry in one_by_one[1]]
    assert sorted(case for entry in entries for case in entry[2]) == sorted(opened_cases)
    assert not set(blocks) & set(calls[-1][1] if step == "screen" else [calls[-1][1]])  # those come one by one


@pytest.mark.usefixtures("in_blocks")
def test_a_first_look_that_fails_has_all_checked_in_full(
    loaded: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(checks, "screen", fails)
    with opened(copied(loaded, "failing")) as engine:
        assert work_off(engine) == 9
        assert len(outcome(engine)[0]) == 4
    assert "Screening enrolments failed" in caplog.text
