"""What is stored comes back as it was; what cannot be read says so."""

from __future__ import annotations

import csv
import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from made_up_scores import EACH, score_set
from pyarrow import parquet

from benchmarks.runs import score_files
from benchmarks.runs.datasets import UnusableDataset
from benchmarks.runs.score_set import StoredEvaluation
from biometrics.kernel.errors import InvalidField

EVALUATION = StoredEvaluation(
    "pehchan bench report --out x",
    "2026-11-25T03:00:00+00:00",
    (("faces, beside peers", "another", "not installed"),),
    (score_set("faces"), replace(score_set("faces", "another"), decibans=None, searches=None)),
    {"version": "0.1.0", "commit": None, "machine": {"processor": "a", "cores": 2, "python": "3.13.1"}},
)


def assert_same(expected: object, actual: object) -> None:
    if is_dataclass(expected):
        for field in fields(expected):
            assert_same(getattr(expected, field.name), getattr(actual, field.name))
    elif isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(expected, actual)
    elif isinstance(expected, tuple) and expected and is_dataclass(expected[0]):
        for mine, read in zip(expected, actual, strict=True):
            assert_same(mine, read)
    else:
        assert expected == actual


def test_an_evaluation_comes_back_as_it_was(tmp_path: Path) -> None:
    score_files.save(EVALUATION, tmp_path / "scores.npz")
    assert_same(EVALUATION, score_files.load(tmp_path / "scores.npz"))


def test_an_unreadable_or_unwritable_file_is_named(tmp_path: Path) -> None:
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


def test_a_table_has_a_row_for_each_comparison(tmp_path: Path) -> None:
    first = EVALUATION.sets[0]
    failed = first.scores.copy()
    failed[3] = -np.inf
    evaluation = replace(EVALUATION, sets=(replace(first, scores=failed), EVALUATION.sets[1]))
    for name in ("scores.csv", "scores.parquet"):
        score_files.export(evaluation, tmp_path / name)
    rows = list(csv.DictReader((tmp_path / "scores.csv").read_text().splitlines()))
    table = parquet.read_table(tmp_path / "scores.parquet")
    assert len(rows) == table.num_rows == sum(len(each.pairs) for each in evaluation.sets)
    assert tuple(rows[0]) == tuple(table.column_names) == score_files.COLUMNS
    assert [row["system"] for row in rows[:: len(first.pairs)]] == [each.system for each in evaluation.sets]
    for row, (i, j), score in zip(rows, first.pairs.tolist(), failed.tolist(), strict=False):
        names = [first.samples.subjects[first.samples.subject[image]] for image in (i, j)]
        files = [f"{names[0]}/{i % EACH}.png", f"{names[1]}/{j % EACH}.png"]
        assert [row["image_1"], row["image_2"], row["subject_1"], row["subject_2"]] == [*files, *names]
        assert row["mated"] == str(int(names[0] == names[1]))
        assert float(row["score"] or "-inf") == score
    for row, same in zip(rows, table.to_pylist(), strict=True):
        values = {name: int(value) if isinstance(value, bool) else value for name, value in same.items()}
        assert {name: "" if value is None else str(value) for name, value in values.items()} == row
    assert json.loads(table.schema.metadata[b"pehchan"])["provenance"] == dict(evaluation.provenance)
