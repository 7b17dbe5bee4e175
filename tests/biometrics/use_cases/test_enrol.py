"""What is stored is stored, whatever the index says."""

from __future__ import annotations

from pathlib import Path

import pytest
from inputs import print_of
from records_examples import encounter

from api.bootstrap.engine import open_engine
from api.settings import Settings
from biometrics.kernel.errors import StoreUnavailable
from biometrics.kernel.people.person import Person
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Sample
from biometrics.use_cases.enrolment.enrol import enrol
from biometrics.use_cases.search.identify import SearchRequest, identify
from fingerprint.modality import FINGERPRINT


def test_an_enrolment_stands_while_the_index_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error would have the station send it again; the index follows once it answers."""
    sample = Sample(FINGERPRINT, print_of(0, "right_thumb", 0), "a.png", FingerPosition.RIGHT_THUMB)
    with open_engine(Settings(data_folder=tmp_path)) as engine:
        engine = engine.as_system("a test")
        gallery = engine.channels[FINGERPRINT].gallery
        with monkeypatch.context() as away:

            def not_there() -> None:
                raise StoreUnavailable("The index is away.")

            away.setattr(gallery, "catch_up", not_there)
            enrolment = enrol(engine, Person("Asha"), encounter(), [sample])
        assert engine.store.people.get(enrolment.record_id).person.name == "Asha"
        assert "The index is away." in caplog.text
        assert gallery.sequence < enrolment.sequence
        probe = Sample(FINGERPRINT, print_of(0, "right_thumb", 1), "b.png", FingerPosition.UNKNOWN)
        result = identify(engine, SearchRequest([probe])).search.candidates
        assert [candidate.record_id for candidate in result] == [enrolment.record_id]
