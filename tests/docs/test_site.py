"""The documentation site is published one version beside the other, each with its reference made from the code."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.reach

ROOT = Path(__file__).parents[2]


def test_a_later_version_leaves_the_site_of_the_earlier_one(tmp_path: Path) -> None:
    """With the commands of docs/releasing.md, but without publishing."""
    clone = tmp_path / "clone"
    identity = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            command,
            cwd=clone if clone.exists() else tmp_path,
            env=os.environ | identity | {"NO_MKDOCS_2_WARNING": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("git", "clone", "--quiet", ROOT, clone)
    for version in ("0.1", "0.2"):
        run("mike", "deploy", "--update-aliases", version, "latest")
    versions = json.loads(run("git", "show", "gh-pages:versions.json"))
    assert {each["version"]: each["aliases"] for each in versions} == {"0.1": [], "0.2": ["latest"]}
    for version in ("0.1", "0.2"):
        assert "pehchan bench reproduce" in run("git", "show", f"gh-pages:{version}/reference/commands/index.html")
        assert "PEHCHAN_DATABASE_URL" in run("git", "show", f"gh-pages:{version}/reference/settings/index.html")
