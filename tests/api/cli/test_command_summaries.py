"""The help of `pehchan` is made without importing its commands."""

from __future__ import annotations

import subprocess
import sys

import pytest

from api.cli.app import COMMANDS, GROUPS, PLUG_INS, _imported

SUMMARIES = {name: summary for name, (_, summary) in COMMANDS.items()} | GROUPS | PLUG_INS
PRINT_MODULES = (
    "import sys; sys.argv = ['pehchan', '--help']\nfrom api.cli import main\ntry: main()\nfinally: print(*sys.modules)"
)
HEAVY = ("numpy", "sqlalchemy", "pydantic", "fastapi", "onnxruntime", "numba", "alembic")


@pytest.mark.parametrize("name", SUMMARIES)
def test_the_summary_of_a_command_is_the_first_paragraph_of_its_help(name: str) -> None:
    assert " ".join(_imported(name).help.split("\n\n")[0].split()) == SUMMARIES[name]


def test_the_help_names_every_command_and_loads_none() -> None:
    done = subprocess.run([sys.executable, "-c", PRINT_MODULES], capture_output=True, text=True, check=True)
    shown, modules = done.stdout.rstrip().rsplit("\n", 1)
    loaded = set(modules.split())
    assert all(f"│ {name} " in shown for name in SUMMARIES)
    assert not loaded.intersection(HEAVY)
    assert not any(name.startswith("api.cli.commands.") for name in loaded)
