"""Figures come from the raw scores of a run, in percent."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.metrics.identification import Searches
from benchmarks.reports.output import face_figures, fingerprint_figures, write_json
from benchmarks.runs.folder_run import FaceRun, FingerprintRun
from benchmarks.runs.measure import Extraction
from biometrics.kernel.errors import InvalidField

EXTRACTION = Extraction((None, None, None), ("a.png: too few minutiae",), 12.345678)
SEARCHES = Searches.of(np.array([[2.0, 1.0], [2.0, 1.0], [3.0, 4.0]]), np.array([0, 1, 1]), np.array([0, 1, 1]))
FINGERPRINTS = FingerprintRun(
    model="ab" * 32,
    extraction=EXTRACTION,
    genuine=np.array([1.0, 5.0, 6.0]),
    impostor=np.array([0.0, 2.0]),
    all_impostors=np.array([0.0, 0.0, 0.0, 5.5]),
    searches=SEARCHES,
    matches_per_s=1234.56,
)
FACES = FaceRun(
    model="cd" * 32,
    extraction=EXTRACTION,
    scores=np.array([0.9, 0.8, 0.1, 0.85]),
    same=np.array([True, True, False, False]),
    folds=np.zeros(4, dtype=np.int64),
    searches=SEARCHES,
)


def test_fingerprint_figures_are_those_of_the_scores() -> None:
    figures = fingerprint_figures(FINGERPRINTS)
    assert figures == {
        "eer": 16.6667,  # at 5: FNMR 1/3, FMR 0
        "fmr100": 33.3333,
        "fmr1000": 33.3333,
        "zero_fmr": 33.3333,
        # at 1: FNMR 0, FMR 1/4; at 6 the false match is gone, and two of three genuine ones with it
        "all_impostors": {"eer": 12.5, "fmr100": 66.6667, "fmr1000": 66.6667, "zero_fmr": 66.6667, "n_impostor": 4},
        "rank1": 66.6667,
        "n_genuine": 3,
        "n_impostor": 2,
        "n_images": 3,
        "failed": 1,
        "extract_ms": 12.3457,
        "matches_per_s": 1235,
        "model": "ab" * 32,
    }


def test_face_figures_with_a_pairs_list_have_an_accuracy_and_say_how_it_was_judged() -> None:
    figures = face_figures(FACES)
    assert {
        name: figures[name] for name in ("accuracy", "eer", "tar_at_fmr_1e3", "rank1", "failed", "ms_per_image")
    } == {
        "accuracy": 75.0,
        "eer": 50.0,
        "tar_at_fmr_1e3": 50.0,
        "rank1": 66.6667,
        "failed": 1,
        "ms_per_image": 12.3457,
    }
    assert "same pairs, which flatters (1 fold)" in figures["accuracy_threshold"]
    assert figures["n_searches"] == 3
    assert figures["rank1_interval"][0] <= 66.6667 <= figures["rank1_interval"][1]


def test_face_figures_refuse_what_few_searches_cannot_support() -> None:
    figures = face_figures(FACES)
    assert figures["fnir_at_fpir_1e2"] == "not supported: needs 1,000 non-mated searches, has 3"
    assert figures["fnir_interval"] is None


def test_face_figures_have_an_open_set_rate_where_searches_support_it() -> None:
    """Of 1000 searches ten find a stranger at 5; at FPIR 1 % the threshold is just above 1, and 20 mates are below."""
    mated, others = np.where(np.arange(1000) < 20, 0.5, 9.0), np.where(np.arange(1000) >= 990, 5.0, 1.0)
    searches = Searches(np.arange(1000), mated, others, np.where(mated > others, 1, 2), gallery=1000)
    figures = face_figures(replace(FACES, searches=searches))
    assert figures["fnir_at_fpir_1e2"] == 2.0
    low, high = figures["fnir_interval"]
    assert 1.0 < low < 2.0 < high < 3.2


def test_json_holds_the_figures_and_a_bad_path_is_said(tmp_path: Path) -> None:
    write_json(tmp_path / "out.json", {"eer": 0.5})
    assert json.loads((tmp_path / "out.json").read_text()) == {"eer": 0.5}
    with pytest.raises(InvalidField, match="cannot be written"):
        write_json(tmp_path / "absent" / "out.json", {})
