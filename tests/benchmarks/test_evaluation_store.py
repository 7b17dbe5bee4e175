"""What is stored comes back as it was; what cannot be read says so."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from made_up_scores import score_set

from benchmarks.runs import score_files
from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.score_set import StoredEvaluation
from biometrics.domain.errors import InvalidField

EVALUATION = StoredEvaluation(
    "pehchan bench report --out x",
    "2026-11-25T03:00:00+00:00",
    (("faces, beside peers", "another", "not installed"),),
    (score_set("faces"), replace(score_set("faces", "another"), decibans=None, searches=None)),
)


def assert_same(one: object, other: object) -> None:
    if is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, tuple) and one and is_dataclass(one[0]):
        for mine, read in zip(one, other, strict=True):
            assert_same(mine, read)
    else:
        assert one == other


def test_an_evaluation_comes_back_as_it_was(tmp_path: Path) -> None:
    score_files.save(EVALUATION, tmp_path / "scores.npz")
    assert_same(EVALUATION, score_files.load(tmp_path / "scores.npz"))


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no scores")
    np.savez(tmp_path / "other.npz", values=np.zeros(3))
    score_files.save(EVALUATION, tmp_path / "scores.npz")
    whole = (tmp_path / "scores.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    for name in ("absent", "text", "other.npz", "cut.npz"):
        with pytest.raises(UnusableDataset, match="no scores that can be read"):
            score_files.load(tmp_path / name)
    with pytest.raises(InvalidField, match="cannot be written"):
        score_files.save(EVALUATION, tmp_path / "absent" / "scores.npz")


def test_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_files, "FORMAT", 2)
    score_files.save(EVALUATION, tmp_path / "scores.npz")
    monkeypatch.undo()
    with pytest.raises(UnusableDataset, match="format 2, this version reads 1"):
        score_files.load(tmp_path / "scores.npz")
