"""The wheel has all that is ours and nothing else."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("biometrics", "fingerprint", "face", "index", "api", "models", "benchmarks")
FOR_CHECKS_ONLY = {"api/web/api_types.d.ts"}  # types of the pages' scripts


@pytest.mark.slow
def test_the_wheel_holds_the_files_of_the_packages(tmp_path: Path) -> None:
    """Built from a copy of what git knows, without the network."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    source = tmp_path / "source"
    for name in files:
        if name.startswith((*(f"{package}/" for package in PACKAGES), "pyproject.toml", "README.md", "LICENSE")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    built = [
        "uv",
        "build",
        "--offline",
        "--no-build-isolation",
        "--wheel",
        "--out-dir",
        str(tmp_path / "dist"),
        str(source),
    ]
    subprocess.run(built, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {name for name in files if name.startswith(tuple(f"{package}/" for package in PACKAGES))}
    assert held == expected - FOR_CHECKS_ONLY
