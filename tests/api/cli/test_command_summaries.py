"""What `pehchan` imports: for its help none of its commands, for reading no engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.app import COMMANDS, GROUPS, PLUG_INS
from biometrics.kernel.people.encounter import EncounterKind
from biometrics.kernel.recognition.body_marks import BodyPart

SUMMARIES = {name: summary for name, (_, summary) in COMMANDS.items()} | GROUPS | PLUG_INS
PRINT_MODULES = (
    "import sys; sys.argv = ['pehchan', '--help']\nfrom api.cli import main\ntry: main()\nfinally: print(*sys.modules)"
)
HEAVY = ("numpy", "sqlalchemy", "pydantic", "fastapi", "onnxruntime", "numba", "alembic")


def test_the_help_names_every_command_and_loads_none() -> None:
    done = subprocess.run([sys.executable, "-c", PRINT_MODULES], capture_output=True, text=True, check=True)
    shown, modules = done.stdout.rstrip().rsplit("\n", 1)
    loaded = set(modules.split())
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in SUMMARIES)
    assert not loaded.intersection(HEAVY)
    assert not any(name.startswith("api.cli.commands.") for name in loaded)


@pytest.mark.parametrize("width", [60, 80])
def test_help_in_a_pipe_fits_the_columns_and_breaks_no_word(width: int) -> None:
    pehchan = Path(sys.executable).with_name("pehchan")
    command, environment = [pehchan, "identify", "--help"], os.environ | {"COLUMNS": str(width)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert max(map(len, done.stdout.splitlines())) <= width
    assert set(BodyPart) | set(EncounterKind) <= set(re.findall(r"\w+", done.stdout))
