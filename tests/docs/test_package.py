"""The wheel has all that is ours and nothing else; the source archive also what an installation needs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.reach

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "biometrics",
    "fingerprint",
    "face",
    "iris",
    "marks",
    "palm",
    "capture",
    "index",
    "api",
    "models",
    "benchmarks",
)
FOR_CHECKS_ONLY = {"api/web/api_types.d.ts"}  # types of the pages' scripts
TO_INSTALL = ("deploy/", "docs/", "requirements.lock", "compose.yaml")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Build a release from a copy of what git knows, without the network: first the source archive, of it the wheel."""
    for name in tracked():
        if not name.startswith("tests/"):
            (tmp_path / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "source" / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "source" / "deploy" / ".env").write_text("POSTGRES_PASSWORD=secret")
    built = ["uv", "build", "--offline", "--no-build-isolation", "--out-dir", tmp_path / "dist", tmp_path / "source"]
    subprocess.run([str(word) for word in built], check=True, capture_output=True)
    return tmp_path / "dist"


def test_a_release_holds_the_files_of_the_packages_and_what_installing_needs(release: Path) -> None:
    (wheel,) = release.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = tracked()
    expected = {name for name in files if name.startswith(tuple(f"{package}/" for package in PACKAGES))}
    assert held == expected - FOR_CHECKS_ONLY
    (source,) = release.glob("*.tar.gz")
    with tarfile.open(source) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert {name for name in files if name.startswith(TO_INSTALL)} <= names
    assert "deploy/.env" not in names


def test_a_release_is_installed_as_documented(release: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "releasing.md").read_text()
    block = re.search(r"For a service,.*?\n\n((?:    [^\n]+\n)+)", page, re.DOTALL)
    assert block
    environment = tmp_path / "pehchan"
    variables = {name: value for name, value in os.environ.items() if name != "PEHCHAN_DATA_FOLDER"}
    variables["HOME"] = str(tmp_path)  # a new station's data folder is there
    for line in filter(str.strip, block[1].splitlines()):
        words = shlex.split(line.replace("/opt/pehchan", str(environment)).replace("python3", sys.executable))
        done = subprocess.run(words, cwd=release, env=variables, capture_output=True, text=True, check=False)
        expected = 1 if "--check" in words else 0  # a new station has all changes before it
        assert done.returncode == expected, (line, done.stdout[-2000:], done.stderr[-2000:])
