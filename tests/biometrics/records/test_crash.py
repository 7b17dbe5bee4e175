"""What was answered survives kill -9, and what was not leaves nothing that a sweep does not find."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from image_files import files_but_marks
from records_examples import FACE_MODEL, FINGER_MODEL
from sqlalchemy import select

from biometrics.kernel.people.record import Record, RecordQuery
from biometrics.records.store import RecordStore
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.tables.people import samples
from face.modality import FACE
from fingerprint.modality import FINGERPRINT

SCRIPT = Path(__file__).parents[2] / "support" / "enrol_until_killed.py"
ANSWERS = (1, 9)  # after how many the process is killed, one kill each
KILLED_AFTER_PUTS = 5  # images, two an enrolment: the last one is the first of its enrolment


def start(url: str, folder: Path, *puts: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), url, str(folder), *puts],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def all_records(store: RecordStore) -> list[Record]:
    records, after = [], None
    while True:
        page = store.people.find(RecordQuery(), 20, after)
        records.extend(page.items)
        if page.after is None:
            return records
        after = page.after


def check_whole(store: RecordStore, answered: set[str], folder: Path) -> None:
    """Assert that every answered record is there, that none is there by half, and that a sweep leaves only theirs."""
    records = all_records(store)
    assert answered <= {record.id for record in records}
    for record in records:
        (encounter,) = record.encounters
        assert record.person.aliases == ("A", "B")
        assert [sample.modality for sample in encounter.samples] == [FINGERPRINT, FACE]
        assert len(encounter.encounter.sections) == 2
        for sample in encounter.samples:
            assert record.person.name.encode() in store.samples.image(sample.id)
        templates = store.templates.of_records([record.id], [FINGER_MODEL, FACE_MODEL])[record.id]
        assert [template.sample_id for template in templates] == [sample.id for sample in encounter.samples]

    for modality, model in ((FINGERPRINT, FINGER_MODEL), (FACE, FACE_MODEL)):
        changes = store.templates.changes_since(0, modality, model, 10_000)
        assert sorted(change.template_id for change in changes) == store.templates.ids(modality, model).tolist()
    assert store.templates.last_sequence() == 2 * len(records)

    store.sweep(timedelta())
    with store._database.reading() as connection:
        assert files_but_marks(folder) == set(connection.execute(select(samples.c.image_name)).scalars())


@pytest.mark.essential
def test_every_answered_enrolment_survives_kill_9(database_url: str, tmp_path: Path) -> None:
    answered: set[str] = set()
    for answers in ANSWERS:
        process = start(database_url, tmp_path / "images")
        lines = [process.stdout.readline() for _ in range(answers)]
        process.send_signal(signal.SIGKILL)
        rest, errors = process.communicate()
        assert process.returncode == -signal.SIGKILL, errors
        answered.update("".join([*lines, rest]).splitlines())
        with RecordStore.open(database_url, ImageFolder(tmp_path / "images")) as store:
            check_whole(store, answered, tmp_path / "images")
    assert len(answered) >= sum(ANSWERS)


@pytest.mark.slow
def test_images_of_an_enrolment_that_was_killed_are_swept(database_url: str, tmp_path: Path) -> None:
    process = start(database_url, tmp_path / "images", str(KILLED_AFTER_PUTS))
    output, errors = process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL, errors
    with RecordStore.open(database_url, ImageFolder(tmp_path / "images")) as store:
        assert len(files_but_marks(tmp_path / "images")) > store.counts().samples
        check_whole(store, set(output.splitlines()), tmp_path / "images")
