"""What helps an examiner to look at a latent: its clarity, the region that is suggested, and its ridges drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.imaging.image import Image
from biometrics.kernel.errors import ImageTooLarge
from fingerprint.clarity.features import STEP
from fingerprint.clarity.levels import WEIGHTS, Clarity, clarity_map
from fingerprint.clarity.region import Corners, suggested_region
from fingerprint.extraction.second_look import Enhance
from fingerprint.latents.image import at_500_ppi
from fingerprint.parameters import MAX_FOREGROUND, PPI
from models.trained import manifest

_WHITE = 255


@dataclass(frozen=True, eq=False)
class LatentLayers:
    """What lies over the image of a latent.

    Attributes:
        side: pixels of the image along the side of a square of `clarity`.
        clarity: uint8, shape (rows, columns): the level of each square from the upper left corner on, as `Clarity`.
        region: corners of the suggested region, in pixels of the image; None where no print can be seen.
        ridges: uint8, the image at 500 ppi with its ridges drawn by the software, dark on white; white where the
            clarity is `BACKGROUND`. It shows the software's reading, and is not the image.
        network: SHA-256 (hex) of the weights that `clarity` and `region` are from.
    """

    side: float
    clarity: NDArray[np.uint8]
    region: Corners | None
    ridges: NDArray[np.uint8]
    network: str


def latent_layers(image: Image, enhance: Enhance) -> LatentLayers:
    """Look at a latent, with what draws ridges. An image without a resolution is taken to have 500 ppi.

    Raises:
        ImageTooLarge: far larger than a finger.
    """
    pixels, scale = _pixels(image)
    clarity = clarity_map(pixels)
    levels = clarity.levels
    rows, columns = (
        np.minimum(np.arange(size) // STEP, count - 1) for size, count in zip(pixels.shape, levels.shape, strict=True)
    )
    has_print = levels[rows[:, None], columns] > Clarity.BACKGROUND
    return LatentLayers(
        side=STEP * scale,
        clarity=levels,
        region=_scaled(suggested_region(clarity), scale),
        ridges=np.where(has_print, enhance(pixels), _WHITE).astype(np.uint8),
        network=manifest()[WEIGHTS].sha256,
    )


def suggested_region_of(image: Image) -> Corners | None:
    """Return the region of interest that is suggested for a latent, in pixels of the image; None without a print.

    Raises:
        ImageTooLarge: as for `latent_layers`.
    """
    pixels, scale = _pixels(image)
    return _scaled(suggested_region(clarity_map(pixels)), scale)


def _pixels(image: Image) -> tuple[NDArray[np.uint8], float]:
    """Return the image at 500 ppi, and how many of its pixels one of those is wide."""
    pixels = at_500_ppi(image)
    if pixels.size > MAX_FOREGROUND:
        raise ImageTooLarge("The image is far larger than a finger; cut the latent out, or give its resolution.")
    return pixels, (image.ppi or PPI) / PPI


def _scaled(region: Corners | None, scale: float) -> Corners | None:
    return None if region is None else tuple((scale * x, scale * y) for x, y in region)
