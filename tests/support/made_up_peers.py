"""Peers that are made up; here, because the process that runs a peer imports it by name."""

from __future__ import annotations

import os

from biometrics.imaging.image import Image


class Pixels:
    """A peer whose template is the first pixel and the resolution it was opened for; none where it is white."""

    def __init__(self, ppi: float) -> None:
        self._ppi = ppi

    def extract(self, image: Image) -> float | None:
        value = float(image.grey()[0, 0])
        return None if value == 255 else value + self._ppi

    def compare(self, probe: float, candidate: float) -> float:
        return -abs(probe - candidate)


class Crashing(Pixels):
    def extract(self, image: Image) -> float | None:
        os._exit(3)
