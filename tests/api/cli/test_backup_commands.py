"""`pehchan backup` and `restore`, with searches in the restored station, and certificates checked against backups."""

from __future__ import annotations

from pathlib import Path

import pytest
from inputs import Run, print_of
from records_examples import encounter

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.kernel.technique.atomic_file import part_of
from biometrics.use_cases.enrolment.enrol import enrol
from fingerprint.modality import FINGERPRINT

FREED = Outcome(CourtEvent.DECISION, encounter().date, "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)


def test_a_station_is_backed_up_and_restored_elsewhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its own master key's file; searches find whom they found; who was destroyed since is not there."""
    monkeypatch.delenv("PEHCHAN_MASTER_KEY")
    keys, backup = tmp_path / "vault" / "keys", tmp_path / "backup"
    keys.parent.mkdir()
    with open_engine(Settings(data_folder=tmp_path / "data")) as engine:
        engine = engine.as_system("a test")
        for person in range(3):
            content = print_of(person, "right_thumb", 0)
            sample = Sample(FINGERPRINT, content, "a.png", FingerPosition.RIGHT_THUMB)
            freed = enrol(engine, Person(f"Person {person}"), encounter(), [sample], "generated")
    code, output, errors = run("backup", backup, "--keys", keys)
    assert (code, "Differs" in output) == (0, False), output + errors
    assert str(keys) in run("keys", "copies", "list")[1]

    of_before = keys.read_bytes()
    with open_engine(Settings(data_folder=tmp_path / "data")) as engine:
        engine = engine.as_system("a test")
        engine.store.editor.add_outcome(freed.encounter_id, FREED)
    assert run("retention", "run", "--certificates", tmp_path)[0] == 0
    (certificate,) = tmp_path.glob("*.json")
    code, output, errors = run("retention", "verify", certificate, "--backup", backup, "--keys", keys)
    assert (code, "Found" in output) == (0, False), output + errors
    assert run("retention", "verify", certificate, "--backup", backup)[0] == 2
    part_of(keys).write_bytes(of_before[:-5])
    code, output, errors = run("retention", "verify", certificate)
    assert (code, f"Found: left of writing a copy of the keys: {part_of(keys)}: " in output) == (1, True), (
        output + errors
    )
    part_of(keys).unlink()

    monkeypatch.setenv("PEHCHAN_MASTER_KEY_FILE", str(tmp_path / "data" / "master.key"))
    monkeypatch.setenv("PEHCHAN_DATA_FOLDER", str(tmp_path / "new"))
    code, output, errors = run("restore", backup, "--keys", keys)
    assert (code, "Differs" in output) == (0, False), output + errors
    assert "1 encounters, 0 samples, 0 probes" in output
    assert len(output.splitlines()) < 10
    assert "Other users" not in errors  # the database was its owner's at once
    (tmp_path / "probe.png").write_bytes(print_of(1, "right_thumb", 1))
    probe = f"right_thumb={tmp_path / 'probe.png'}"
    code, output, errors = run("identify", "--print", probe, "--purpose", "system_test", "--case", "1")
    assert "Person 1" in output, output + errors
    assert run("restore", backup, "--keys", keys)[0] == 2  # it is in use


def test_bad_input_says_what_to_do(run: Run, tmp_path: Path) -> None:
    for arguments, code, text in (
        (("backup", tmp_path / "b", "--keys", tmp_path / "b" / "keys"), 2, "invalid_field"),
        (("backup", tmp_path / "b", "--keys", tmp_path / "keys"), 2, "move_refused"),
        (("restore", tmp_path / "absent", "--keys", tmp_path / "keys"), 1, "backup_damaged"),
        (("keys", "copies", "remove", "nowhere"), 2, "invalid_field"),
    ):
        ended, _, errors = run(*arguments)
        assert (ended, text in errors) == (code, True), errors
