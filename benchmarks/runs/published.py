"""LEADER's file as published, answering as ours does; the baseline of speed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.registry import ModelRegistry

MANIFEST = Path(__file__).with_name("baseline.toml")
_DIRECTION, _TYPE, _QUALITY = 1, 2, 3  # of its maps


class PublishedLeader:
    """`fingerprint.extraction.leader.MinutiaNetwork` on the published ONNX file, one thread."""

    def __init__(self, data_folder: Path) -> None:
        """Open the file.

        Raises:
            ModelMissing, ModelMismatch: its package is not installed, or holds another file.
        """
        self._session = ModelRegistry(data_folder, MANIFEST).open_session("leader-as-published")

    def run(self, **feeds: NDArray[np.generic]) -> list[NDArray[np.float32]]:
        """Take the minutiae from the maps; arguments and result are those of `MinutiaNetwork`."""
        maps = self._session.run(input=feeds["input"])[0][0]
        y, x = np.nonzero(maps[..., _QUALITY] >= feeds["min_quality"])
        direction, ending, quality = maps[y, x, _DIRECTION], maps[y, x, _TYPE], maps[y, x, _QUALITY]
        likelihood = np.clip(ending, 1e-6, 1.0 - 1e-6)
        logit = np.log(likelihood / (1.0 - likelihood))
        return [np.stack([y, x, np.cos(direction), np.sin(direction), logit, quality], axis=1).astype(np.float32)]
