"""A server that is killed starts from its last snapshot and the changes after it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from inputs import print_of
from records_examples import encounter

from api.bootstrap.engine import open_engine
from api.bootstrap.housekeeping import REPORT_EVERY, reporting
from api.operations.background import Background
from api.settings import Settings
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.person import Person
from biometrics.kernel.types import FingerPosition, Sample
from biometrics.use_cases.enrol import enrol
from fingerprint.modality import FINGERPRINT
from index import snapshot_file


def test_snapshots_are_written_while_the_engine_is_open(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, snapshot_minutes=0.01)
    with open_engine(settings) as engine:
        engine = engine.as_system("a test")
        sample = Sample(FINGERPRINT, print_of(0, "right_thumb", 0), "a.png", FingerPosition.RIGHT_THUMB)
        enrolment = enrol(engine, Person("Asha"), encounter(), [sample])
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            result = list((tmp_path / "index").glob("fingerprint-*.index"))
            if (
                result
                and snapshot_file.read(result[0], engine.store.templates.snapshot_secret()).sequence
                == enrolment.sequence
            ):
                return
            time.sleep(0.05)
    pytest.fail("no snapshot with the enrolment within two minutes")


def test_a_failed_save_is_reported_and_retried(caplog: pytest.LogCaptureFixture) -> None:
    tries: list[int] = []

    def save() -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            raise StoreUnavailable("The disk is full.")

    with Background().repeated(save, 0.01, "snapshots"):
        deadline = time.monotonic() + 120
        while len(tries) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert len(tries) >= 3
    assert caplog.messages[0] == "snapshots: The disk is full."


def test_a_long_rebuild_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "pehchan")
    report = reporting("fingerprint")
    for done in range(0, 2 * REPORT_EVERY + 1, 1000):
        report(done, 2 * REPORT_EVERY)
    assert len(caplog.messages) == 2
    assert caplog.messages[-1].endswith(f"{2 * REPORT_EVERY} of {2 * REPORT_EVERY}.")
