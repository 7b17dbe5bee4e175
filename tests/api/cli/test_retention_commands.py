"""`pehchan retention`: from the clock to the certificate, with the indexes and their saved files."""

from __future__ import annotations

import shutil
from pathlib import Path

from inputs import Run, print_of
from records_examples import encounter

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import Enrolment
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.search.identify import SearchRequest, identify
from fingerprint.modality import FINGERPRINT

FREED = Outcome(CourtEvent.DECISION, encounter().date, "Sessions Court Pune", Verdict.RELEASED_WITHOUT_TRIAL)
ORDER = ("--authority", "JMFC Pune", "--reference", "7/2025", "--date", "2025-02-01")


def station(tmp_path: Path) -> list[Enrolment]:
    """Enrol two people; the first was released without trial."""
    with open_engine(Settings(data_folder=tmp_path / "data")) as engine:
        engine = engine.as_system("a test")
        done = []
        for person in range(2):
            content = print_of(person, "right_thumb", 0)
            sample = Sample(FINGERPRINT, content, "a.png", FingerPosition.RIGHT_THUMB)
            done.append(enrol(engine, Person(f"Person {person}"), encounter(), [sample], "generated"))
        engine.store.editor.add_outcome(done[0].encounter_id, FREED)
    return done


def held(run: Run, *subject: str) -> str:
    """Hold the samples of an encounter, or the files of a search; return the id of the hold."""
    code, output, errors = run("retention", "hold", *subject, *ORDER)
    assert code == 0, errors
    return output.split()[-1]


def test_from_the_clock_to_the_certificate(run: Run, tmp_path: Path) -> None:
    freed, other = station(tmp_path)
    (snapshot,) = (tmp_path / "data" / "index").glob("fingerprint-*")
    shutil.copy(snapshot, tmp_path / "old.index")
    code, output, errors = run("retention", "show", freed.record_id)
    assert (code, "proviso" in output) == (0, True), errors
    assert freed.encounter_id in run("retention", "due")[1]

    hold_id = held(run, freed.encounter_id)
    assert "held: JMFC Pune" in " ".join(run("retention", "due")[1].split())
    assert run("retention", "run")[1] == "0 certificates\n"

    assert run("retention", "release", freed.encounter_id, "--hold", hold_id, *ORDER)[0] == 0
    assert freed.encounter_id in run("retention", "run", "--dry-run")[1]
    code, output, errors = run("retention", "run", "--dry-run", "--today", "2026-01-01")
    assert (code, freed.encounter_id in output, "clock_implausible" in errors) == (2, True, True)
    code, output, errors = run("retention", "run", "--certificates", tmp_path / "certificates")
    assert (code, "1 certificates" in output) == (0, True), errors
    assert freed.encounter_id not in run("retention", "due")[1]

    (certificate,) = (tmp_path / "certificates").iterdir()
    code, output, errors = run("retention", "verify", certificate)
    assert (code, "Found" in output) == (0, False), output + errors
    assert run("retention", "certificate", certificate.stem)[1] == certificate.read_text()

    shutil.copy(tmp_path / "old.index", tmp_path / "data" / "index" / "fingerprint-old.index")
    code, output, _ = run("retention", "verify", certificate)
    assert (code, "its key is dead" in output) == (0, True)
    certificate.write_text(certificate.read_text().replace('"sequence": ', '"sequence": 1'))
    code, output, _ = run("retention", "verify", certificate)
    assert (code, "Found: signature" in output) == (1, True)
    with open_engine(Settings(data_folder=tmp_path / "data")) as engine:
        engine = engine.as_system("a test")
        assert engine.store.counts().records == 1
        assert engine.channels[FINGERPRINT].gallery.ids_present([*freed.template_ids, *other.template_ids]) == list(
            other.template_ids
        )


def test_bad_input_says_what_to_do_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    (tmp_path / "no.json").write_text("{}")
    for arguments, code, text in (
        (("hold", nobody, *ORDER), 2, "unknown_encounter"),
        (("release", "x", "--hold", "x", *ORDER), 2, "unknown_encounter"),
        (("hold", nobody, *ORDER, "--until", "2001-01-01"), 2, "invalid_field"),
        (("due", "--on", "tomorrow"), 2, "invalid_field"),
        (("show", nobody), 2, "unknown_record"),
        (("certificate", nobody), 2, "unknown_expungement"),
        (("verify", tmp_path / "no.json"), 2, "invalid_field"),
        (("verify", tmp_path / "absent.json"), 2, "invalid_field"),
    ):
        ended, _, errors = run("retention", *arguments)
        assert (ended, text in errors) == (code, True), errors


def test_an_order_about_the_files_of_a_search(run: Run, tmp_path: Path) -> None:
    station(tmp_path)
    with open_engine(Settings(data_folder=tmp_path / "data")) as engine:
        sample = Sample(FINGERPRINT, print_of(0, "right_thumb", 1), "a.png", FingerPosition.RIGHT_THUMB)
        search = identify(engine.as_system("a test"), SearchRequest([sample], case_number="1/2026")).id
    assert "unknown_encounter" in run("retention", "hold", search, *ORDER)[2]
    assert run("retention", "destroy", search, "--search", *ORDER)[0] == 0
    hold_id = held(run, search, "--search")
    assert search not in run("retention", "run", "--dry-run")[1]
    assert run("retention", "release", search, "--search", "--hold", hold_id, *ORDER)[0] == 0
    assert search in run("retention", "run", "--dry-run")[1]
