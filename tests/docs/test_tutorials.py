"""The commands of the tutorials work as they are written, and lead where the tutorials say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from inputs import Run

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


@pytest.mark.slow
def test_a_matcher_is_measured(run: Run) -> None:
    for arguments in commands("benchmark.md"):
        code, output, errors = run(*arguments)
        assert code == 0, (arguments, errors)
    assert "equal error rate" in output
    assert Path("generated.json").is_file()
