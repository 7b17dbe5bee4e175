"""The pool of clean prints that latents are made of: files in a folder, which `preparing` makes.

A print is four maps of IMPRESSION_SHAPE, uint8: its pixels, and what LEADER as published (the teacher) reads in them:
how likely a minutia is, the direction it would have, and how likely it would be an ending.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

FIRST_SEED = 100_000_000  # generated fingers of no benchmark and no test
FULL_TURN = 256  # steps of a direction


@dataclass(frozen=True, eq=False)
class CleanPrint:
    """A print with the teacher's reading of it."""

    pixels: Grey
    place: Grey
    direction: Grey
    ending: Grey


class Pool:
    """The prints of a folder, in the order of its files."""

    def __init__(self, folder: Path) -> None:
        """Open the files.

        Raises:
            FileNotFoundError: there are none.
        """
        self._shards = [np.load(path) for path in sorted(folder.glob("*.npy"))]
        if not self._shards:
            raise FileNotFoundError(f"{folder} holds no prints; make them with --prepare.")
        self._ends = np.cumsum([len(shard) for shard in self._shards])

    def __len__(self) -> int:
        """Count the prints."""
        return int(self._ends[-1])

    def __getitem__(self, number: int) -> CleanPrint:
        """Return a print by its number."""
        shard = int(np.searchsorted(self._ends, number, side="right"))
        return CleanPrint(*np.asarray(self._shards[shard][number - self._ends[shard]]))
