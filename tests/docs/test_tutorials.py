"""The commands of the tutorials work as they are written, and lead where the tutorials say."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from inputs import Run, print_of

pytestmark = pytest.mark.reach

TUTORIALS = Path(__file__).parents[2] / "docs" / "tutorials"


def commands(page: str) -> list[list[str]]:
    """Return the `pehchan` commands of a page as arguments; those on data that a reader brings are left out."""
    lines = re.findall(r"^ {4}pehchan (.*)$", (TUTORIALS / page).read_text(), re.MULTILINE)
    return [shlex.split(line) for line in lines if "../shared" not in line]


def test_a_print_is_identified(run: Run) -> None:
    outputs = {}
    for number, arguments in enumerate(commands("identify.md")):
        code, output, errors = run(*arguments)
        assert code == 0, (arguments, errors)
        outputs[number] = output
    _, _, _, mated, non_mated, searches, audit, records = outputs.values()
    first = next(line for line in mated.splitlines() if re.match(r"\s*1\s", line))
    assert "Asha Verma" in first
    assert "likely, above threshold" in first
    assert "above threshold" not in non_mated
    assert "12/2026" in searches
    assert "search" in audit
    assert "Asha Verma" in records


def test_another_matcher_is_measured(tmp_path: Path) -> None:
    page = (TUTORIALS.parent / "own-matcher.md").read_text()
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (entry,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "my_matchers.py").write_text("\n".join(code))
    information = tmp_path / "my_matchers-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: my-matchers\nVersion: 1.0\n")
    group, _, point = entry.partition("\n")
    (information / "entry_points.txt").write_text(f"[{group.split(chr(34))[1]}]\n{point.replace(chr(34), '')}")
    (tmp_path / "prints").mkdir()
    for finger in ("right_thumb", "right_index", "right_middle"):
        for impression in (0, 1):
            (tmp_path / "prints" / f"{finger}_{impression}.png").write_bytes(print_of(0, finger, impression))
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PEHCHAN_DATA_FOLDER": str(tmp_path / "data")}
    for line in re.findall(r"^ {4}(pehchan .*)$", page, re.MULTILINE):
        command = [Path(sys.executable).with_name("pehchan"), *shlex.split(line)[1:]]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((tmp_path / "scores.csv").read_text().splitlines()))
    for system in ("Pehchan", "SourceAFIS, ported", "mindtct, Pehchan's matcher"):
        scores = [(row["mated"], float(row["score"])) for row in rows if row["system"] == system and row["score"]]
        assert Counter(mated for mated, _ in scores) == {"1": 3, "0": 12}
        mean = {kind: sum(score for mated, score in scores if mated == kind) for kind in "10"}
        assert mean["1"] / 3 > 2 * mean["0"] / 12


def test_a_matcher_is_measured(run: Run) -> None:
    (descriptor,) = re.findall(r"```toml\n(.*?)```", (TUTORIALS / "benchmark.md").read_text(), re.DOTALL)
    Path("sets.toml").write_text(descriptor)
    for arguments in commands("benchmark.md"):
        code, output, errors = run(*arguments)
        assert code == 0, (arguments, errors)
    generated, described = (json.loads(Path(f"{name}.json").read_text()) for name in ("generated", "sets"))
    assert described["mean"]["eer"] == generated["eer"]
    assert "FNMR over FMR" in Path("report/report.html").read_text()
    assert len(Path("scores.csv").read_text().splitlines()) == 1 + 18 * 17 // 2
    assert "fvc2002" in output
