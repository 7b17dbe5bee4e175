"""A result says what it was made with."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from benchmarks.commands.options import write_results
from benchmarks.runs.provenance import commit_of


def test_a_result_has_version_commit_machine_and_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["pehchan", "bench", "fingerprint", "my prints"])
    write_results(tmp_path / "out.json", {"eer": 1.5})
    content = json.loads((tmp_path / "out.json").read_text())
    assert (content["eer"], content["command"]) == (1.5, "pehchan bench fingerprint 'my prints'")
    assert content["version"] == metadata.version("pehchan")
    assert content["machine"]["python"] == platform.python_version()
    assert content["machine"]["cores"] > 0
    assert content["packages"]["numpy"] == np.__version__
    assert "psycopg" not in content["packages"]  # of an extra


def test_the_commit_is_that_of_the_checkout_and_of_no_other_project(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(
            ["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout.strip()

    package, installed = tmp_path / "package", tmp_path / "venv" / "package"
    for folder in (package, installed):
        folder.mkdir(parents=True)
        (folder / "module.py").write_text("first")
    git("init", "--quiet")
    git("add", "package")
    git("commit", "--quiet", "--message", "one")
    commit = git("rev-parse", "HEAD")
    assert (commit_of(package), commit_of(installed)) == (commit, None)
    (package / "module.py").write_text("second")
    assert commit_of(package) == f"{commit}+changes"
