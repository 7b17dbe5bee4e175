"""The ridges of a latent, as a network that was trained on latents sees them (docs/latents.md).

The filters that draw a sensor's print (`fingerprint.extraction.ridges`) follow whatever is strongest, on a surface its
text and lines. The network says of each place how likely it lies on a ridge of a print, and whether there is a print.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint.extraction.ridges import even_print, packed
from fingerprint.latents.stretching import stretched_size
from fingerprint.matching.kernels.surroundings import RidgeCells
from fingerprint.ridge_map import CELL, NO_RIDGES, TILE, TILE_CELLS, RidgeMap
from models.session import ModelSession

MIN_CLEAR = 0.5  # mean clearness times the likelihood of a print, of a tile that is kept

_GREY = 64.0  # grey levels of the unit in which the network sees the image as it is

Field = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LatentRidges:
    """What the network sees at each pixel of an image at 500 ppi: float32, shape (height, width).

    `ridge` is from -1, surely a valley, to 1, surely a ridge; `presence` how likely a print is there, 0 to 1.
    """

    ridge: Field
    presence: Field

    @property
    def drawing(self) -> NDArray[np.uint8]:
        """Draw the ridges dark on white: uint8, of the same shape."""
        darkness = (1 + self.ridge) / 2 * self.presence
        return np.rint(255 * (1 - darkness)).astype(np.uint8)

    def part(self, rows: slice, columns: slice) -> LatentRidges:
        """Return a part of it."""
        return LatentRidges(self.ridge[rows, columns], self.presence[rows, columns])

    def laid(self, left: int, top: int, shape: tuple[int, ...]) -> LatentRidges:
        """Return it as a part of an image of a shape, in which nothing else is known."""
        whole = LatentRidges(*np.zeros((2, *shape), np.float32))
        height, width = self.ridge.shape
        for target, plane in ((whole.ridge, self.ridge), (whole.presence, self.presence)):
            target[top : top + height, left : left + width] = plane
        return whole

    def turned(self) -> LatentRidges:
        """Return it turned by half a circle."""
        return LatentRidges(*(np.ascontiguousarray(plane[::-1, ::-1]) for plane in (self.ridge, self.presence)))

    def stretched(self, aspect: float) -> LatentRidges:
        """Return it in another aspect, as `stretched_pixels` does."""
        height, width = self.ridge.shape
        size = stretched_size(width, height, aspect)
        ridge, presence = (
            cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (self.ridge, self.presence)
        )
        return LatentRidges(ridge.astype(np.float32), presence.astype(np.float32))

    def cells(self) -> RidgeCells:
        """Return how clearly ridges of a print are seen in each cell."""
        values = (self.ridge * self.presence)[CELL // 2 :: CELL, CELL // 2 :: CELL]
        return RidgeCells(np.ascontiguousarray(values), -0.5, 0.5)

    def ridge_map(self) -> RidgeMap:
        """Return the tiles in which ridges of a print are seen clearly."""
        if min(self.ridge.shape) < TILE:
            return NO_RIDGES
        ridge, presence = (plane[CELL // 2 :: CELL, CELL // 2 :: CELL] for plane in (self.ridge, self.presence))
        return packed(ridge, np.abs(ridge), presence, TILE_CELLS, MIN_CLEAR)


def seen_ridges(session: ModelSession, pixels: NDArray[np.uint8]) -> LatentRidges:
    """Return what the network of `session` sees in a grey image at 500 ppi, shape (height, width)."""
    from models.ridge_unet import MULTIPLE, OUTPUTS  # imported here, with onnx: most stations read no latent

    height, width = pixels.shape
    channels = network_input(pixels)
    rows, columns = channels.shape[1:]
    padded = np.pad(channels, ((0, 0), (0, -rows % MULTIPLE), (0, -columns % MULTIPLE)), mode="symmetric")
    (logits,) = session.run(input=padded[None])
    maps = logits.reshape(*padded.shape[1:], OUTPUTS)[:rows, :columns]
    ridge, print_ = (
        cv2.resize(maps[:, :, number], (width, height), interpolation=cv2.INTER_LINEAR) for number in range(OUTPUTS)
    )
    return LatentRidges(np.tanh(ridge / 2).astype(np.float32), (1 / (1 + np.exp(-print_))).astype(np.float32))


def network_input(pixels: NDArray[np.uint8]) -> Field:
    """Return what the network is shown of a grey image at 500 ppi: float32, shape (2, height / 2, width / 2)."""
    even = even_print(pixels).pixels
    grey = cv2.resize(pixels, even.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.stack([even, (grey - np.median(grey)) / np.float32(_GREY)])
