"""What `pehchan` imports: for its help none of its commands, for reading no engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.app import COMMANDS, GROUPS, PLUG_INS, _imported

SUMMARIES = {name: summary for name, (_, summary) in COMMANDS.items()} | GROUPS | PLUG_INS
PRINT_MODULES = (
    "import sys; sys.argv = ['pehchan', '--help']\nfrom api.cli import main\ntry: main()\nfinally: print(*sys.modules)"
)
READING = (
    "record list",
    "search list",
    "case list",
    "standing list",
    "retention due",
    "audit list",
    "user list",
    "unit list",
    "queue list",
    "models list",
    "reextract status",
    "upgrade --check",
)
RUN_EACH = """
import json, sys
from api.cli import main
for command in json.loads(sys.argv[1]):
    sys.argv = ["pehchan", *command.split()]
    try:
        main()
    except SystemExit as end:
        assert not end.code, command
print(*sys.modules)
"""
ENGINE = ("numba", "cv2", "onnxruntime", "scipy", "skimage", "faiss")
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


def test_commands_that_only_read_import_no_engine(tmp_path: Path) -> None:
    environment = os.environ | {"PEHCHAN_DATA_FOLDER": str(tmp_path)}
    run = [sys.executable, "-c", RUN_EACH, json.dumps(READING)]
    done = subprocess.run(run, capture_output=True, text=True, check=True, env=environment)
    assert not set(done.stdout.rstrip().rsplit("\n", 1)[1].split()).intersection(ENGINE)
