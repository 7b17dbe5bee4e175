"""Files that a forge or Docker reads have the form that those expect, by the schemas that `check-jsonschema` brings."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.reach

ROOT = Path(__file__).parents[2]
FILES = {
    "github-workflows": [".github/workflows/*.yml"],
    "dependabot": [".github/dependabot.yml"],
    "github-issue-forms": [".github/ISSUE_TEMPLATE/*.yml"],
    "compose-spec": ["compose.yaml", "deploy/compose*.yaml"],
}


@pytest.mark.parametrize("schema", FILES)
def test_files_have_their_form(schema: str) -> None:
    files = [path for pattern in FILES[schema] for path in sorted(ROOT.glob(pattern))]
    assert files
    command = ["check-jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
