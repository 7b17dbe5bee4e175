"""Enrolling at the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inputs import Run, print_of


def saved(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def enrol_with(run: Run, folder: Path, name: str, person: int, impression: int, fingers: Sequence[str]) -> str:
    """Enrol somebody with generated prints; what the command said."""
    arguments = ["enrol", "--name", name, "--fir", "1/2026", "--station", "S1", "--district", "D1", "--state", "27"]
    for finger in fingers:
        path = saved(folder, f"{person} {finger} {impression}.png", print_of(person, finger, impression))
        arguments += ["--print", f"{finger}={path}"]
    code, output, errors = run(*arguments, "--officer", "X", "--accept-poor-quality", "generated")
    assert code == 0, errors
    return output
