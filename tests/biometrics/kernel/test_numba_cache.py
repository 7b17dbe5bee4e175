"""What numba has compiled is kept for each version of the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fingerprint
from biometrics.kernel.technique import numba_cache as kernel_cache

WHERE = "import os, fingerprint, numba; print(os.environ['NUMBA_CACHE_DIR']); print(numba.config.CACHE_DIR)"


def folder_of(root: Path, **environment: str) -> Path:
    """Return where a process that imports a copy of the packages keeps what it compiles."""
    surroundings = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", WHERE],
        cwd=root,
        env=surroundings | {"PYTHONPATH": str(root)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    named, used = done.stdout.split()
    assert named == used
    return Path(named)


def test_other_sources_have_another_folder(tmp_path: Path) -> None:
    source = Path(fingerprint.__file__).parents[1]
    for package in ("biometrics/kernel", "fingerprint", "index"):
        shutil.copytree(source / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "biometrics" / "__init__.py").touch()
    before = folder_of(tmp_path)
    assert before.parent == tmp_path / "fingerprint" / "__pycache__"
    assert folder_of(tmp_path, NUMBA_CACHE_DIR=str(before)) == before  # a process of a process
    below = folder_of(tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "elsewhere"))
    assert below == tmp_path / "elsewhere" / before.name
    with (tmp_path / "fingerprint" / "template.py").open("a") as file:
        file.write("# changed\n")
    after = folder_of(tmp_path)
    assert after.parent == before.parent
    assert after != before


def test_files_compiled_by_other_versions_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("kernels-1", "kernels-2", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f.nbi").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels-2"))
    kernel_cache.remove_other_versions()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-2", "other"]


def test_compiled_functions_are_kept_there() -> None:
    from fingerprint.matching.kernels.comparison import match_many

    assert kernel_cache._digest() in str(match_many.stats.cache_path)
