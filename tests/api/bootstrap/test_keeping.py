"""A server that is killed starts from its last snapshot and the changes after it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from inputs import print_of
from records_examples import encounter
from waiting import wait_for

from api.bootstrap.engine import open_engine
from api.bootstrap.housekeeping import REPORT_EVERY, reporting
from api.operations.background import Background
from api.settings import Settings
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.matching import gallery
from biometrics.use_cases.enrolment.enrol import enrol
from fingerprint.modality import FINGERPRINT
from index import snapshot_file


def test_snapshots_are_written_while_the_engine_is_open(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, snapshot_minutes=0.01)
    folder = tmp_path / "index"
    with open_engine(settings) as engine:
        engine = engine.as_system("a test")
        sample = Sample(FINGERPRINT, print_of(0, "right_thumb", 0), "a.png", FingerPosition.RIGHT_THUMB)
        enrolment = enrol(engine, Person("Asha"), encounter(), [sample])
        secret = engine.store.templates.snapshot_secret()
        saved = lambda: [snapshot_file.read(path, secret).sequence for path in folder.glob("fingerprint-*.index")]  # noqa: E731
        wait_for(lambda: saved() == [enrolment.sequence])


def test_a_first_start_that_is_ended_was_not_in_vain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_folder=tmp_path, snapshot_minutes=0.01)
    with open_engine(settings) as engine:
        engine = engine.as_system("a test")
        for seed in range(2):
            sample = Sample(FINGERPRINT, print_of(seed, "right_thumb", 0), "a.png", FingerPosition.RIGHT_THUMB)
            enrol(engine, Person("Asha"), encounter(), [sample])
        last = engine.store.templates.last_sequence()
        secret = engine.store.templates.snapshot_secret()
    folder = tmp_path / "index"
    shutil.rmtree(folder)
    monkeypatch.setattr(gallery, "BATCH", 1)

    def ended(done: int, goal: int) -> None:
        wait_for(lambda: any(folder.glob("fingerprint-*.index")))
        raise StoreUnavailable("The start is ended here.")

    monkeypatch.setattr("api.bootstrap.engine.reporting", lambda modality: ended)
    with pytest.raises(StoreUnavailable, match="ended here"), open_engine(settings):
        pass
    monkeypatch.undo()
    [written] = folder.glob("fingerprint-*.index")
    assert 0 < snapshot_file.read(written, secret).sequence < last
    with open_engine(settings) as engine:
        assert len(engine.channels[FINGERPRINT].gallery) == 2


def test_a_failed_save_is_reported_and_retried(caplog: pytest.LogCaptureFixture) -> None:
    tries: list[int] = []

    def save() -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            raise StoreUnavailable("The disk is full.")

    with Background().repeated(save, 0.01, "snapshots"):
        wait_for(lambda: len(tries) >= 3)
    assert caplog.messages[0] == "snapshots: The disk is full."


def test_a_long_rebuild_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "pehchan")
    report = reporting("fingerprint")
    for done in range(0, 2 * REPORT_EVERY + 1, 1000):
        report(done, 2 * REPORT_EVERY)
    assert len(caplog.messages) == 2
    assert caplog.messages[-1].endswith(f"{2 * REPORT_EVERY} of {2 * REPORT_EVERY}.")
