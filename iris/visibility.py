"""Which pixels show the iris: lids, lashes and glints left out by a small network trained on made-up eyes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from iris.geometry import Grey, Map, Mask
from iris.identity import NETWORK
from models.registry import ModelRegistry

SIDE, MULTIPLE = 160, 16  # pixels of the longer side of its input, and what both sides are multiples of
_MAPS = 3  # pupil, disc within the limbus, visible iris


@dataclass(frozen=True, eq=False)
class SeenIris:
    """Of the shape of a photo: how likely each pixel is within pupil and limbus, 0 to 1, and which show the iris."""

    pupil: Map
    disc: Map
    visible: Mask


class VisibilityNetwork:
    """The network. Safe to share between threads."""

    def __init__(self, registry: ModelRegistry) -> None:
        """Open the model NETWORK of a registry of `iris.identity.MANIFEST`.

        Raises:
            ModelMissing, ModelMismatch: as for `ModelRegistry.open_session`.
        """
        self._session = registry.open_session(NETWORK)

    def see(self, grey: Grey) -> SeenIris:
        """Return what it sees in a photo."""
        scale = SIDE / max(grey.shape)
        rows, columns = (max(MULTIPLE, round(side * scale)) for side in grey.shape)
        small = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
        padded = np.pad(small, ((0, -rows % MULTIPLE), (0, -columns % MULTIPLE)), mode="edge")
        maps = self._session.run(photo=_standardised(padded)[None, None])[0][0, :, :rows, :columns]
        maps = np.ascontiguousarray(maps[:_MAPS])
        pupil, disc, visible = (
            cv2.resize(part, grey.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32) for part in maps
        )
        return SeenIris(pupil, disc, np.asarray(visible > 0.5))


def _standardised(grey: Map) -> Map:
    """Return a photo with mean 0 and standard deviation 1, as in training."""
    return np.asarray((grey - grey.mean()) / (grey.std() + 1), np.float32)
