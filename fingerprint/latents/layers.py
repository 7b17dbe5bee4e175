"""What helps an examiner to look at a latent: its clarity, the region that is suggested, and its ridges drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biometrics.domain.errors import ImageTooLarge
from biometrics.imaging.image import Image
from fingerprint.clarity.features import STEP
from fingerprint.clarity.levels import Clarity, clarity_map
from fingerprint.clarity.region import Corners, suggested_region
from fingerprint.extraction.second_look import Enhance
from fingerprint.latents.image import at_500_ppi
from fingerprint.parameters import MAX_FOREGROUND, PPI

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
    """

    side: float
    clarity: NDArray[np.uint8]
    region: Corners | None
    ridges: NDArray[np.uint8]


def latent_layers(image: Image, enhance: Enhance) -> LatentLayers:
    """Look at a latent, with what draws ridges. An image without a resolution is taken to have 500 ppi.

    Raises:
        ImageTooLarge: far larger than a finger.
    """
    pixels, scale = at_500_ppi(image), (image.ppi or PPI) / PPI
    if pixels.size > MAX_FOREGROUND:
        raise ImageTooLarge("The image is far larger than a finger; cut the latent out, or give its resolution.")
    clarity = clarity_map(pixels)
    levels, region = clarity.levels, suggested_region(clarity)
    rows, columns = (
        np.minimum(np.arange(size) // STEP, most - 1) for size, most in zip(pixels.shape, levels.shape, strict=True)
    )
    shown = levels[rows[:, None], columns] > Clarity.BACKGROUND
    return LatentLayers(
        side=STEP * scale,
        clarity=levels,
        region=None if region is None else tuple((scale * x, scale * y) for x, y in region),
        ridges=np.where(shown, enhance(pixels), _WHITE).astype(np.uint8),
    )
