"""What trainings share that may be ended at any moment: signals, checkpoints, and a file of their progress."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

CHECKPOINT = "state.pt"


def until_ended() -> list[int]:
    """Return a list in which SIGTERM and SIGINT leave their numbers from now on, instead of ending the process."""
    ended: list[int] = []
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda number, _: ended.append(number))
    return ended


def save_checkpoint(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint, in place of an earlier one at once."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def mean_losses(losses: Sequence[Sequence[float]]) -> list[float]:
    """Return the mean of each loss over some steps; empty without steps."""
    return [round(float(loss), 4) for loss in np.mean(losses, axis=0)] if losses else []


def report(folder: Path, content: dict[str, Any]) -> None:
    """Print a line of progress, and add it to `progress.jsonl` in a folder."""
    line = json.dumps({"at": time.strftime("%Y-%m-%d %H:%M:%S"), **content})
    print(line, flush=True)  # noqa: T201
    with (folder / "progress.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
